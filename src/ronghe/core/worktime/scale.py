"""What a clock counts in: working days, natural days, or seconds of office hours.

A scale puts instants on whole positions. Counting takes (a, b]: the position counted from is not counted. A pause
is held as (lo, hi], the positions it takes away.
"""

from __future__ import annotations

from bisect import bisect_right
from calendar import monthrange
from datetime import date, datetime, time
from typing import Protocol

from ronghe.core.worktime.calendar import LAST, Calendar, OfficeHours, out_of_range
from ronghe.core.worktime.convention import Convention
from ronghe.core.worktime.quantity import Unit

DAY = 86_400


class Scale(Protocol):
    def origin(self, start: datetime) -> int:
        """The position after which counting begins."""

    def position(self, instant: datetime) -> int: ...

    def cut(self, instant: datetime, *, resumes: bool) -> int:
        """The last position before a pause that begins (or the last within one that ends) at this instant."""

    def count(self, a: int, b: int) -> int: ...

    def add(self, a: int, n: int) -> int:
        """min{d >= a: count(a, d) >= n}."""

    def day(self, position: int) -> date: ...

    def instant(self, position: int) -> datetime:
        """When a limit ending at this position ends."""

    def length(self, origin: int, amount: int) -> int:
        """How many positions `amount` units take from the origin."""

    def whole(self, origin: int, length: int) -> int:
        """How many whole units that many positions are."""

    def whole_late(self, length: int) -> int: ...


