"""A year's holiday notice as a person enters it: days off as ranges with names, make-up working days, and the warnings."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from ronghe.core.worktime.calendar import CalendarDay

ONE_DAY = timedelta(days=1)
STATUTORY = ("元旦", "春节", "清明节", "劳动节", "端午节", "中秋节", "国庆节")
"""Source: 全国年节及纪念日放假办法 (国务院令第795号, 2025-01-01 起) 第二条."""
LONGEST = 15  # days off in one piece: the longest ever announced were 9, in 2020 prolonged to 10


@dataclass(frozen=True, slots=True)
class DaysOff:
    """Days off in one piece, both ends included."""

    name: str
    first: date
    last: date

    def days(self) -> list[date]:
        return [self.first + ONE_DAY * number for number in range(max(0, (self.last - self.first).days) + 1)]


@dataclass(frozen=True, slots=True)
class MakeUp:
    """A working day in place of one taken off."""

    day: date
    name: str = ""


@dataclass(frozen=True, slots=True)
class Announcement:
    """What the State Council announced for one year."""

    year: int
    off: tuple[DaysOff, ...] = ()
    made_up: tuple[MakeUp, ...] = ()
    document: str = ""
    published_on: date | None = None

    def rows(self) -> tuple[CalendarDay, ...]:
        """The rows of the calendar; a make-up day within days off is worked, which `cautions_of` tells of."""
        rows = {
            day: CalendarDay(day, False, self.document, self.published_on, one.name)
            for one in self.off
            for day in one.days()
        }
        rows |= {
            one.day: CalendarDay(one.day, True, self.document, self.published_on, one.name)
            for one in self.made_up
        }
        return tuple(rows[day] for day in sorted(rows))


def announced(year: int, rows: Iterable[CalendarDay]) -> Announcement:
    """The rows of a year as ranges again: neighbouring days off of one name are one piece."""
    off: list[DaysOff] = []
    made_up: list[MakeUp] = []
    document, published_on = "", None
    for row in sorted(rows, key=lambda row: row.date):
        document, published_on = row.source or document, row.published_at or published_on
        last = off[-1] if off else None
        if row.is_workday:
            made_up.append(MakeUp(row.date, row.name))
        elif last and last.name == row.name and last.last + ONE_DAY == row.date:
            off[-1] = DaysOff(row.name, last.first, row.date)
        else:
            off.append(DaysOff(row.name, row.date, row.date))
    return Announcement(year, tuple(off), tuple(made_up), document, published_on)


@dataclass(frozen=True, slots=True)
class Caution:
    """Something to look at before publishing; `stops` when it cannot be published so."""

    text: str
    stops: bool = False


def cautions_of(notice: Announcement) -> list[Caution]:
    """What is strange about a notice, the worst first. Nothing here is refused silently or mended silently."""
    found = [one for check in _CHECKS for one in check(notice)]
    return sorted(found, key=lambda one: not one.stops)


def _nothing(notice: Announcement) -> Iterable[Caution]:
    if not notice.off:
        yield Caution("还没有填写放假的日子。", stops=True)


def _reversed(notice: Announcement) -> Iterable[Caution]:
    for one in notice.off:
        if one.last < one.first:
            yield Caution(f"{one.name}的最后一天早于第一天，请核对。", stops=True)
        elif len(one.days()) > LONGEST:
            yield Caution(f"{one.name}连放 {len(one.days())} 天，历年没有这样长的假，请核对。")


def _elsewhere(notice: Announcement) -> Iterable[Caution]:
    """Only New Year's holiday reaches into the year before or after."""
    for day, name in [
        *((day, one.name) for one in notice.off for day in one.days()),
        *((one.day, one.name) for one in notice.made_up),
    ]:
        if not date(notice.year - 1, 12, 25) <= day <= date(notice.year + 1, 1, 7):
            yield Caution(f"{day_of(day)}（{name}）不在 {notice.year} 年，请核对年份。", stops=True)
    for one in notice.off:
        if one.first.year != one.last.year:
            yield Caution(
                f"{one.name}跨年（{day_of(one.first)}至{day_of(one.last)}），两年的期限都会受影响，请核对。"
            )


