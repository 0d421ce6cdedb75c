"""The fold: from a clock's events to its origin, its length, its paused stretches and its due position.

Nothing is accumulated; each call starts from the whole log, so a late or corrected event needs no repair.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from operator import attrgetter

from ronghe.core.errors import RongheError
from ronghe.core.worktime.calendar import Calendar
from ronghe.core.worktime.convention import Convention
from ronghe.core.worktime.events import ClockEvent
from ronghe.core.worktime.quantity import Limit, Unit
from ronghe.core.worktime.scale import Scale, scale_of

_AT = attrgetter("at")
Stretch = tuple[int, int]
"""Positions (lo, hi] that are taken away."""


@dataclass(frozen=True, slots=True)
class Pause:
    """A pause from `start` to `end`, not included; `end` None while nothing has ended it."""

    start: datetime
    end: datetime | None
    ground: str
    until: datetime | None

    def covers(self, instant: datetime) -> bool:
        return self.start <= instant and (self.end is None or instant < self.end)

    def is_open(self, instant: datetime) -> bool:
        """Whether it covers the instant and nothing but its `until` is known to end it."""
        return self.covers(instant) and self.end == self.until


@dataclass(frozen=True, slots=True)
class Deadline:
    """The whole limit with its extensions, its `length` in positions, where that is reached (`full`), and `due`:
    the same carried over days off.
    """

    limit: Limit
    length: int
    full: int
    due: int


@dataclass(frozen=True, slots=True)
class Timeline:
    """A clock at `asof` (now, or the stop if that is earlier)x `origin`.

    `away` is what the pauses take away, an open one taken to end at `asof`. `stop` only once it has come.
    """

    calendar: Calendar
    scale: Scale
    unit: Unit
    start: ClockEvent
    origin: int
    asof: datetime
    stop: ClockEvent | None
    extensions: tuple[ClockEvent, ...]
    pauses: tuple[Pause, ...]
    away: tuple[Stretch, ...]
    deadline: Deadline | None


def derive(
    events: Iterable[ClockEvent], calendar: Calendar, now: datetime, law: Convention
) -> Timeline | None:
    """Fold the log as read at `now`; None for a log without a start.

    Events are taken by time, those of one instant by order; those after the first stop have no effect, nor has a
    second start, nor an extension told twice. An event dated after `now` is known already and counts.
    """
    ordered = sorted(events, key=_AT)
    start = next((event for event in ordered if event.kind == "start"), None)
    if start is None:
        return None
    now = calendar.local(now)
    stop = next((event for event in ordered if event.kind == "stop"), None)
    if stop is not None:
        ordered = [event for event in ordered if event.at <= stop.at]
    asof = min(now, stop.at) if stop else now
    extensions = tuple(dict.fromkeys(event for event in ordered if event.kind == "extend"))
    limit = total_limit(start, extensions)
    unit = limit.unit if limit else Unit.WORKDAY
    scale = scale_of(unit, calendar, law)
    origin = scale.origin(start.at)
    pauses = pauses_of(ordered)
    away = merged(_stretches(scale, pauses, asof))
    deadline = None
    if limit is not None:
        length = scale.length(origin, limit.amount)
        full = _reach(scale, away, origin, length)
        rolls = unit == Unit.WORKDAY or (unit != Unit.HOUR and law.roll_natural)
        deadline = Deadline(limit, length, full, _rolled(calendar, full, away) if rolls else full)
    come = stop if stop and stop.at <= now else None
    return Timeline(calendar, scale, unit, start, origin, asof, come, extensions, pauses, away, deadline)


def total_limit(start: ClockEvent, extensions: Sequence[ClockEvent]) -> Limit | None:
    """The start's limit with all extensions; None where no limit applies, which an extension does not change."""
    if start.limit is None:
        return None
    more = [event.limit for event in extensions if event.limit is not None]
    for limit in more:
        if limit.unit != start.limit.unit:
            raise RongheError(
                "clock.units",
                f"时限按“{start.limit.unit}”计算，不能按“{limit.unit}”延期；请改用同一单位",
            )
    return Limit(start.limit.amount + sum(limit.amount for limit in more), start.limit.unit)


def pauses_of(ordered: Sequence[ClockEvent]) -> tuple[Pause, ...]:
    """Each pause up to its `until` or the next resume of its ground (or of all), whichever is earlier."""
    found = []
    for index, event in enumerate(ordered):
        if event.kind == "pause":
            ends = [
                later.at
                for later in ordered[index + 1 :]
                if later.kind == "resume" and later.ground in ("", event.ground)
            ][:1]
            if event.until is not None:
                ends.append(event.until)
            found.append(Pause(event.at, min(ends, default=None), event.ground, event.until))
    return tuple(found)


def merged(stretches: Iterable[Stretch]) -> tuple[Stretch, ...]:
    """The union as disjoint stretches in order; empty ones vanish."""
    union: list[Stretch] = []
    for lo, hi in sorted(stretches):
        if lo >= hi:
            continue
        if union and lo <= union[-1][1]:
            union[-1] = (union[-1][0], max(hi, union[-1][1]))
        else:
            union.append((lo, hi))
    return tuple(union)


def count_active(scale: Scale, away: Iterable[Stretch], a: int, b: int) -> int:
    """Positions of (a, b] that count and are not taken away."""
    total = scale.count(a, b)
    for lo, hi in away:
        lo, hi = max(lo, a), min(hi, b)
        if lo < hi:
            total -= scale.count(lo, hi)
    return total


def _stretches(scale: Scale, pauses: Iterable[Pause], asof: datetime) -> Iterable[Stretch]:
    """What each pause takes away; one still open at `asof` is taken to end there."""
    for pause in pauses:
        end = asof if pause.end is None or pause.is_open(asof) else pause.end
        yield scale.cut(pause.start, resumes=False), scale.cut(end, resumes=True)


def _reach(scale: Scale, away: Iterable[Stretch], origin: int, length: int) -> int:
    """min{d >= origin: active(origin, d) >= length}."""
    at, left = origin, length
    for lo, hi in away:
        if hi <= at:
            continue
        between = scale.count(at, max(lo, at))
        if left <= between:
            break
        at, left = hi, left - between
    return scale.add(at, left)


def _rolled(calendar: Calendar, full: int, away: Iterable[Stretch]) -> int:
    """The first working day from `full` on that no pause takes away. Source: 民法典 (2020) 第203条."""
    at = calendar.nth(calendar.rank(full - 1) + 1)
    for lo, hi in away:
        if lo < at <= hi:
            at = calendar.nth(calendar.rank(hi) + 1)
    return at
