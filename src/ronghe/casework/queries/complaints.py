"""Complaints about how a case was handled. They are the requester's and the inspector's: nothing of the case shows them."""

from __future__ import annotations

from ronghe.casework.enums import CaseState
from ronghe.casework.managers import CaseQuerySet
from ronghe.casework.models import Case

COMPLAINT = "complaint"


def complaints_of(case: Case) -> CaseQuerySet:
    """The complaints about this case, the oldest first. For who asked, never for a desk."""
    found: CaseQuerySet = Case.objects.filter(related=case, procedure=COMPLAINT).order_by("opened_at", "pk")
    return found


def open_complaint(case: Case) -> Case | None:
    """The complaint about this case that is not answered yet."""
    found: Case | None = complaints_of(case).filter(state=CaseState.OPEN).first()
    return found
