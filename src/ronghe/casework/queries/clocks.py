"""Clocks and lights of cases as they stand now."""

from __future__ import annotations

import datetime as dt

from ronghe.casework.enums import CaseState
from ronghe.casework.models import Case, Step
from ronghe.core.worktime import Calendar, ClockLog, Light, Limit, Reading
from ronghe.definitions import queries as definitions


def log_of(subject: Case | Step) -> ClockLog | None:
    """The clock's log; None when no clock applies."""
    return ClockLog.from_json(subject.clock) if subject.clock else None


def reading_of(subject: Case | Step, now: dt.datetime, calendar: Calendar) -> Reading | None:
    """Due, elapsed, remaining and late as of now; None when no clock applies."""
    log = log_of(subject)
    return log.reading(calendar, now) if log else None


def yellow_of(case: Case, on: dt.date) -> Limit | None:
    """How much is left when the light turns yellow: of the day, not pinned."""
    loaded = definitions.find("procedure", case.procedure, on)
    lights = getattr(loaded.body, "lights", None) if loaded else None
    return lights.left if lights else None


def light_of(case: Case, now: dt.datetime, calendar: Calendar, *, due: dt.datetime | None = None) -> Light:
    """The light from the indexed due instant alone (no clock is folded): what lists use."""
    if case.state != CaseState.OPEN:
        return Light.DONE
    if case.paused_at is not None:
        return Light.PAUSED
    due = due or case.due
    if due is None:
        return Light.NONE
    if now > due:
        return Light.RED
    yellow = yellow_of(case, now.date())
    if yellow is None:
        return Light.GREEN
    return Light.YELLOW if calendar.count(now.date(), due.astimezone(now.tzinfo).date()) <= yellow.amount else Light.GREEN
