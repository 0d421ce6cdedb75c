"""Why a clock is due when it is: day by day, and in a few clauses."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from itertools import groupby

from ronghe.core.worktime.calendar import LAST
from ronghe.core.worktime.events import ClockEvent
from ronghe.core.worktime.quantity import Unit
from ronghe.core.worktime.scale import DAY
from ronghe.core.worktime.sentence import WEEKDAYS, hours_words
from ronghe.core.worktime.timeline import Deadline, Timeline, count_active

LATE_DAYS_SHOWN = 60
MOST_DAYS = 1_100


@dataclass(frozen=True, slots=True)
class DayLine:
    """One day of a clock: whether it counted, the running count `n` in the clock's unit, and why."""

    date: date
    weekday: str
    counted: bool
    n: int
    reason: str


def day_lines(line: Timeline) -> list[DayLine]:
    """From the start day to the due day, or to `asof` when that is later (at most 60 days later).

    Of a span beyond three years only the first and the last days are told.
    """
    end = line.deadline
    if end is None:
        return []
    first = line.calendar.local(line.start.at).toordinal()
    due, today = line.scale.day(end.due).toordinal(), line.asof.toordinal()
    ordinals = range(first, max(first, due, min(today, due + LATE_DAYS_SHOWN, LAST)) + 1)
    if len(ordinals) <= MOST_DAYS:
        return [_day_line(line, end, ordinal) for ordinal in ordinals]
    head, tail = ordinals[: MOST_DAYS // 2], ordinals[-(MOST_DAYS // 2) :]
    told = [_day_line(line, end, ordinal) for ordinal in (*head, *tail)]
    after = told[len(head)]
    omitted = f"（此前从略{len(ordinals) - MOST_DAYS}天）{after.reason}"
    return [*told[: len(head)], replace(after, reason=omitted), *told[len(head) + 1 :]]


def _day_line(line: Timeline, end: Deadline, ordinal: int) -> DayLine:
    lo, hi = (ordinal - 1, ordinal) if line.unit != Unit.HOUR else (ordinal * DAY, ordinal * DAY + DAY)
    before, n = (_counted_until(line, end, position) for position in (lo, hi))
    day = date.fromordinal(ordinal)
    reason = "；".join([_why(line, end, ordinal, n - before, n), *_happened(line, end, ordinal)])
    told = n if line.unit == Unit.MONTH else line.scale.whole(line.origin, n)
    return DayLine(day, WEEKDAYS[day.weekday()], n > before, told, reason)


def _counted_until(line: Timeline, end: Deadline, position: int) -> int:
    """What has counted up to a position: nothing before the origin, no more once the limit is full."""
    position = min(position, end.full)
    return count_active(line.scale, line.away, line.origin, position) if position > line.origin else 0


def _why(line: Timeline, end: Deadline, ordinal: int, gained: int, n: int) -> str:
    day, due = date.fromordinal(ordinal), line.scale.day(end.due).toordinal()
    if gained:
        return _counted(line, day, gained, n)
    if ordinal > due:
        return _after_due(line, end, ordinal)
    if line.unit != Unit.HOUR and ordinal <= line.origin:
        is_start = ordinal == line.calendar.local(line.start.at).toordinal()
        return "起算日不计" if is_start else "非工作时间收到，视为次一工作日收到，当日不计"
    paused = _paused(line, ordinal)
    if paused is not None:
        return f"暂停：{paused}" if paused else "暂停"
    if not line.calendar.is_workday(day):
        carried = "，顺延至下一工作日" if ordinal >= line.scale.day(end.full).toordinal() else ""
        return day_off(line, day) + carried
    return "顺延至本日" if line.unit != Unit.HOUR else "当日未计办公时间"


def _counted(line: Timeline, day: date, gained: int, n: int) -> str:
    row = line.calendar.rows.get(day)
    made_up = f"（{_named(row.name)}调休上班，计入）" if row and row.is_workday and day.weekday() > 4 else ""
    match line.unit:
        case Unit.HOUR:
            return f"计 {hours_words(gained)}，累计 {hours_words(n)}{made_up}"
        case Unit.WORKDAY:
            return f"第{n}个工作日{made_up}"
        case _:
            return f"第{n}天"


def day_off(line: Timeline, day: date) -> str:
    row = line.calendar.rows.get(day)
    return f"{_named(row.name)}放假" if row else "周末"


def _named(name: str) -> str:
    return name.replace("“", "").replace("”", "")


def _after_due(line: Timeline, end: Deadline, ordinal: int) -> str:
    day = date.fromordinal(ordinal)
    if line.unit in (Unit.WORKDAY, Unit.HOUR) and not line.calendar.is_workday(day):
        return day_off(line, day)
    if line.unit == Unit.HOUR:
        return "已超期"
    late = line.scale.count(end.due, ordinal)
    return f"已超期第{late}个工作日" if line.unit == Unit.WORKDAY else f"已超期第{late}天"


def _paused(line: Timeline, ordinal: int) -> str | None:
    """The grounds that take the day away; None when none does."""
    if not any(_is_in(line, lo, hi, ordinal) for lo, hi in line.away):
        return None
    found = []
    for pause in line.pauses:
        lo = line.scale.cut(pause.start, resumes=False)
        until = line.asof if pause.end is None or pause.is_open(line.asof) else pause.end
        if _is_in(line, lo, line.scale.cut(until, resumes=True), ordinal) and pause.ground:
            found.append(pause.ground)
    return "、".join(sorted(set(found)))


def _is_in(line: Timeline, lo: int, hi: int, ordinal: int) -> bool:
    if line.unit == Unit.HOUR:
        return lo // DAY <= ordinal <= hi // DAY
    return lo < ordinal <= hi


def _happened(line: Timeline, end: Deadline, ordinal: int) -> Iterator[str]:
    """What else the day brought: extensions, a pause that shares the day with counting, the due time, the stop."""
    for event in line.extensions:
        if line.calendar.local(event.at).toordinal() == ordinal:
            yield _extended(event)
    if any(pause.is_open(line.asof) for pause in line.pauses) and ordinal == line.asof.toordinal():
        yield "仍在暂停，假定现在恢复"
    if ordinal == line.scale.day(end.due).toordinal():
        yield f"{line.scale.instant(end.due):%H:%M} 到期"
    if line.stop and line.calendar.local(line.stop.at).toordinal() == ordinal:
        yield "办结"


def _extended(event: ClockEvent) -> str:
    return f"延期 +{event.limit}" + (f"（{event.document}）" if event.document else "")


def brief(line: Timeline) -> str:
    """从9月23日（周三）次日起算；国庆节放假7天不计；10月10日调休上班计入；暂停3个工作日；故10月13日 18:00 到期。"""
    end = line.deadline
    start = line.calendar.local(line.start.at)
    if end is None:
        return f"从{_dated(start.date())}起，不计时限。"
    clauses = [_beginning(line), f"期限{end.limit.unit.counted(end.limit.amount)}"]
    if line.extensions:
        clauses[-1] += "（含" + "、".join(_extended(event) for event in line.extensions) + "）"
    first, due = line.scale.day(line.origin), line.scale.day(end.due)
    if line.unit in (Unit.WORKDAY, Unit.HOUR):
        clauses += _holidays(line, first, due)
    clauses += _away(line, end)
    if end.due > end.full and line.unit != Unit.WORKDAY:
        full = line.scale.day(end.full)
        clauses.append(f"期满日{_dated(full)}不是工作日或在暂停中，顺延至下一工作日")
    if not line.calendar.is_settled(first, due):
        clauses.append("放假安排尚未全部公布，按周一至周五暂算")
    return "；".join([*clauses, f"故{_dated(due)} {line.scale.instant(end.due):%H:%M} 到期。"])


def _dated(day: date) -> str:
    return f"{day.year}年{day.month}月{day.day}日（{WEEKDAYS[day.weekday()]}）"


def _beginning(line: Timeline) -> str:
    start = line.calendar.local(line.start.at)
    if line.unit == Unit.HOUR:
        return f"从{_dated(start.date())} {start:%H:%M} 起算"
    first = line.scale.day(line.origin + 1)
    if first <= start.date():
        return f"从{_dated(start.date())}当日起算"
    counted_from = start.date() if first == start.date() + timedelta(1) else line.scale.day(line.origin)
    return f"从{_dated(counted_from)}次日起算"


def _holidays(line: Timeline, first: date, last: date) -> list[str]:
    rows = [row for day, row in sorted(line.calendar.rows.items()) if first < day <= last]
    told = []
    for name, days in groupby((row for row in rows if not row.is_workday), key=lambda row: row.name):
        told.append(f"{_named(name)}放假{len(list(days))}天")
    made_up = [row.date for row in rows if row.is_workday and row.date.weekday() > 4]
    clauses = ["、".join(told) + "不计"] if told else []
    if made_up:
        clauses.append("、".join(f"{day.month}月{day.day}日" for day in made_up) + "调休上班计入")
    return clauses


def _away(line: Timeline, end: Deadline) -> list[str]:
    taken = 0
    for lo, hi in line.away:
        lo, hi = max(lo, line.origin), min(hi, end.due)
        taken += line.scale.count(lo, hi) if lo < hi else 0
    if not taken:
        return []
    if line.unit == Unit.HOUR:
        return [f"暂停{hours_words(taken)}不计"]
    return [f"暂停{(Unit.DAY if line.unit == Unit.MONTH else line.unit).counted(taken)}不计"]
