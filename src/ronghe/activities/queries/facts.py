"""An activity as paths, wheres and selectors see it (`core.select.Facts`), on the day it took place."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cached_property
from typing import Any

from django.utils import timezone

from ronghe.activities.enums import Role
from ronghe.activities.models import Activity
from ronghe.core.select import Facts, Quantity
from ronghe.definitions import queries as definitions
from ronghe.definitions.things import Ref, facts_of
from ronghe.organisations.queries import OrganisationFacts, organisation_facts
from ronghe.organisations.queries.rolls import count_members, seats_of

Sides = tuple[tuple[str, str, int], ...]


@dataclass(frozen=True)
class ActivityFacts:
    """One activity; equal to itself whenever it is read.

    `get` knows `title kind state place online day begins ends people`, `organiser about guide with programme` (its sides;
    `with` gives the kinds of posts and of organisations that took part), `members` (of the organisers that day),
    `present-share`, the fields of its form and its quantities, each as it is written in its unit.
    """

    id: int
    body: Any
    values: Mapping[str, Any]
    sides: Sides
    begins_at: dt.datetime
    plain: Mapping[str, Any] = field(default_factory=dict)
    quantities: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    persons: tuple[int, ...] = ()

    def __eq__(self, other: object) -> bool:
        return isinstance(other, ActivityFacts) and bool(self.id) and other.id == self.id

    def __hash__(self) -> int:
        return hash(("activity", self.id))

    @property
    def ref(self) -> Ref | None:
        """What it is as a thing; None before it was stored."""
        return ("activity", self.id) if self.id else None

    @property
    def day(self) -> dt.date:
        """When it took place."""
        return timezone.localdate(self.begins_at)

    @cached_property
    def _typed(self) -> Mapping[str, object]:
        return self.body.form.typed(self.values) if self.body.form else {}

    def get(self, name: str, /) -> object | None:
        if name == "form":
            return {**self._typed}
        if name in self._typed:
            return self._typed[name]
        if name in ("organiser", "about", "guide", "programme", "run", "place-of"):
            return self._things(name) or None
        simple: dict[str, object] = {
            **self.plain,
            "kind": self.body.code,
            "code": self.body.code,
            "activity": self.body.code,
            "counts-as": list(self.body.counts_as),
            "day": self.day,
            "begins": self.begins_at,
        }
        if name in simple:
            return simple[name]
        if name == "with":
            return self._took_part or None
        if name in ("members", "present-share"):
            return self._share(name)
        return self._quantity(name)

    def _things(self, role: str) -> list[Facts]:
        refs = [(type_, ref) for side, type_, ref in self.sides if side == role]
        return [found for ref in refs if (found := self._thing(ref)) is not None]

    def _thing(self, ref: Ref) -> Facts | None:
        if ref[0] == "organisation":
            return organisation_facts(ref[1], self.day)
        return facts_of(ref, self.day)

    @cached_property
    def _took_part(self) -> list[str]:
        units = [unit for role in (Role.WITH, Role.GUIDE) for unit in self._things(role)]
        kinds = [unit.organisation.kind for unit in units if isinstance(unit, OrganisationFacts)]
        seats = seats_of(self.persons, self.day) if self.persons else {}
        return sorted({*kinds, *(seat.kind for held in seats.values() for seat in held)})

    def _share(self, name: str) -> Decimal | None:
        """How many of the members were there: by name where they were named, else as many as came."""
        organisers = [ref for role, _, ref in self.sides if role == Role.ORGANISER]
        members = count_members(organisers, self.day)
        if name == "members" or not members:
            return Decimal(members) if members else None
        came = self._named_members(organisers) if self.persons else self.plain.get("people")
        return None if came is None else min(Decimal(came) / members, Decimal(1))

    def _named_members(self, organisers: list[int]) -> int:
        seats = seats_of(self.persons, self.day)
        return sum(
            any(seat.is_roll and seat.organisation_id in organisers for seat in held)
            for held in seats.values()
        )

    def _quantity(self, code: str) -> Quantity | None:
        kind = next((one for one in self.body.quantities if one.code == code), None)
        told = self.quantities.get(code)
        if kind is None or not told:
            return None
        return Quantity(Decimal(sum(told.values())).scaleb(-kind.places), kind.unit)


def activity_facts(activity: Activity) -> ActivityFacts:
    """A stored activity as facts; two queries, none where its sides and participants were read already."""
    return ActivityFacts(
        activity.pk,
        definitions.by_edition(activity.edition_id).body,
        activity.values,
        tuple((side.role, side.type, side.ref) for side in activity.sides.all()),
        activity.begins_at,
        {
            "title": activity.title,
            "state": str(activity.state),
            "place": activity.place or None,
            "online": activity.is_online,
            "ends": activity.ends_at,
            "people": None if activity.people is None else Decimal(activity.people),
        },
        activity.quantities,
        tuple(one.person_id for one in activity.participants.all() if one.person_id),
    )
