"""Coverage: how many owe each line in a month and how many met it, by line and by unit; and the holders behind a number.

Counted from `Owed`, which the check keeps. Lines that stand as advice are left out of every count.
"""

from __future__ import annotations

import datetime as dt
import math
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field

from django.db.models import Count, Q

from ronghe.core.periods import Every, Period
from ronghe.duties.enums import Standing
from ronghe.duties.managers import OwedQuerySet
from ronghe.duties.models import Check, Owed
from ronghe.duties.queries.lines import Line, current
from ronghe.organisations.queries import Powers, names_on, placements_on, subtree_ids

DONE = (Standing.MET, Standing.LATE)
FAR = dt.timedelta(days=92)
WORDS = (Every.DAY, Every.WEEK, Every.MONTH, Every.QUARTER, Every.HALF_YEAR, Every.YEAR)
Key = tuple[str, str]


@dataclass
class Counted:
    """How many stand how. Excused ones owe nothing; nobody owing is not the same as nobody having done it."""

    by: dict[str, int] = field(default_factory=lambda: defaultdict(int))

    def add(self, standing: str, count: int) -> None:
        self.by[standing] += count

    @property
    def owed(self) -> int:
        """All that owe it: the denominator."""
        return sum(count for standing, count in self.by.items() if standing != Standing.EXCUSED)

    @property
    def done(self) -> int:
        """In time or late: the numerator."""
        return sum(self.by.get(standing, 0) for standing in DONE)

    @property
    def share(self) -> float | None:
        """None: nobody owes it."""
        return self.done / self.owed if self.owed else None

    @property
    def percent(self) -> str:
        """The share as a page writes it; never rounded up to 100."""
        return f"{math.floor(1000 * self.done / self.owed) / 10:g}" if self.owed else ""

    @property
    def gap(self) -> int:
        """How many miss it."""
        return self.of(Standing.GAP)

    def of(self, standing: str) -> int:
        """How many stand so."""
        return self.by.get(standing, 0)


@dataclass(frozen=True)
class Asked:
    """What is asked for: a month, perhaps the units at or below one, perhaps one duty."""

    period: Period
    powers: Powers
    below: int | None = None
    duty: str = ""

    def rows(self) -> OwedQuerySet:
        """The visible rows of the month."""
        return self._cut(self._regular() | self._lasting())

    def parts(self) -> list[OwedQuerySet]:
        """The same in two: what a calendar word gives, whose periods have names, and what runs for years."""
        found = [self._cut(self._regular())]
        if lasting := self._lasting():
            found.append(self._cut(lasting))
        return found

    def _regular(self) -> Q:
        month = self.period
        names = {str(part) for every in WORDS for part in month.split(every)}
        return Q(period__in=sorted(names))

    def _lasting(self) -> Q:
        """Only where it is due soon or missing: nobody looks at a term three years ahead."""
        found = Q()
        for (duty, line), one in current(self.powers.on).items():
            if not one.every.each and self.duty in ("", duty):
                found |= Q(duty=duty, line=line)
        days = Q(ends__gte=self.period.first, begins__lte=self.period.last, ends__lte=self.period.last + FAR)
        return found & days if found else Q()

    def _cut(self, which: Q) -> OwedQuerySet:
        rows: OwedQuerySet = Owed.objects.visible_with(self.powers).filter(which)
        if self.duty:
            rows = rows.filter(duty=self.duty)
        if self.below is not None:
            rows = rows.filter(organisation__in=subtree_ids([self.below], self.powers.on))
        return rows


def by_line(asked: Asked) -> list[tuple[Line, Counted]]:
    """Every line that anybody owes, by duty; advice left out. Counted in the order of an index, whole periods at a time."""
    lines = counted_lines(asked.powers.on)
    found: dict[Key, Counted] = defaultdict(Counted)
    for rows in asked.parts():
        told = rows.order_by().values_list("period", "duty", "line", "standing").annotate(n=Count("*"))
        for _period, duty, line, standing, count in told:
            found[duty, line].add(standing, count)
    return [(lines[key], found[key]) for key in lines if key in found]


def counted_lines(on: dt.date) -> dict[Key, Line]:
    """The lines of the day that count."""
    return {key: line for key, line in current(on).items() if not line.is_advice}


