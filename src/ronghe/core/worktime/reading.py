"""What a clock shows at one moment: due, elapsed, remaining, late, and its light."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from ronghe.core.worktime.calendar import Calendar
from ronghe.core.worktime.convention import LAW
from ronghe.core.worktime.quantity import Limit, Unit
from ronghe.core.worktime.scale import OfficeSeconds, add_months
from ronghe.core.worktime.timeline import Deadline, Timeline, count_active, merged


class Light(StrEnum):
    """The state of a clock, told by colour, shape and word, never by colour alone."""

    GREEN = "green"
    YELLOW = "yellow"
    RED = "red"
    PAUSED = "paused"
    DONE = "done"
    NONE = "none"

    @property
    def shape(self) -> str:
        return _SHAPES[self][0]

    @property
    def label(self) -> str:
        return _SHAPES[self][1]


_SHAPES = {
    Light.GREEN: ("○", "正常"),
    Light.YELLOW: ("△", "临期"),
    Light.RED: ("■", "超期"),
    Light.PAUSED: ("‖", "暂停"),
    Light.DONE: ("✓", "办结"),
    Light.NONE: ("–", "无时限"),
}


@dataclass(frozen=True, slots=True)
class Reading:
    """A clock read at `now`.

    `due` None: no limit applies. `elapsed`, `remaining`, `late` are whole units, today included unless paused;
    `remaining` is the limit less what has elapsed, so it is `-late` once overdue (`late` of a limit in months is
    in days). `provisional`: the due date may still move, because a pause is open (it then holds if the clock
    resumed now) or because the calendar is not announced (`unannounced`). A stopped clock shows what it showed
    when it stopped. `rolled`: the limit ended on a day off and was carried to the next working day.
    `left`: what remains in working days, natural days or, for 工时, seconds; finer than `remaining`.
    """

    due: datetime | None
    elapsed: int
    remaining: int
    overdue: bool
    late: int
    provisional: bool
    paused: bool
    stopped: bool
    unit: Unit
    limit: Limit | None
    left: int = 0
    rolled: bool = False
    unannounced: bool = False
    grounds: tuple[str, ...] = ()
    now: datetime | None = field(default=None, compare=False)
    calendar: Calendar | None = field(default=None, repr=False, compare=False)

    def light(self, yellow: Limit | None = None) -> Light:
        """The light; `yellow` is how much is left when it turns yellow (None: never)."""
        if self.stopped:
            return Light.DONE
        if self.due is None:
            return Light.NONE
        if self.overdue:
            return Light.RED
        if self.paused:
            return Light.PAUSED
        since = self.yellow_from(yellow)
        return Light.YELLOW if since and self.now and self.now >= since else Light.GREEN

    def yellow_from(self, yellow: Limit | None) -> datetime | None:
        """When `yellow` is left before the due time: always in office hours, a day's beginning being its opening.

        The unit may differ from the clock's own. None without a due time or without `yellow`.
        """
        if yellow is None or self.due is None or self.calendar is None:
            return None
        calendar, due = self.calendar, self.calendar.local(self.due)
        match yellow.unit:
            case Unit.HOUR:
                seconds = OfficeSeconds(calendar, LAW)
                return seconds.instant(seconds.back(seconds.position(due), yellow.amount * 3600))
            case Unit.WORKDAY:
                return calendar.opening(calendar.add(due.date(), -yellow.amount))
            case Unit.MONTH:
                day = add_months(due.date(), -yellow.amount)
            case _:
                day = due.date().fromordinal(max(1, due.toordinal() - yellow.amount))
        worked = calendar.nth(calendar.rank(day.toordinal()))
        return calendar.opening(day.fromordinal(worked))


NOT_STARTED = Reading(None, 0, 0, False, 0, False, False, False, Unit.WORKDAY, None)


def read(line: Timeline | None) -> Reading:
    """The reading of a derived clock; `NOT_STARTED` for one that has no start."""
    if line is None:
        return NOT_STARTED
    scale, origin, at, end = line.scale, line.origin, line.scale.position(line.asof), line.deadline
    covering = [pause for pause in line.pauses if pause.covers(line.asof)]
    lived = [(scale.cut(pause.start, resumes=False), at) for pause in covering if pause.is_open(line.asof)]
    away = merged([*line.away, *lived]) if lived else line.away
    length = max(0, count_active(scale, away, origin, at))
    stopped = line.stop is not None
    if end is None:
        return Reading(
            None, scale.whole(origin, length), 0, False, 0, False, bool(covering) and not stopped, stopped,
            line.unit, None, now=line.asof, calendar=line.calendar,
        )  # fmt: skip
    due = scale.instant(end.due)
    overdue = line.asof > due
    late = scale.count(end.due, at) if overdue else 0
    length = end.length + late if overdue else min(length, end.length)
    elapsed = scale.whole(origin, length)
    paused = not overdue and not stopped and any(pause.start < due for pause in covering)
    unannounced = not _is_settled(line, end)
    if_resumed = paused and any(pause.is_open(line.asof) for pause in covering)
    grounds = tuple(sorted({pause.ground for pause in covering if pause.ground})) if paused else ()
    return Reading(
        due, elapsed, end.limit.amount - elapsed, overdue, scale.whole_late(late), unannounced or if_resumed,
        paused, stopped, line.unit, end.limit, end.length - length, end.due > end.full, unannounced, grounds,
        line.asof, line.calendar,
    )  # fmt: skip


def _is_settled(line: Timeline, end: Deadline) -> bool:
    """Whether no announcement to come can move the due day; of natural days only the last ones matter."""
    counts_workdays = line.unit in (Unit.WORKDAY, Unit.HOUR)
    first = line.scale.day(line.origin if counts_workdays else end.full)
    return line.calendar.is_settled(first, line.scale.day(end.due))
