"""Which days are worked: the calendars of the packs, overlaid by the newest version published of each year.

Each process looks for a new publishing at most once in `LASTS` seconds, so that a page costs at most one
small statement for it and mostly none, and every web worker and the background worker count by it within that time.
"""

from __future__ import annotations

import datetime as dt
import json
import time as clock
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import DatabaseError, connection

from ronghe.core.memory import forget, remembered
from ronghe.core.worktime import Calendar, CalendarDay, OfficeHours, days_from_notice
from ronghe.definitions.models import CalendarNotice, HoursNotice

Version = tuple[int, int, str]  # of a notice: its year, its version, what it says
LASTS = 1.0
"""How many seconds a look holds: the longest that some process counts by days no longer in force."""
_EVER = float("inf")


@dataclass
class _Looked:
    """What was published when this process last looked, and until when that is taken to hold."""

    newest: tuple[Version, ...] = ()
    hours: tuple[OfficeHours, ...] = ()
    until: float = 0.0
    files: tuple[tuple[str, int], ...] = ()
    files_until: float = 0.0


_looked = _Looked()


def calendar() -> Calendar:
    """The working-day calendar in force; a publishing or a changed pack is seen within a second."""
    return remembered("calendar", lambda: _calendar(_files(), newest_notices(), set_hours()))


def newest_notices() -> tuple[Version, ...]:
    """The newest version of each year that has one, as lately seen by this process."""
    if clock.monotonic() >= _looked.until:
        _looked.newest, _looked.hours = _look()
        _looked.until = clock.monotonic() + LASTS
    return _looked.newest


def set_hours() -> tuple[OfficeHours, ...]:
    """The office hours set on pages, as lately seen by this process."""
    newest_notices()
    return _looked.hours


def look_again() -> None:
    """Whatever publishes calls this: the next question is asked of the database."""
    _looked.until = _looked.files_until = 0.0
    forget()


def take_as_published(newest: tuple[Version, ...] = ()) -> None:
    """Hold this to be published until somebody says `look_again` (tests begin with nothing published)."""
    _looked.newest, _looked.hours, _looked.until, _looked.files_until = newest, (), _EVER, 0.0


def _look() -> tuple[tuple[Version, ...], tuple[OfficeHours, ...]]:
    found = CalendarNotice.objects.order_by("year", "version").values_list("year", "version", "fingerprint")
    try:
        newest = tuple({year: (year, version, says) for year, version, says in found}.values())
        return newest, _hours_of(HoursNotice.objects.order_by("pk"))
    except DatabaseError:
        if connection.in_atomic_block:
            raise
        return (), ()  # before `ronghe init` there are only the packs


def _hours_of(notices: Iterable[HoursNotice]) -> tuple[OfficeHours, ...]:
    """What stands from each day on, of notices in the order they were published."""
    found = {
        one.effective: OfficeHours(
            one.effective,
            tuple((dt.time.fromisoformat(start), dt.time.fromisoformat(end)) for start, end in one.spans),
        )
        for one in notices
    }
    return tuple(found[day] for day in sorted(found))


def calendar_at(notice: HoursNotice, *, is_before: bool = False) -> Calendar:
    """The calendar of today's days under the office hours as this notice left them, or found them."""
    known = HoursNotice.objects.filter(**{"pk__lt" if is_before else "pk__lte": notice.pk}).order_by("pk")
    return with_hours(_hours_of(known))


def with_hours(hours: Iterable[OfficeHours]) -> Calendar:
    """The calendar of today's days, were these the office hours set on pages."""
    rows = [row for _year, days in sorted(rows_by_year().items()) for row in days]
    return _built(rows, _packed(_files())[1], tuple(hours))


def _built(
    rows: Iterable[CalendarDay], packed: tuple[OfficeHours, ...], own: tuple[OfficeHours, ...]
) -> Calendar:
    """What is set on a page stands in place of what a pack says from the same day on."""
    hours = {one.effective: one for one in (*packed, *own)}
    return Calendar(rows, hours.values()) if hours else Calendar(rows)


