"""A year as twelve small months, and as figures beside the years before: each day told by shape, word and colour."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from itertools import groupby

from django.utils.translation import gettext

from ronghe.core.worktime import Announcement, Calendar

ONE_DAY = dt.timedelta(days=1)
YEARS_BEFORE = 5


@dataclass(frozen=True)
class Cell:
    """One day; `mark` is 休 or 班 where a notice speaks of it, `kind` names its look."""

    day: dt.date | None = None
    kind: str = ""
    mark: str = ""
    name: str = ""


@dataclass(frozen=True)
class Month:
    """A month in weeks from Monday on."""

    number: int
    weeks: tuple[tuple[Cell, ...], ...]
    workdays: int


@dataclass(frozen=True)
class YearFigures:
    """How many days of a year are worked; `off`: weekdays taken off, `made_up`: weekends worked."""

    year: int
    workdays: int
    off: int
    made_up: int
    is_announced: bool


def months_of(year: int, days: Calendar) -> list[Month]:
    """The twelve months as the calendar has them."""
    everything = [
        dt.date(year, 1, 1) + ONE_DAY * number
        for number in range((dt.date(year + 1, 1, 1) - dt.date(year, 1, 1)).days)
    ]
    months = []
    for number, days_of_month in groupby(everything, key=lambda day: day.month):
        listed = list(days_of_month)
        cells = [Cell()] * listed[0].weekday() + [_cell(day, days) for day in listed]
        cells += [Cell()] * (-len(cells) % 7)
        weeks = tuple(tuple(cells[at : at + 7]) for at in range(0, len(cells), 7))
        months.append(Month(number, weeks, sum(days.is_workday(day) for day in listed)))
    return months


def _cell(day: dt.date, days: Calendar) -> Cell:
    row = days.rows.get(day)
    if row is None:
        return Cell(day, "weekend" if day.weekday() > 4 else "")
    if row.is_workday:
        return Cell(day, "made-up", gettext("班"), row.name)
    return Cell(day, "off", gettext("休"), row.name)


def figures_of(year: int, days: Calendar) -> YearFigures:
    """The year in numbers."""
    first, last = dt.date(year, 1, 1), dt.date(year, 12, 31)
    rows = [row for day, row in days.rows.items() if day.year == year]
    return YearFigures(
        year,
        days.count(first - ONE_DAY, last),
        sum(not row.is_workday and row.date.weekday() < 5 for row in rows),
        sum(row.is_workday for row in rows),
        days.is_announced(year),
    )


def years_beside(year: int, days: Calendar) -> list[YearFigures]:
    """The year and those before it, the newest first."""
    return [figures_of(one, days) for one in range(year, year - YEARS_BEFORE - 1, -1)]


def pieces_of(notice: Announcement) -> list[tuple[str, str, str]]:
    """Each holiday in words: its name, its days, and the days worked for it."""
    names = list(dict.fromkeys([*(one.name for one in notice.off), *(one.name for one in notice.made_up)]))
    return [
        (
            name,
            "、".join(_span(one.first, one.last) for one in notice.off if one.name == name),
            "、".join(_span(one.day, one.day) for one in notice.made_up if one.name == name),
        )
        for name in names
    ]


def _span(first: dt.date, last: dt.date) -> str:
    said = {"month": first.month, "day": first.day, "to_month": last.month, "to_day": last.day}
    if first == last:
        return gettext("%(month)d月%(day)d日") % said
    days = {**said, "n": (last - first).days + 1}
    if first.month == last.month:
        return gettext("%(month)d月%(day)d日至%(to_day)d日，%(n)d 天") % days
    return gettext("%(month)d月%(day)d日至%(to_month)d月%(to_day)d日，%(n)d 天") % days
