"""Working days from dated rows: plain weekdays, corrected by what the State Council announced."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time
from functools import cached_property
from hashlib import sha256
from itertools import pairwise
from zoneinfo import ZoneInfo

from ronghe.core.errors import RongheError

SHANGHAI = ZoneInfo("Asia/Shanghai")
Day = date
LAST = date.max.toordinal()
NEW_YEAR_REACH = (12, 29)
"""From this day a year's end may still be moved by the next year's notice (2006, 2007, 2018 and 2022 were)."""


@dataclass(frozen=True, slots=True)
class CalendarDay:
    """A day an announcement speaks of; `published_at` None where the source does not tell the day."""

    date: Day
    is_workday: bool
    source: str = ""
    published_at: Day | None = None
    name: str = ""


@dataclass(frozen=True, slots=True)
class OfficeHours:
    """The spans in which an office works, from `effective` on, until a later row replaces them."""

    effective: date
    spans: tuple[tuple[time, time], ...]

    def __post_init__(self) -> None:
        edges = [edge for span in self.spans for edge in span]
        if not edges or any(later <= earlier for earlier, later in pairwise(edges)):
            raise RongheError(
                "calendar.office-hours", "办公时间须至少一段，每段先后有序、互不重叠，请改正后重试"
            )


USUAL_HOURS = (OfficeHours(date.min, ((time(9), time(12)), (time(14), time(18)))),)


def _weekdays_through(ordinal: int) -> int:
    weeks, rest = divmod(ordinal, 7)  # ordinal 1 is a Monday
    return 5 * weeks + min(rest, 5)


def _nth_weekday(n: int) -> int:
    weeks, rest = divmod(n - 1, 5)
    return 7 * weeks + rest + 1


class Calendar:
    """Which days are worked, and how many lie between two days, in constant time.

    A later row for the same day (by `published_at`, then by order) replaces an earlier one. A year is announced
    when a row of it lies before its last days, which next year's notice may also move.
    """

    def __init__(
        self,
        rows: Iterable[CalendarDay] = (),
        office_hours: Iterable[OfficeHours] = USUAL_HOURS,
        zone: ZoneInfo = SHANGHAI,
    ) -> None:
        ordered = sorted(rows, key=lambda row: (row.date, row.published_at or date.min))
        self.rows = {row.date: row for row in ordered}
        self.office_hours = tuple(sorted(office_hours, key=lambda hours: hours.effective))
        self.zone = zone
        if not self.office_hours or self.office_hours[0].effective > date.min:
            self.office_hours = (*USUAL_HOURS, *self.office_hours)
        self._effective = [hours.effective.toordinal() for hours in self.office_hours]
        self._announced = {day.year for day in self.rows if (day.month, day.day) < NEW_YEAR_REACH}
        self._count_covered()

    def _count_covered(self) -> None:
        worked = {day.toordinal(): row.is_workday for day, row in self.rows.items()}
        self._low, self._high = min(worked, default=1), max(worked, default=0)
        self._base = _weekdays_through(self._low - 1)
        self._days: list[int] = []
        self._ranks: list[int] = []
        for ordinal in range(self._low, self._high + 1):
            if worked.get(ordinal, (ordinal - 1) % 7 < 5):
                self._days.append(ordinal)
            self._ranks.append(self._base + len(self._days))
        self._top = self._base + len(self._days)
        self._beyond = self._top - _weekdays_through(self._high)

    @cached_property
    def version(self) -> str:
        """A short fingerprint: equal rows and office hours give equal versions."""
        days = [(day.isoformat(), row.is_workday) for day, row in sorted(self.rows.items())]
        return sha256(repr((days, self.office_hours, self.zone.key)).encode()).hexdigest()[:12]

    def rank(self, ordinal: int) -> int:
        """How many working days there are up to and including this proleptic day number."""
        if ordinal < self._low:
            return _weekdays_through(ordinal)
        if ordinal > self._high:
            return self._beyond + _weekdays_through(ordinal)
        return self._ranks[ordinal - self._low]

    def nth(self, rank: int) -> int:
        """The day number of the working day of this rank. Raises RongheError outside years 1 to 9999."""
        if rank <= self._base:
            ordinal = _nth_weekday(rank)
        elif rank > self._top:
            ordinal = _nth_weekday(rank - self._beyond)
        else:
            return self._days[rank - self._base - 1]
        if not 1 <= ordinal <= LAST:
            raise out_of_range()
        return ordinal

    def is_workday(self, day: date) -> bool:
        row = self.rows.get(day)
        return row.is_workday if row else day.weekday() < 5

    def is_announced(self, year: int) -> bool:
        return year in self._announced

    def is_settled(self, first: date, last: date) -> bool:
        """Whether no announcement still to come can move a day of [first, last]."""
        announced = self._announced
        if any(year not in announced for year in range(first.year, last.year + 1)):
            return False
        return (last.month, last.day) < NEW_YEAR_REACH or last.year + 1 in announced

    def count(self, a: date, b: date) -> int:
        """Working days in (a, b]; negative when b is before a."""
        return self.rank(b.toordinal()) - self.rank(a.toordinal())

    def add(self, day: date, n: int) -> date:
        """The first day by which n working days have passed since `day`, which is not counted; 0 is `day`.

        A negative n goes back: the working day from which, itself counted, -n working days lie before `day`.
        """
        ordinal = day.toordinal()
        if n == 0:
            return day
        if n > 0:
            return date.fromordinal(self.nth(self.rank(ordinal) + n))
        return date.fromordinal(self.nth(self.rank(ordinal - 1) + n + 1))

    def hours_on(self, ordinal: int) -> OfficeHours:
        return self.office_hours[bisect_right(self._effective, ordinal) - 1]

    def opening(self, day: date) -> datetime:
        """When the office opens; on a day off, when it would."""
        return datetime.combine(day, self.hours_on(day.toordinal()).spans[0][0], self.zone)

    def closing(self, day: date) -> datetime:
        """When the office closes, which ends a limit of days. Source: 民法典 (2020) 第203条第二款."""
        return datetime.combine(day, self.hours_on(day.toordinal()).spans[-1][1], self.zone)

    def local(self, instant: datetime) -> datetime:
        """The instant on the office's wall clock. Raises RongheError for one without a time zone."""
        if instant.tzinfo is None:
            raise RongheError("calendar.naive", "时间缺少时区，无法计时；请带上时区（如 +08:00）再试")
        return instant if instant.tzinfo is self.zone else instant.astimezone(self.zone)

    def changed_days(self, other: Calendar) -> tuple[date, ...]:
        """The days that one calendar works and the other does not."""
        days = sorted({*self.rows, *other.rows})
        return tuple(day for day in days if self.is_workday(day) != other.is_workday(day))


def out_of_range() -> RongheError:
    return RongheError("calendar.out-of-range", "算出的日期超出公元1年至9999年，请减小时限或核对起算日")
