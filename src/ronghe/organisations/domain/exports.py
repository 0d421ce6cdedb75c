"""What somebody takes out of the system leaves a trace: which list, how many rows, never the rows themselves."""

from __future__ import annotations

import datetime as dt

from django.db import transaction

from ronghe.ledger import domain as ledger
from ronghe.organisations.models import Person


def record_export(person: Person, *, page: str, rows: int, at: dt.datetime) -> None:
    """Write down that a person exported so many rows of a page (the name of its address)."""
    with transaction.atomic():
        held = Person.objects.select_for_update().get(pk=person.pk)
        ledger.record(
            "export.made",
            subject=("person", held.pk),
            actor=f"person:{held.pk}",
            at=at,
            code=page,
            data={"rows": rows},
        )
