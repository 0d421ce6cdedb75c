"""投诉办理: who asked complains of how it was handled; the unit never learns of it.

Nothing is written to the case complained about, for the unit reads its log.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.utils import timezone

from ronghe.casework.domain.filing import Opened, open_case
from ronghe.casework.domain.store import lock
from ronghe.casework.exceptions import DomainError
from ronghe.casework.models import Case
from ronghe.casework.queries.complaints import COMPLAINT, open_complaint
from ronghe.definitions import queries as definitions
from ronghe.definitions.enums import Kind
from ronghe.organisations.models import Identity


@transaction.atomic
def complain(
    case_id: int,
    *,
    values: Mapping[str, Any],
    at: dt.datetime,
    identity: Identity | None = None,
    channel: str = "",
) -> Opened:
    """File a complaint about a case; `identity`: who complains, where it is not who asked.

    Raises DomainError `complained-before` (one at a time), `not-about-this` (a complaint itself), `invalid`.
    """
    case = lock(case_id)
    if not may_be_complained_of(case):
        raise DomainError(
            "not-about-this", "这一件本身就是投诉，不能再投诉。对结果不满意的，请在评价里写明。"
        )
    if open_complaint(case) is not None:
        raise DomainError(
            "complained-before", "这件事已经有一件投诉正在核查，没有再立一件。核查完会答复，之后可以再投诉。"
        )
    return open_case(
        definitions.get(Kind.PROCEDURE, COMPLAINT, timezone.localdate(at)),
        values=values,
        at=at,
        channel=channel,
        identity=identity or case.identity,
        about_unit=case.responsible,
        related=case,
    )


def may_be_complained_of(case: Case) -> bool:
    """Whether a complaint about the handling of this case is taken."""
    return case.procedure != COMPLAINT
