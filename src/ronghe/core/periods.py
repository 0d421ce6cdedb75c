"""Calendar periods: 2023, 2023-H1, 2023-Q1, 2023-07, 2023-W05, 2023-07-01, or two days joined by `..`."""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from ronghe.core.errors import DefinitionError

SHANGHAI = ZoneInfo("Asia/Shanghai")
_WRITTEN = re.compile(r"([0-9]{4})(?:-?(?:Q([1-4])|H([12]))|-([0-9]{2}))?", re.IGNORECASE)
_WEEK = re.compile(r"([0-9]{4})-?W([0-9]{2})", re.IGNORECASE)
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_CURE = "请写成 2023、2023-H1、2023-Q1、2023-07 或 2023-07-01..2023-07-31"


class Every(StrEnum):
    """A calendar word; a week begins on Monday. DAYS is a period between two named days, which no word gives."""

    DAY = "day"
    WEEK = "week"
    MONTH = "month"
    QUARTER = "quarter"
    HALF_YEAR = "half-year"
    YEAR = "year"
    DAYS = "days"

    @property
    def months(self) -> int:
        """How many months it has; 0: it is counted in days."""
        return _MONTHS.get(self, 0)


_MONTHS = {Every.MONTH: 1, Every.QUARTER: 3, Every.HALF_YEAR: 6, Every.YEAR: 12}
_QUARTERS = "一二三四"
_HALVES = "上下"


@dataclass(frozen=True, slots=True, order=True)
class Period:
    """The days from `first` to `last`, both included, under Shanghai time."""

    first: date
    last: date
    every: Every = Every.DAYS

    def __post_init__(self) -> None:
        if not 1 < self.first.year <= self.last.year < 9999:
            raise DefinitionError(
                "period.impossible", f"期间须在公元2年至9998年之间：{self.first}", cure=_CURE
            )

    @classmethod
    def parse(cls, written: object) -> Period:
        """Read a period. Raises DefinitionError with a cure."""
        if isinstance(written, int):
            written = str(written)
        if not isinstance(written, str):
            raise DefinitionError("period.unreadable", f"看不懂期间“{written}”", cure=_CURE)
        if ".." in written:
            return cls._between(written)
        if (week := _WEEK.fullmatch(written.strip())) or _DAY.fullmatch(written.strip()):
            return cls._short(written.strip(), week)
        found = _WRITTEN.fullmatch(written.strip())
        if found is None:
            raise DefinitionError("period.unreadable", f"看不懂期间“{written}”", cure=_CURE)
        year, quarter, half, month = found.groups()
        number, every = 1, Every.YEAR
        if quarter:
            number, every = int(quarter), Every.QUARTER
        elif half:
            number, every = int(half), Every.HALF_YEAR
        elif month:
            number, every = int(month), Every.MONTH
        if not 1 <= number <= 12 or year == "0000":
            raise DefinitionError("period.impossible", f"没有“{written}”这个期间", cure=_CURE)
        return cls.holding(date(int(year), (number - 1) * every.months + 1, 1), every)

    @classmethod
    def _short(cls, written: str, week: re.Match[str] | None) -> Period:
        """A day, or a week by its ISO number."""
        try:
            day = date.fromisocalendar(int(week[1]), int(week[2]), 1) if week else date.fromisoformat(written)
        except ValueError:
            raise DefinitionError("period.impossible", f"没有“{written}”这个期间", cure=_CURE) from None
        return cls.holding(day, Every.WEEK if week else Every.DAY)

    @classmethod
    def _between(cls, written: str) -> Period:
        begin, _, end = written.partition("..")
        try:
            first, last = date.fromisoformat(begin.strip()), date.fromisoformat(end.strip())
        except ValueError:
            raise DefinitionError("period.impossible", f"没有“{written}”这个期间", cure=_CURE) from None
        if last < first:
            raise DefinitionError(
                "period.reversed", f"期间“{written}”的末日早于首日", cure="请把首日写在前面"
            )
        return cls(first, last)

    @classmethod
    def holding(cls, day: date, every: Every) -> Period:
        """The day, week, month, quarter, half-year or year that this day lies in; of DAYS, the day itself."""
        if every in {Every.DAYS, Every.DAY}:
            return cls(day, day, every)
        if every == Every.WEEK:
            first = day - timedelta(day.weekday())
            return cls(first, first + timedelta(6), every)
        month = (day.month - 1) // every.months * every.months + 1
        until = month + every.months - 1
        first = date(day.year, month, 1)
        return cls(first, date(day.year, until, monthrange(day.year, until)[1]), every)

    @property
    def start(self) -> datetime:
        """The first instant of the period."""
        return datetime.combine(self.first, time(), SHANGHAI)

    @property
    def end(self) -> datetime:
        """The first instant after the period."""
        return datetime.combine(self.last + timedelta(1), time(), SHANGHAI)

    def contains(self, when: date | datetime) -> bool:
        """Whether a day or an instant (with its time zone) lies in the period."""
        if isinstance(when, datetime):
            return self.start <= when < self.end
        return self.first <= when <= self.last

    def next(self) -> Period:
        """The following period of the same kind; of DAYS, as many days."""
        if self.every == Every.DAYS:
            return Period(self.last + timedelta(1), self.last + (self.last - self.first) + timedelta(1))
        return Period.holding(self.last + timedelta(1), self.every)

    def previous(self) -> Period:
        if self.every == Every.DAYS:
            return Period(self.first - (self.last - self.first) - timedelta(1), self.first - timedelta(1))
        return Period.holding(self.first - timedelta(1), self.every)

    def split(self, every: Every) -> Iterator[Period]:
        """The periods of that kind which meet this one, in order: those at its ends may reach beyond it."""
        part = Period.holding(self.first, every)
        while part.first <= self.last:
            yield part
            part = part.next()

    @property
    def label(self) -> str:
        """2023年, 2023年上半年, 2023年第一季度, 2023年7月, 2023年7月1日至2023年7月31日."""
        year, month = self.first.year, self.first.month
        match self.every:
            case Every.YEAR:
                return f"{year}年"
            case Every.HALF_YEAR:
                return f"{year}年{_HALVES[month // 7]}半年"
            case Every.QUARTER:
                return f"{year}年第{_QUARTERS[month // 3]}季度"
            case Every.MONTH:
                return f"{year}年{month}月"
            case Every.WEEK:
                return "{}年第{}周".format(*self.first.isocalendar())
        whole = _long(self.first)
        return whole if self.first == self.last else f"{whole}至{_long(self.last)}"

    def __str__(self) -> str:
        """As `parse` reads it: 2023, 2023-H1, 2023-Q1, 2023-07, 2023-W05, 2023-07-01, 2023-07-01..2023-07-31."""
        year, month = f"{self.first.year:04}", self.first.month
        match self.every:
            case Every.YEAR:
                return year
            case Every.HALF_YEAR:
                return f"{year}-H{month // 7 + 1}"
            case Every.QUARTER:
                return f"{year}-Q{month // 3 + 1}"
            case Every.MONTH:
                return f"{year}-{month:02}"
            case Every.WEEK:
                return "{:04}-W{:02}".format(*self.first.isocalendar())
            case Every.DAY:
                return str(self.first)
        return f"{self.first}..{self.last}"


def _long(day: date) -> str:
    return f"{day.year}年{day.month}月{day.day}日"
