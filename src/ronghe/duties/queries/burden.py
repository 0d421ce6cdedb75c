"""What is asked of the grassroots: what would be asked if everything owed were done, and what recording really took.

Asked: the lines of duties that apply × how often in a year ÷ 12 × the seconds of what is recorded for it.
Spent: the records of a month, each × the seconds of the form of its own edition. Both follow from definitions and ledger.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from fractions import Fraction

from django.db.models import Count, Q, QuerySet

from ronghe.core.memory import remembering
from ronghe.core.periods import Period
from ronghe.definitions import queries as definitions
from ronghe.definitions.models import Edition
from ronghe.definitions.queries.asking import (
    FIGURE,
    MONTHS,
    Cost,
    cost_of,
    cost_of_step,
    edition_named,
    times_a_year,
)
from ronghe.duties.queries.holders import Holders
from ronghe.duties.queries.lines import Line, current
from ronghe.ledger.models import Entry

RECORDS = ("activity.held", "case.opened", "step.done", "entry.began", "entry.changed", "judgement.given")
"""What somebody filled in a form for. Quantities of an activity are part of its form."""
MINUTE = 60


@dataclass
class Asked:
    """One definition and what it asks in a month: of how many, how many records, how many seconds; `lines`: by which duties."""

    edition: Edition
    cost: Cost
    lines: list[Line] = field(default_factory=list)
    holders: int = 0
    a_year: Fraction = Fraction(0)
    records: int = 0
    spent_seconds: int = 0

    @property
    def minutes(self) -> float:
        """A month, if everything owed is done: an average of the year."""
        return round(float(self.a_year * self.cost.seconds / MONTHS / MINUTE), 1)

    @property
    def spent(self) -> float:
        """Minutes by the records that were made."""
        return round(self.spent_seconds / MINUTE, 1)


@dataclass(frozen=True)
class Burden:
    """What one organisation, or the whole city, is asked in a month; by definition, the largest first."""

    period: Period
    rows: list[Asked]

    @property
    def minutes(self) -> float:
        return round(sum(row.minutes for row in self.rows), 1)

    @property
    def spent(self) -> float:
        return round(sum(row.spent for row in self.rows), 1)

    @property
    def records(self) -> int:
        return sum(row.records for row in self.rows)

    @property
    def forms(self) -> int:
        """How many kinds of form."""
        return sum(1 for row in self.rows if row.cost.fields)

    @property
    def fields(self) -> int:
        return sum(row.cost.fields for row in self.rows)


def burden_of(units: Collection[int] | None, period: Period, today: dt.date) -> Burden:
    """The burden of these organisations, or with None of the whole city, in a month."""
    with remembering():
        rows: dict[str, Asked] = {}
        _owed(rows, units, today)
        _spent(rows, made_in(units, period))
        kept = [row for row in rows.values() if row.records or (row.holders and row.a_year)]
    kept.sort(key=lambda row: (-row.minutes, -row.spent, row.edition.title))
    return Burden(period, kept)


def _owed(rows: dict[str, Asked], units: Collection[int] | None, today: dt.date) -> None:
    holders = Holders(today, None if units is None else frozenset(units))
    for line in current(today).values():
        if line.is_advice or not line.records:
            continue
        kind, code = line.records[0]
        found = definitions.find(kind, code, today)
        owing = [
            one for one in holders.of(line) if one.begins <= today and (one.ends is None or one.ends > today)
        ]
        if found is None or not owing:
            continue
        row = rows.setdefault(found.edition.reference, Asked(found.edition, cost_of(found.body)))
        row.lines.append(line)
        row.holders += len(owing)
        row.a_year += len(owing) * times_a_year(line.every)


def _spent(rows: dict[str, Asked], entries: QuerySet[Entry]) -> None:
    made = entries.order_by().values("kind", "definition", "edition", "code").annotate(n=Count("pk"))
    for one in made:
        found = edition_named(one["definition"], one["edition"])
        if found is None:
            continue
        own = cost_of(found.body)
        is_step = one["kind"] == "step.done"
        cost = cost_of_step(found.body, one["code"]) if is_step else own
        if is_step and not cost.fields:
            continue  # a step without a form asks nothing to be filled in
        row = rows.setdefault(one["definition"], Asked(found.edition, own))
        row.records += one["n"]
        row.spent_seconds += one["n"] * cost.seconds


def made_in(units: Collection[int] | None, period: Period) -> QuerySet[Entry]:
    """The records people of these organisations made in a month. What the public filed is not among them."""
    entries = Entry.objects.filter(Q(actor__startswith="person:"), kind__in=RECORDS)
    entries = entries.filter(recorded_at__gte=period.start, recorded_at__lt=period.end)
    # The index is by when it happened: what is recorded in a month happened in it or in the year before.
    entries = entries.filter(at__gte=period.start - dt.timedelta(days=366), at__lt=period.end)
    return entries if units is None else entries.filter(organisation__in=list(units))


def spent_by_unit(period: Period, most: int) -> list[tuple[int, int, float]]:
    """(organisation, records, minutes) of those that spent most on recording in a month. Organisations, never persons."""
    rows = (
        made_in(None, period)
        .filter(organisation__isnull=False)
        .order_by()
        .values("organisation", "kind", "definition", "edition", "code")
        .annotate(n=Count("pk"))
    )
    records: dict[int, int] = defaultdict(int)
    seconds: dict[int, int] = defaultdict(int)
    costs: dict[tuple[str, str, str], Cost] = {}
    for row in rows:
        step = row["code"] if row["kind"] == "step.done" else ""
        key = (row["definition"], row["edition"], step)
        if key not in costs:
            costs[key] = _cost(*key)
        if step and not costs[key].fields:
            continue
        records[row["organisation"]] += row["n"]
        seconds[row["organisation"]] += row["n"] * costs[key].seconds
    found = sorted(records, key=lambda unit: (-seconds[unit], -records[unit], unit))[:most]
    return [(unit, records[unit], round(seconds[unit] / MINUTE, 1)) for unit in found]


def _cost(definition: str, edition: str, step: str) -> Cost:
    found = edition_named(definition, edition)
    if found is None:
        return Cost()
    return cost_of_step(found.body, step) if step else cost_of(found.body)


def fields_of(body: object) -> Iterable[tuple[str, int]]:
    """(title, seconds) of everything a definition asks once, quantities with it."""
    form = getattr(body, "form", None)
    yield from ((one.title, one.seconds) for one in (form.fields if form else ()))
    yield from ((one.title, FIGURE) for one in getattr(body, "quantities", ()))
