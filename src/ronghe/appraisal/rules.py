"""From counts to figures: exact until the one declared rounding, and never a nothing without its reason."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal
from fractions import Fraction
from typing import Any

from ronghe.appraisal.enums import Measure, Status

SHARE_PLACES = 4
RATING_PLACES = 2
DAYS_PLACES = 1  # a median lies at most half-way between two whole days, so this loses nothing


@dataclass(frozen=True, slots=True)
class Figure:
    """One number with the two it comes from. A count has no denominator; `value` None: see `status`."""

    numerator: int | None
    denominator: int | None
    value: int | Decimal | None
    status: Status

    def as_json(self) -> dict[str, int | float | str | None]:
        value = float(self.value) if isinstance(self.value, Decimal) else self.value
        return {
            "numerator": self.numerator,
            "denominator": self.denominator,
            "value": value,
            "status": self.status.value,
        }

    @classmethod
    def from_json(cls, kept: Mapping[str, Any]) -> Figure:
        """The figure `as_json` wrote."""
        value = kept["value"]
        shown = Decimal(str(value)) if isinstance(value, float) else value
        return cls(kept["numerator"], kept["denominator"], shown, Status(kept["status"]))


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """What was counted for one row. Tallies of disjoint rows add up to the tally of all of them.

    `clocked`: closings to which a clock applied; `overdue`: cases open and overdue at the end; `days`: working days →
    closings that took them; `scored`, `score`: ratings with a score and its sum; `told`: ratings that say satisfied or not.
    """

    received: int = 0
    closed: int = 0
    on_time: int = 0
    clocked: int = 0
    overdue: int = 0
    days: Mapping[int, int] = field(default_factory=dict)
    rated: int = 0
    scored: int = 0
    score: int = 0
    told: int = 0
    satisfied: int = 0

    def __add__(self, other: Tally) -> Tally:
        return Tally(
            received=self.received + other.received,
            closed=self.closed + other.closed,
            on_time=self.on_time + other.on_time,
            clocked=self.clocked + other.clocked,
            overdue=self.overdue + other.overdue,
            days=Counter(self.days) + Counter(other.days),
            rated=self.rated + other.rated,
            scored=self.scored + other.scored,
            score=self.score + other.score,
            told=self.told + other.told,
            satisfied=self.satisfied + other.satisfied,
        )


def figures_of(tally: Tally, *, begun: bool = True) -> dict[Measure, Figure]:
    """Every measure of a row; of a period that has not begun, all pending."""
    if not begun:
        return {measure: pending_figure() for measure in Measure}
    measured = sum(tally.days.values())
    silent = Status.MISSING if tally.closed or tally.rated else Status.NOT_APPLICABLE
    untimed = Status.MISSING if tally.closed else Status.NOT_APPLICABLE
    return {
        Measure.RECEIVED: count_figure(tally.received),
        Measure.CLOSED: count_figure(tally.closed),
        Measure.ON_TIME: _ratio(
            tally.on_time, tally.clocked + tally.overdue, SHARE_PLACES, Status.NOT_APPLICABLE
        ),
        Measure.MEDIAN_DAYS: _days(median(tally.days), measured, tally.closed, untimed),
        Measure.P90_DAYS: _days(nearest_rank(tally.days, 90), measured, tally.closed, untimed),
        Measure.RATED: count_figure(tally.rated),
        Measure.MEAN_RATING: _ratio(tally.score, tally.scored, RATING_PLACES, silent),
        Measure.SATISFIED_SHARE: _ratio(tally.satisfied, tally.told, SHARE_PLACES, silent),
    }


def median(days: Mapping[int, int]) -> Fraction | None:
    """The middle of the values, half-way between the two middle ones of an even number; None of none.

    `days` maps each value to how often it occurs.
    """
    total = sum(days.values())
    if not total:
        return None
    return Fraction(_at_rank(days, (total + 1) // 2) + _at_rank(days, total // 2 + 1), 2)


def nearest_rank(days: Mapping[int, int], percent: int) -> Fraction | None:
    """The smallest value that at least `percent` of the values do not exceed (nearest rank); None of none."""
    total = sum(days.values())
    return Fraction(_at_rank(days, max(1, -(-percent * total // 100)))) if total else None


def withhold(
    rows: list[dict[Measure, Figure]], total: dict[Measure, Figure], fewest_raters: int
) -> tuple[list[dict[Measure, Figure]], dict[Measure, Figure]]:
    """The figures with what fewer than `fewest_raters` people said taken out.

    The total goes too where it would give away, by subtraction, what so few said.
    """
    rows, total = [dict(row) for row in rows], dict(total)
    for measure in (Measure.MEAN_RATING, Measure.SATISFIED_SHARE):
        hidden = 0
        for row in rows:
            said = row[measure].denominator or 0
            if 0 < said < fewest_raters:
                hidden += said
                row[measure] = _withheld(row[measure])
        if 0 < hidden < fewest_raters or 0 < (total[measure].denominator or 0) < fewest_raters:
            total[measure] = _withheld(total[measure])
    return rows, total


def _withheld(figure: Figure) -> Figure:
    return replace(figure, numerator=None, denominator=None, value=None, status=Status.WITHHELD)


def _at_rank(days: Mapping[int, int], rank: int) -> int:
    """The value that stands at this place, from 1, when all are put in order."""
    passed = 0
    for value in sorted(days):
        passed += days[value]
        if passed >= rank:
            return value
    raise IndexError(rank)


def pending_figure() -> Figure:
    """Of a period that has not begun."""
    return Figure(None, None, None, Status.PENDING)


def count_figure(number: int) -> Figure:
    return Figure(number, None, number, _said(number))


def _ratio(numerator: int, denominator: int, places: int, nothing: Status) -> Figure:
    if not denominator:
        return Figure(numerator, 0, None, nothing)
    return Figure(numerator, denominator, _round(Fraction(numerator, denominator), places), _said(numerator))


def _days(value: Fraction | None, measured: int, closed: int, nothing: Status) -> Figure:
    if value is None:
        return Figure(measured, closed, None, nothing)
    rounded = int(value) if value.denominator == 1 else _round(value, DAYS_PLACES)
    return Figure(measured, closed, rounded, Status.OK if value else Status.ZERO)


def _said(number: int) -> Status:
    return Status.OK if number else Status.ZERO


def _round(exact: Fraction, places: int) -> Decimal:
    """Half up, from the exact ratio of numbers not below zero: the only rounding there is."""
    scaled = 2 * exact.numerator * 10**places + exact.denominator
    return Decimal(scaled // (2 * exact.denominator)).scaleb(-places)
