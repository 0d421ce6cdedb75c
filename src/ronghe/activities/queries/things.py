"""Activities as things other rooms and pages speak of (`definitions.things`)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping
from typing import Any

from ronghe.activities.models import Activity
from ronghe.activities.queries.facts import ActivityFacts, activity_facts
from ronghe.definitions.things import Keeper


def _facts(number: int, _on: dt.date) -> ActivityFacts | None:
    row = Activity.objects.prefetch_related("sides", "participants").filter(pk=number).first()
    return activity_facts(row) if row else None


def _titles(numbers: Collection[int]) -> Mapping[int, str]:
    return dict(Activity.objects.filter(pk__in=list(numbers)).values_list("pk", "title"))


def _visible(powers: Any, numbers: Collection[int]) -> frozenset[int]:
    rows = Activity.objects.visible_with(powers).filter(pk__in=list(numbers))
    return frozenset(rows.values_list("pk", flat=True))


KEEPER = Keeper(_facts, _titles, _visible)
