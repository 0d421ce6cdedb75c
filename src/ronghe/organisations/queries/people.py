"""Who sits where on a day, and what is linked to what."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection

from django.db.models import Q, QuerySet

from ronghe.organisations.models import Appointment, Organisation, Person, Relationship
from ronghe.organisations.queries.rolls import openly
from ronghe.organisations.queries.trees import live_on


def holders(
    post_kind: str | Collection[str], organisation: Organisation | int | None, on: dt.date
) -> list[Person]:
    """Who holds a post of the kind (or one of the kinds) that day, in the organisation or, with None, anywhere."""
    kinds = [post_kind] if isinstance(post_kind, str) else list(post_kind)
    appointments = Appointment.objects.filter(live_on(on), post__kind__in=kinds)
    if organisation is not None:
        appointments = appointments.filter(post__organisation=organisation)
    rows = appointments.select_related("person").order_by("begins", "pk")
    return list(dict.fromkeys(appointment.person for appointment in rows))


def posts_of(person: Person | int, on: dt.date) -> QuerySet[Appointment]:
    """The person's appointments of the day with their posts and organisations; one query."""
    mine = Appointment.objects.filter(live_on(on), person=person)
    return mine.select_related("post__organisation").order_by("begins", "pk")


def open_seats_of(person: Person | int, on: dt.date) -> QuerySet[Appointment]:
    """The same without rolls: what others may be told of where somebody sits."""
    return posts_of(person, on).filter(openly(on))


def live_relationships(
    kind: str,
    on: dt.date,
    *,
    from_: tuple[str, int] | None = None,
    to: tuple[str, int] | None = None,
    either: tuple[str, int] | None = None,
) -> QuerySet[Relationship]:
    """Relationships of the kind that are true on the day, at the given ends (`either`: at any of the two)."""
    live = Relationship.objects.filter(live_on(on), kind=kind)
    if from_ is not None:
        live = live.filter(from_type=from_[0], from_id=from_[1])
    if to is not None:
        live = live.filter(to_type=to[0], to_id=to[1])
    if either is not None:
        live = live.filter(Q(from_type=either[0], from_id=either[1]) | Q(to_type=either[0], to_id=either[1]))
    return live.order_by("begins", "pk")
