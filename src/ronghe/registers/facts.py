"""An entry as paths, wheres and selectors see it (`core.select.Facts`), on one day."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from ronghe.core.forms import Field, FieldType, Form
from ronghe.core.select import Quantity
from ronghe.core.select.path import is_thing
from ronghe.definitions import queries as definitions
from ronghe.definitions.enums import Kind
from ronghe.definitions.kinds import RegisterDefinition
from ronghe.definitions.things import Ref, facts_of
from ronghe.organisations.queries import line_facts, organisation_facts
from ronghe.registers.enums import NAMING, STAGE

More = Callable[[str], object | None]


def _nothing(_name: str) -> None:
    return None


@dataclass(frozen=True)
class EntryFacts:
    """One entry on a day; equal to itself on any day. `more` is asked for the stage, figures and relationships.

    `get` knows `code title name kind register stage begins ends organisation holder responsible today` and the fields of
    the form; a field that names a unit, an entry or the line of a list gives that.
    """

    body: RegisterDefinition
    title: str
    values: Mapping[str, Any]
    on: dt.date
    pk: int = 0
    organisation: int | None = None
    begins: dt.date | None = None
    ends: dt.date | None = None
    more: More = field(default=_nothing, compare=False)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, EntryFacts) and bool(self.pk) and other.pk == self.pk

    def __hash__(self) -> int:
        return hash(("entry", self.pk))

    @property
    def ref(self) -> Ref | None:
        """Which entry it is; None before it is registered."""
        return ("entry", self.pk) if self.pk else None

    def get(self, name: str, /) -> object | None:
        asked = self.body.form.get(name) if self.body.form else None
        if asked is not None:
            return self._answer(asked)
        plain: dict[str, object | None] = {
            "code": str(self.pk) if self.pk else None,
            "kind": self.body.code,
            "register": self.body.code,
            "begins": self.begins,
            "ends": self.ends,
            "today": self.on,
            **dict.fromkeys(NAMING, self.title or None),
        }
        if name in plain:
            return plain[name]
        if name in {"organisation", "holder", "responsible"}:
            return organisation_facts(self.organisation, self.on) if self.organisation else None
        if name == STAGE or self.pk:
            return self.more(name)
        return None

    def _answer(self, asked: Field) -> object | None:
        value = self.values.get(asked.code)
        if value is None:
            return self.title or None if asked.code in NAMING else None
        if asked.type is FieldType.REFERENCE:
            return referred(asked, value, self.on)
        if asked.source and isinstance(value, str):
            return line_facts(asked.source, value, self.on) or value
        return Form((asked,)).typed({asked.code: value}).get(asked.code)


def referred(asked: Field, value: object, on: dt.date) -> object | None:
    """What a field's answer names: an entry by its number, a unit by its code."""
    text = str(value)
    if is_register(asked.kind, on):
        return facts_of(("entry", int(text)), on) if text.isdigit() else None
    return organisation_facts(text, on) or text


def is_register(kind: str, on: dt.date) -> bool:
    """Whether a field's kind is a register, so that its answer is the number of an entry."""
    return definitions.find(Kind.REGISTER, kind, on) is not None


def written(value: object) -> object:
    """A fact as a form's answer is written: the code of a thing, a day, a number, a list of them."""
    if isinstance(value, list | tuple):
        return [written(inner) for inner in value]
    if is_thing(value):
        return value.get("code")
    if isinstance(value, dt.date):
        return value.isoformat()[:10]
    if isinstance(value, Quantity):
        return f"{value.amount:f}"
    return f"{value:f}" if isinstance(value, Decimal) else value