def pack_folder(name: str) -> Path:
    """Where a pack lives: by its name among those that come along, or the folder itself when it is given whole (`/srv/our-city`)."""
    return Path(settings.PACKS_DIR) / name


def rows_by_year() -> dict[int, tuple[CalendarDay, ...]]:
    """The rows in force of each year's notice."""
    return {**_packed(_files())[0], **_published(newest_notices())}


def built(years: Mapping[int, Iterable[CalendarDay]]) -> Calendar:
    """The calendar of such notices, in the office hours in force."""
    rows = [row for year in sorted(years) for row in years[year]]
    return _built(rows, _packed(_files())[1], set_hours())


def rows_of(notice: CalendarNotice) -> tuple[CalendarDay, ...]:
    """A stored version's rows."""
    return tuple(
        CalendarDay(dt.date.fromisoformat(day), bool(worked), notice.document, notice.published_on, str(name))
        for day, worked, name in notice.rows
    )


def calendar_before(notice: CalendarNotice) -> Calendar:
    """The calendar in force until the notice was published."""
    earlier = CalendarNotice.objects.filter(pk__lt=notice.pk).order_by("year", "version")
    return built({**_packed(_files())[0], **{one.year: rows_of(one) for one in earlier}})


def calendar_after(notice: CalendarNotice) -> Calendar:
    """The calendar in force once the notice was published."""
    known = CalendarNotice.objects.filter(pk__lte=notice.pk).order_by("year", "version")
    return built({**_packed(_files())[0], **{one.year: rows_of(one) for one in known}})


def _files() -> tuple[tuple[str, int], ...]:
    """The packs' calendars as they were at most `LASTS` seconds ago."""
    if clock.monotonic() >= _looked.files_until:
        _looked.files = _find_files()
        _looked.files_until = clock.monotonic() + LASTS
    return _looked.files


def _find_files() -> tuple[tuple[str, int], ...]:
    folders = [pack_folder(name) / "calendar" for name in settings.PACKS]
    files = [file for folder in folders for file in sorted(folder.glob("*.json"))]
    return tuple((str(file), file.stat().st_mtime_ns) for file in files)


@lru_cache(maxsize=4)
def _calendar(
    files: tuple[tuple[str, int], ...], newest: tuple[Version, ...], own: tuple[OfficeHours, ...]
) -> Calendar:
    packed, hours = _packed(files)
    years = {**packed, **_published(newest)}
    return _built([row for year in sorted(years) for row in years[year]], hours, own)


def _published(newest: tuple[Version, ...]) -> dict[int, tuple[CalendarDay, ...]]:
    if not newest:
        return {}
    wanted = {says for _year, _version, says in newest}
    found = {(one.year, one.version): one for one in CalendarNotice.objects.filter(fingerprint__in=wanted)}
    return {year: rows_of(found[year, version]) for year, version, _says in newest}


@lru_cache(maxsize=4)
def _packed(
    files: tuple[tuple[str, int], ...],
) -> tuple[dict[int, tuple[CalendarDay, ...]], tuple[OfficeHours, ...]]:
    """Each year's rows of the packs, those of a later pack after an earlier one's, and the office hours."""
    years: dict[int, tuple[CalendarDay, ...]] = {}
    hours: list[OfficeHours] = []
    for name, _ in files:
        content = json.loads(Path(name).read_text(encoding="utf-8"))
        rows = tuple(days_from_notice({"days": [], **content}))
        year = int(content.get("year") or (rows[0].date.year if rows else 0))
        years[year] = (*years.get(year, ()), *rows)
        hours += [_hours(row) for row in content.get("office_hours", ())]
    return years, tuple(hours)


def _hours(row: Mapping[str, Any]) -> OfficeHours:
    spans = tuple((dt.time.fromisoformat(start), dt.time.fromisoformat(end)) for start, end in row["spans"])
    return OfficeHours(dt.date.fromisoformat(row["effective"]), spans)
