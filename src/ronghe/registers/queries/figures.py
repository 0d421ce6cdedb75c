"""Figures of an entry or organisation: what stands for each period and nature, and what was mended."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal

from ronghe.core.select import Quantity
from ronghe.definitions import queries as definitions
from ronghe.definitions.enums import Kind, Nature
from ronghe.definitions.kinds.base import Definition, QuantityKind
from ronghe.definitions.things import Ref
from ronghe.organisations.models import Organisation
from ronghe.registers.models import Entry, Figure


@dataclass
class FigureRow:
    """One quantity in one period (nothing: as of a day): a figure for each nature that has one."""

    kind: QuantityKind
    period: str
    figures: dict[str, Figure] = field(default_factory=dict)

    def amount(self, nature: str) -> Decimal | None:
        """How much, in the quantity's unit."""
        figure = self.figures.get(nature)
        return None if figure is None else amount_of(figure, self.kind)

    @property
    def share(self) -> tuple[Decimal, Decimal] | None:
        """What was done and what was planned, where both are known."""
        done, planned = self.amount(Nature.ACTUAL), self.amount(Nature.PLAN)
        return (done, planned) if done is not None and planned else None


def amount_of(figure: Figure, kind: QuantityKind) -> Decimal:
    """The stored whole number in the quantity's unit."""
    return Decimal(figure.value).scaleb(-kind.places)


def figures_of(subject: Ref, kinds: Iterable[QuantityKind]) -> list[FigureRow]:
    """What stands, by quantity in the definition's order and by period, the latest first; one statement.

    Of a quantity without periods only the last of each nature stands.
    """
    wanted = {kind.code: kind for kind in kinds}
    rows: dict[tuple[str, str], FigureRow] = {}
    found = Figure.objects.filter(
        subject_type=subject[0], subject_id=subject[1], code__in=wanted, replaced_by=None
    )
    for figure in found.order_by("at", "pk"):
        row = rows.setdefault((figure.code, figure.period), FigureRow(wanted[figure.code], figure.period))
        row.figures[figure.nature] = figure
    order = list(wanted)
    latest_first = sorted(rows.values(), key=lambda row: row.period, reverse=True)
    return sorted(latest_first, key=lambda row: order.index(row.kind.code))


def latest_of(subject: Ref, body: Definition, code: str) -> Quantity | None:
    """The last actual amount of a quantity, as a where compares it."""
    kind = next(kind for kind in body.quantities if kind.code == code)
    rows = [row for row in figures_of(subject, [kind]) if Nature.ACTUAL in row.figures]
    return Quantity(rows[0].amount(Nature.ACTUAL) or Decimal(0), kind.unit) if rows else None


def record_kinds(subject: Ref, on: dt.date) -> tuple[Definition | None, int | None]:
    """The definition whose quantities a thing has, and the unit that answers for it."""
    if subject[0] == "entry":
        entry = Entry.objects.filter(pk=subject[1]).first()
        if entry is None:
            return None, None
        body: Definition = definitions.get(Kind.REGISTER, entry.register, on).body
        return body, entry.organisation_id
    unit = Organisation.objects.filter(pk=subject[1]).first() if subject[0] == "organisation" else None
    found = definitions.find(Kind.ORGANISATION, unit.kind, on) if unit else None
    return (found.body, unit.pk) if found and unit else (None, None)
