"""What a definition asks of whoever records under it: how many fields, about how long, on what basis, how often, for whom.

Nothing is entered about this: it all follows from the definitions. Source: 整治形式主义为基层减负若干规定; design.md, invariant 11.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from ronghe.core.procedure import steps_of
from ronghe.core.select import Kinds, Selector
from ronghe.core.worktime import Unit
from ronghe.definitions.enums import Kind
from ronghe.definitions.kinds.grammar import Cadence
from ronghe.definitions.models import Edition
from ronghe.definitions.queries import Loaded, body_of, live
from ronghe.definitions.queries.shelves import shelf

FIGURE = 10
"""Seconds to write one quantity, as for a number in a form."""
MONTHS = 12
A_YEAR = {"day": 250, "week": 52, "month": 12, "quarter": 4, "half-year": 2, "year": 1}
_LENGTHS = {Unit.DAY: 365, Unit.WORKDAY: 250, Unit.MONTH: 12}


@dataclass(frozen=True, slots=True)
class Cost:
    """Fields to fill in and about how many seconds that takes, once."""

    fields: int = 0
    seconds: int = 0


@dataclass(frozen=True, slots=True)
class Owing:
    """A line of a duty that is met by recording something: how often it is owed, and on what the duty rests."""

    duty: str
    title: str
    every: Cadence
    basis: str = ""


def cost_of(body: Any) -> Cost:
    """Recording once under a definition: its own form and its quantities; a case's later steps cost by themselves."""
    quantities = len(body.quantities)
    form = body.form
    fields, seconds = (len(form.fields), form.seconds) if form else (0, 0)
    return Cost(fields + quantities, seconds + FIGURE * quantities)


def cost_of_step(body: Any, code: str) -> Cost:
    """One step of a procedure, by its own form."""
    for placed in steps_of(body.flow):
        if placed.step.code == code and placed.step.form:
            return Cost(len(placed.step.form.fields), placed.step.form.seconds)
    return Cost()


def edition_named(reference: str, label: str) -> Loaded | None:
    """The edition a ledger entry names: `activity:members-meeting`, `2019-12-27`."""
    kind, _, code = reference.partition(":")
    editions = shelf().of(kind, code)
    edition = next((one for one in editions if one.edition == label), None)
    return Loaded(edition, body_of(edition), editions[0].effective) if edition else None


def times_a_year(every: Cadence) -> Fraction:
    """How often in a year; a term of office, which each organisation has of its own, is not counted."""
    if every.each:
        return Fraction(A_YEAR[str(every.each)])
    if every.length is None:
        return Fraction(0)
    return Fraction(_LENGTHS.get(every.length.unit, 0), every.length.amount)


def owing(kind: str, code: str, on: dt.date) -> list[Owing]:
    """The lines of duties in force that recording this meets."""
    wanted = (kind, code)
    return [one for loaded in live(Kind.DUTY, on) for one, met in _lines(loaded) if wanted in met]


def _lines(loaded: Loaded) -> Iterator[tuple[Owing, set[tuple[str, str]]]]:
    """Each line with what meets it; those of a list the city fills say it there."""
    body, code, basis = loaded.body, loaded.edition.code, basis_words(loaded.body)
    if body.every:
        yield Owing(code, body.title, body.every, basis), _met(body.satisfied_by)
    elif not isinstance(body.lines, str):
        for line in body.lines:
            yield Owing(code, f"{body.title}：{line.title}", line.every, basis), _met(line.satisfied_by)


def _met(selectors: Iterable[Selector]) -> set[tuple[str, str]]:
    return {(one.kind, one.name) for one in selectors if isinstance(one, Kinds)}


def basis_words(body: Any) -> str:
    """《中国共产党支部工作条例（试行）》第 11至16 条; what the definition says it rests on, else nothing."""
    basis = body.basis
    if basis is None:
        return ""
    article = f"第 {basis.article} 条" if basis.article else ""
    return f"《{basis.document}》{article}" if basis.document else str(basis.kind)


def owner_of(edition: Edition) -> str:
    """Who publishes it: `signed` on a page of this city, with a `common` pack, or with the `city`'s own."""
    if edition.signed_by:
        return "signed"
    return "common" if edition.pack == "common" else "city"
