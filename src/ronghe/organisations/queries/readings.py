"""Who looked at a protected identity, when and why."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import QuerySet

from ronghe.ledger.models import Entry
from ronghe.organisations.models import Person, Reading


@dataclass(frozen=True, slots=True)
class Read:
    """One reading: by whom, for which case (None: for none), and the reason given. Whose identity it was is not said."""

    at: dt.datetime
    person: str
    case_id: int | None
    reason: str


def readings(
    *, person_id: int | None = None, since: dt.datetime | None = None, before: dt.datetime | None = None
) -> QuerySet[Entry]:
    """The ledger entries of readings, newest first."""
    entries = Entry.objects.filter(kind="identity.read").order_by("-at", "-pk")
    if person_id is not None:
        entries = entries.filter(actor=f"person:{person_id}")
    if since is not None:
        entries = entries.filter(at__gte=since)
    return entries if before is None else entries.filter(at__lt=before)


def readers() -> list[Person]:
    """Whoever ever looked at one, by name."""
    actors = Entry.objects.filter(kind="identity.read").order_by().values_list("actor", flat=True).distinct()
    people = [int(actor[7:]) for actor in actors if actor.startswith("person:")]
    return list(Person.objects.filter(pk__in=people).order_by("name", "pk"))


def told(entries: Iterable[Entry]) -> list[Read]:
    """The entries in words; three queries, however many."""
    rows = list(entries)
    people = {int(row.actor[7:]) for row in rows if row.actor.startswith("person:")}
    names = dict(Person.objects.filter(pk__in=people).values_list("pk", "name"))
    reasons = dict(
        Reading.objects.filter(pk__in=[row.data["reading"] for row in rows]).values_list("pk", "reason")
    )
    return [
        Read(
            row.at,
            names.get(int(row.actor[7:]), "") if row.actor.startswith("person:") else "",
            next((touch.ref for touch in row.touches.all() if touch.type == "case"), None),
            reasons.get(row.data["reading"], ""),
        )
        for row in rows
    ]
