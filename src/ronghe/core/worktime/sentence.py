"""A reading in one Chinese sentence, for a list, a card or a message."""

from __future__ import annotations

from datetime import date, datetime

from ronghe.core.worktime.calendar import Calendar
from ronghe.core.worktime.quantity import Unit
from ronghe.core.worktime.reading import Reading

WEEKDAYS = ("周一", "周二", "周三", "周四", "周五", "周六", "周日")


def sentence(reading: Reading, now: datetime, calendar: Calendar) -> str:
    """还剩 3 个工作日（11月26日 周四 下班前）, 今天到期, 已超 2 个工作日, 暂停中（补充材料）…"""
    if reading.due is None:
        return f"已办结，用时 {reading.unit.counted(reading.elapsed)}" if reading.stopped else "不计时限"
    by = _by(reading, reading.due, calendar.local(now).date(), calendar)
    if reading.stopped:
        kept = f"超{_late(reading)}" if reading.overdue else "按时"
        return f"已办结（{kept}），用时 {reading.unit.counted(reading.elapsed)}"
    if reading.overdue:
        today = "今天" if reading.due.date() == calendar.local(now).date() else ""
        return f"已超{_late(reading)}（应于{today}{by}）"
    told = _pending(reading, by, is_today=reading.due.date() == calendar.local(now).date())
    return f"{told}（暂定，放假安排尚未公布）" if reading.unannounced else told


def day_words(day: date, today: date | None = None) -> str:
    """11月26日 周四, with the year when it is not today's."""
    year = f"{day.year}年" if today is None or day.year != today.year else ""
    return f"{year}{day.month}月{day.day}日 {WEEKDAYS[day.weekday()]}"


def hours_words(seconds: int) -> str:
    """3 小时 20 分; whole minutes, rounded up so that a rest is never shown as nothing."""
    hours, minutes = divmod(-(-seconds // 60), 60)
    told = [f"{hours} 小时"] * bool(hours) + [f"{minutes} 分"] * bool(minutes)
    return " ".join(told) or "0 分"


def _pending(reading: Reading, by: str, *, is_today: bool) -> str:
    left = _left(reading)
    if reading.paused:
        grounds = f"（{'、'.join(reading.grounds)}）" if reading.grounds else ""
        resumed = "如现在恢复，" if reading.provisional and not reading.unannounced else ""
        return f"暂停中{grounds}，还剩 {left}，{resumed}{by}到期"
    if is_today:
        return f"今天到期（{by}）"
    if reading.rolled and reading.left == 0:
        return f"期满逢休息日，顺延至{by}"
    return f"还剩 {left}（{by}）"


def _by(reading: Reading, due: datetime, today: date, calendar: Calendar) -> str:
    day = "" if due.date() == today else f"{day_words(due.date(), today)} "
    if reading.unit == Unit.HOUR and due != calendar.closing(due.date()):
        return f"{day}{due:%H:%M} 前"
    return f"{day}下班前"


def _left(reading: Reading) -> str:
    if reading.unit == Unit.HOUR:
        return hours_words(reading.left)
    return (
        Unit.DAY.counted(reading.left) if reading.unit == Unit.MONTH else reading.unit.counted(reading.left)
    )


def _late(reading: Reading) -> str:
    unit = Unit.DAY if reading.unit == Unit.MONTH else reading.unit
    return f" {unit.counted(reading.late)}" if reading.late else f"期不足 {unit.counted(1)}"
