"""What a published holiday notice does to the clocks of open cases: due dates follow the days, and whoever waits is told.

A clock whose last days are not touched stays as it is. Rules of escalation that were carried out stay so, as with an
extension; a date that came nearer is reminded of by the next round. What ends a pause, or a call, was told to somebody as a
date and stays that date. Each case is one transaction; stopped anywhere, the next round goes on, and a case done twice is
found in step already.
"""

from __future__ import annotations

import datetime as dt
import logging
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from django.db import transaction
from django.db.models import Prefetch, Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext

from ronghe.casework.domain.acting import By, Work, act_on
from ronghe.casework.domain.course import CLOCK
from ronghe.casework.domain.record import CaseRecord, StepRecord
from ronghe.casework.domain.telling import officers, tell_requester
from ronghe.casework.enums import CaseState
from ronghe.casework.models import Case, Step
from ronghe.casework.queries.recalendared import KIND, moved_entries
from ronghe.core.errors import RongheError
from ronghe.core.memory import remembering
from ronghe.core.worktime import SHANGHAI, Calendar, ClockLog, day_words
from ronghe.definitions.domain import note_pass, pending_rederivation
from ronghe.definitions.models import CalendarNotice
from ronghe.definitions.queries.calendars import calendar, calendar_before, look_again
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


def recalendar_due(now: dt.datetime, *, most: int = ROUND) -> int:
    """Go on with the newest publishing not yet carried out, by at most so many cases; give how many clocks moved.

    Safe to repeat, by several workers at once, and to be killed anywhere. Nothing to do costs one small statement.
    """
    work = pending_rederivation()
    if work is None:
        return 0
    look_again()
    days, notice = calendar(), work.notice
    with remembering():
        cases = list(touched(calendar_before(notice), days).filter(pk__gt=work.last_case)[:most])
        moved = sum(_recalendar(case.pk, notice, now) for case in cases if any(moves_of(case, days)))
    last = cases[-1].pk if cases else work.last_case
    with transaction.atomic():
        if note_pass(work, last_case=last, seen=len(cases), now=now, is_end=len(cases) < most):
            _tell_officers(notice, now)
    return moved


def moves(before: Calendar, after: Calendar) -> Iterator[Move]:
    """What would move were these the days: nothing is written."""
    for case in touched(before, after).iterator(chunk_size=500):
        yield from moves_of(case, after)


def touched(before: Calendar, after: Calendar) -> QuerySet[Case]:
    """The open cases that have a clock which may meet a day that is worked in one and not in the other, by id."""
    changed = before.changed_days(after)
    running: QuerySet[Case] = Case.objects.filter(state=CaseState.OPEN)
    return due_since(changed[0]) if changed else running.none()


def due_since(day: dt.date) -> QuerySet[Case]:
    """The open cases with a clock that is due on the day or later, by id; their running steps with them."""
    running: QuerySet[Case] = Case.objects.filter(state=CaseState.OPEN)
    since = dt.datetime.combine(day, dt.time(), SHANGHAI)
    steps = Step.objects.filter(done_at=None, due__isnull=False)
    late_step = Q(pk__in=steps.filter(due__gte=since).values("case"))
    open_steps = Prefetch("steps", steps.order_by("no"), to_attr="running_steps")
    return running.filter(Q(due__gte=since) | late_step).prefetch_related(open_steps).order_by("pk")


def moves_of(case: Case, days: Calendar) -> Iterator[Move]:
    """Which clocks of an open case stand otherwise than these days say; its steps as prefetched by `touched`."""
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
    return log.reading(days, max(acted)).due if acted else None


def _recalendar(case_id: int, notice: CalendarNotice, now: dt.datetime) -> int:
    """Bring one case in step under its lock; give how many of its clocks moved."""
    moved: list[dt.datetime] = []

    def do(work: Work) -> None:
        record = work.course.record
        if record.state != CaseState.OPEN:
            return
        was = record.due
        if _follow(work, record, notice):
            moved.append(now)
            _tell_requester(work.case, notice, was, record.due, now)
        moved.extend(now for step in record.open_steps if _follow(work, step, notice))

    try:
        act_on(case_id, By(CLOCK, now, origin="calendar"), do)
    except RongheError:
        logger.exception("case %s cannot be brought in step with the calendar", case_id)
        return 0
    return len(moved)


def _follow(work: Work, subject: CaseRecord | StepRecord, notice: CalendarNotice) -> bool:
    """Let one clock follow the days, by an entry that says from when to when; whether it moved."""
    due = due_of(subject.clock, work.course.calendar) if subject.clock else None
    if due is None or subject.due is None or due == subject.due:
        return False
    step = subject if isinstance(subject, StepRecord) else None
    work.course.emit(
        KIND,
        organisation=work.course.record.responsible,
        code=step.code if step else "",
        step=step.no if step else None,
        due=told_as(due),
        was=told_as(subject.due),
        year=notice.year,
        version=notice.version,
    )
    return True


def told_as(instant: dt.datetime) -> str:
    return instant.astimezone(SHANGHAI).isoformat()


def _tell_requester(
    case: Case, notice: CalendarNotice, was: dt.datetime | None, due: dt.datetime | None, now: dt.datetime
) -> None:
    if was is None or due is None:
        return
    said = {
        "number": case.number,
        "was": day_words(was.astimezone(SHANGHAI).date()),
        "due": day_words(due.astimezone(SHANGHAI).date()),
        "year": notice.year,
    }
    tell_requester(
        case,
        kind=KIND,
        title=gettext("%(number)s 的办理期限有变化") % said,
        text=gettext(
            "国务院公布了 %(year)d 年的放假安排，工作日随之调整：您的诉求 %(number)s 的答复期限由%(was)s变为%(due)s。不需要您做什么。"
        )
        % said,
        at=now,
    )


def _tell_officers(notice: CalendarNotice, now: dt.datetime) -> None:
    """One message to each officer whose cases moved, once all are done."""
    heard: dict[int, set[int]] = {}
    for case_id, people in concerned(moved_entries(notice), now.astimezone(SHANGHAI).date()):
        for person in people:
            heard.setdefault(person, set()).add(case_id)
    for person, cases in sorted(heard.items()):
        said = {"year": notice.year, "n": len(cases)}
        send(
            Address("person", person),
            kind=KIND,
            title=gettext("%(year)d 年放假安排公布，您有 %(n)d 件的期限变了") % said,
            text=gettext(
                "工作日随放假安排调整，您经办的 %(n)d 件期限已重新计算。打开可以看到每件从哪天变到哪天。"
            )
            % said,
            link=reverse("admin-calendar-moved", args=[notice.year]),
            about=("calendar", notice.year),
            at=now,
        )


def concerned(entries: QuerySet[Entry], on: dt.date) -> Iterator[tuple[int, Iterable[int]]]:
    """Each case that moved, with who does its open steps: who is named, else who works in the unit."""
    units: dict[int, list[int]] = {}
    moved = entries.order_by().values("subject_id")
    steps = Step.objects.filter(case__in=moved, done_at=None).order_by("case", "no")
    with remembering():
        for case_id, assignee, holder in steps.values_list("case", "assignee", "holder"):
            if assignee is None and holder is not None and holder not in units:
                units[holder] = [person.pk for person in officers(holder, on)]
            yield case_id, [assignee] if assignee else units.get(holder or 0, [])
