"""What a cell says: words, a day, a moment. What cannot be read raises `CellError` with what to do, in Chinese."""

from __future__ import annotations

import datetime as dt
import math
import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from ronghe.core.errors import RongheError
from ronghe.core.forms.scalars import plain_number, tidy
from ronghe.core.tables.rows import Cell, is_blank
from ronghe.core.worktime import SHANGHAI

EARLIEST = dt.date(1949, 10, 1)
_EPOCH = dt.datetime(1899, 12, 30)  # noqa: DTZ001 - day 0 of a spreadsheet, which knows no zones
_SERIALS = (18172, 73050)  # 1949-10-01 to 2099-12-31
_COMPACT = re.compile(r"(\d{4})(\d{2})(\d{2})(?:(\d{2})(\d{2})(\d{2})?)?")
_SERIAL = re.compile(r"\d{5}(\.\d+)?")
_WRITTEN = re.compile(
    r"(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*日?"
    r"(?:[T\s]*(上午|下午|am|pm)?\s*(\d{1,2})\s*[:时点]\s*(?:(\d{1,2})\s*[:分]?)?\s*(?:(\d{1,2})(?:\.\d+)?\s*秒?)?\s*(am|pm)?)?"
    r"\s*(z|[+-]\d{2}:?\d{2})?",
    re.IGNORECASE,
)
_LATER = {"下午", "pm"}
_HALF = 12


class CellError(RongheError):
    """A cell that cannot be taken as it is."""


@dataclass(frozen=True, slots=True)
class Moment:
    """A day, and the time of that day where it was written (Shanghai)."""

    day: dt.date
    time: dt.time | None = None

    def at(self, otherwise: dt.time) -> dt.datetime:
        """The instant; a day without a time is taken at `otherwise`."""
        return dt.datetime.combine(self.day, otherwise if self.time is None else self.time, SHANGHAI)


def as_words(cell: Cell, most: int) -> str:
    """The cell as text: stripped, without control characters; 2549.0 is 2549. Nothing is empty."""
    if is_blank(cell):
        return ""
    if isinstance(cell, bool):
        text = "是" if cell else "否"
    elif isinstance(cell, int | float):
        text = plain_number(Decimal(str(cell)))
    elif isinstance(cell, str):
        text = tidy(cell)
    else:
        text = str(cell)
    if len(text) > most:
        raise CellError("too-long", f"最多 {most} 字，这里有 {len(text)} 字，请精简。")
    return text


def as_day(cell: Cell) -> dt.date | None:
    """The day of a cell; None for an empty one."""
    moment = as_moment(cell)
    return moment.day if moment else None


def as_moment(cell: Cell) -> Moment | None:
    """A date cell, a spreadsheet's day number, or text such as 2023-06-19, 2019/4/25 9:32:09, 2023年6月19日.

    Midnight means that only the day is known. None for an empty cell.
    """
    if is_blank(cell):
        return None
    if isinstance(cell, dt.datetime):
        found = _from_datetime(cell)
    elif isinstance(cell, dt.date):
        found = Moment(cell)
    elif isinstance(cell, int | float) and not isinstance(cell, bool):
        found = _from_number(cell)
    elif isinstance(cell, str):
        found = _from_text(cell)
    else:
        raise _unreadable(str(cell))
    if found.day < EARLIEST or found.day.year > 2100:
        raise CellError("year", f"“{cell}”的年份不对，请核对。")
    return found


def in_order(
    moments: Sequence[Moment | None], opening: dt.time, closing: dt.time
) -> list[dt.datetime | None]:
    """Instants for moments that follow each other; None stays None.

    Where only the day is known the first is taken at `opening`, the others at `closing`; within one day a time nobody
    wrote gives way to one that was written, so that it never puts them out of order.
    """
    found = [
        moment.at(closing if place else opening) if moment else None for place, moment in enumerate(moments)
    ]
    for order, is_forward in ((range(len(found) - 1, -1, -1), False), (range(len(found)), True)):
        beside: dt.datetime | None = None
        for place in order:
            at, moment = found[place], moments[place]
            if at is None or moment is None:
                continue
            is_wrong = beside is not None and (at < beside if is_forward else at > beside)
            if beside is not None and is_wrong and moment.time is None and beside.date() == moment.day:
                found[place] = at = beside
            beside = at
    return found


def _from_datetime(given: dt.datetime) -> Moment:
    local = given.astimezone(SHANGHAI) if given.tzinfo else given
    return Moment(local.date(), local.time() if local.time() != dt.time(0) else None)


def _from_number(number: float) -> Moment:
    if not math.isfinite(number):
        raise _unreadable(str(number))
    if _SERIALS[0] <= number <= _SERIALS[1]:
        return _from_datetime(_EPOCH + dt.timedelta(seconds=round(number * 86400)))
    return _from_text(plain_number(Decimal(str(number))))


def _from_text(text: str) -> Moment:
    plain = unicodedata.normalize("NFKC", tidy(text)).strip()
    if _SERIAL.fullmatch(plain) and _SERIALS[0] <= float(plain) <= _SERIALS[1]:
        return _from_number(float(plain))
    if found := _COMPACT.fullmatch(plain):
        return _of_parts(text, *(found[part] for part in range(1, 7)))
    if (found := _WRITTEN.fullmatch(plain)) is None:
        raise _unreadable(text)
    year, month, day, before, hour, minute, second, after, zone = found.groups()
    half = (before or after or "").casefold()
    moment = _of_parts(text, year, month, day, _in_24(text, hour, half), minute, second)
    if zone and moment.time is not None:
        exact = dt.datetime.fromisoformat(f"{moment.day}T{moment.time}{zone.upper()}")
        return _from_datetime(exact)
    return moment


def _in_24(text: str, hour: str | None, half: str) -> str | None:
    if hour is None or not half:
        return hour
    if not 1 <= int(hour) <= _HALF:
        raise _unreadable(text)
    return str(int(hour) % _HALF + (_HALF if half in _LATER else 0))


def _of_parts(text: str, year: str, month: str, day: str, *clock: str | None) -> Moment:
    try:
        date = dt.date(int(year), int(month), int(day))
    except ValueError:
        raise CellError("no-such-day", f"没有“{text.strip()}”这一天，请核对年月日。") from None
    try:
        hour, minute, second = (int(part or 0) for part in clock)
        time = dt.time(hour, minute, second)
    except ValueError:
        raise CellError("no-such-time", f"没有“{text.strip()}”这个时刻，请核对时分秒。") from None
    return Moment(date, time if time != dt.time(0) else None)


def _unreadable(text: str) -> CellError:
    return CellError(
        "not-a-date", f"“{text.strip()[:40]}”看不懂是哪一天，请写成 2023-06-19 或 2023-06-19 09:30。"
    )
