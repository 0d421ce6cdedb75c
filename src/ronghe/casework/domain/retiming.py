"""New office hours: the due dates of open cases follow them (`rederiving`).

A clock that is due before the hours begin stays as it is.
"""

from __future__ import annotations

import datetime as dt

from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext

from ronghe.casework.domain.rederiving import ROUND, Cause, due_since, go_on, tell_officers
from ronghe.casework.queries.recalendared import RETIMED, retimed_entries
from ronghe.definitions.domain import note_hours_pass, pending_hours, pending_since
from ronghe.definitions.models import HoursNotice
from ronghe.definitions.queries.calendars import look_again


def retime_due(now: dt.datetime, *, most: int = ROUND) -> int:
    """Go on with the newest office hours not yet carried out, by at most so many cases; give how many clocks moved.

    Safe to repeat, by several workers at once, and to be killed anywhere. Nothing to do costs one small statement.
    """
    work = pending_hours()
    if work is None:
        return 0
    look_again()
    cause = _cause(work)
    done = go_on(due_since(pending_since(work)), cause, after=work.last_case, now=now, most=most)
    with transaction.atomic():
        if note_hours_pass(work, last_case=done.last, now=now, is_end=done.is_end):
            tell_officers(cause, now)
    return done.moved


def _cause(notice: HoursNotice) -> Cause:
    return Cause(
        kind=RETIMED,
        named={"version": notice.pk},
        moved=retimed_entries(notice),
        to_requester=gettext(
            "办公时间有调整，您的诉求 %(number)s 的答复期限由%(was)s变为%(due)s。不需要您做什么。"
        ),
        title=gettext("办公时间调整，您有 %(n)d 件的期限变了"),
        text=gettext("您经办的 %(n)d 件期限已按新的办公时间重新计算。打开可以看到每件从几点变到几点。"),
        link=reverse("admin-hours-moved", args=[notice.pk]),
        about=("hours", notice.pk),
    )
