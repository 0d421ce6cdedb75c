"""Publish a year's holiday notice, and keep how far the re-derivation of due dates that follows from it has come."""

from __future__ import annotations

import datetime as dt
import hashlib
import json

from django.db import IntegrityError, transaction

from ronghe.core.worktime import Announcement, Calendar, cautions_of
from ronghe.definitions.exceptions import NoticeRefused
from ronghe.definitions.models import CalendarNotice, Rederivation
from ronghe.definitions.queries import calendars
from ronghe.ledger.domain import record

SETTLED = dt.timedelta(seconds=10)
"""How long after a publishing every process surely counts by it: the last pass over the cases begins no earlier."""


def publish_notice(notice: Announcement, *, actor: str, at: dt.datetime) -> CalendarNotice:
    """Store the year's next version and have every due date re-derived. Raises NoticeRefused; then nothing is kept."""
    stopping = [one.text for one in cautions_of(notice) if one.stops]
    if stopping:
        raise NoticeRefused(stopping)
    rows: list[list[object]] = [[row.date.isoformat(), row.is_workday, row.name] for row in notice.rows()]
    last = CalendarNotice.objects.filter(year=notice.year).order_by("-version").first()
    if last is not None and last.fingerprint == _fingerprint(notice, rows):
        raise NoticeRefused([f"与 {notice.year} 年第 {last.version} 版完全一样，不用再公布。"])
    try:
        with transaction.atomic():
            stored = CalendarNotice.objects.create(
                year=notice.year,
                version=last.version + 1 if last else 1,
                rows=rows,
                fingerprint=_fingerprint(notice, rows),
                document=notice.document,
                published_on=notice.published_on,
                entered_by=actor,
                at=at,
            )
            Rederivation.objects.create(notice=stored)
            record(
                "calendar.published",
                subject=("calendar", notice.year),
                actor=actor,
                at=at,
                data={"year": notice.year, "version": stored.version, "document": notice.document or None},
            )
            transaction.on_commit(calendars.look_again)
    except IntegrityError:
        raise NoticeRefused([f"另一位管理员刚刚公布了 {notice.year} 年的安排，请刷新后核对。"]) from None
    calendars.look_again()
    return stored


def pending_rederivation() -> Rederivation | None:
    """The newest publishing whose due dates are not all re-derived; older ones are settled by the same passes."""
    return (
        Rederivation.objects.filter(finished_at=None).select_related("notice").order_by("-notice_id").first()
    )


def oldest_pending(work: Rederivation) -> Rederivation:
    """The first publishing that the passes of this one settle too."""
    waiting = Rederivation.objects.filter(finished_at=None, notice_id__lt=work.notice_id)
    return waiting.select_related("notice").order_by("notice_id").first() or work


def calendar_with(notice: Announcement) -> Calendar:
    """The calendar as it would be were the notice published."""
    return calendars.built({**calendars.rows_by_year(), notice.year: notice.rows()})


def note_pass(work: Rederivation, *, last_case: int, seen: int, now: dt.datetime, is_end: bool) -> bool:
    """Keep how far a pass came; at its end settle the publishing, or begin again while some process may still count by
    the old days. Gives whether this call settled it; of two workers only one does.
    """
    waiting = Rederivation.objects.select_for_update().filter(pk=work.pk, finished_at=None)
    with transaction.atomic():
        row = waiting.first()
        if row is None:
            return False
        if row.began_at is None:
            row.began_at = now
        if not is_end:
            if last_case > row.last_case:
                row.last_case, row.seen = last_case, row.seen + seen
        elif row.began_at >= row.notice.at + SETTLED:
            row.seen, row.finished_at = row.seen + seen, now
            Rederivation.objects.filter(finished_at=None, notice_id__lt=row.notice_id).update(finished_at=now)
        else:
            row.last_case, row.seen, row.began_at = 0, 0, None
        row.save()
        return row.finished_at is not None


def _fingerprint(notice: Announcement, rows: list[list[object]]) -> str:
    said = json.dumps([notice.document, str(notice.published_on), rows], ensure_ascii=False)
    return hashlib.sha256(said.encode()).hexdigest()[:12]
