"""Set the office hours from a day on, and keep how far the due dates follow."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from django.db import transaction

from ronghe.core.errors import RongheError
from ronghe.core.worktime import SHANGHAI, OfficeHours
from ronghe.definitions.domain.calendars import SETTLED
from ronghe.definitions.exceptions import HoursRefused
from ronghe.definitions.models import HoursNotice
from ronghe.definitions.queries import calendars
from ronghe.ledger.domain import record

Span = tuple[dt.time, dt.time]


def hours_from(effective: dt.date, spans: Sequence[Span], *, on: dt.date) -> OfficeHours:
    """The hours meant. Raises HoursRefused: no span, out of order, from a day gone by, as they stand already."""
    try:
        meant = OfficeHours(effective, tuple(spans))
    except RongheError as error:
        raise HoursRefused(error.message) from error
    if effective < on:
        raise HoursRefused("生效日期已经过去，没有公布。请选今天或以后的日子：已经过去的时间不重新计算。")
    if calendars.calendar().hours_on(effective.toordinal()).spans == meant.spans:
        raise HoursRefused("从这一天起本来就是这样的办公时间，不用再公布。")
    return meant


def publish_hours(
    effective: dt.date, spans: Sequence[Span], *, document: str = "", actor: str, at: dt.datetime
) -> HoursNotice:
    """Set the office hours from a day on and have every due date re-derived. Raises HoursRefused; then nothing is kept."""
    meant = hours_from(effective, spans, on=at.astimezone(SHANGHAI).date())
    with transaction.atomic():
        notice = HoursNotice.objects.create(
            effective=effective,
            spans=[[f"{start:%H:%M}", f"{end:%H:%M}"] for start, end in meant.spans],
            document=document.strip(),
            entered_by=actor,
            at=at,
        )
        record(
            "hours.published",
            subject=("hours", notice.pk),
            actor=actor,
            at=at,
            data={"day": effective.isoformat()},
        )
        transaction.on_commit(calendars.look_again)
    calendars.look_again()
    return notice


def pending_hours() -> HoursNotice | None:
    """The newest notice whose due dates are not all re-derived; older ones are settled by the same passes."""
    return HoursNotice.objects.filter(finished_at=None).order_by("-pk").first()


def pending_since(work: HoursNotice) -> dt.date:
    """From which day on due dates may have to follow: the passes of the newest settle the older ones too."""
    older = HoursNotice.objects.filter(finished_at=None, pk__lt=work.pk).order_by("effective").first()
    return min(work.effective, older.effective) if older else work.effective


def note_hours_pass(work: HoursNotice, *, last_case: int, now: dt.datetime, is_end: bool) -> bool:
    """Keep how far a pass came; at its end settle it, or begin again while some process may still count by the old hours.

    Gives whether this call settled it; of two workers only one does.
    """
    with transaction.atomic():
        row = HoursNotice.objects.select_for_update().filter(pk=work.pk, finished_at=None).first()
        if row is None:
            return False
        row.began_at = row.began_at or now
        if not is_end:
            row.last_case = max(row.last_case, last_case)
        elif row.began_at >= row.at + SETTLED:
            row.finished_at = now
            HoursNotice.objects.filter(finished_at=None, pk__lt=row.pk).update(finished_at=now)
        else:
            row.last_case, row.began_at = 0, None
        row.save(update_fields=["began_at", "last_case", "finished_at"])
        return row.finished_at is not None
