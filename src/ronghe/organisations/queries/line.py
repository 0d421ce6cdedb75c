"""Whom to tell, step by step upwards: the heads of a unit, of what stands above it, and who watches over the city."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from django.db import connection

from ronghe.definitions import queries as definitions
from ronghe.definitions.enums import Kind, Power
from ronghe.organisations.models import Appointment, Delegation, Organisation, Person
from ronghe.organisations.queries.directory import leading_seats
from ronghe.organisations.queries.trees import live_on

GOVERNMENT = "government"
HEAD, SUPERIOR, INSPECTOR = "head", "superior", "inspector"
_LIVE = "begins <= %s AND (ends IS NULL OR ends > %s)"


@dataclass(frozen=True, slots=True)
class Rung:
    """One step up the line: `head` of the unit itself, `superior` of a unit above it, or `inspector` of the city."""

    level: str
    organisation_id: int | None
    people: tuple[Person, ...]


def line_of(organisation_id: int, on: dt.date) -> Sequence[Rung]:
    """Whom to tell about a unit, nearest first; steps on which nobody sits that day are left out.

    Before all of them comes the assignee, whom the case knows. Somebody who sits on several steps stands on the first.
    """
    unit = acting_unit(organisation_id, on)
    above = superiors_of(unit, on)
    heads = _heads([unit, *above], on)
    rungs = [
        Rung(HEAD if number == unit else SUPERIOR, number, tuple(heads.get(number, ())))
        for number in (unit, *above)
    ]
    seen: set[int] = set()
    line: list[Rung] = []
    for rung in (*rungs, Rung(INSPECTOR, None, tuple(inspectors(on)))):
        people = tuple(person for person in rung.people if person.pk not in seen)
        seen |= {person.pk for person in people}
        if people:
            line.append(Rung(rung.level, rung.organisation_id, people))
    return line


def heads_of(organisation_id: int, on: dt.date) -> list[Person]:
    """Who heads the unit that day: all in its first leading seat that is not vacant, else whoever leads it.

    Of a unit merged by then: the heads of what it was merged into.
    """
    unit = acting_unit(organisation_id, on)
    return _heads([unit], on).get(unit, [])


def superiors_of(organisation_id: int, on: dt.date) -> list[int]:
    """What stood above it that day, nearest first: up the government tree to its root, then up each other tree."""
    sql = f"""
        WITH RECURSIVE up(tree, id, depth) AS (
            SELECT tree, parent_id, 1 FROM organisations_placement
            WHERE organisation_id = %s AND parent_id IS NOT NULL AND {_LIVE}
            UNION
            SELECT up.tree, above.parent_id, up.depth + 1 FROM up JOIN organisations_placement above
            ON above.organisation_id = up.id AND above.tree = up.tree
            WHERE above.parent_id IS NOT NULL AND above.begins <= %s AND (above.ends IS NULL OR above.ends > %s)
        )
        SELECT id FROM up ORDER BY CASE WHEN tree = %s THEN 0 ELSE 1 END, tree, depth
    """  # noqa: S608 - only fixed text and placeholders
    with connection.cursor() as cursor:
        cursor.execute(sql, [acting_unit(organisation_id, on), on, on, on, on, GOVERNMENT])
        found = [number for (number,) in cursor.fetchall()]
    return list(dict.fromkeys(found))


def inspectors(on: dt.date) -> list[Person]:
    """Who watches over the whole city that day: everybody in a post that may oversee."""
    posts = [
        loaded.edition.code for loaded in definitions.live(Kind.POST, on) if Power.OVERSEE in loaded.body.may
    ]
    sitting = Appointment.objects.filter(live_on(on), post__kind__in=posts)
    rows = sitting.select_related("person").order_by("begins", "pk")
    return list(dict.fromkeys(one.person for one in rows))


def with_takers(people: Iterable[Person], on: dt.date) -> list[Person]:
    """The people, and after each whoever acts for them that day (代办): what tells them must reach both."""
    people = list(people)
    takers: dict[int, list[Person]] = defaultdict(list)
    given = Delegation.objects.filter(live_on(on), giver__in=people).select_related("taker").order_by("pk")
    for delegation in given:
        takers[delegation.giver_id].append(delegation.taker)
    return list(dict.fromkeys(one for person in people for one in (person, *takers[person.pk])))


def acting_unit(organisation_id: int, on: dt.date) -> int:
    """Who answers for the unit that day: itself, or what it was merged into by then, in turn."""
    number = organisation_id
    while True:
        merged = Organisation.objects.filter(pk=number, ends__lte=on, merged_into__isnull=False)
        successor = merged.values_list("merged_into", flat=True).first()
        if successor is None:
            return number
        number = successor


def with_successor(organisation_id: int | None) -> frozenset[int]:
    """The unit and whoever answers for it since it was merged away; nothing for None."""
    if organisation_id is None:
        return frozenset()
    return frozenset({organisation_id, acting_unit(organisation_id, dt.date.max)})


def _heads(ids: Collection[int], on: dt.date) -> dict[int, list[Person]]:
    """The heads of each unit; one query besides the definitions."""
    seats, leading = leading_seats(on), _leading(on)
    sitting = Appointment.objects.filter(live_on(on), post__organisation__in=ids)
    found: dict[int, dict[str, list[Person]]] = defaultdict(lambda: defaultdict(list))
    kinds: dict[int, str] = {}
    for one in sitting.select_related("post__organisation", "person").order_by("begins", "pk"):
        unit = one.post.organisation
        kinds[unit.pk] = unit.kind
        found[unit.pk][one.post.kind].append(one.person)
    return {unit: _first(found[unit], [*seats.get(kind, ()), *leading]) for unit, kind in kinds.items()}


def _first(sitting: dict[str, list[Person]], order: Sequence[str]) -> list[Person]:
    """Everybody in the first of the seats in which anybody sits."""
    return next((list(dict.fromkeys(sitting[post])) for post in order if sitting.get(post)), [])


def _leading(on: dt.date) -> list[str]:
    return [
        loaded.edition.code for loaded in definitions.live(Kind.POST, on) if Power.LEAD in loaded.body.may
    ]
