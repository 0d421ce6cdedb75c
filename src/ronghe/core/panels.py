"""What several reviewers found, as one figure: exact, in any order the same; what was not given is not counted.

Nothing here knows who gave what. Ties stay ties.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from typing import TypeVar

K = TypeVar("K", bound=Hashable)
LEAST_TO_TRIM = 3


class Method(StrEnum):
    """How scores become one: all of them, without the highest and the lowest, the middle one."""

    MEAN = "mean"
    TRIMMED = "trimmed-mean"
    MEDIAN = "median"

    @property
    def chinese(self) -> str:
        return {"mean": "平均", "trimmed-mean": "去掉一个最高分和一个最低分后平均", "median": "取中位数"}[
            self
        ]


def combined(scores: Sequence[Fraction | Decimal | int], method: Method) -> Fraction | None:
    """The one figure; None where there is none: nobody gave one, or too few to leave two away."""
    exact = sorted(Fraction(score) for score in scores)
    if method is Method.TRIMMED:
        exact = exact[1:-1] if len(exact) >= LEAST_TO_TRIM else []
    if not exact:
        return None
    if method is not Method.MEDIAN:
        return sum(exact, Fraction(0)) / len(exact)
    middle = len(exact) // 2
    return exact[middle] if len(exact) % 2 else (exact[middle - 1] + exact[middle]) / 2


def rounded(figure: Fraction, places: int = 2) -> Decimal:
    """As it is written: half goes up."""
    scale = 10**places
    exact = figure * scale
    whole = int(abs(exact) + Fraction(1, 2))
    return Decimal(whole if exact >= 0 else -whole).scaleb(-places)


def ranked(figures: Mapping[K, Fraction | None]) -> list[tuple[int, K]]:
    """Each with its place, the highest first: equal figures share a place and the next is skipped; none has no place."""
    known = {key: figure for key, figure in figures.items() if figure is not None}
    order = sorted(known, key=lambda key: (-known[key], str(key)))
    return [(1 + sum(other > known[key] for other in known.values()), key) for key in order]
