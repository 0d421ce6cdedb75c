"""Whose personal data is kept, and whose term is over."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from ronghe.casework.enums import CaseState
from ronghe.casework.models import Case
from ronghe.definitions import queries as definitions
from ronghe.definitions.enums import Kind
from ronghe.organisations.domain import Contact, find_by_phone, masked
from ronghe.organisations.models import Identity, Person

RETENTION = "retention"


@dataclass(frozen=True, slots=True)
class Held:
    """One identity as whoever erases it may know it: covered, and how many of its cases are open and closed."""

    identity: Identity
    contact: Contact
    open: int
    closed: int


@dataclass(frozen=True, slots=True)
class Term:
    """How long one sort of personal data is kept, from when on, and why."""

    code: str
    title: str
    days: int
    since: str
    basis: str


def terms(on: dt.date) -> list[Term]:
    """The terms of the day, as the list `retention` states them."""
    lines = (line.as_dict() for line in definitions.get(Kind.LIST, RETENTION, on).body.lines)
    return [
        Term(line["code"], line["title"], int(line["days"]), line["since"], line["basis"]) for line in lines
    ]


def held_by(asked: str) -> list[Held]:
    """The identities behind the number of a case, or recorded with a phone; erased ones and those of staff are left out."""
    asked = asked.strip()
    found = list(Identity.objects.filter(pk__in=Case.objects.filter(number=asked).values("identity")))
    return _held(found or find_by_phone(asked))


def _held(identities: Sequence[Identity]) -> list[Held]:
    counts = {
        row["identity"]: (row["open"], row["closed"])
        for row in Case.objects.filter(identity__in=[one.pk for one in identities])
        .order_by()
        .values("identity")
        .annotate(
            open=Count("pk", filter=Q(state=CaseState.OPEN)),
            closed=Count("pk", filter=~Q(state=CaseState.OPEN)),
        )
    }
    staff = set(Person.objects.filter(identity__in=identities).values_list("identity", flat=True))
    return [
        Held(one, masked(one), *counts.get(one.pk, (0, 0)))
        for one in identities
        if one.erased_at is None and one.pk not in staff
    ]


def due_identities(now: dt.datetime) -> QuerySet[Identity]:
    """The identities whose term is over: nothing open, the last case closed (or the last sign-in) longer ago than the term."""
    days = {term.code: dt.timedelta(days=term.days) for term in terms(timezone.localdate(now))}
    cases = Case.objects.filter(identity=OuterRef("pk"))
    fresh = Q(state=CaseState.OPEN) | Q(closed_at__gte=now - days["requester"])
    asked = Exists(cases)
    seen_since = now - days["visitor"]
    is_visitor = Q(visitor__isnull=False)
    is_old_visitor = Q(visitor__seen_at__lt=seen_since) | Q(
        visitor__seen_at=None, visitor__began_at__lt=seen_since
    )
    return (
        Identity.objects.filter(erased_at=None, person=None)
        .exclude(Exists(cases.filter(fresh)))
        .filter(asked & (~is_visitor | is_old_visitor) | ~asked & is_old_visitor)
        .order_by("pk")
    )
