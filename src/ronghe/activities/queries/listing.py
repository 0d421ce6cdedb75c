"""Lists of activities: mine, by kind, period, organiser, planned or held; what is waiting to be recorded."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.db.models import QuerySet

from ronghe.activities import rules
from ronghe.activities.enums import Role, State
from ronghe.activities.models import Activity, Side
from ronghe.core.periods import Period
from ronghe.organisations.models import Organisation
from ronghe.organisations.queries import Powers


@dataclass(frozen=True)
class Wanted:
    """What a list is cut down to; empty: not by this. `mine`: of the organisations for which one records."""

    text: str = ""
    kind: str = ""
    state: str = ""
    organiser: int | None = None
    period: Period | None = None
    mine: bool = False


@dataclass(frozen=True)
class ActivityRow:
    """One activity of a list with those who organised it."""

    activity: Activity
    organisers: tuple[str, ...]


def find_activities(powers: Powers, wanted: Wanted) -> QuerySet[Activity]:
    """The visible activities wanted, the latest first; those cancelled only where they are asked for."""
    found = Activity.objects.visible_with(powers)
    if wanted.mine:
        found = found.of_organisers(rules.recording(powers))
    if wanted.organiser is not None:
        found = found.of_organisers([wanted.organiser])
    if wanted.kind:
        found = found.filter(activity=wanted.kind)
    if wanted.period is not None:
        found = found.filter(begins_at__gte=wanted.period.start, begins_at__lt=wanted.period.end)
    if wanted.text:
        found = found.filter(title__icontains=wanted.text)
    found = found.filter(state=wanted.state) if wanted.state else found.exclude(state=State.CANCELLED)
    return found.select_related("edition").defer("edition__body").order_by("-begins_at", "-pk")


def to_record(powers: Powers, at: dt.datetime, most: int = 5) -> list[ActivityRow]:
    """What was planned by one's own organisations and has begun: it waits to be recorded, the oldest first."""
    units = rules.recording(powers)
    if not units:
        return []
    found = Activity.objects.of_organisers(units).filter(state=State.PLANNED, begins_at__lte=at)
    return rows_of(found.select_related("edition").defer("edition__body").order_by("begins_at")[:most])


def rows_of(found: Iterable[Activity]) -> list[ActivityRow]:
    """Activities as rows; two queries for the names of their organisers."""
    rows = list(found)
    names = organiser_names([row.pk for row in rows])
    return [ActivityRow(row, names.get(row.pk, ())) for row in rows]


def organiser_names(activities: Sequence[int]) -> dict[int, tuple[str, ...]]:
    """Who organised each, today's names, the one that recorded it first."""
    found = organisers_of(activities)
    return {activity: tuple(unit.name for unit in units) for activity, units in found.items()}


def organisers_of(activities: Sequence[int]) -> dict[int, tuple[Organisation, ...]]:
    """Who organised each, the one that recorded it first; two queries."""
    sides = list(
        Side.objects.filter(activity__in=activities, role=Role.ORGANISER, type="organisation")
        .order_by("pk")
        .values_list("activity", "ref")
    )
    units = Organisation.objects.in_bulk({ref for _, ref in sides})
    found = defaultdict(list)
    for activity, ref in sides:
        found[activity].append(units[ref])
    return {activity: tuple(held) for activity, held in found.items()}


def planned_between(
    organisations: Iterable[int], since: dt.datetime, until: dt.datetime
) -> QuerySet[Activity]:
    """What these have planned from one instant to before another, in time."""
    found = Activity.objects.of_organisers(list(organisations)).filter(state=State.PLANNED)
    return found.filter(begins_at__gte=since, begins_at__lt=until).order_by("begins_at", "pk")
