"""Figures as tables: a quantity, its natures, and a line for each period."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext

from ronghe.core.periods import Period
from ronghe.definitions.kinds.base import QuantityKind
from ronghe.registers.domain.figures import NATURE_WORDS
from ronghe.registers.queries import FigureRow
from ronghe.www.registers.words import grouped

MOST_FIGURES = 24


@dataclass(frozen=True)
class FigureLine:
    """A quantity in a period, in words, and how far it got of what was planned."""

    period: str
    amounts: tuple[tuple[str, str], ...]
    share: str


Figures = tuple[QuantityKind, list[str], list[FigureLine]]


def told_figures(kinds: Iterable[QuantityKind], rows: list[FigureRow]) -> list[Figures]:
    """By quantity: its natures in words, and its periods, the latest first."""
    return [
        (
            kind,
            [NATURE_WORDS[one] for one in kind.natures],
            [_figure_line(row) for row in rows if row.kind.code == kind.code][:MOST_FIGURES],
        )
        for kind in kinds
    ]


def _figure_line(row: FigureRow) -> FigureLine:
    amounts = tuple(
        (NATURE_WORDS[nature], "" if (amount := row.amount(nature)) is None else grouped(amount))
        for nature in row.kind.natures
    )
    share = row.share
    said = f"{share[0] / share[1] * 100:.1f}%" if share and share[1] else ""
    if row.period:
        period = Period.parse(row.period).label
    else:
        last = max(figure.at for figure in row.figures.values())
        period = gettext("截至 %(day)s") % {"day": date_format(timezone.localtime(last).date())}
    return FigureLine(period, amounts, said)
