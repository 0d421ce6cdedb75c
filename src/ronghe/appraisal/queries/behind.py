"""What stands behind a number: the entries it counts, and the cases they are about."""

from __future__ import annotations

from typing import Any

from django.db.models import Q, QuerySet
from django.utils.translation import gettext

from ronghe.appraisal.enums import Act, By, Measure, Part
from ronghe.appraisal.exceptions import ReckoningError
from ronghe.appraisal.queries.acts import entries_of_act
from ronghe.appraisal.queries.facts import CLOSED, OPENED, case_facts, ratings
from ronghe.appraisal.queries.question import PROCEDURE, UNASSIGNED, Question
from ronghe.appraisal.queries.stock import overdue_at_end
from ronghe.ledger.models import Entry, Touch
from ronghe.organisations.models import Organisation

_TIMED = Q(data__in_time=True) | Q(data__in_time=False)
_TOLD = Q(data__satisfied=True) | Q(data__satisfied=False)
_RATINGS = (Measure.RATED, Measure.MEAN_RATING, Measure.SATISFIED_SHARE)


def entries_behind(
    question: Question, measure: Measure | Act, key: str | None, part: Part = Part.NUMERATOR
) -> QuerySet[Entry]:
    """The entries one of a figure's two numbers counts, as they happened; `key` None: of the total.

    Their count is the number; of a mean rating both parts give the ratings, whose scores add up to the numerator. A case open
    and overdue is given by the entry that opened or reopened it. A count has no denominator: the same entries.
    An act is counted by unit or in all. Raises ReckoningError for a key that names no row.
    """
    if key is not None and question.by == By.MONTH:
        question, key = _month(question, key), None
    narrow = _narrowing(question, key)
    if isinstance(measure, Act):
        return entries_of_act(question, measure, narrow.get("organisation_id"), of_all=key is None)
    if measure in _RATINGS:
        told = Q(data__satisfied=True) if part == Part.NUMERATOR else _TOLD
        wanted = {
            Measure.RATED: Q(),
            Measure.MEAN_RATING: Q(quantity__isnull=False),
            Measure.SATISFIED_SHARE: told,
        }[measure]
        return ratings(question).filter(wanted, **narrow).order_by("at", "pk")
    kind = OPENED if measure == Measure.RECEIVED else CLOSED
    facts = case_facts(question, kind).filter(**narrow)
    if measure == Measure.ON_TIME:
        facts = facts.filter(Q(data__in_time=True) if part == Part.NUMERATOR else _TIMED)
        if part == Part.DENOMINATOR:
            facts = _with_overdue(question, narrow, facts)
    elif measure in (Measure.MEDIAN_DAYS, Measure.P90_DAYS) and part == Part.NUMERATOR:
        facts = facts.filter(quantity__isnull=False)
    return facts.order_by("at", "pk")


def cases_behind(
    question: Question, measure: Measure | Act, key: str | None, part: Part = Part.NUMERATOR
) -> QuerySet[Any]:
    """The ids of the cases those entries are about, each once, as one column for a subquery.

    The caller cuts them to what its reader may see.
    """
    entries = entries_behind(question, measure, key, part).order_by()
    if measure in _RATINGS:
        return (
            Touch.objects.filter(entry__in=entries.values("pk"), role="of", type="case")
            .values("ref")
            .distinct()
        )
    return entries.values("subject_id").distinct()


def _with_overdue(question: Question, narrow: dict[str, Any], closings: QuerySet[Entry]) -> QuerySet[Entry]:
    begun = [
        standing.begun
        for standing in overdue_at_end(question)
        if all(getattr(standing, name) == value for name, value in narrow.items())
    ]
    return Entry.objects.filter(Q(pk__in=closings.values("pk")) | Q(pk__in=begun))


def _month(question: Question, key: str) -> Question:
    for month, asked in question.months():
        if str(month) == key:
            return asked
    raise _unknown(key)


def _narrowing(question: Question, key: str | None) -> dict[str, Any]:
    if key is None:
        return {}
    if question.by == By.KIND:
        return {"procedure": PROCEDURE + key if key else ""}
    if question.by == By.TOPIC:
        return {"topic": key}
    if key == UNASSIGNED:
        return {"organisation_id": None}
    number = Organisation.objects.filter(code=key).values_list("pk", flat=True).first()
    if number is None:
        raise _unknown(key)
    return {"organisation_id": number}


def _unknown(key: str) -> ReckoningError:
    message = gettext("统计里没有“%(key)s”这一行，请从统计表里点开数字。") % {"key": key}
    return ReckoningError("no-such-row", message, key=key)
