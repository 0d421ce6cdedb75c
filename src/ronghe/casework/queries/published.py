"""The cases of which everybody may know that they were answered."""

from __future__ import annotations

import datetime as dt

from django.db.models import Exists, OuterRef, QuerySet

from ronghe.casework.enums import CaseState
from ronghe.casework.models import Case, Reply
from ronghe.definitions.queries import public_procedures


def answered_publicly(
    unit: int, begin: dt.datetime, end: dt.datetime, *, on: dt.date
) -> QuerySet[Case, Case]:
    """Closed by the unit from `begin` on and before `end`, with a sent reply, the latest first.

    Only of procedures that show title and reply to everybody and protect nobody's identity; what is shown is still to be masked.
    """
    sent = Reply.objects.filter(case=OuterRef("pk"), sent_at__isnull=False)
    closed = Case.objects.filter(
        Exists(sent),
        responsible=unit,
        state=CaseState.CLOSED,
        merged_into=None,
        procedure__in=public_procedures(on),
        closed_at__gte=begin,
        closed_at__lt=end,
    )
    return closed.order_by("-closed_at", "-pk")
