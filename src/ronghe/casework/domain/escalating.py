"""What the clock does about cases that are near or past their time: 提醒、催办、督办, by the definition of the day.

Only in office hours of a working day; what falls outside happens when the office next opens. A rule is carried out once
in a round: an extension, a pause or a new limit does not bring it back. Where several are reached at once (nobody was at
work, or the machine stood still), the last one that tells somebody tells; the others are kept as carried out with it, told
to nobody. Who may not see a case is never told of it.
"""

from __future__ import annotations

import datetime as dt
import logging
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace

from django.db.models import QuerySet

from ronghe.casework.domain import asides
from ronghe.casework.domain.acting import By, Work, act_on
from ronghe.casework.domain.course import CLOCK
from ronghe.casework.domain.giving import carry_out
from ronghe.casework.domain.record import CaseRecord, StepRecord
from ronghe.casework.domain.routing import SelectorRouting
from ronghe.casework.domain.telling import officers, tell_people
from ronghe.casework.enums import CaseState
from ronghe.casework.models import Case
from ronghe.casework.queries.escalations import LEVEL_TITLES, Dues, Escalations, Rule, escalations_at
from ronghe.core.errors import RongheError
from ronghe.core.memory import remembering
from ronghe.core.select import Choice, Create, FirstOf, Gives, Name, PathRef
from ronghe.core.worktime import Calendar, sentence
from ronghe.definitions.things import Ref
from ronghe.messages.rules import staff_may_be_disturbed
from ronghe.organisations.models import Person
from ronghe.organisations.queries import (
    PersonFacts,
    Powers,
    heads_of,
    holders,
    inspectors,
    line_of,
    powers_of,
    superiors_of,
    with_takers,
)

ROUND = 200  # cases of one round of the worker: a city of old cases comes in turn, the longest overdue first
logger = logging.getLogger(__name__)


def escalate_due(now: dt.datetime, calendar: Calendar, *, most: int = ROUND) -> int:
    """Carry out the rules that cases have reached; give of how many cases. The worker asks again and again.

    Safe to repeat, and by several workers at once. A case whose rule cannot be carried out is left for the next round.
    """
    if not staff_may_be_disturbed(now, calendar):
        return 0
    now = calendar.local(now)
    with remembering():
        rules = escalations_at(now, calendar)
        waiting = list(rules.waiting().values_list("pk", flat=True)[:most])
        ears = Ears(calendar.local(now).date())
        return sum(_escalate(case_id, rules, ears) for case_id in waiting)


def _escalate(case_id: int, rules: Escalations, ears: Ears) -> bool:
    done: list[Rule] = []

    def do(work: Work) -> None:
        record = work.course.record
        if record.state != CaseState.OPEN or record.paused_at or record.merged_into:
            return
        done.extend(rules.reached(work.case.procedure, dues_of(record), record.reminded))
        if done:
            _carry_out(work, done, rules, ears)

    try:
        act_on(case_id, By(CLOCK, rules.now, origin="clock"), do)
    except RongheError:
        logger.exception("case %s cannot be escalated", case_id)
        return False
    return bool(done)


def _carry_out(work: Work, reached: Sequence[Rule], rules: Escalations, ears: Ears) -> None:
    telling = next((rule for rule in reversed(reached) if rule.tell is not None), None)
    told = ears.of(work, telling, rules) if telling else []
    for rule in reached:
        people = [person.pk for person in told] if rule is telling else []
        asides.remind(work.course, rule=rule.no, level=rule.level, told=people, title=rule.title)
    made = [ref for rule in reached for ref in _given(work, rule.gives, rules.now)]
    if telling is not None:
        word = telling.title or LEVEL_TITLES[telling.level]
        numbers = Case.objects.filter(pk__in=[ref for kind, ref in made if kind == "case"]).order_by("pk")
        more = "".join(f"已开督办件 {number}。" for number in numbers.values_list("number", flat=True))
        tell_people(
            [person.pk for person in told],
            work.case,
            kind="case.reminded",
            title=f"{word}：{work.case.number}",
            text=f"{work.case.title}。{_clock_in_words(work.course.record, rules)}。{more}请抓紧办理。",
            at=rules.now,
        )


def _given(work: Work, gives: Gives | None, at: dt.datetime) -> list[Ref]:
    """What a rule gives; not once more what it gave before and is still open."""
    items = [item for item in (gives.items if gives else ()) if not _is_open_already(work, item)]
    return carry_out(work, Gives(tuple(items)), actor=CLOCK, at=at)


