"""How every line stands for every holder, from what the ledger says was done. Nothing here is ever reported by anybody."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import lru_cache, partial

from ronghe.core.duties import ONE_DAY, Lasting, Span, Stood, Window, is_owed, later, periods, stood
from ronghe.core.errors import DefinitionError
from ronghe.core.memory import remembering
from ronghe.core.periods import Every
from ronghe.core.worktime import Calendar, Limit
from ronghe.definitions.kinds.grammar import length
from ronghe.definitions.things import Ref
from ronghe.duties.enums import Standing
from ronghe.duties.models import Excuse
from ronghe.duties.queries.deeds import Asked, Deed, Deeds, all_deeds, deeds_of
from ronghe.duties.queries.holders import Holder, Holders
from ronghe.duties.queries.lines import Line, lines_on

KEPT = dt.timedelta(days=400)
"""How long a window stays on the lists after its last day."""
REACH = {
    Every.DAY: 92,
    Every.WEEK: 400,
    Every.MONTH: 400,
    Every.QUARTER: 800,
    Every.HALF_YEAR: 1100,
    Every.YEAR: 1500,
}
"""How many days back windows are reckoned, so that gaps in a row can be counted."""
Excused = dict[tuple[str, str, Ref], list[Span]]


@dataclass(frozen=True, slots=True)
class Stand:
    """How one line stands for one holder in one window, and by what it was done."""

    line: Line
    holder: Holder
    stood: Stood
    deed: Deed | None

    @property
    def window(self) -> Window:
        return self.stood.window

    @property
    def standing(self) -> Standing:
        return Standing(self.stood.standing)

    @property
    def gaps(self) -> int:
        return self.stood.gaps


@dataclass
class Reckoning:
    """One look at a day: of the whole city, or of some organisations. `until`: the last day whose windows are wanted."""

    today: dt.date
    calendar: Calendar
    only: frozenset[int] | None = None
    until: dt.date | None = None
    keys: frozenset[tuple[str, str]] | None = None
    holders: Holders = field(init=False)
    windows: dict[Line, list[Window]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.holders = Holders(self.today, self.only)

    def stands(self) -> Iterator[Stand]:
        """Every line for every holder, by line, holder and window."""
        lines = [one for one in lines_on(self.today) if self.keys is None or one.key in self.keys]
        owing = [(line, held) for line in lines if (held := self.holders.of(line))]
        if not owing:
            return
        asked = Asked.of((line for line, _held in owing), self.today - dt.timedelta(days=max(REACH.values())))
        excused = self._excused(owing)
        deeds = self._deeds(owing, asked)
        for line, held in owing:
            for holder in held:
                yield from self._of(line, holder, deeds, excused)

    def _deeds(self, owing: Sequence[tuple[Line, list[Holder]]], asked: Asked) -> Deeds:
        if self.only is None:
            return all_deeds(asked)
        holders = {holder.ref: holder for _line, held in owing for holder in held}
        ends = [end for holder in holders.values() for end in holder.both]
        return deeds_of([*holders, *ends], asked)

    def _excused(self, owing: Iterable[tuple[Line, list[Holder]]]) -> Excused:
        rows = Excuse.objects.filter(ended_at=None)
        if self.only is not None:
            refs = {holder.ref for _line, held in owing for holder in held}
            rows = rows.filter(
                holder_type__in={ref[0] for ref in refs}, holder_id__in={ref[1] for ref in refs}
            )
        found: Excused = defaultdict(list)
        for duty, line, type_, number, begins, ends in rows.values_list(
            "duty", "line", "holder_type", "holder_id", "begins", "ends"
        ):
            found[duty, line, (type_, number)].append((begins, ends))
        return found

    def _of(self, line: Line, holder: Holder, deeds: Deeds, excused: Excused) -> Iterator[Stand]:
        if holder.ends is not None and holder.ends <= self.today - KEPT:
            return
        done = deeds.of(holder, line.wants)
        days = [deed.day for deed in done]
        spans = [*excused.get((*line.key, holder.ref), ()), *excused.get((line.duty, "", holder.ref), ())]
        if line.every.each:
            found = stood(self._owed(line, holder), days, self.today, excused=spans, begun_by=self.until)
        else:
            found = self._lasting(line, holder, days, spans)
        for one in found:
            yield Stand(line, holder, one, None if one.done is None else done[one.done])

    def _owed(self, line: Line, holder: Holder) -> list[Window]:
        if line not in self.windows:
            self.windows[line] = self._windows(line)
        windows, begins = self.windows[line], max(holder.begins, line.effective)
        if holder.ends is None and windows and begins <= windows[0].first:
            return windows
        return [window for window in windows if is_owed(window, begins, holder.ends)]

    def _windows(self, line: Line) -> list[Window]:
        """The windows that begin while the words of the line hold."""
        every = Every(line.every.each or "")
        begins = max(line.since, self.today - dt.timedelta(days=REACH[every]))
        ends = max(self.today, self.until or self.today)
        if line.until is not None:
            ends = min(ends, line.until - ONE_DAY)
        if ends < begins:
            return []
        found = _periods(every, begins, ends, self.calendar, line.within)
        return [one for one in found if one.first >= line.first and one.due >= line.since]

    def _lasting(
        self, line: Line, holder: Holder, days: Sequence[dt.date], spans: Sequence[Span]
    ) -> list[Stood]:
        lasts = line.every.length or self._by_path(line, holder)
        if lasts is None or line.until is not None:
            return []
        after = partial(later, length=lasts, calendar=self.calendar)
        begins = max(holder.begins, line.since)
        lasting = Lasting(begins, holder.ends, after, spans)
        if holder.begins > self.today:
            return []
        return [one for one in lasting.stood(days, self.today) if one.window.last >= self.today - KEPT]

    def _by_path(self, line: Line, holder: Holder) -> Limit | None:
        """What the holder itself says: `holder.term`. Nothing is owed by whom it says nothing of."""
        _holder, _, path = line.every.path.partition(".")
        found = self.holders.said(holder.ref, path)
        try:
            return length(str(found[0])) if found else None
        except DefinitionError:
            return None


@lru_cache(maxsize=512)
def _periods(
    every: Every, begins: dt.date, ends: dt.date, calendar: Calendar, within: Limit | None
) -> tuple[Window, ...]:
    """The windows of a calendar word: the same for all lines that know of the same days."""
    return tuple(periods(every, (begins, ends), calendar, within=within))


def stands_of(
    organisations: Collection[int], today: dt.date, calendar: Calendar, *, until: dt.date | None = None
) -> list[Stand]:
    """How everything stands for which these organisations answer; windows that begin by `until`, else by today."""
    with remembering():
        return list(Reckoning(today, calendar, frozenset(organisations), until).stands())
