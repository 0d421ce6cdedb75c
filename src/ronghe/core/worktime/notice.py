"""Holiday notices in the form of the holiday-cn project, one object for one year."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date

from ronghe.core.errors import DefinitionError
from ronghe.core.worktime.calendar import CalendarDay

_DAY_IN_ADDRESS = re.compile(r"/(\d{4})-(\d{2})/(\d{2})/")
_CURE = '每日写成 {"name": "国庆节", "date": "2026-10-01", "isOffDay": true}'


def days_from_notice(notice: Mapping[str, object]) -> list[CalendarDay]:
    """The rows of one year's notice; none when the year is not announced.

    A notice does not say which of its papers moved which day, so every row names all papers, and the day of the
    last paper whose address tells one.
    """
    papers, days = notice.get("papers", []), notice.get("days")
    if not isinstance(days, list) or not isinstance(papers, list):
        raise DefinitionError("notice.shape", "放假安排须有 papers 与 days 两个列表", cure=_CURE)
    source = " ".join(str(paper) for paper in papers)
    told = _DAY_IN_ADDRESS.findall(source)
    published_at = date(*map(int, told[-1])) if told else None
    return [_row(index, day, source, published_at) for index, day in enumerate(days)]


def _row(index: int, day: object, source: str, published_at: date | None) -> CalendarDay:
    match day:
        case {"name": str(name), "date": str(written), "isOffDay": bool(is_off)}:
            pass
        case _:
            raise DefinitionError("notice.day", f"第 {index + 1} 日看不懂：{day}", ("days", index), _CURE)
    try:
        on = date.fromisoformat(written)
    except ValueError:
        raise DefinitionError(
            "notice.date", f"没有“{written}”这一天", ("days", index, "date"), _CURE
        ) from None
    return CalendarDay(on, not is_off, source, published_at, name)
