"""When a case is reminded of, urged and supervised: the rules of the day, asked from now and from a due instant.

A rule of a definition's `escalate` is named in the ledger by its place in that list, counted from 0. What is left counts
on the case's own clock (a step of four hours is near its end from its beginning), what is overdue on whichever of the
case and its open steps is due first.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from django.db.models import F, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce, Least

from ronghe.casework.enums import CaseState
from ronghe.casework.managers import CaseQuerySet
from ronghe.casework.models import Case, Step
from ronghe.casework.queries.lights import near_before
from ronghe.core.memory import remembered
from ronghe.core.select import Choice, Gives
from ronghe.core.worktime import LAW, NOT_STARTED, Calendar, Limit, Unit, due_after
from ronghe.core.worktime.scale import OfficeSeconds, add_months
from ronghe.definitions import queries as definitions
from ronghe.definitions.enums import Kind
from ronghe.definitions.queries import Loaded

REMIND, URGE, SUPERVISE = 0, 1, 2
LEVEL_TITLES = {REMIND: "提醒", URGE: "催办", SUPERVISE: "督办"}
ONE_DAY = dt.timedelta(days=1)
INSTANT = dt.timedelta(microseconds=1)


@dataclass(frozen=True)
class Dues:
    """When a case is due, and the first of its open steps."""

    own: dt.datetime | None
    step: dt.datetime | None = None

    @property
    def sooner(self) -> dt.datetime | None:
        """Whichever comes first."""
        return min((due for due in (self.own, self.step) if due is not None), default=None)


@dataclass(frozen=True)
class Rule:
    """One rule. `word`: `left`, `red` or `late`, a `yellow` being so much left as the lights of the day say."""

    no: int
    word: str
    limit: Limit | None
    title: str
    level: int
    tell: Choice | None
    gives: Gives | None

    def of(self, dues: Dues) -> dt.datetime | None:
        """The due instant that the rule goes by."""
        return dues.sooner if self.word != "left" or dues.own is None else dues.own

    def due_before(self, now: dt.datetime, calendar: Calendar) -> dt.datetime:
        """The instant before which whatever is due has reached the rule by now."""
        if self.limit is None:
            return now
        local = calendar.local(now)
        return (near_before if self.word == "left" else _late_before)(local, self.limit, calendar)

    def reached_at(self, due: dt.datetime, calendar: Calendar) -> dt.datetime:
        """When something due then reaches the rule: always in office hours, for nothing is told outside them."""
        at = calendar.local(due)
        if self.limit is not None and self.word == "left":
            at = replace(NOT_STARTED, due=due, calendar=calendar).yellow_from(self.limit) or at
        elif self.limit is not None:
            at = _late_from(at, self.limit, calendar)
        return next_office(at, calendar)


def rules_of(on: dt.date) -> dict[str, tuple[Rule, ...]]:
    """Procedure → its rules of the day; those without any are left out. One query, once in a piece of work."""
    return remembered(("escalations", on), lambda: _rules_of(on))


def _rules_of(on: dt.date) -> dict[str, tuple[Rule, ...]]:
    found = {loaded.edition.code: _read(loaded) for loaded in definitions.live(Kind.PROCEDURE, on)}
    return {code: rules for code, rules in found.items() if rules}


def _read(loaded: Loaded) -> tuple[Rule, ...]:
    rules = []
    for no, one in enumerate(loaded.body.escalate):
        word, limit = one.when.word, one.when.limit
        if word == "yellow":
            word, limit = "left", loaded.body.lights.left
        if (word in {"left", "late"} and limit is None) or word == "gaps":
            continue  # a light this procedure has not, or a moment of a duty
        rules.append(Rule(no, word, limit, one.name, _level(one.name, one.gives), one.tell, one.gives))
    return tuple(rules)


def _level(title: str, gives: Gives | None) -> int:
    named = next((level for level, word in LEVEL_TITLES.items() if word == title), REMIND)
    return SUPERVISE if gives is not None else named


@dataclass(frozen=True)
class Escalations:
    """The rules as they stand now. `steps`: of each procedure (rule, due before), what is reached first first."""

    now: dt.datetime
    calendar: Calendar
    steps: Mapping[str, Sequence[tuple[Rule, dt.datetime]]]

    def reached(self, procedure: str, dues: Dues, done: Sequence[int]) -> list[Rule]:
        """The rules not yet done up to the last that is reached, the earliest first."""
        steps = self.steps.get(procedure, ())
        reached = [(due := rule.of(dues)) is not None and due < before for rule, before in steps]
        last = max((place for place, is_reached in enumerate(reached, 1) if is_reached), default=0)
        return [rule for rule, _before in steps[:last] if rule.no not in done]

    def following(self, procedure: str, dues: Dues, done: Sequence[int]) -> tuple[Rule, dt.datetime] | None:
        """The rule that comes next and when; one that is reached already comes in the office's next hour."""
        steps = self.steps.get(procedure, ())
        rule = next((rule for rule, _before in steps if rule.no not in done), None)
        due = rule.of(dues) if rule else None
        if rule is None or due is None:
            return None
        return rule, max(rule.reached_at(due, self.calendar), next_office(self.now, self.calendar))

    def waiting(self) -> CaseQuerySet:
        """The open cases that have reached a rule which was not carried out, those longest overdue first."""
        widest = max((before for steps in self.steps.values() for _rule, before in steps), default=self.now)
        reached = Q(pk__in=())
        for procedure, steps in self.steps.items():
            places = Q(pk__in=())
            for place, (rule, before) in enumerate(steps):
                due = "near__lt" if rule.word == "left" else "sooner__lt"
                places |= Q(**{due: before, f"reminded__{place}__isnull": True})
            reached |= Q(procedure=procedure) & places
        late_steps = Step.objects.filter(done_at=None, due__lt=widest).values("case")
        cases = Case.objects.filter(Q(due__lt=widest) | Q(pk__in=late_steps), state=CaseState.OPEN)
        running = with_sooner(cases.filter(paused_at=None, merged_into=None))
        found: CaseQuerySet = running.filter(reached).order_by("sooner", "pk")
        return found


