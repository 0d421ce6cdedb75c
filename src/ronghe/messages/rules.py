"""Who can be told, and when somebody may be disturbed."""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from dataclasses import dataclass

from ronghe.core.worktime.calendar import Calendar

PERSON, IDENTITY, HOOK, REACH = "person", "identity", "hook", "reach"
KNOWN = (PERSON, IDENTITY, HOOK, REACH)
QUIET_FROM, QUIET_UNTIL = dt.time(21), dt.time(8)
DAILY_AT = dt.time(9)
_MOBILE = re.compile(r"(?:00)?(?:86)?(1[3-9][0-9]{9})")


@dataclass(frozen=True, slots=True)
class Address:
    """One of the staff (`Address("person", pk)`) or one of the public (`Address("identity", pk)`).

    `hook`: a subscription; `reach`: an address that is being verified.
    """

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


def next_daily(at: dt.datetime, calendar: Calendar) -> dt.datetime:
    """When what is told once a day leaves: at nine, the first time after it was written."""
    local = calendar.local(at)
    same = local.replace(hour=DAILY_AT.hour, minute=DAILY_AT.minute, second=0, microsecond=0)
    return same if local < same else same + dt.timedelta(days=1)


def quiet_until(
    now: dt.datetime, begins: dt.time | None, ends: dt.time | None, calendar: Calendar
) -> dt.datetime | None:
    """When the quiet hours in which `now` lies are over; None outside them. They may run over midnight."""
    if begins is None or ends is None or begins == ends:
        return None
    local = calendar.local(now)
    time, over = local.time(), begins > ends
    if not (begins <= time or time < ends if over else begins <= time < ends):
        return None
    end = local.replace(hour=ends.hour, minute=ends.minute, second=0, microsecond=0)
    return end if end > local else end + dt.timedelta(days=1)


def mobile_of(typed: str) -> str:
    """The mobile number in what was typed, plain; empty when it is none."""
    found = _MOBILE.fullmatch(re.sub(r"[^0-9]", "", unicodedata.normalize("NFKC", typed)))
    return found[1] if found else ""
