"""Clocks of cases as they stand now, in numbers and in words."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

from ronghe.casework.models import Case, Step
from ronghe.casework.queries.lights import lights_at
from ronghe.core.procedure import steps_of
from ronghe.core.worktime import Calendar, ClockLog, Light, Reading, sentence
from ronghe.definitions import queries as definitions


def log_of(subject: Case | Step) -> ClockLog | None:
    """The clock's log, its pauses called as the procedure calls them; None when no clock applies."""
    if not subject.clock:
        return None
    log = ClockLog.from_json(subject.clock)
    if not any(event.ground for event in log.events):
        return log
    titles = pause_titles(subject if isinstance(subject, Case) else subject.case)
    worded = (replace(event, ground=titles.get(event.ground, event.ground)) for event in log.events)
    return replace(log, events=tuple(worded))


def pause_titles(case: Case) -> dict[str, str]:
    """Pause ground → its words, of every step of the case's procedure."""
    flow = definitions.body_of(case.edition).flow
    return {code: pause.title for placed in steps_of(flow) for code, pause in placed.step.pauses.items()}


def reading_of(subject: Case | Step, now: dt.datetime, calendar: Calendar) -> Reading | None:
    """Due, elapsed, remaining and late as of now; None when no clock applies."""
    log = log_of(subject)
    return log.reading(calendar, now) if log else None


def sentence_of(subject: Case | Step, now: dt.datetime, calendar: Calendar) -> str:
    """The reading in one sentence; empty when no clock applies."""
    reading = reading_of(subject, now, calendar)
    return sentence(reading, now, calendar) if reading else ""


def light_of(case: Case, now: dt.datetime, calendar: Calendar, *, due: dt.datetime | None = None) -> Light:
    """The light from the indexed due instant alone (no clock is folded): what lists use."""
    return lights_at(now, calendar).light(case, due or case.due)
