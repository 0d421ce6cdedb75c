"""How many cases hold to which edition of their procedure, of those somebody may see."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Count, Q

from ronghe.casework.enums import CaseState
from ronghe.casework.models import Case
from ronghe.organisations.queries import Powers


@dataclass(frozen=True)
class Pinned:
    """Cases of an edition: those still open, and all."""

    open: int = 0
    all: int = 0


def pinned(powers: Powers, procedure: str = "") -> dict[int, Pinned]:
    """Edition → its cases, of one procedure or of all; one statement."""
    cases = Case.objects.visible_with(powers)
    cases = cases.filter(procedure=procedure) if procedure else cases
    counts = (
        cases.order_by()
        .values("edition")
        .annotate(n=Count("pk"), opened=Count("pk", filter=Q(state=CaseState.OPEN)))
    )
    return {row["edition"]: Pinned(row["opened"], row["n"]) for row in counts}
