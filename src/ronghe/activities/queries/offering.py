"""What somebody may record here, and how a form begins: for whom, where, with how many."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection

from ronghe.activities import rules
from ronghe.activities.enums import State
from ronghe.activities.models import Activity
from ronghe.definitions import queries as definitions
from ronghe.definitions.enums import Kind
from ronghe.definitions.queries import Loaded
from ronghe.organisations.models import Organisation
from ronghe.organisations.queries import Powers


def own_units(powers: Powers, on: dt.date) -> list[Organisation]:
    """The organisations one records for, those one sits in first."""
    units = Organisation.objects.live(on).filter(pk__in=rules.recording(powers))
    return sorted(units, key=lambda unit: (unit.pk not in powers.organisation_ids, unit.name, unit.pk))


def kinds_for(units: Collection[Organisation], on: dt.date) -> list[Loaded]:
    """The kinds of activities these may organise, by title."""
    kinds = {unit.kind for unit in units}
    offered = [
        one
        for one in definitions.live(Kind.ACTIVITY, on)
        if kinds and (not one.body.by or kinds & {*one.body.by})
    ]
    return sorted(offered, key=lambda one: one.edition.title)


def kinds_by_use(units: Collection[Organisation], on: dt.date) -> list[Loaded]:
    """The same, those recorded lately by these first; one query."""
    recent = list(
        Activity.objects.filter(organisation__in=units)
        .exclude(state=State.CANCELLED)
        .order_by("-begins_at")
        .values_list("activity", flat=True)[:50]
    )
    used = {code: -recent.count(code) for code in recent}
    return sorted(kinds_for(units, on), key=lambda one: used.get(one.edition.code, 0))


def last_place(unit: Organisation, code: str) -> str:
    """Where this organisation last held one of the kind, else any."""
    held = (
        Activity.objects.filter(organisation=unit, state=State.HELD).exclude(place="").order_by("-begins_at")
    )
    rows = list(held.values_list("activity", "place")[:20])
    return next((place for kind, place in rows if kind == code), rows[0][1] if rows else "")
