"""The cases that stood open, and those overdue, at one moment, and who answered for them then.

Which cases were open is asked of the database; whether their clock had run out is folded from their entries, because a
pause that ends by itself leaves no entry: only the calendar says by how much it moved the due instant.
"""

from __future__ import annotations

import datetime as dt
import json
from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Literal

from django.db.models import F, Max, Min, Q, QuerySet, TextField
from django.db.models.functions import Cast

from ronghe.appraisal.enums import By
from ronghe.appraisal.queries.facts import OPENED, by_month, cases_of, positioned
from ronghe.appraisal.queries.question import Question
from ronghe.core.memory import remembered
from ronghe.core.worktime import Calendar, ClockEvent, ClockLog, Limit
from ronghe.definitions.queries import calendar
from ronghe.ledger.models import Entry

STARTS = (OPENED, "case.reopened")
ENDS = ("case.closed", "case.withdrawn", "case.merged")
HANDS = (*STARTS, "case.accepted", "case.transferred", "case.returned")
CLOCK_WORDS: dict[str, Literal["pause", "resume", "extend"]] = {
    "case.paused": "pause",
    "case.resumed": "resume",
    "case.extended": "extend",
}
MOVES = (*HANDS, *CLOCK_WORDS, "clock.recalendared")


@dataclass(slots=True)
class Standing:
    """A case as its entries leave it: who answers for it, and how its clock stands."""

    begun: int = 0
    organisation_id: int | None = None
    procedure: str = ""
    topic: str = ""
    due: dt.datetime | None = None
    paused_at: dt.datetime | None = None
    clock: list[Any] = field(default_factory=list)

    def take(self, fact: Any) -> None:
        """Move by one entry."""
        # Handing a case on says nothing of its clock, save where the clock starts at acceptance.
        says_nothing = fact.kind in HANDS and '"due"' not in fact.text and '"topic"' not in fact.text
        data = {} if says_nothing else json.loads(fact.text)
        if fact.kind == OPENED:
            self.topic = (data.get("values") or {}).get("topic") or ""
        if fact.kind in STARTS:
            self.begun, self.procedure, self.paused_at = fact.pk, fact.definition, None
            self.clock, self.due = [], None
        if fact.kind in HANDS:
            self.organisation_id = fact.organisation_id
        if fact.kind in HANDS and data.get("limit"):
            self.clock = [fact]
        if data.get("due") and not (fact.kind == "clock.recalendared" and data.get("step")):
            self.due = dt.datetime.fromisoformat(data["due"])
        if fact.kind == "case.paused":
            self.paused_at = fact.at
        elif fact.kind == "case.resumed":
            self.paused_at = None
        if fact.kind in CLOCK_WORDS:
            self.clock.append(fact)

    def is_overdue(self, moment: dt.datetime, days: Calendar) -> bool:
        """Whether the due instant has passed; while paused, as far as the clock had come."""
        if self.due is None:
            return False
        if self.paused_at and self.clock[0].kind in HANDS:
            return ClockLog(tuple(map(_clock_event, self.clock))).reading(days, moment).overdue
        return self.due < (self.paused_at or moment)


def open_at_end(question: Question) -> dict[int, Standing]:
    """The cases open when the period ended (or now, while it runs), by their ids."""
    if not question.has_begun:
        return {}
    asked = replace(question, by=By.ORGANISATION)  # how it is split changes nothing
    return remembered(("open-at-end", asked), lambda: _open_at_end(asked))


def _open_at_end(question: Question) -> dict[int, Standing]:
    standing = _standing(question, question.cut)
    return {number: one for number, one in standing.items() if _answers(question, one)}


def _answers(question: Question, standing: Standing) -> bool:
    return question.unit is None or standing.organisation_id == question.unit


def overdue_at_end(question: Question) -> list[Standing]:
    """Those of them that were overdue then."""
    return list(overdue_cases(question).values())


def overdue_cases(question: Question) -> dict[int, Standing]:
    """Those of them that were overdue then, by their ids."""
    asked = replace(question, by=By.ORGANISATION)
    return remembered(("overdue-at-end", asked), lambda: _overdue_cases(asked))


def _overdue_cases(question: Question) -> dict[int, Standing]:
    days, moment = calendar(), question.moment
    return {number: one for number, one in open_at_end(question).items() if one.is_overdue(moment, days)}


