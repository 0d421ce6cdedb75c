"""Calendars, clocks and strategies that the worktime tests share."""

import json
from collections.abc import Iterable
from datetime import date, datetime, time, timedelta
from functools import cache
from pathlib import Path

from hypothesis import strategies as st

from ronghe.core.worktime import (
    SHANGHAI,
    Calendar,
    CalendarDay,
    ClockEvent,
    ClockLog,
    Limit,
    days_from_notice,
)

NOTICES = Path(__file__).parents[2] / "src/ronghe/packs/common/calendar"
FIRST, LAST = date(2023, 11, 1), date(2025, 6, 30)
UNITS = st.sampled_from(["工作日", "自然日", "月", "工时"])


def notice(year: int) -> dict[str, object]:
    return dict(json.loads((NOTICES / f"{year}.json").read_text(encoding="utf-8")))


@cache
def china() -> Calendar:
    """The announced years 2007 to 2026, and 2027 without rows."""
    return Calendar(row for year in range(2007, 2028) for row in days_from_notice(notice(year)))


def at(written: str) -> datetime:
    """2026-09-25 or 2026-09-25T10:30, on Shanghai's clock."""
    return datetime.fromisoformat(written).replace(tzinfo=SHANGHAI)


def clock(
    start: str, limit: str | None, *pauses: tuple[str, str], extend: Iterable[str] = (), stop: str = ""
) -> ClockLog:
    """A clock with pauses as (from, to); an empty `to` leaves the pause open."""
    events = [ClockEvent("start", at(start), Limit.parse(limit) if limit else None)]
    for index, (begin, end) in enumerate(pauses):
        events.append(ClockEvent("pause", at(begin), ground=f"事由{index + 1}"))
        if end:
            events.append(ClockEvent("resume", at(end), ground=f"事由{index + 1}"))
    for index, more in enumerate(extend):
        events.append(ClockEvent("extend", at(start), Limit.parse(more), document=f"延〔2026〕{index + 1}号"))
    if stop:
        events.append(ClockEvent("stop", at(stop)))
    return ClockLog(tuple(events))


def instants(first: date = date(2024, 1, 1), last: date = date(2024, 12, 31)) -> st.SearchStrategy[datetime]:
    """Whole minutes on Shanghai's clock; one integer each, because drawing is what these tests spend time on."""
    midnight = datetime.combine(first, time(), SHANGHAI)
    minutes = st.integers(0, ((last - first).days + 1) * 1440 - 1)
    return minutes.map(lambda minute: midnight + timedelta(minutes=minute))


_OFFSETS = st.lists(st.integers(0, (LAST - FIRST).days), max_size=12)
_JUNE_DAYS = [
    CalendarDay(day, day.weekday() < 5) for day in (date(year, 6, 5) for year in (2023, 2024, 2025))
]


def _calendar(offsets: list[int]) -> Calendar:
    days = [FIRST + timedelta(offset) for offset in offsets]
    return Calendar([*_JUNE_DAYS, *(CalendarDay(day, day.weekday() > 4, name="节") for day in days)])


def calendars() -> st.SearchStrategy[Calendar]:
    """Weekdays with random days off and random make-up days, announced for 2023 to 2025."""
    return _OFFSETS.map(_calendar)


def pauses(most: int = 3) -> st.SearchStrategy[list[tuple[datetime, datetime]]]:
    """Overlapping, nested, touching or apart: (from, to) with from before to."""
    begins, lengths = instants(date(2023, 12, 25), date(2024, 3, 31)), st.integers(1, 20 * 24 * 60)
    spans = st.tuples(begins, lengths).map(lambda span: (span[0], span[0] + timedelta(minutes=span[1])))
    return st.lists(spans, max_size=most)


def log_of(start: datetime, limit: Limit, spans: Iterable[tuple[datetime, datetime]]) -> ClockLog:
    """Each span a pause of its own ground."""
    events = [ClockEvent("start", start, limit)]
    for index, (begin, end) in enumerate(spans):
        events.append(ClockEvent("pause", begin, ground=str(index)))
        events.append(ClockEvent("resume", end, ground=str(index)))
    return ClockLog(tuple(events))
