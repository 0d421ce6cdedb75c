"""Rolls (名册): the holders of posts whose definition says `roll: true`. That somebody belongs to the Party is theirs to tell.

A roll is read by who keeps it (`powers.scope("roll")`) and by each person of themselves. Every other list of who sits
where leaves these appointments out, for everybody: `openly`, `open_posts`, `beside_rolls`. How many there are is a figure.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass

from django.db.models import Exists, OuterRef, Q

from ronghe.core.memory import remembered
from ronghe.definitions.queries.posts import roll_kinds
from ronghe.organisations.models import Account, Appointment
from ronghe.organisations.queries.powers import Powers
from ronghe.organisations.queries.trees import live_on

__all__ = [
    "Seat",
    "beside_rolls",
    "count_members",
    "members_for",
    "open_posts",
    "openly",
    "roll_kinds",
    "seats_of",
    "sitting_in",
]


@dataclass(frozen=True, slots=True)
class Seat:
    """One post somebody holds; `is_roll`: it is one of a file of members."""

    person_id: int
    name: str
    organisation_id: int
    kind: str
    is_roll: bool


def openly(on: dt.date) -> Q:
    """Appointments that may stand in any list of who sits where."""
    return ~Q(post__kind__in=sorted(roll_kinds(on)))


def open_posts(on: dt.date) -> Q:
    """Posts whose holders are no file."""
    return ~Q(kind__in=sorted(roll_kinds(on)))


def beside_rolls(on: dt.date) -> Q:
    """People known otherwise than by a roll: who can sign in, holds or held an open post, or stands on none."""
    seats = Appointment.objects.filter(person=OuterRef("pk")).order_by()
    signs_in = Account.objects.filter(person=OuterRef("pk")).order_by()
    return Q(Exists(signs_in)) | Q(Exists(seats.filter(openly(on)))) | ~Q(Exists(seats))


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


def sitting_in(kinds: Collection[str], organisations: Collection[int], on: dt.date) -> int:
    """How many people sit in posts of these kinds there; a figure, so anybody may use it. One query."""
    rows = Appointment.objects.filter(
        live_on(on), post__kind__in=list(kinds), post__organisation__in=list(organisations)
    )
    return int(rows.order_by().values("person").distinct().count())


def members_for(powers: Powers, organisations: Collection[int], on: dt.date) -> list[Seat]:
    """The members of these organisations whose roll may be read, by name; one query."""
    read = sorted(set(organisations) & powers.scope("roll"))
    if not read:
        return []
    rows = Appointment.objects.filter(live_on(on), post__kind__in=roll_kinds(on), post__organisation__in=read)
    found = {row.person_id: row for row in rows.select_related("person", "post").order_by("begins", "pk")}
    return sorted((_seat(row, is_roll=True) for row in found.values()), key=lambda seat: seat.name)


def seats_of(persons: Collection[int], on: dt.date) -> dict[int, list[Seat]]:
    """The posts these people hold that day; one query. To decide by, not to show."""
    rolls, found = roll_kinds(on), defaultdict(list)
    rows = Appointment.objects.filter(live_on(on), person__in=list(persons))
    for row in rows.select_related("person", "post").order_by("begins", "pk"):
        found[row.person_id].append(_seat(row, is_roll=row.post.kind in rolls))
    return dict(found)


def _seat(row: Appointment, *, is_roll: bool) -> Seat:
    return Seat(row.person_id, row.person.name, row.post.organisation_id, row.post.kind, is_roll)
