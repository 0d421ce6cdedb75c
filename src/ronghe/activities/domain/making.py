"""An activity that something else gives: a planned one, of the organisation that gives."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django.utils import timezone

from ronghe.activities.domain.recording import plan
from ronghe.activities.domain.told import Told
from ronghe.casework.domain import By
from ronghe.casework.domain.giving import Giver
from ronghe.core.select import Create
from ronghe.definitions import queries as definitions
from ronghe.definitions.things import Ref

BEGINS = dt.time(9)


def plan_given(item: Create, values: Mapping[str, Any], giver: Giver) -> Ref | None:
    """Plan one on the `day` among the values (else the giver's), for the organisation that gives; None without one."""
    if giver.organisation is None:
        return None
    rest = {name: value for name, value in values.items() if name not in ("day", "place", "title")}
    day = values.get("day")
    begins = giver.at
    if isinstance(day, dt.date):
        begins = timezone.make_aware(dt.datetime.combine(day, BEGINS))
    about: list[Ref] = [("organisation", giver.about.pk)] if giver.about else []
    about += [giver.thing] if giver.thing else []
    kind = definitions.get("activity", item.name, timezone.localdate(begins))
    told = Told(
        organisers=[giver.organisation],
        begins_at=begins,
        title=str(values.get("title") or giver.title),
        place=str(values.get("place") or ""),
        values=rest,
        about=[ref for ref in about if kind.body.about],
        runs=giver.source if giver.source[0] == "case" else None,
    )
    return "activity", plan(kind, By(giver.actor, giver.at, origin=giver.origin), told).pk
