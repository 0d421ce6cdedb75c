"""The clock beside numpy's business days: microseconds a call, and their ratio. Run: python bench/clock.py"""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date, datetime, timedelta
from pathlib import Path
from timeit import repeat

import numpy as np

from ronghe.core.worktime import SHANGHAI, Calendar, ClockEvent, ClockLog, Limit, Unit, days_from_notice

NOTICES = Path(__file__).parents[1] / "src/ronghe/packs/common/calendar"
CALLS, ROUNDS = 5_000, 5


def microseconds(call: Callable[[], object]) -> float:
    """The best of several rounds."""
    return min(repeat(call, number=CALLS, repeat=ROUNDS)) / CALLS * 1e6


def main() -> None:
    notices = [json.loads(path.read_text(encoding="utf-8")) for path in sorted(NOTICES.glob("*.json"))]
    rows = [row for notice in notices for row in days_from_notice(notice)]
    calendar, day = Calendar(rows), date(2026, 6, 1)
    start = datetime(2026, 6, 1, 10, tzinfo=SHANGHAI)
    events = (
        ClockEvent("start", start, Limit(20, Unit.WORKDAY)),
        ClockEvent("pause", start + timedelta(3), ground="补充材料"),
        ClockEvent("resume", start + timedelta(9), ground="补充材料"),
    )
    log, plain, now = ClockLog(events), ClockLog(events[:1]), start + timedelta(15)
    holidays = np.busdaycalendar(holidays=[np.datetime64(row.date) for row in rows if not row.is_workday])
    first = np.datetime64(day)
    measured = {
        "numpy.busday_offset": lambda: np.busday_offset(first, 20, roll="backward", busdaycal=holidays),
        "calendar.add": lambda: calendar.add(day, 20),
        "calendar.count": lambda: calendar.count(day, date(2027, 6, 1)),
        "reading, no pause": lambda: plain.reading(calendar, now),
        "reading, one pause": lambda: log.reading(calendar, now),
        "calendar of 20 years": None,
    }
    base = 0.0
    for name, call in measured.items():
        cost = microseconds(call) if call else min(repeat(lambda: Calendar(rows), number=1, repeat=5)) * 1e6
        base = base or cost
        print(f"{name:22} {cost:10.2f} µs  {cost / base:9.2f} × numpy")


if __name__ == "__main__":
    main()
