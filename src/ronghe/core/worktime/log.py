"""The log of one clock: what happened to it; everything else about it is derived."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from typing import cast

from ronghe.core.worktime.calendar import Calendar
from ronghe.core.worktime.convention import LAW, Convention
from ronghe.core.worktime.events import ClockEvent
from ronghe.core.worktime.explanation import DayLine, brief, day_lines
from ronghe.core.worktime.quantity import Limit, Unit
from ronghe.core.worktime.reading import Reading, read
from ronghe.core.worktime.scale import scale_of
from ronghe.core.worktime.timeline import derive, total_limit


@dataclass(frozen=True, slots=True)
class ClockLog:
    """The events of a clock, in the order they were recorded, and the convention it counts by.

    Raises RongheError when an extension is in another unit than the limit it extends.
    """

    events: tuple[ClockEvent, ...] = ()
    convention: Convention = LAW

    def __post_init__(self) -> None:
        start = next((event for event in self.events if event.kind == "start"), None)
        if start is not None:
            total_limit(start, [event for event in self.events if event.kind == "extend"])

    def append(self, event: ClockEvent) -> ClockLog:
        return replace(self, events=(*self.events, event))

    def reading(self, calendar: Calendar, now: datetime) -> Reading:
        """The clock at `now`, from the whole log: what is dated later is known already and counts."""
        return read(derive(self.events, calendar, now, self.convention))

    def due(self, calendar: Calendar, now: datetime) -> datetime | None:
        """Only when it is due, as `reading` tells it; None without a start or a limit."""
        line = derive(self.events, calendar, now, self.convention)
        return line.scale.instant(line.deadline.due) if line and line.deadline else None

    def explain(self, calendar: Calendar, now: datetime) -> list[DayLine]:
        """Day by day from the start: counted or not, and why. Empty without a start or a limit."""
        line = derive(self.events, calendar, now, self.convention)
        return day_lines(line) if line else []

    def explain_briefly(self, calendar: Calendar, now: datetime) -> str:
        """Why the due day is the due day, in a few Chinese clauses."""
        line = derive(self.events, calendar, now, self.convention)
        return brief(line) if line else "尚未起算。"

    def to_json(self) -> dict[str, object]:
        """JSON-safe; `from_json` reads it back as an equal log. The convention is told when it is not the law's."""
        told: dict[str, object] = {"events": [event.to_json() for event in self.events]}
        if self.convention != LAW:
            told["convention"] = asdict(self.convention)
        return told

    @classmethod
    def from_json(cls, told: Mapping[str, object]) -> ClockLog:
        convention = cast(dict[str, bool], told.get("convention", {}))
        events = cast(Sequence[Mapping[str, str]], told["events"])
        return cls(tuple(ClockEvent.from_json(event) for event in events), Convention(**convention))


def due_after(calendar: Calendar, at: datetime, limit: Limit) -> datetime:
    """When a limit that begins to run at `at` and is never stopped is over."""
    due = ClockLog((ClockEvent("start", at, limit=limit),)).due(calendar, at)
    assert due is not None  # noqa: S101 - it has a start and a limit
    return due


def latest_resume(calendar: Calendar, at: datetime, most: Limit, law: Convention = LAW) -> datetime:
    """The `until` of a pause begun at `at` that may take away at most that much."""
    scale = scale_of(most.unit, calendar, law)
    before = scale.cut(at, resumes=False)
    last = scale.add(before, scale.length(before, most.amount))
    by_day = most.unit != Unit.HOUR and not law.resume_day_counts
    return calendar.opening(scale.day(last)) if by_day else scale.instant(last)
