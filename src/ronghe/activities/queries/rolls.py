"""Who belongs to a branch: the holders of posts whose definition says `roll: true`. Only for who keeps that roll."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass

from ronghe.core.memory import remembered
from ronghe.definitions import queries as definitions
from ronghe.definitions.enums import Kind
from ronghe.organisations.models import Appointment
from ronghe.organisations.queries import Powers, live_on


@dataclass(frozen=True, slots=True)
class Seat:
    """One post somebody holds; `is_roll`: it is one of a file of members."""

    person_id: int
    name: str
    organisation_id: int
    kind: str
    is_roll: bool


def roll_kinds(on: dt.date) -> frozenset[str]:
    """The kinds of posts whose holders are a file."""
    return frozenset(one.edition.code for one in definitions.live(Kind.POST, on) if one.body.roll)


def count_members(organisations: Collection[int], on: dt.date) -> int:
    """How many members these have together; a figure, so anybody may use it. One query."""
    kinds = roll_kinds(on)
    rows = Appointment.objects.filter(
        live_on(on), post__kind__in=kinds, post__organisation__in=list(organisations)
    )
    return int(
        remembered(
            ("members", tuple(organisations), on),
            lambda: rows.order_by().values("person").distinct().count(),
        )
    )


def members_for(powers: Powers, organisations: Collection[int], on: dt.date) -> list[Seat]:
    """The members of these organisations whose roll may be read, by name; one query."""
    read = sorted(set(organisations) & powers.scope("roll"))
    if not read:
        return []
    rows = Appointment.objects.filter(live_on(on), post__kind__in=roll_kinds(on), post__organisation__in=read)
    found = {row.person_id: row for row in rows.select_related("person", "post").order_by("begins", "pk")}
    seats = [
        Seat(row.person_id, row.person.name, row.post.organisation_id, row.post.kind, is_roll=True)
        for row in found.values()
    ]
    return sorted(seats, key=lambda seat: seat.name)


def seats_of(persons: Collection[int], on: dt.date) -> dict[int, list[Seat]]:
    """The posts these people hold that day; one query."""
    rolls, found = roll_kinds(on), defaultdict(list)
    rows = Appointment.objects.filter(live_on(on), person__in=list(persons))
    for row in rows.select_related("person", "post").order_by("begins", "pk"):
        seat = Seat(
            row.person_id,
            row.person.name,
            row.post.organisation_id,
            row.post.kind,
            is_roll=row.post.kind in rolls,
        )
        found[row.person_id].append(seat)
    return dict(found)
