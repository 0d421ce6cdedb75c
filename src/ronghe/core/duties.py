"""What is owed again and again: the windows in which it is due, and how each stands by the days on which it was done.

- A calendar word gives each such period; one done late in it (`within`) is late. What was missed altogether is made up
  by a second one in the period after, never by a later one.
- A length runs from the last time. While nothing is done, each further length is one more gap.
- Owed is a window of which at least half was left: whoever began, or was excused, for more than half of its days could not
  fairly be told of a gap; a branch founded on 5 January owes the year, one founded on 30 March does not owe March. Whoever ended
  before its last day does not owe it: nobody is left to answer.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise

from ronghe.core.errors import DefinitionError
from ronghe.core.periods import Every, Period
from ronghe.core.worktime.calendar import Calendar
from ronghe.core.worktime.quantity import Limit, Unit
from ronghe.core.worktime.scale import add_months

OPEN, MET, LATE, GAP, EXCUSED = "open", "met", "late", "gap", "excused"
ONE_DAY = timedelta(1)
MOST = 400  # windows of one length in a row without anything done; nobody reads further back
Span = tuple[date, date]
"""Two days, both included."""


@dataclass(frozen=True, slots=True)
class Window:
    """Something is to be done once from `first` on, in time up to `due`; `last` ends it. `name` tells it from others."""

    name: str
    first: date
    due: date
    last: date


@dataclass(frozen=True, slots=True)
class Stood:
    """How a window stands: by which of the days given it was done, and how many gaps there are in a row up to it."""

    window: Window
    standing: str
    done: int | None = None
    gaps: int = 0


def later(day: date, length: Limit, calendar: Calendar) -> date:
    """The day so long after; of working days, the working day of that number."""
    match length.unit:
        case Unit.MONTH:
            return add_months(day, length.amount)
        case Unit.WORKDAY:
            return date.fromordinal(calendar.nth(calendar.rank(day.toordinal()) + length.amount))
        case Unit.DAY:
            return day + timedelta(length.amount)
    raise DefinitionError(
        "duty.hours", f"经常任务不能按“{length}”计算", cure="请写月、年、工作日或自然日，例如 6 月、3 年"
    )


def left(due: date, today: date, length: Limit, calendar: Calendar) -> bool:
    """Whether so long or less is left before the end of the due day, and it is not over."""
    if today > due:
        return False
    if length.unit is Unit.WORKDAY:
        return calendar.rank(due.toordinal()) - calendar.rank(today.toordinal()) <= length.amount
    return later(today, length, calendar) >= due


def over(due: date, today: date, length: Limit, calendar: Calendar) -> bool:
    """Whether it has been due for so long or longer."""
    return today > due and later(due, length, calendar) <= today


def periods(every: Every, span: Span, calendar: Calendar, *, within: Limit | None = None) -> list[Window]:
    """The windows of a calendar word that meet the days of the span, in order; a daily duty has those of working days."""
    found = []
    for period in Period(*span).split(every):
        if every == Every.DAY and not calendar.is_workday(period.first):
            continue
        due = period.last
        if within is not None:
            due = min(later(period.first - ONE_DAY, within, calendar), period.last)
        found.append(Window(str(period), period.first, due, period.last))
    return found


def is_owed(window: Window, begins: date, ends: date | None) -> bool:
    """Whether somebody there from `begins` on and before `ends` owes it, see above."""
    if ends is not None and ends <= window.last:
        return False
    return _is_half_left(window, [(window.first, begins - ONE_DAY)])


def _is_half_left(window: Window, away: Iterable[Span]) -> bool:
    """Whether at least half of the days up to the due one lie outside the spans."""
    whole = (window.due - window.first).days + 1
    lost: set[int] = set()
    for first, last in away:
        begins, ends = max(first, window.first), min(last, window.due)
        lost.update(range(begins.toordinal(), ends.toordinal() + 1))
    return len(lost) * 2 <= whole


def stood(
    windows: Sequence[Window],
    days: Sequence[date],
    today: date,
    *,
    excused: Sequence[Span] = (),
    begun_by: date | None = None,
) -> list[Stood]:
    """How the windows of a calendar word stand that begin by a day (else today). `days` rise; all the windows are owed."""
    begun = [window for window in windows if window.first <= (begun_by or today)]
    own = [(bisect_left(days, one.first), bisect_right(days, one.last)) for one in begun]
    done: list[int | None] = [low if high > low else None for low, high in own]
    for place, (before, after) in enumerate(pairwise(begun)):
        low, high = own[place + 1]
        if done[place] is None and high - low > 1 and after.first - before.last == ONE_DAY:
            makes_up, own_one = (low, low + 1) if days[low + 1] <= after.due else (low + 1, low)
            done[place], done[place + 1] = makes_up, own_one
    found, gaps = [], 0
    for window, which in zip(begun, done, strict=True):
        standing = _standing(window, None if which is None else days[which], today, excused)
        if standing in {MET, LATE}:
            gaps = 0
        elif standing == GAP:
            gaps += 1
        found.append(Stood(window, standing, which, gaps))
    return found


def _standing(window: Window, day: date | None, today: date, excused: Sequence[Span]) -> str:
    if day is not None:
        return MET if day <= window.due else LATE
    if excused and not _is_half_left(window, excused):
        return EXCUSED
    return OPEN if today <= window.due else GAP


@dataclass(frozen=True, slots=True)
class Lasting:
    """A length that runs from the last time, for whoever was there from `begins` on and before `ends`.

    An excuse that covers the due day puts it off to the excuse's end: a term is extended, not forgotten.
    """

    begins: date
    ends: date | None
    after: Callable[[date], date]
    excused: Sequence[Span] = ()

    def stood(self, days: Sequence[date], today: date) -> list[Stood]:
        """How its windows stand, the oldest first; the last one is open, or the last gap."""
        known = bisect_right(days, self.begins)
        base = days[known - 1] if known else self.begins - ONE_DAY
        found: list[Stood] = []
        while len(found) < MOST:
            window = self._window(base)
            place = bisect_right(days, base)
            day = days[place] if place < len(days) else None
            standing = self._standing(window, day, today)
            is_over = self.ends is not None and self.ends <= window.last and standing not in {MET, LATE}
            if is_over or (standing == OPEN and found and found[-1].standing == GAP):
                break
            gaps = (found[-1].gaps if found else 0) + 1 if standing == GAP else 0
            if standing in {MET, LATE} and day is not None:
                found.append(Stood(window, standing, place, 0))
                base = day
            else:
                found.append(Stood(window, standing, None, gaps))
                base = window.due
            if standing == OPEN:
                break
        return found

    def _window(self, base: date) -> Window:
        planned = due = self.after(base)
        for first, last in sorted(self.excused):
            if first <= due < last:
                due = last
        first = base + ONE_DAY
        return Window(f"{first}..{planned}", first, due, due)

    def _standing(self, window: Window, day: date | None, today: date) -> str:
        if day is not None and day <= window.due:
            return MET
        if day is not None and day <= self.after(window.due):
            return LATE
        return OPEN if today <= window.due else GAP


def clipped(windows: Iterable[Window], begins: date, ends: date | None) -> Iterator[Window]:
    """Those that somebody there from `begins` on and before `ends` owes."""
    return (window for window in windows if is_owed(window, begins, ends))
