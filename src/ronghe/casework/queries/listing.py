"""All the cases somebody may see: found, sorted, and counted by light for a board."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from functools import lru_cache

from django.db.models import Count, F, Q

from ronghe.casework.enums import CaseState
from ronghe.casework.managers import CaseQuerySet
from ronghe.casework.models import Case
from ronghe.casework.queries.lights import lights_at
from ronghe.casework.queries.sightings import Sighting
from ronghe.core.worktime import Calendar, Light
from ronghe.organisations.queries import Powers

LIGHTS = (Light.RED, Light.YELLOW, Light.GREEN, Light.PAUSED, Light.NONE)
NOBODY = "none"


@dataclass(frozen=True)
class Wanted:
    """Which cases are looked for. `unit` is an organisation's code, or `NOBODY` for those no unit has yet.

    `first`: those one's own unit heard first and others have now (首问).
    """

    state: str = ""
    kind: str = ""
    light: str = ""
    unit: str = ""
    text: str = ""
    sort: str = "due"
    first: bool = False


def find_cases(powers: Powers, wanted: Wanted, now: dt.datetime, calendar: Calendar) -> CaseQuerySet:
    """The cases these powers may see and that are wanted: open ones by due instant, then those closed last; or the newest first."""
    cases = _of_kind(Case.objects.visible_with(powers).with_units(), wanted)
    if wanted.light:
        cases = cases.filter(lights_at(now, calendar).where(Light(wanted.light)))
    if wanted.unit:
        cases = (
            cases.filter(responsible=None)
            if wanted.unit == NOBODY
            else cases.filter(responsible__code=wanted.unit)
        )
    if wanted.first:
        own = powers.organisation_ids
        cases = cases.filter(first_receiver__in=own).exclude(responsible__in=own)
    if wanted.text:
        cases = cases.filter(Q(number__icontains=wanted.text) | Q(title__icontains=wanted.text))
    return _sorted(cases, wanted)


def first_rows(powers: Powers, wanted: Wanted, most: int) -> list[Case] | None:
    """The first of them as rows, by a statement made once; None where more is wanted than a state, a kind and an order."""
    plain = Wanted(state=wanted.state, kind=wanted.kind, sort=wanted.sort)
    return _first_rows(wanted, most).all(powers) if wanted == plain else None


@lru_cache(maxsize=64)
def _first_rows(wanted: Wanted, most: int) -> Sighting[Case]:
    return Sighting(lambda cases: _sorted(_of_kind(cases.as_rows(), wanted), wanted)[:most])


def _of_kind(cases: CaseQuerySet, wanted: Wanted) -> CaseQuerySet:
    if wanted.state:  # said by the end as well, for the index of the list begins with it
        cases = cases.filter(state=wanted.state, closed_at__isnull=wanted.state == CaseState.OPEN)
    return cases.filter(procedure=wanted.kind) if wanted.kind else cases


def _sorted(cases: CaseQuerySet, wanted: Wanted) -> CaseQuerySet:
    if wanted.sort == "new":
        return cases.order_by("-opened_at", "-pk")
    return cases.order_by(
        F("closed_at").desc(nulls_first=True), F("due").asc(nulls_last=True), "opened_at", "pk"
    )


@dataclass(frozen=True)
class BoardRow:
    """Open cases of one unit or one kind: how many show each light. `code` goes into the filter of its list."""

    code: str
    title: str
    counts: dict[Light, int] = field(default_factory=dict)

    @property
    def total(self) -> int:
        """All of them."""
        return sum(self.counts.values())

    def cells(self) -> list[tuple[Light, int]]:
        """The counts in the order of `LIGHTS`."""
        return [(light, self.counts[light]) for light in LIGHTS]


def board_by_unit(powers: Powers, now: dt.datetime, calendar: Calendar) -> list[BoardRow]:
    """The visible open cases by the unit that answers, those with most overdue first; one query."""
    return _board(powers, now, calendar, "responsible__code", "responsible__name")


def board_by_kind(powers: Powers, now: dt.datetime, calendar: Calendar) -> list[BoardRow]:
    """The visible open cases by kind; one query."""
    return _board(powers, now, calendar, "procedure", "edition__title")


def _board(powers: Powers, now: dt.datetime, calendar: Calendar, code: str, title: str) -> list[BoardRow]:
    lights = lights_at(now, calendar)
    counts = {light.name.lower(): Count("pk", filter=lights.where(light)) for light in LIGHTS}
    found = (
        Case.objects.visible_with(powers)
        .filter(state=CaseState.OPEN)
        .order_by()
        .values(code, title)
        .annotate(**counts)
    )
    merged: dict[str, BoardRow] = {}
    for row in found:
        one = merged.setdefault(
            row[code] or NOBODY, BoardRow(row[code] or NOBODY, row[title] or "", dict.fromkeys(LIGHTS, 0))
        )
        for light in LIGHTS:
            one.counts[light] += row[light.name.lower()]
    return sorted(
        merged.values(),
        key=lambda one: (-one.counts[Light.RED], -one.counts[Light.YELLOW], -one.total, one.title),
    )


def oldest_overdue(powers: Powers, now: dt.datetime, calendar: Calendar, most: int) -> list[Case]:
    """The visible cases longest overdue; one query and one for their open steps."""
    late = find_cases(powers, Wanted(light=Light.RED), now, calendar)
    return list(late[:most])
