"""The deadline calculator: a question in words, as a command or a page asks it, and the answer as plain values."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime, time

from ronghe.core.errors import DefinitionError, RongheError
from ronghe.core.worktime.calendar import Calendar
from ronghe.core.worktime.events import ClockEvent
from ronghe.core.worktime.log import ClockLog
from ronghe.core.worktime.quantity import Limit

YEARS = range(1950, 2201)
_DAY = re.compile(r"\d{4}-\d{1,2}-\d{1,2}")
_CURE = "请写成 2026-09-25 或 2026-09-25T10:30"


def read_instant(written: str, calendar: Calendar, *, is_whole_day: bool = False) -> datetime:
    """A day or a moment on the office's clock; a day is its beginning, or its closing when meant as a whole.

    Raises RongheError with what to write instead.
    """
    text = written.strip()
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        said = f"没有“{text}”这个日期或时刻" if _DAY.match(text) else f"看不懂时间“{text}”"
        raise RongheError("clock.time", f"{said}，{_CURE}") from None
    if moment.year not in YEARS:
        raise RongheError("clock.year", f"只能计算 {YEARS[0]} 年至 {YEARS[-1]} 年，请核对“{text}”")
    if _DAY.fullmatch(text):
        day = moment.date()
        return calendar.closing(day) if is_whole_day else datetime.combine(day, time(), calendar.zone)
    return calendar.local(moment if moment.tzinfo else moment.replace(tzinfo=calendar.zone))


def read_clock(
    start: str, limit: str, pauses: Sequence[str], extensions: Sequence[str], calendar: Calendar
) -> ClockLog:
    """The clock asked about. A pause is FROM..TO, TO being when it resumes; without TO it is still open."""
    began = read_instant(start, calendar)
    events = [ClockEvent("start", began, read_limit(limit))]
    for index, written in enumerate(pauses, 1):
        ground = f"第{index}段" if len(pauses) > 1 else ""
        events += _read_pause(written, ground, calendar)
    more = [read_limit(written) for written in extensions]
    events += [
        ClockEvent("extend", began, one, document=f"第{index}次延期" if len(more) > 1 else "")
        for index, one in enumerate(more, 1)
    ]
    return ClockLog(tuple(events))


def read_limit(written: str) -> Limit:
    """`Limit.parse`, with the cure told in the message."""
    try:
        return Limit.parse(written)
    except DefinitionError as wrong:
        raise RongheError(wrong.code, f"{wrong.message}；{wrong.cure}") from wrong


def _read_pause(written: str, ground: str, calendar: Calendar) -> list[ClockEvent]:
    begin, dots, end = written.partition("..")
    if not dots:
        raise RongheError(
            "clock.pause", f"看不懂暂停“{written}”，请写成 2026-09-28..2026-09-30（后一个为恢复之日）"
        )
    pause = ClockEvent("pause", read_instant(begin, calendar), ground=ground)
    if not end.strip():
        return [pause]
    resume = ClockEvent("resume", read_instant(end, calendar), ground=ground)
    if resume.at < pause.at:
        raise RongheError("clock.pause-reversed", f"暂停“{written}”的恢复早于开始，请把较早的时间写在前面")
    return [pause, resume]


def answer(
    log: ClockLog, calendar: Calendar, now: datetime, yellow: Limit | None = None
) -> dict[str, object]:
    """JSON-safe: due (ISO), elapsed, remaining, late, provisional, light, days [{date, counted, n, reason}]."""
    reading = log.reading(calendar, now)
    return {
        "due": reading.due.isoformat() if reading.due else None,
        "elapsed": reading.elapsed,
        "remaining": reading.remaining,
        "late": reading.late,
        "provisional": reading.provisional,
        "light": reading.light(yellow).value,
        "days": [
            {"date": line.date.isoformat(), "counted": line.counted, "n": line.n, "reason": line.reason}
            for line in log.explain(calendar, now)
        ],
    }