def add_months(day: date, months: int) -> date:
    """The corresponding day of a later (or earlier) month, or that month's last. Source: 民法典 第202条."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    if not 1 <= year <= 9999:
        raise out_of_range()
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


class NaturalDays:
    def __init__(self, calendar: Calendar, convention: Convention) -> None:
        self.calendar = calendar
        self.convention = convention

    def origin(self, start: datetime) -> int:
        local = self.calendar.local(start)
        ordinal = local.toordinal()
        if self.convention.late_arrival_waits:
            calendar, day = self.calendar, local.date()
            waits = local >= calendar.closing(day) or not calendar.is_workday(day)
            ordinal = calendar.nth(calendar.rank(ordinal) + 1) if waits else ordinal
        return ordinal - self.convention.start_counts

    def position(self, instant: datetime) -> int:
        return self.calendar.local(instant).toordinal()

    def cut(self, instant: datetime, *, resumes: bool) -> int:
        local = self.calendar.local(instant)
        closed = local.time() >= self.calendar.hours_on(local.toordinal()).spans[-1][1]
        counts = self.convention.resume_day_counts if resumes else not self.convention.pause_day_counts
        return local.toordinal() + closed - counts

    def count(self, a: int, b: int) -> int:
        return b - a

    def add(self, a: int, n: int) -> int:
        if a + n > LAST:
            raise out_of_range()
        return a + n

    def day(self, position: int) -> date:
        return date.fromordinal(position)

    def instant(self, position: int) -> datetime:
        return self.calendar.closing(date.fromordinal(position))

    def length(self, origin: int, amount: int) -> int:
        return amount

    def whole(self, origin: int, length: int) -> int:
        return length

    def whole_late(self, length: int) -> int:
        return length


class Workdays(NaturalDays):
    def count(self, a: int, b: int) -> int:
        return self.calendar.rank(b) - self.calendar.rank(a)

    def add(self, a: int, n: int) -> int:
        return self.calendar.nth(self.calendar.rank(a) + n) if n > 0 else a


class Months(NaturalDays):
    """Natural days whose limit is measured in months; lateness is told in days."""

    def length(self, origin: int, amount: int) -> int:
        return add_months(date.fromordinal(origin), amount).toordinal() - origin

    def whole(self, origin: int, length: int) -> int:
        start, day = date.fromordinal(origin), date.fromordinal(origin + length)
        months = (day.year - start.year) * 12 + day.month - start.month
        return months - (add_months(start, months) > day)


class OfficeSeconds:
    """Seconds of office hours; a position is a second of the local wall clock."""

    def __init__(self, calendar: Calendar, convention: Convention) -> None:
        self.calendar = calendar
        self._starts = [hours.effective.toordinal() for hours in calendar.office_hours]
        self._daily = [_daily_seconds(hours) for hours in calendar.office_hours]
        self._ranks = [calendar.rank(start - 1) for start in self._starts]
        self._bases = [0]
        for index, daily in enumerate(self._daily[:-1]):
            worked = self._ranks[index + 1] - self._ranks[index]
            self._bases.append(self._bases[-1] + worked * daily)

    def origin(self, start: datetime) -> int:
        return self.position(start)

    def position(self, instant: datetime) -> int:
        local = self.calendar.local(instant)
        return local.toordinal() * DAY + _seconds(local.time())

    def cut(self, instant: datetime, *, resumes: bool) -> int:
        return self.position(instant)

    def count(self, a: int, b: int) -> int:
        return self._through(b) - self._through(a)

    def add(self, a: int, n: int) -> int:
        if n <= 0:
            return a
        wanted = self._through(a) + n
        index = max(bisect_right(self._bases, wanted - 1) - 1, 0)
        days, rest = divmod(wanted - self._bases[index] - 1, self._daily[index])
        ordinal = self.calendar.nth(self._ranks[index] + days + 1)
        return ordinal * DAY + _worked_at(self.calendar.hours_on(ordinal), rest + 1)

    def back(self, a: int, n: int) -> int:
        """The latest second from which n seconds of office hours lie before a: inside hours, or at opening."""
        wanted = self._through(a) - n
        after = self.add(0, wanted + 1) if wanted >= 0 else 0
        return after - 1

    def day(self, position: int) -> date:
        return date.fromordinal(position // DAY)

    def instant(self, position: int) -> datetime:
        seconds = position % DAY
        clock = time(seconds // 3600, seconds // 60 % 60, seconds % 60)
        return datetime.combine(self.day(position), clock, self.calendar.zone)

    def length(self, origin: int, amount: int) -> int:
        return amount * 3600

    def whole(self, origin: int, length: int) -> int:
        return length // 3600

    def whole_late(self, length: int) -> int:
        return length // 3600

    def _through(self, position: int) -> int:
        ordinal, second = divmod(position, DAY)
        index = max(bisect_right(self._starts, ordinal) - 1, 0)
        before, today = self.calendar.rank(ordinal - 1), self.calendar.rank(ordinal)
        total = self._bases[index] + (before - self._ranks[index]) * self._daily[index]
        if today == before:
            return total
        spans = self.calendar.hours_on(ordinal).spans
        return total + sum(max(0, min(second, _seconds(end)) - _seconds(begin)) for begin, end in spans)


def scale_of(unit: Unit, calendar: Calendar, convention: Convention) -> Scale:
    return _SCALES[unit](calendar, convention)


def _seconds(clock: time) -> int:
    return clock.hour * 3600 + clock.minute * 60 + clock.second


def _daily_seconds(hours: OfficeHours) -> int:
    return sum(_seconds(end) - _seconds(begin) for begin, end in hours.spans)


def _worked_at(hours: OfficeHours, worked: int) -> int:
    """The second of the day at which that many office seconds (1 to a day's) have been worked."""
    for begin, end in hours.spans[:-1]:
        length = _seconds(end) - _seconds(begin)
        if worked <= length:
            return _seconds(begin) + worked
        worked -= length
    return _seconds(hours.spans[-1][0]) + worked


_SCALES: dict[Unit, type[NaturalDays | OfficeSeconds]] = {
    Unit.WORKDAY: Workdays,
    Unit.DAY: NaturalDays,
    Unit.MONTH: Months,
    Unit.HOUR: OfficeSeconds,
}
