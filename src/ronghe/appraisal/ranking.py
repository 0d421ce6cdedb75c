"""Who stands out, by a rule that is told with the result: units are compared with their like, persons never."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction

LEAST_CASES = 10
"""Fewer closings with a limit and open overdue cases than these say too little to compare."""
BEST = 3
LEAST_RATE = Fraction(9, 10)


@dataclass(frozen=True, slots=True)
class Standing:
    """What a unit of a group is compared by: closed on time ÷ (closed with a limit + open and overdue)."""

    key: str
    group: str
    on_time: int
    timed: int
    overdue: int

    @property
    def rate(self) -> Fraction:
        return Fraction(self.on_time, self.timed)


@dataclass(frozen=True, slots=True)
class Place:
    """A unit's place among its like; None: too few cases to have one. Equal rates share a place, the next is left out."""

    standing: Standing
    place: int | None
    is_tied: bool = False

    @property
    def is_praised(self) -> bool:
        """Among the best places, at a rate worth it, with nothing left overdue."""
        return (
            self.place is not None
            and self.place <= BEST
            and self.standing.rate >= LEAST_RATE
            and not self.standing.overdue
        )


def ranked(standings: Iterable[Standing]) -> list[Place]:
    """Everybody's place in their own group, by group, best first, those with too few cases last."""
    groups: dict[str, list[Standing]] = {}
    for standing in standings:
        groups.setdefault(standing.group, []).append(standing)
    return [place for group in groups.values() for place in _places(group)]


def _places(group: Sequence[Standing]) -> list[Place]:
    enough = sorted((one for one in group if one.timed >= LEAST_CASES), key=lambda one: (-one.rate, one.key))
    few = sorted((one for one in group if one.timed < LEAST_CASES), key=lambda one: one.key)
    rates = [one.rate for one in enough]
    places = [Place(one, rates.index(one.rate) + 1, is_tied=rates.count(one.rate) > 1) for one in enough]
    return places + [Place(one, None) for one in few]


def reminded(standings: Iterable[Standing]) -> list[Standing]:
    """Those with something overdue, most first."""
    return sorted((one for one in standings if one.overdue), key=lambda one: (-one.overdue, one.key))