def escalations_at(now: dt.datetime, calendar: Calendar) -> Escalations:
    """The rules of the day and how far each reaches now."""
    steps = {
        code: sorted(
            ((rule, rule.due_before(now, calendar)) for rule in rules), key=lambda one: one[1], reverse=True
        )
        for code, rules in rules_of(calendar.local(now).date()).items()
    }
    return Escalations(now, calendar, steps)


def with_sooner(cases: CaseQuerySet) -> CaseQuerySet:
    """Cases with `step_due`, when the first of their open steps is due, and `sooner`, that or their own due instant.

    `near` is their own, or the step's where they have none.
    """
    steps = Step.objects.filter(case=OuterRef("pk"), done_at=None, due__isnull=False)
    step = Subquery(steps.order_by("due").values("due")[:1])
    due, step_due = F("due"), F("step_due")
    found: CaseQuerySet = cases.annotate(step_due=step).annotate(
        near=Coalesce(due, step_due), sooner=Least(Coalesce(due, step_due), Coalesce(step_due, due))
    )
    return found


def next_office(at: dt.datetime, calendar: Calendar) -> dt.datetime:
    """The instant itself in office hours of a working day, else when the office next opens."""
    local = calendar.local(at)
    day = local.date()
    while True:
        if calendar.is_workday(day):
            for begin, end in calendar.hours_on(day.toordinal()).spans:
                if local < dt.datetime.combine(day, end, calendar.zone):
                    return max(local, dt.datetime.combine(day, begin, calendar.zone))
        day += ONE_DAY


def _late_from(due: dt.datetime, limit: Limit, calendar: Calendar) -> dt.datetime:
    """When something is so much overdue; of days, at the beginning of the day that a page calls the n-th."""
    day = due.date()
    match limit.unit:
        case Unit.HOUR:
            return due_after(calendar, due, limit)
        case Unit.WORKDAY:
            day = dt.date.fromordinal(calendar.nth(calendar.rank(day.toordinal()) + limit.amount))
        case Unit.MONTH:
            day = add_months(day, limit.amount)
        case _:
            day += limit.amount * ONE_DAY
    return max(due + INSTANT, calendar.opening(day))


def _late_before(now: dt.datetime, limit: Limit, calendar: Calendar) -> dt.datetime:
    """The instant before which whatever was due is so much overdue now: `_late_from` the other way round."""
    today = now.date()
    match limit.unit:
        case Unit.HOUR:
            seconds = OfficeSeconds(calendar, LAW)
            last = seconds.instant(seconds.back(seconds.position(now), limit.amount * 3600))
            return min(last + INSTANT, now)
        case Unit.WORKDAY:
            day = dt.date.fromordinal(calendar.nth(calendar.rank(today.toordinal()) - limit.amount + 1))
        case Unit.MONTH:
            day = add_months(today, -limit.amount)
            while add_months(day, limit.amount) <= today:
                day += ONE_DAY
        case _:
            day = today - (limit.amount - 1) * ONE_DAY
    return min(dt.datetime.combine(day, dt.time(), calendar.zone), now)
