"""Filing at a desk: the same case as the public files itself, opened by an officer whose name the ledger keeps."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from typing import Any

from ronghe.casework.domain.acting import By
from ronghe.casework.domain.filing import Opened, open_case
from ronghe.casework.exceptions import DomainError
from ronghe.casework.queries.filable import may_file
from ronghe.definitions.queries import Loaded
from ronghe.organisations.models import Organisation


def open_on_behalf(
    procedure: Loaded,
    by: By,
    *,
    values: Mapping[str, Any],
    submission: uuid.UUID,
    about_unit: Organisation | None = None,
    **more: Any,
) -> Opened:
    """As `open_case`, by an officer. A protected matter never passes through the hands of the unit it is about.

    Raises DomainError `not-yours`, `own-unit`, `submission-taken`, and what `open_case` raises.
    """
    powers = by.powers
    if powers is None or not may_file(powers, procedure):
        raise DomainError("not-yours", "您的岗位不登记这类件。请转给登记它的窗口，或请对方在网上自己提。")
    if about_unit is not None and about_unit.pk in powers.organisation_ids:
        raise DomainError(
            "own-unit",
            "反映的就是您所在的单位，不能由您登记。请让对方在网上自己提，或到别的窗口、信访部门登记。",
        )
    opened = open_case(
        procedure,
        values=values,
        actor=by.actor,
        at=by.at,
        submission=submission,
        origin=by.origin,
        about_unit=about_unit,
        **more,
    )
    if opened.case.opener != by.actor:
        raise DomainError("submission-taken", "这一页已经提交过一次。您填写的内容还在，请再提交一次。")
    return opened
