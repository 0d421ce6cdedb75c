"""The steps of one case."""

from __future__ import annotations

from ronghe.casework.models import Case, Step
from ronghe.rows import Question

_OF_CASE = Question(
    lambda case: Step.objects.filter(case=case).select_related("holder").order_by("no"), case=int
)


def steps_of_case(case: Case) -> list[Step]:
    """All of its steps in order, open and done, with their holders."""
    return _OF_CASE.all(case=case.pk)
