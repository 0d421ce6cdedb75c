"""The one writer of how background work goes."""

from __future__ import annotations

import datetime as dt

from django.db import transaction
from django.db.models import F

from ronghe.jobs.models import Chore
from ronghe.ledger import domain as ledger
from ronghe.organisations.models import Person


def went_well(code: str, *, at: dt.datetime, took_ms: int) -> None:
    """A chore was done; whoever took care of its trouble is free."""
    Chore.objects.update_or_create(
        code=code,
        defaults={
            "tried_at": at,
            "done_at": at,
            "took_ms": took_ms,
            "failures": 0,
            "trouble": "",
            "owner": None,
        },
    )


def failed(code: str, *, at: dt.datetime, trouble: str) -> int:
    """A chore was not done; give how often in a row. `trouble` names the kind of error, never words of anybody."""
    with transaction.atomic():
        row, _ = Chore.objects.get_or_create(code=code, defaults={"tried_at": at})
        Chore.objects.filter(pk=row.pk).update(tried_at=at, failures=F("failures") + 1, trouble=trouble[:120])
        row.refresh_from_db()
    return row.failures


def take(chore: Chore, person: Person, *, actor: str, at: dt.datetime) -> None:
    """Somebody takes care of a chore in trouble."""
    with transaction.atomic():
        row = Chore.objects.select_for_update().get(pk=chore.pk)
        row.owner = person
        row.save(update_fields=["owner"])
        ledger.record(
            "chore.taken", subject=("chore", row.pk), actor=actor, at=at, data={"person": person.pk}
        )