def _is_open_already(work: Work, item: object) -> bool:
    if not isinstance(item, Create) or item.kind != "procedure":
        return False
    same = Case.objects.filter(related=work.case, procedure=item.name, state=CaseState.OPEN)
    return bool(same.exists())


def dues_of(record: CaseRecord) -> Dues:
    """When the case and the first of its open steps are due."""
    return Dues(record.due, min((step.due for step in record.open_steps if step.due), default=None))


def _clock_in_words(record: CaseRecord, rules: Escalations) -> str:
    clocks = [(step.due, step.clock) for step in record.open_steps if step.due and step.clock]
    clocks += [(record.due, record.clock)] if record.due and record.clock else []
    _due, clock = min(clocks, key=lambda one: one[0])
    return sentence(clock.reading(rules.calendar, rules.now), rules.now, rules.calendar)


@dataclass
class Ears:
    """Whom a `tell` means on a day: the nearest of those meant who sit there and may see the case, and who acts for them."""

    on: dt.date
    powers: dict[int, Powers] = field(default_factory=dict)

    def of(self, work: Work, rule: Rule, rules: Escalations) -> list[Person]:
        """The persons, for each step that has reached the rule; none when nobody sits anywhere up the line."""
        seen = Case.objects.filter(pk=work.case.pk)
        told: list[Person] = []
        if rule.tell is None:
            return told
        for step in _pressing(work, rule, rules):
            for people in self._nearest_first(work, step, rule.tell):
                able = [person for person in with_takers(people, self.on) if self._may_see(person, seen)]
                if able:
                    told += able
                    break
        return list(dict.fromkeys(told))

    def _nearest_first(self, work: Work, step: StepRecord | None, tell: Choice) -> Iterable[Sequence[Person]]:
        unit = (step.holder if step else None) or work.course.record.responsible
        match tell:
            case Name("assignee"):
                yield from self._assigned(step)
                yield officers(unit, self.on) or officers(unit, self.on, "triage")
                yield from self._line(unit)
            case Name("head"):
                yield from self._line(unit)
            case Name("superior"):
                yield from (
                    heads_of(above, self.on) for above in (superiors_of(unit, self.on) if unit else ())
                )
                yield inspectors(self.on)
            case Name("inspector"):
                yield inspectors(self.on)
            case FirstOf(options):
                for option in options:
                    yield from self._nearest_first(work, step, option)
            case _:
                yield self._selected(work, step, tell)

    def _assigned(self, step: StepRecord | None) -> Iterable[Sequence[Person]]:
        if step is not None and step.assignee is not None:
            yield list(Person.objects.filter(pk=step.assignee, left_on=None))

    def _line(self, unit: int | None) -> Iterable[Sequence[Person]]:
        """The heads of the unit, of what stands above it, and in the end who watches over the city."""
        yield from (rung.people for rung in (line_of(unit, self.on) if unit else ()))
        if not unit:
            yield inspectors(self.on)

    def _selected(self, work: Work, step: StepRecord | None, tell: Choice) -> Sequence[Person]:
        """Who is meant by another selector: a person on a path, or who works in the unit found."""
        if isinstance(tell, PathRef):
            people = [one.person for one in tell.path.resolve(work.facts) if isinstance(one, PersonFacts)]
            if people:
                return people
        if step is None:
            return []
        node, routing = work.course.node_of(step), SelectorRouting(work.facts, self.on)
        found = routing.holder(work.course.record, replace(node, by=tell), step.path)
        unit = found.organisation
        return holders(found.post, unit, self.on) if found.post else officers(unit, self.on)

    def _may_see(self, person: Person, seen: QuerySet[Case]) -> bool:
        if person.pk not in self.powers:
            self.powers[person.pk] = powers_of(person, self.on)
        return bool(seen.visible_with(self.powers[person.pk]).exists())  # type: ignore[attr-defined]


def _pressing(work: Work, rule: Rule, rules: Escalations) -> list[StepRecord | None]:
    """The open steps that have reached the rule: all of them when the case's own clock has."""
    record = work.course.record
    before = next(before for one, before in rules.steps[work.case.procedure] if one is rule)
    late: list[StepRecord | None] = [step for step in record.open_steps if step.due and step.due < before]
    is_whole = (record.due is not None and record.due < before) or not late
    return list(record.open_steps) or [None] if is_whole else late
