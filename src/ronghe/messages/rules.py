"""Who can be told, and when somebody may be disturbed."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from ronghe.core.worktime.calendar import Calendar

PERSON, IDENTITY = "person", "identity"
QUIET_FROM, QUIET_UNTIL = dt.time(21), dt.time(8)


@dataclass(frozen=True, slots=True)
class Address:
    """One of the staff (`Address("person", pk)`) or one of the public (`Address("identity", pk)`)."""

    type: str
    ref: int


def staff_may_be_disturbed(now: dt.datetime, calendar: Calendar) -> bool:
    """Only in office hours of a working day; not over the lunch break."""
    local = calendar.local(now)
    spans = calendar.hours_on(local.toordinal()).spans
    return calendar.is_workday(local.date()) and any(begin <= local.time() < end for begin, end in spans)


def public_may_be_disturbed(now: dt.datetime, calendar: Calendar) -> bool:
    """By day, on any day; not between 21:00 and 08:00."""
    return QUIET_UNTIL <= calendar.local(now).time() < QUIET_FROM