@dataclass
class UnitRow:
    """One unit of the grid with a cell for each line; `holds`: whether it stands for the units below it."""

    unit: int
    name: str
    cells: dict[Key, Counted]
    holds: bool

    @property
    def total(self) -> Counted:
        whole = Counted()
        for cell in self.cells.values():
            for standing, count in cell.by.items():
                whole.add(standing, count)
        return whole

    @property
    def owes(self) -> int:
        """How many of the lines anybody of it owes."""
        return sum(1 for cell in self.cells.values() if cell.owed)


def by_unit(asked: Asked) -> tuple[list[Line], list[UnitRow]]:
    """Units against lines: by what stands directly above those who owe, or with `below` each of them. Three statements.

    Those who miss most come first, then those who have most to do yet.
    """
    lines = counted_lines(asked.powers.on)
    rows = [
        row
        for part in asked.parts()
        for row in part.order_by()
        .values_list("organisation_id", "duty", "line", "standing")
        .annotate(n=Count("*"))
    ]
    units = {row[0] for row in rows}
    above = {} if asked.below is not None else parents(units, asked.powers.on)
    cells: dict[int, dict[Key, Counted]] = defaultdict(lambda: defaultdict(Counted))
    for unit, duty, line, standing, count in rows:
        if (duty, line) in lines:
            cells[above.get(unit, unit)][duty, line].add(standing, count)
    names = names_on(list(cells), asked.powers.on)
    holding = set(above.values())
    found = [UnitRow(unit, names.get(unit, ""), dict(mine), unit in holding) for unit, mine in cells.items()]
    shown = {key for row in found for key in row.cells}
    found.sort(key=lambda row: (-row.total.gap, row.total.done - row.total.owed, row.name))
    return [line for key, line in lines.items() if key in shown], found


def parents(units: Collection[int], on: dt.date) -> Mapping[int, int]:
    """What stands directly above each, in the Party's tree first."""
    found: dict[int, int] = {}
    rows = placements_on(on).filter(organisation__in=list(units), parent__isnull=False)
    for unit, parent, tree in rows.order_by("pk").values_list("organisation_id", "parent_id", "tree"):
        if tree == "party" or unit not in found:
            found[unit] = parent or 0
    return found


def behind(
    asked: Asked, *, line: str | None = None, standings: Iterable[str] = (), unit: int | None = None
) -> OwedQuerySet:
    """The holders behind a number, missing ones first, then by unit."""
    rows = asked.rows()
    if line is not None:
        rows = rows.filter(line=line)
    if wanted := list(standings):
        rows = rows.filter(standing__in=wanted)
    if unit is not None:
        rows = rows.filter(organisation=unit)
    advice = [key for key, one in current(asked.powers.on).items() if one.is_advice]
    for duty, code in advice:
        rows = rows.exclude(duty=duty, line=code)
    ordered: OwedQuerySet = rows.select_related("organisation").order_by(
        "-gaps", "ends", "organisation__name", "pk"
    )
    return ordered


def history_of(
    duty: str, powers: Powers, most: int = 8
) -> dict[str, list[tuple[str, dt.date, dt.date, Counted]]]:
    """Line → its last periods with their counts, the latest first; of lengths, which everybody begins another day, by due month."""
    found: dict[Key, tuple[dt.date, dt.date, Counted]] = {}
    rows = Owed.objects.visible_with(powers).filter(duty=duty).order_by()
    for line, period, begins, ends, standing, count in rows.values_list(
        "line", "period", "begins", "ends", "standing"
    ).annotate(n=Count("pk")):
        name = f"{ends:%Y-%m}" if ".." in period else period
        first, last, counted = found.setdefault((line, name), (begins, ends, Counted()))
        counted.add(standing, count)
        found[line, name] = (min(first, begins), max(last, ends), counted)
    told: dict[str, list[tuple[str, dt.date, dt.date, Counted]]] = defaultdict(list)
    for (line, name), (first, last, counted) in sorted(
        found.items(), key=lambda one: one[1][1], reverse=True
    ):
        if len(told[line]) < most:
            told[line].append((name, first, last, counted))
    return dict(told)


def checked() -> Check | None:
    """When the rows were last brought up."""
    return Check.objects.first()
