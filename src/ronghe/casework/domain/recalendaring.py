"""A published holiday notice: the due dates of open cases follow the days (`rederiving`)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from django.db import transaction
from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext

from ronghe.casework.domain.rederiving import ROUND, Cause, Move, due_since, go_on, moves_of, tell_officers
from ronghe.casework.models import Case
from ronghe.casework.queries.recalendared import KIND, moved_entries
from ronghe.core.worktime import Calendar
from ronghe.definitions.domain import note_pass, oldest_pending, pending_rederivation
from ronghe.definitions.models import CalendarNotice
from ronghe.definitions.queries.calendars import calendar, calendar_before, look_again


def recalendar_due(now: dt.datetime, *, most: int = ROUND) -> int:
    """Go on with the newest publishing not yet carried out, by at most so many cases; give how many clocks moved.

    Safe to repeat, by several workers at once, and to be killed anywhere. Nothing to do costs one small statement.
    """
    work = pending_rederivation()
    if work is None:
        return 0
    look_again()
    cause = _cause(work.notice)
    cases = touched(calendar_before(oldest_pending(work).notice), calendar())
    done = go_on(cases, cause, after=work.last_case, now=now, most=most)
    with transaction.atomic():
        if note_pass(work, last_case=done.last, seen=done.seen, now=now, is_end=done.is_end):
            tell_officers(cause, now)
    return done.moved


def moves(before: Calendar, after: Calendar) -> Iterator[Move]:
    """What would move were these the days: nothing is written."""
    for case in touched(before, after).iterator(chunk_size=500):
        yield from moves_of(case, after)


def touched(before: Calendar, after: Calendar) -> QuerySet[Case]:
    """The open cases that have a clock which may meet a day that is worked in one and not in the other, by id."""
    changed = before.changed_days(after)
    return due_since(changed[0]) if changed else Case.objects.none()


def _cause(notice: CalendarNotice) -> Cause:
    return Cause(
        kind=KIND,
        named={"year": notice.year, "version": notice.version},
        moved=moved_entries(notice),
        to_requester=gettext(
            "国务院公布了 %(year)d 年的放假安排，工作日随之调整：您的诉求 %(number)s 的答复期限由%(was)s变为%(due)s。不需要您做什么。"
        ),
        title=gettext("%(year)d 年放假安排公布，您有 %(n)d 件的期限变了"),
        text=gettext(
            "工作日随放假安排调整，您经办的 %(n)d 件期限已重新计算。打开可以看到每件从哪天变到哪天。"
        ),
        link=reverse("admin-calendar-moved", args=[notice.year]),
        about=("calendar", notice.year),
    )
