"""What days off or office hours set anew do to the clocks of open cases: due dates follow, and whoever waits is told.

A clock whose last days are not touched stays as it is. Rules of escalation that were carried out stay so, as with an
extension; a date that came nearer is reminded of by the next round. What ends a pause, or a call, was told to somebody as a
date and stays that date. Each case is one transaction; stopped anywhere, the next round goes on, and a case done twice is
found in step already. A requester is told only when the day moves, not the hour.
"""

from __future__ import annotations

import datetime as dt
import logging
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import Prefetch, Q, QuerySet
from django.utils.translation import gettext

from ronghe.casework.domain.acting import By, Work, act_on
from ronghe.casework.domain.course import CLOCK
from ronghe.casework.domain.record import CaseRecord, StepRecord
from ronghe.casework.domain.telling import officers, tell_requester
from ronghe.casework.enums import CaseState
from ronghe.casework.models import Case, Step
from ronghe.core.errors import RongheError
from ronghe.core.memory import remembering
from ronghe.core.worktime import SHANGHAI, Calendar, ClockLog, day_words
from ronghe.definitions.queries.calendars import calendar
from ronghe.definitions.things import Ref
from ronghe.ledger.models import Entry
from ronghe.messages.domain import Address, send

ROUND = 200
logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Move:
    """A due date that moves: of the case itself, or of a step of it (`step`: its number)."""

    case: Case
    step: Step | None
    was: dt.datetime
    due: dt.datetime


@dataclass(frozen=True)
class Cause:
    """What was set anew. `named`: how the entries of `kind` name it; `moved`: those it has.

    The words are told with `named` and with `%(number)s`, `%(was)s`, `%(due)s` to requesters, `%(n)d` to officers.
    """

    kind: str
    named: Mapping[str, Any]
    moved: QuerySet[Entry]
    to_requester: str
    title: str
    text: str
    link: str
    about: Ref


@dataclass(frozen=True)
class Pass:
    """How far one pass over the cases came: how many clocks moved, how many cases were looked at, the last of them."""

    moved: int
    seen: int
    last: int
    is_end: bool


def go_on(cases: QuerySet[Case], cause: Cause, *, after: int, now: dt.datetime, most: int) -> Pass:
    """Let the clocks of the next cases after that id, at most so many, follow the calendar in force."""
    days = calendar()
    with remembering():
        found = list(cases.filter(pk__gt=after)[:most])
        moved = sum(bring_in_step(case.pk, cause, now) for case in found if any(moves_of(case, days)))
    return Pass(moved, len(found), found[-1].pk if found else after, is_end=len(found) < most)


def due_since(day: dt.date) -> QuerySet[Case]:
    """The open cases with a clock that is due on the day or later, by id; their running steps with them."""
    running: QuerySet[Case] = Case.objects.filter(state=CaseState.OPEN)
    since = dt.datetime.combine(day, dt.time(), SHANGHAI)
    steps = Step.objects.filter(done_at=None, due__isnull=False)
    late_step = Q(pk__in=steps.filter(due__gte=since).values("case"))
    open_steps = Prefetch("steps", steps.order_by("no"), to_attr="running_steps")
    return running.filter(Q(due__gte=since) | late_step).prefetch_related(open_steps).order_by("pk")


def moves_of(case: Case, days: Calendar) -> Iterator[Move]:
    """Which clocks of an open case stand otherwise than these days say; its steps as prefetched by `due_since`."""
    own = rederived(case.clock, days)
    if own is not None and case.due is not None and own != case.due:
        yield Move(case, None, case.due, own)
    for step in case.running_steps:  # type: ignore[attr-defined]
        due = rederived(step.clock, days)
        if due is not None and due != step.due:
            yield Move(case, step, step.due, due)


def rederived(clock: dict[str, object], days: Calendar) -> dt.datetime | None:
    """The due instant that a fresh fold gives, read when the clock was last acted on: as `due` is kept during a pause."""
    return due_of(ClockLog.from_json(clock), days) if clock else None


def due_of(log: ClockLog, days: Calendar) -> dt.datetime | None:
    acted = [event.at for event in log.events if event.kind != "recalendar"]
    return log.due(days, max(acted)) if acted else None


def bring_in_step(case_id: int, cause: Cause, now: dt.datetime) -> int:
    """Bring one case in step under its lock; give how many of its clocks moved."""
    moved: list[dt.datetime] = []

    def do(work: Work) -> None:
        record = work.course.record
        if record.state != CaseState.OPEN:
            return
        was = record.due
        if _follow(work, record, cause):
            moved.append(now)
            _tell_requester(work.case, cause, was, record.due, now)
        moved.extend(now for step in record.open_steps if _follow(work, step, cause))

    try:
        act_on(case_id, By(CLOCK, now, origin="calendar"), do)
    except RongheError:
        logger.exception("case %s cannot be brought in step by %s", case_id, cause.kind)
        return 0
    return len(moved)


def _follow(work: Work, subject: CaseRecord | StepRecord, cause: Cause) -> bool:
    """Let one clock follow, by an entry that says from when to when; whether it moved."""
    due = due_of(subject.clock, work.course.calendar) if subject.clock else None
    if due is None or subject.due is None or due == subject.due:
        return False
    step = subject if isinstance(subject, StepRecord) else None
    work.course.emit(
        cause.kind,
        organisation=work.course.record.responsible,
        code=step.code if step else "",
        step=step.no if step else None,
        due=due.astimezone(SHANGHAI).isoformat(),
        was=subject.due.astimezone(SHANGHAI).isoformat(),
        **cause.named,
    )
    return True


def _tell_requester(
    case: Case, cause: Cause, was: dt.datetime | None, due: dt.datetime | None, now: dt.datetime
) -> None:
    days = [one.astimezone(SHANGHAI).date() for one in (was, due) if one is not None]
    if len(days) < 2 or days[0] == days[1]:
        return
    said = {**cause.named, "number": case.number, "was": day_words(days[0]), "due": day_words(days[1])}
    tell_requester(
        case,
        kind=cause.kind,
        title=gettext("%(number)s 的办理期限有变化") % said,
        text=cause.to_requester % said,
        at=now,
    )


def tell_officers(cause: Cause, now: dt.datetime) -> None:
    """One message to each officer whose cases moved, once all are done."""
    heard: dict[int, set[int]] = {}
    for case_id, people in _concerned(cause.moved, now.astimezone(SHANGHAI).date()):
        for person in people:
            heard.setdefault(person, set()).add(case_id)
    for person, cases in sorted(heard.items()):
        said = {**cause.named, "n": len(cases)}
        send(
            Address("person", person),
            kind=cause.kind,
            title=cause.title % said,
            text=cause.text % said,
            link=cause.link,
            about=cause.about,
            at=now,
        )


def _concerned(entries: QuerySet[Entry], on: dt.date) -> Iterator[tuple[int, Iterable[int]]]:
    """Each case that moved, with who does its open steps: who is named, else who works in the unit."""
    units: dict[int, list[int]] = {}
    moved = entries.order_by().values("subject_id")
    steps = Step.objects.filter(case__in=moved, done_at=None).order_by("case", "no")
    with remembering():
        for case_id, assignee, holder in steps.values_list("case", "assignee", "holder"):
            if assignee is None and holder is not None and holder not in units:
                units[holder] = [person.pk for person in officers(holder, on)]
            yield case_id, [assignee] if assignee else units.get(holder or 0, [])
