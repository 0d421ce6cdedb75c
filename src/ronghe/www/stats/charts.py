"""Small multiples: one measure over months as bars, drawn by the server; a gap is a month without a value."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from ronghe.appraisal.enums import Measure
from ronghe.appraisal.rules import Figure
from ronghe.core.periods import Period
from ronghe.www.stats.cells import HEADS, SHARES, worded

SHOWN = (Measure.RECEIVED, Measure.CLOSED, Measure.ON_TIME, Measure.SATISFIED_SHARE)
HEIGHT, STEP, BAR, TOP = 60, 20, 14, 16  # of a picture of 12 bars, in its own units


@dataclass(frozen=True)
class Bar:
    """A month: where it stands, how high it is, and what it says. `height` None: there is no value."""

    label: str
    month: int
    text: str
    two: str
    x: int
    y: int
    height: int | None
    tick: bool

    @property
    def middle(self) -> int:
        return self.x + BAR // 2


@dataclass(frozen=True)
class Chart:
    """One measure's bars, on a scale that begins at nought; a share's scale ends at the whole."""

    title: str
    bars: tuple[Bar, ...]
    top: str

    width: int = 12 * STEP
    height: int = HEIGHT + 2 * TOP
    base: int = HEIGHT + TOP
    bar: int = BAR


def charts_of(months: Iterable[Mapping[str, Any]], shown: tuple[Measure, ...] = SHOWN) -> list[Chart]:
    """A chart for each measure worth a look; `months` as a bulletin keeps its trend."""
    rows = list(months)
    return [_chart(measure, rows) for measure in shown]


def _chart(measure: Measure, rows: list[Mapping[str, Any]]) -> Chart:
    figures = [Figure.from_json(row["measures"][measure.value]) for row in rows]
    values = [float(figure.value) for figure in figures if figure.value is not None]
    whole = 1.0 if measure in SHARES else max([*values, 1.0])
    bars = []
    for place, (row, figure) in enumerate(zip(rows, figures, strict=True)):
        month = Period.parse(row["key"])
        height = None if figure.value is None else round(float(figure.value) / whole * HEIGHT)
        two = f"{figure.numerator}/{figure.denominator}" if figure.denominator else ""
        x = place * STEP + (STEP - BAR) // 2
        text = worded(measure, figure)
        y = TOP + HEIGHT - (height or 0)
        bars.append(Bar(month.label, month.first.month, text, two, x, y, height, place % 2 == 1))
    return Chart(str(HEADS[measure]), tuple(bars), "100%" if measure in SHARES else f"{whole:.0f}")
