"""What the daily spot check of replies found in a period, by the date of the check.

- drawn: cases drawn (`judgement.drawn`); checked: `judgement.given` of the check, unless voided.
- failed: of those checked, how many lacked each of the points; grades: how many got each.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet, Sum

from ronghe.appraisal.queries.facts import RATED, VOIDED, happened, positioned
from ronghe.appraisal.queries.question import Question
from ronghe.definitions import queries as definitions
from ronghe.definitions.enums import Kind
from ronghe.ledger.models import Entry

CHECK = "reply-spot-check"
POINTS, GRADE = "points", "grade"


@dataclass(frozen=True, slots=True)
class Checks:
    """`drawn` None: no draw is recorded. `failed` and `grades` hold every point and grade of the form, also the noughts."""

    drawn: int | None
    checked: int
    failed: dict[str, int]
    grades: dict[str, int]

    def as_json(self) -> dict[str, Any]:
        return {
            "drawn": self.drawn,
            "checked": self.checked,
            "failed": self.failed,
            "grades": self.grades,
        }


def spot_checks(question: Question) -> Checks | None:
    """None: nothing was drawn or checked in the period."""
    drawn = happened(question, "judgement.drawn").filter(_of_the_check()).aggregate(n=Sum("quantity"))["n"]
    found = [data.get("values") or {} for data in checks_given(question).values_list("data", flat=True)]
    if drawn is None and not found:
        return None
    points, grades = _asked(question)
    lacking = Counter(point for values in found for point in points if point not in values.get(POINTS, ()))
    graded = Counter(values.get(GRADE) for values in found)
    return Checks(
        drawn,
        len(found),
        {point: lacking[point] for point in points},
        {grade: graded[grade] for grade in grades},
    )


def checks_given(question: Question) -> QuerySet[Entry]:
    """The checks behind the numbers, as they happened."""
    voided = positioned(question.watermark).filter(
        kind=VOIDED,
        subject_type=OuterRef("subject_type"),
        subject_id=OuterRef("subject_id"),
        seq__gt=OuterRef("seq"),
    )
    return happened(question, RATED).filter(_of_the_check(), ~Exists(voided)).order_by("at", "pk")


def check_titles(question: Question) -> dict[str, str]:
    """The points as they are called on the period's last day."""
    return _asked(question)[0]


def _of_the_check() -> Q:
    return Q(code=CHECK) | Q(definition=f"judgement:{CHECK}")


def _asked(question: Question) -> tuple[dict[str, str], list[str]]:
    """Points by code with their titles, and the grades, as the form has them; both empty without a definition."""
    on = question.period.last
    loaded = definitions.find(Kind.JUDGEMENT, CHECK, on)
    form = loaded.body.form if loaded else None
    fields = {field.code: field for field in form.fields} if form else {}
    lists = definitions.lists_of(form, on)
    points = lists.get(fields[POINTS].source or "", []) if POINTS in fields else []
    grades = fields[GRADE].choices if GRADE in fields else ()
    return {str(line["code"]): str(line["title"]) for line in points}, [grade.code for grade in grades]