def overdue_at_ends(question: Question, parts: Sequence[Question]) -> list[int]:
    """How many cases stood open and overdue at the end of each part, the parts following each other in `question`.

    The cases open when the first begins are read from the database, then moved by each part's entries.
    """
    if not parts:
        return []
    days, counts = calendar(), []
    standing = _standing(question, question.period.start)
    # Unless who answers is asked, of the hand-overs only those that start a clock are read.
    timed = Q() if question.unit else ~Q(kind__in=set(HANDS) - set(STARTS)) | Q(data__has_key="due")
    facts = _rows(question, MOVES + ENDS).filter(timed, at__gte=question.period.start, at__lt=question.cut)
    if not question.unit:  # those of one unit are few: to leave some out costs more than to read them
        facts = facts.exclude(subject_id__in=_passing_cases(question))
    waiting = facts.order_by("at", "subject_id", "seq").iterator(chunk_size=5000)
    fact = next(waiting, None)
    for part in parts:
        cut, moment = part.cut, part.moment
        while fact is not None and fact.at < cut:
            if fact.kind in ENDS:
                standing.pop(fact.subject_id, None)
            elif fact.kind in STARTS or fact.subject_id in standing:
                standing.setdefault(fact.subject_id, Standing()).take(fact)
            fact = next(waiting, None)
        counts.append(
            sum(_answers(question, one) and one.is_overdue(moment, days) for one in standing.values())
        )
    return counts


def _standing(question: Question, cut: dt.datetime) -> dict[int, Standing]:
    """The cases open just before an instant, as they stood then."""
    standing: dict[int, Standing] = defaultdict(Standing)
    facts = _rows(question, MOVES).filter(at__lt=cut, subject_id__in=_open_cases(question, cut))
    for fact in facts.order_by("subject_id", "seq").iterator(chunk_size=5000):
        standing[fact.subject_id].take(fact)
    return standing


def _open_cases(question: Question, cut: dt.datetime) -> QuerySet[Any, Any]:
    """The ids of the cases whose last start before `cut` came after their last end."""
    facts = _case_facts(question, STARTS + ENDS).filter(at__lt=cut)
    return (
        facts.values("subject_id")
        .annotate(start=Max("seq", filter=Q(kind__in=STARTS)), end=Max("seq", filter=Q(kind__in=ENDS)))
        .filter(Q(end=None) | Q(start__gt=F("end")), start__isnull=False)
        .values("subject_id")
        .order_by()
    )


def _passing_cases(question: Question) -> QuerySet[Any, Any]:
    """The ids of the cases that began and ended within one month, most of all: they stood open at no month's end."""
    facts = _case_facts(question, STARTS + ENDS).filter(at__gte=question.period.start, at__lt=question.cut)
    starts, ends = Q(kind__in=STARTS), Q(kind__in=ENDS)
    return (
        by_month(question, facts)
        .values("subject_id")
        .annotate(first_month=Min("month"), last_month=Max("month"))
        .annotate(first_start=Min("seq", filter=starts), last_start=Max("seq", filter=starts))
        .annotate(first_end=Min("seq", filter=ends), last_end=Max("seq", filter=ends))
        .filter(
            first_month=F("last_month"),
            first_start__lt=F("first_end"),
            last_start__lt=F("last_end"),
        )
        .values("subject_id")
        .order_by()
    )


def _case_facts(question: Question, kinds: Collection[str]) -> QuerySet[Entry]:
    """What corrects an entry stands for it and moves the case no second time.

    Their kinds are of cases only. That is not said again where all cases are asked about: SQLite would read all their entries.
    """
    facts = positioned(question.watermark).filter(kind__in=kinds, corrects=None)
    if (wanted := question.definitions) is not None:
        facts = facts.filter(definition__in=wanted)
    if question.programme:
        facts = facts.filter(subject_type="case", subject_id__in=cases_of(question.programme))
    if question.unit:
        own = Entry.objects.filter(subject_type="case", organisation=question.unit, kind__in=HANDS)
        facts = facts.filter(subject_type="case", subject_id__in=own.values("subject_id").order_by())
    return facts


def _rows(question: Question, kinds: Collection[str]) -> QuerySet[Entry, Any]:
    """`text` is the data as JSON: most rows are never asked what it says."""
    facts = _case_facts(question, kinds).filter(subject_type="case").annotate(text=Cast("data", TextField()))
    return facts.values_list(
        "pk", "kind", "at", "subject_id", "organisation_id", "definition", "text", named=True
    )


def _clock_event(fact: Any) -> ClockEvent:
    data = json.loads(fact.text)
    limit, until = data.get("limit"), data.get("until")
    return ClockEvent(
        CLOCK_WORDS.get(fact.kind, "start"),
        fact.at,
        limit=Limit.parse(limit) if limit else None,
        ground=data.get("ground") or "" if fact.kind == "case.paused" else "",
        until=dt.datetime.fromisoformat(until) if until else None,
    )
