"""One activity as its reader may know it: its sides with what may be opened, its people, its figures."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.utils import timezone

from ronghe.activities import rules
from ronghe.activities.enums import Role
from ronghe.activities.models import Activity
from ronghe.definitions import queries as definitions
from ronghe.definitions.things import Ref, titles_of, visible_of
from ronghe.organisations.models import Organisation
from ronghe.organisations.queries import Powers, names_on

CLOSE = frozenset({Role.ORGANISER, Role.WITH, Role.GUIDE})


@dataclass(frozen=True)
class SideShown:
    """What it counts for: in which role, by what name, whether the reader may open it."""

    role: str
    ref: Ref
    title: str
    may_open: bool


@dataclass(frozen=True)
class PeopleShown:
    """Who took part: `known` by id and name to the reader, `units` with their numbers, `unnamed` of those on the list."""

    total: int | None
    known: tuple[tuple[int, str], ...]
    units: tuple[tuple[str, int], ...]
    unnamed: int

    @property
    def names(self) -> tuple[str, ...]:
        """The names the reader may know."""
        return tuple(name for _person, name in self.known)


@dataclass(frozen=True)
class FigureShown:
    """One quantity: of all, or of one organiser."""

    title: str
    whose: str
    amount: Decimal
    unit: str


def sides_of(activity: Activity, powers: Powers) -> list[SideShown]:
    """In the order of the roles; organisations are public, of other things only those that may be opened have a name."""
    sides = sorted(activity.sides.all(), key=lambda side: (list(Role).index(Role(side.role)), side.pk))
    refs = [(side.type, side.ref) for side in sides]
    units = names_on([ref for type_, ref in refs if type_ == "organisation"], day(activity))
    others = {ref for ref in refs if ref[0] != "organisation"}
    visible, titles = visible_of(others, powers), titles_of(others)
    shown = []
    for side, ref in zip(sides, refs, strict=True):
        if ref[0] == "organisation":
            shown.append(SideShown(str(Role(side.role).label), ref, units.get(ref[1], ""), may_open=True))
        elif ref in visible:
            shown.append(SideShown(str(Role(side.role).label), ref, titles.get(ref, ""), may_open=True))
    return shown


def is_close(activity: Activity, powers: Powers) -> bool:
    """Whether the reader belongs to those who organised, took part or guided, or oversees: then all answers are theirs."""
    if powers.has("oversee") or activity.organisation_id in rules.own(powers):
        return True
    own = rules.own(powers)
    mine = any(
        side.role in CLOSE and side.type == "organisation" and side.ref in own
        for side in activity.sides.all()
    )
    return mine or any(
        one.person_id == powers.person_id for one in activity.participants.all() if one.person_id
    )


def answers_of(activity: Activity, powers: Powers) -> dict[str, Any]:
    """The answers the reader may see: all, or of what it is only about, those its `seen_by` opens to `about`."""
    if is_close(activity, powers):
        return dict(activity.values)
    sight = definitions.by_edition(activity.edition_id).body.seen_by.get("about")
    if sight is None:
        return {}
    return {
        code: value
        for code, value in activity.values.items()
        if code not in sight.hidden and (sight.only is None or code in sight.only)
    }


def people_of(activity: Activity, powers: Powers) -> PeopleShown:
    """Names only to who keeps that roll, and to each person their own; numbers to every reader."""
    rows = list(activity.participants.select_related("person", "organisation").order_by("person__name", "pk"))
    named = [one for one in rows if one.person_id]
    known = [one for one in named if rules.may_know_name(powers, one.organisation_id, one.person_id or 0)]
    units = tuple(
        (one.organisation.name, one.count) for one in rows if not one.person_id and one.organisation
    )
    return PeopleShown(
        activity.people,
        tuple((one.person.pk, one.person.name) for one in known if one.person),
        units,
        len(named) - len(known),
    )


def figures_of(activity: Activity) -> list[FigureShown]:
    """Its quantities as they were written, in the order of the definition."""
    body = definitions.by_edition(activity.edition_id).body
    whose = {int(key) for told in activity.quantities.values() for key in told if key}
    names = dict(Organisation.objects.filter(pk__in=whose).values_list("pk", "name")) if whose else {}
    return [
        FigureShown(
            kind.title,
            names.get(int(key), "") if key else "",
            Decimal(amount).scaleb(-kind.places),
            kind.unit,
        )
        for kind in body.quantities
        for key, amount in sorted(activity.quantities.get(kind.code, {}).items())
    ]


def day(activity: Activity) -> Any:
    """The day it takes or took place."""
    return timezone.localdate(activity.begins_at)
