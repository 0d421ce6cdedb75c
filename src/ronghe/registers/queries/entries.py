"""An entry as it stood on a day, and as the notation sees it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import Q

from ronghe.definitions import queries as definitions
from ronghe.definitions.enums import Kind
from ronghe.definitions.kinds import RegisterDefinition
from ronghe.definitions.things import facts_of
from ronghe.organisations.models import Relationship
from ronghe.organisations.queries import live_on
from ronghe.registers.enums import STAGE
from ronghe.registers.facts import EntryFacts
from ronghe.registers.models import Entry
from ronghe.registers.queries.figures import latest_of
from ronghe.registers.queries.stages import stages_of
from ronghe.registers.states import State, state_on


@dataclass(frozen=True)
class Told:
    """What an entry said on a day, under the definition of that day."""

    entry: Entry
    body: RegisterDefinition
    on: dt.date
    title: str
    values: Mapping[str, Any]


def body_of(register: str, on: dt.date) -> RegisterDefinition:
    """The register's definition of a day. Raises UnknownDefinition."""
    body: RegisterDefinition = definitions.get(Kind.REGISTER, register, on).body
    return body


def states_of(entry: Entry) -> list[State]:
    """Its states in the order they were written; one statement."""
    rows = entry.states.order_by("pk").values_list("begins", "title", "values")
    return [State(begins, title, values) for begins, title, values in rows]


def told_on(entry: Entry, on: dt.date, *, today: dt.date | None = None) -> Told:
    """What it said on a day; today's is kept with it, a past day's is looked up."""
    body = body_of(entry.register, on)
    if today is not None and on >= today:
        return Told(entry, body, on, entry.title, entry.values)
    state = state_on(states_of(entry), on)
    return Told(entry, body, on, state.title, state.values)


def entry_facts(entry: Entry, on: dt.date, *, told: Told | None = None) -> EntryFacts:
    """The entry as paths and wheres see it on a day."""
    told = told or told_on(entry, on)

    def more(name: str) -> object | None:
        if name == STAGE:
            stage = stages_of([entry]).get(entry.pk)
            return list(stage.codes) if stage else None
        if any(kind.code == name for kind in told.body.quantities):
            return latest_of(("entry", entry.pk), told.body, name)
        if definitions.find(Kind.RELATIONSHIP, name, on) is not None:
            return _other_ends(entry.pk, name, on)
        return None

    return EntryFacts(
        told.body,
        told.title,
        told.values,
        on,
        entry.pk,
        entry.organisation_id,
        entry.begins,
        entry.ends,
        more=more,
    )


def _other_ends(pk: int, kind: str, on: dt.date) -> list[object] | None:
    mine = Q(from_type="entry", from_id=pk) | Q(to_type="entry", to_id=pk)
    found = []
    for edge in Relationship.objects.filter(live_on(on), mine, kind=kind).order_by("begins", "pk"):
        is_from = (edge.from_type, edge.from_id) == ("entry", pk)
        other = (edge.to_type, edge.to_id) if is_from else (edge.from_type, edge.from_id)
        found.append(facts_of(other, on))
    return [thing for thing in found if thing is not None] or None