def _overlap(notice: Announcement) -> Iterable[Caution]:
    seen: dict[date, str] = {}
    for one in notice.off:
        twice = [day for day in one.days() if day in seen]
        if twice:
            yield Caution(f"{day_of(twice[0])}写了两次（{seen[twice[0]]}、{one.name}），请留一处。")
        seen = {**dict.fromkeys(one.days(), one.name), **seen}
    for made in notice.made_up:
        if made.day in seen:
            yield Caution(
                f"{day_of(made.day)}既写了放假（{seen[made.day]}）又写了上班，请改正其中一处。", stops=True
            )
    days = [made.day for made in notice.made_up]
    for day in sorted({day for day in days if days.count(day) > 1}):
        yield Caution(f"{day_of(day)}上班写了两次。")


def _no_weekend(notice: Announcement) -> Iterable[Caution]:
    for made in notice.made_up:
        if made.day.weekday() < 5:
            yield Caution(
                f"{day_of(made.day)}是{WEEKDAYS[made.day.weekday()]}，本来就上班，不用写成补班，请核对。"
            )


def _missing(notice: Announcement) -> Iterable[Caution]:
    names = " ".join(one.name for one in notice.off)
    lacking = [name for name in STATUTORY if name.removesuffix("节") not in names]
    if lacking and notice.off:
        yield Caution(f"没有写{'、'.join(lacking)}。法定节日一般都有安排，请核对通知是否抄全。")


def _unbalanced(notice: Announcement) -> Iterable[Caution]:
    """Days moved and days made up seldom differ: what is off beside weekends, less 13 statutory days, is made up."""
    moved = len({day for one in notice.off for day in one.days() if day.weekday() < 5})
    if notice.off and not 8 <= moved - len(notice.made_up) <= 13:
        yield Caution(
            f"放假占去 {moved} 个平日，补班 {len(notice.made_up)} 天，相差与历年（8 至 13 天）不合，请核对是否抄漏。"
        )


_CHECKS: Sequence[Callable[[Announcement], Iterable[Caution]]] = (
    _nothing,
    _reversed,
    _elsewhere,
    _overlap,
    _no_weekend,
    _missing,
    _unbalanced,
)
WEEKDAYS = ("周一", "周二", "周三", "周四", "周五", "周六", "周日")


def day_of(day: date) -> str:
    """2027年1月1日."""
    return f"{day.year}年{day.month}月{day.day}日"


def notice_from_json(told: Mapping[str, object]) -> Announcement:
    """What `notice_to_json` wrote."""
    off = [
        DaysOff(name, date.fromisoformat(first), date.fromisoformat(last))
        for name, first, last in _triples(told["off"])
    ]
    made_up = [MakeUp(date.fromisoformat(day), name) for day, name, _ in _triples(told["made_up"])]
    published = told.get("published_on")
    return Announcement(
        int(str(told["year"])),
        tuple(off),
        tuple(made_up),
        str(told.get("document", "")),
        date.fromisoformat(str(published)) if published else None,
    )


def notice_to_json(notice: Announcement) -> dict[str, object]:
    """JSON-safe; `notice_from_json` reads it back as an equal announcement."""
    return {
        "year": notice.year,
        "off": [[one.name, one.first.isoformat(), one.last.isoformat()] for one in notice.off],
        "made_up": [[one.day.isoformat(), one.name, ""] for one in notice.made_up],
        "document": notice.document,
        "published_on": notice.published_on.isoformat() if notice.published_on else None,
    }


def _triples(raw: object) -> list[tuple[str, str, str]]:
    return [(str(a), str(b), str(c)) for a, b, c in raw] if isinstance(raw, list) else []
