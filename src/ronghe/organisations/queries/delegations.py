"""Who acts for whom on a day (代办)."""

from __future__ import annotations

import datetime as dt

from django.db.models import Exists, F, OuterRef, Q, QuerySet

from ronghe.organisations.models import Appointment, Delegation, Person
from ronghe.organisations.queries.line import superiors_of
from ronghe.organisations.queries.rolls import openly
from ronghe.organisations.queries.trees import live_on, subtree_ids


def delegations_given(person_id: int, on: dt.date) -> QuerySet[Delegation]:
    """What the person asked others to do in their name, running or still to come, earliest first."""
    rows = Delegation.objects.filter(_not_over(on), giver=person_id).select_related("taker")
    return rows.order_by("begins", "pk")


def delegations_taken(person_id: int, on: dt.date) -> QuerySet[Delegation]:
    """For whom the person acts, now or soon, earliest first."""
    rows = Delegation.objects.filter(_not_over(on), taker=person_id).select_related("giver")
    return rows.order_by("begins", "pk")


def possible_takers(giver_id: int, on: dt.date) -> QuerySet[Person]:
    """Who may act for the person: whoever sits that day in one of their units, or in one above or below it; no rolls."""
    seats = Appointment.objects.filter(live_on(on), openly(on), person=giver_id)
    own = set(seats.values_list("post__organisation", flat=True))
    near = own | subtree_ids(own, on) | {above for unit in own for above in superiors_of(unit, on)}
    sitting = Appointment.objects.filter(live_on(on), openly(on), person=OuterRef("pk"))
    sits = sitting.filter(post__organisation__in=near)
    return Person.objects.filter(Exists(sits), left_on=None).exclude(pk=giver_id).order_by("name", "pk")


def _not_over(on: dt.date) -> Q:
    return (Q(ends=None) | Q(ends__gt=on)) & (Q(ends=None) | Q(ends__gt=F("begins")))
