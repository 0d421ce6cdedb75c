"""What new office hours do to the clocks of open cases: as a published holiday notice does, by entries of their own.

A clock that is due before the hours begin stays as it is. A requester is told only when the day moves, not the hour.
"""

from __future__ import annotations

import datetime as dt
import logging

from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext

from ronghe.casework.domain.acting import By, Work, act_on
from ronghe.casework.domain.course import CLOCK
from ronghe.casework.domain.recalendaring import ROUND, concerned, due_of, due_since, moves_of, told_as
from ronghe.casework.domain.record import CaseRecord, StepRecord
from ronghe.casework.domain.telling import tell_requester
from ronghe.casework.enums import CaseState
from ronghe.casework.models import Case
from ronghe.casework.queries.recalendared import RETIMED, retimed_entries
from ronghe.core.errors import RongheError
from ronghe.core.memory import remembering
from ronghe.core.worktime import SHANGHAI, day_words
from ronghe.definitions.domain import note_hours_pass, pending_hours
from ronghe.definitions.models import HoursNotice
from ronghe.definitions.queries.calendars import calendar, look_again
from ronghe.messages.domain import Address, send

logger = logging.getLogger(__name__)


def retime_due(now: dt.datetime, *, most: int = ROUND) -> int:
    """Go on with the newest office hours not yet carried out, by at most so many cases; give how many clocks moved.

    Safe to repeat, by several workers at once, and to be killed anywhere. Nothing to do costs one small statement.
    """
    work = pending_hours()
    if work is None:
        return 0
    look_again()
    days = calendar()
    with remembering():
        cases = list(due_since(work.effective).filter(pk__gt=work.last_case)[:most])
        moved = sum(_retime(case.pk, work, now) for case in cases if any(moves_of(case, days)))
    last = cases[-1].pk if cases else work.last_case
    with transaction.atomic():
        if note_hours_pass(work, last_case=last, now=now, is_end=len(cases) < most):
            _tell_officers(work, now)
    return moved


def _retime(case_id: int, notice: HoursNotice, now: dt.datetime) -> int:
    """Bring one case in step under its lock; give how many of its clocks moved."""
    moved: list[dt.datetime] = []

    def do(work: Work) -> None:
        record = work.course.record
        if record.state != CaseState.OPEN:
            return
        was = record.due
        if _follow(work, record, notice):
            moved.append(now)
            _tell_requester(work.case, was, record.due, now)
        moved.extend(now for step in record.open_steps if _follow(work, step, notice))

    try:
        act_on(case_id, By(CLOCK, now, origin="calendar"), do)
    except RongheError:
        logger.exception("case %s cannot be brought in step with the office hours", case_id)
        return 0
    return len(moved)


def _follow(work: Work, subject: CaseRecord | StepRecord, notice: HoursNotice) -> bool:
    """Let one clock follow the hours, by an entry that says from when to when; whether it moved."""
    due = due_of(subject.clock, work.course.calendar) if subject.clock else None
    if due is None or subject.due is None or due == subject.due:
        return False
    step = subject if isinstance(subject, StepRecord) else None
    work.course.emit(
        RETIMED,
        organisation=work.course.record.responsible,
        code=step.code if step else "",
        step=step.no if step else None,
        due=told_as(due),
        was=told_as(subject.due),
        version=notice.pk,
    )
    return True


def _tell_requester(case: Case, was: dt.datetime | None, due: dt.datetime | None, now: dt.datetime) -> None:
    days = [one.astimezone(SHANGHAI).date() for one in (was, due) if one is not None]
    if len(days) < 2 or days[0] == days[1]:
        return
    said = {"number": case.number, "was": day_words(days[0]), "due": day_words(days[1])}
    tell_requester(
        case,
        kind=RETIMED,
        title=gettext("%(number)s 的办理期限有变化") % said,
        text=gettext("办公时间有调整，您的诉求 %(number)s 的答复期限由%(was)s变为%(due)s。不需要您做什么。")
        % said,
        at=now,
    )


def _tell_officers(notice: HoursNotice, now: dt.datetime) -> None:
    """One message to each officer whose cases moved, once all are done."""
    heard: dict[int, set[int]] = {}
    for case_id, people in concerned(retimed_entries(notice), now.astimezone(SHANGHAI).date()):
        for person in people:
            heard.setdefault(person, set()).add(case_id)
    for person, cases in sorted(heard.items()):
        said = {"n": len(cases)}
        send(
            Address("person", person),
            kind=RETIMED,
            title=gettext("办公时间调整，您有 %(n)d 件的期限变了") % said,
            text=gettext("您经办的 %(n)d 件期限已按新的办公时间重新计算。打开可以看到每件从几点变到几点。")
            % said,
            link=reverse("admin-hours-moved", args=[notice.pk]),
            about=("hours", notice.pk),
            at=now,
        )
