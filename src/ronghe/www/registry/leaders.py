"""领导岗位: each leadership seat of a unit with both its duties side by side and where each stands now."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field

from django.db.models import Count, Q
from django.urls import reverse
from django.utils.http import urlencode

from ronghe.casework.enums import CaseState
from ronghe.casework.models import Case
from ronghe.casework.queries.lights import lights_at
from ronghe.core.worktime import Light
from ronghe.definitions import queries as definitions
from ronghe.definitions.enums import Kind
from ronghe.organisations.models import Appointment, Delegation, Organisation, Post
from ronghe.organisations.queries import Powers, live_on
from ronghe.organisations.queries.coverage import Branch, answers_as, branches_under
from ronghe.organisations.queries.directory import Seats
from ronghe.organisations.rules import may_describe

BUSINESS, PARTY = "business-duties", "party-duties"
DEED = "deed"


@dataclass(frozen=True)
class Standing:
    """Cases the unit answers for, as far as the reader sees them. Without any ever, nothing is known (`ever` False)."""

    ever: bool
    open: int
    overdue: int
    to: str
    to_overdue: str


@dataclass(frozen=True)
class Leader:
    """A leadership seat: who sits in it, each with who acts for them (代办), and both duties as written."""

    post: Post
    sitting: tuple[tuple[Appointment, tuple[Delegation, ...]], ...]
    business: str
    party: str
    may_describe: bool


@dataclass(frozen=True)
class Leadership:
    """The leadership seats of a unit; `unit` is whose work they lead."""

    leaders: list[Leader] = field(default_factory=list)
    unit: Organisation | None = None
    work: Standing | None = None
    deeds: Standing | None = None
    branches: list[Branch] = field(default_factory=list)

    @property
    def without_secretary(self) -> int:
        """How many branches have nobody as their secretary."""
        return sum(not branch.has_secretary for branch in self.branches)


def leadership_of(
    unit: Organisation, seats: Seats, on: dt.date, *, powers: Powers, now: dt.datetime
) -> Leadership:
    """What the leadership seats of the day are charged with, and where it stands now."""
    both = _with_both(on)
    posts = [(seat.post, seat.sitting) for seat in seats.seats if seat.post.kind in both]
    if not posts:
        return Leadership()
    takers = _takers([one.person_id for _post, sitting in posts for one in sitting], on)
    leaders = [
        Leader(
            post,
            tuple((one, takers.get(one.person_id, ())) for one in sitting),
            str(post.values.get(BUSINESS, "")),
            str(post.values.get(PARTY, "")),
            post.ends is None and may_describe(powers, post),
        )
        for post, sitting in posts
    ]
    answering = answers_as(unit, on)
    work, deeds = _standings(answering, powers, now)
    return Leadership(leaders, answering, work, deeds, branches_under(answering.pk, on))


def _with_both(on: dt.date) -> set[str]:
    """The kinds of post whose definition asks for a Party duty beside the business duty."""
    return {
        one.edition.code
        for one in definitions.live(Kind.POST, on)
        if one.body.form is not None and one.body.form.get(PARTY) is not None
    }


def _takers(people: list[int], on: dt.date) -> Mapping[int, tuple[Delegation, ...]]:
    told: dict[int, tuple[Delegation, ...]] = {}
    rows = Delegation.objects.filter(live_on(on), giver__in=people).select_related("taker")
    for row in rows.order_by("begins", "pk"):
        told[row.giver_id] = (*told.get(row.giver_id, ()), row)
    return told


def _standings(unit: Organisation, powers: Powers, now: dt.datetime) -> tuple[Standing, Standing]:
    """All its cases, and those that are deeds (办实事); one query."""
    late, running = lights_at(now, definitions.calendar()).where(Light.RED), Q(state=CaseState.OPEN)
    deed = Q(procedure=DEED)
    found = (
        Case.objects.visible_with(powers)
        .filter(responsible=unit)
        .order_by()
        .aggregate(
            ever=Count("pk"),
            open=Count("pk", filter=running),
            overdue=Count("pk", filter=late),
            deeds_ever=Count("pk", filter=deed),
            deeds_open=Count("pk", filter=running & deed),
            deeds_overdue=Count("pk", filter=late & deed),
        )
    )
    return _standing(unit, found, ""), _standing(unit, found, "deeds_", kind=DEED)


def _standing(unit: Organisation, found: Mapping[str, int], prefix: str, **more: str) -> Standing:
    asked = {"unit": unit.code, **more}
    return Standing(
        found[f"{prefix}ever"] > 0,
        found[f"{prefix}open"],
        found[f"{prefix}overdue"],
        f"{reverse('cases')}?{urlencode({**asked, 'state': CaseState.OPEN.value})}",
        f"{reverse('cases')}?{urlencode({**asked, 'light': Light.RED.value})}",
    )
