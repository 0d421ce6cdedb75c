"""Organisations and people as paths, wheres and selectors see them (`core.select.Facts`), on one day."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.db.models import Q

from ronghe.core.forms import Form
from ronghe.definitions import queries as definitions
from ronghe.definitions.enums import Kind, Power
from ronghe.definitions.exceptions import UnknownDefinition
from ronghe.definitions.things import facts_of
from ronghe.organisations.models import Appointment, Organisation, Person, Relationship
from ronghe.organisations.queries.people import posts_of
from ronghe.organisations.queries.trees import live_on, placements_on
from ronghe.rows import read

_SECRETARY = "secretary"
_OTHER_ENDS = """
    JOIN (
        SELECT edge.id, edge.begins,
            CASE edge.type WHEN 'organisation' THEN edge.ref WHEN 'post' THEN post.organisation_id END AS unit
        FROM (
            SELECT id, begins,
                CASE WHEN from_type = 'organisation' AND from_id = %s THEN to_type ELSE from_type END AS type,
                CASE WHEN from_type = 'organisation' AND from_id = %s THEN to_id ELSE from_id END AS ref
            FROM organisations_relationship
            WHERE kind = %s AND begins <= %s AND (ends IS NULL OR ends > %s)
                AND ((from_type = 'organisation' AND from_id = %s) OR (to_type = 'organisation' AND to_id = %s))
        ) edge LEFT JOIN organisations_post post ON edge.type = 'post' AND post.id = edge.ref
    ) found ON found.unit = organisations_organisation.id
    ORDER BY found.begins, found.id
"""


@dataclass(frozen=True)
class OrganisationFacts:
    """One organisation on a day; equal to itself on any day.

    `get` knows `code name short-name kind tree parent begins term`, the fields of its kind's form, a post kind (its
    holders), `head` (who sits in the post of that kind, else whoever leads it), `secretary` (whoever is any kind of secretary), and a relationship kind (what is at the other
    ends that day, a post standing for its organisation).
    """

    organisation: Organisation
    on: dt.date

    def __eq__(self, other: object) -> bool:
        return isinstance(other, OrganisationFacts) and other.organisation.pk == self.organisation.pk

    def __hash__(self) -> int:
        return hash(("organisation", self.organisation.pk))

    @property
    def ref(self) -> tuple[str, int]:
        return "organisation", self.organisation.pk

    def get(self, name: str, /) -> object | None:
        unit = self.organisation
        plain = {"code": unit.code, "kind": unit.kind, "begins": unit.begins}
        if name in plain:
            return plain[name]
        if name in ("name", "short-name", "tree", "parent"):
            return self._placed(name)
        if name == "term":
            found = definitions.find(Kind.ORGANISATION, unit.kind, self.on)
            return str(found.body.term) if found and found.body.term else None
        if name in unit.values:
            return typed_values(Kind.ORGANISATION, unit.kind, unit.values, self.on).get(name)
        if definitions.find(Kind.RELATIONSHIP, name, self.on) is not None:
            return self._related(name) or None
        return self._people(name) or None

    def _placed(self, name: str) -> object | None:
        if name == "short-name":
            return self.organisation.short_name or None
        placements = (
            placements_on(self.on)
            .filter(organisation=self.organisation)
            .select_related("parent")
            .order_by("pk")
        )
        if name == "name":
            return next((placement.name for placement in placements), self.organisation.name)
        if name == "tree":
            return [placement.tree for placement in placements]
        return [OrganisationFacts(placement.parent, self.on) for placement in placements if placement.parent]

    def _people(self, name: str) -> list[PersonFacts]:
        sitting = Appointment.objects.filter(live_on(self.on), post__organisation=self.organisation)
        if name == "head" and not sitting.filter(post__kind=name).exists():
            leading = [
                loaded.edition.code
                for loaded in definitions.live(Kind.POST, self.on)
                if Power.LEAD in loaded.body.may
            ]
            sitting = sitting.filter(post__kind__in=leading)
        elif name == _SECRETARY:
            sitting = sitting.filter(Q(post__kind=name) | Q(post__kind__endswith=f"-{name}"))
        else:
            sitting = sitting.filter(post__kind=name)
        rows = sitting.select_related("person").order_by("begins", "pk")
        return list(dict.fromkeys(PersonFacts(appointment.person, self.on) for appointment in rows))

    def _related(self, name: str) -> list[object]:
        mine, on = self.organisation.pk, self.on
        body = definitions.get(Kind.RELATIONSHIP, name, on).body
        if any(definitions.find(Kind.REGISTER, end, on) for end in (*body.from_, *body.to)):
            return related(self.ref, name, on)
        found = read(Organisation, _OTHER_ENDS, [mine, mine, name, on, on, mine, mine])
        return [OrganisationFacts(unit, on) for unit in found]


@dataclass(frozen=True)
class PersonFacts:
    """One person on a day; equal to itself on any day.

    `get` knows `code` (the employee number), `name`, `organisation` (where they sit), and a post kind (the
    organisations in which they hold one).
    """

    person: Person
    on: dt.date

    def __eq__(self, other: object) -> bool:
        return isinstance(other, PersonFacts) and other.person.pk == self.person.pk

    def __hash__(self) -> int:
        return hash(("person", self.person.pk))

    @property
    def ref(self) -> tuple[str, int]:
        return "person", self.person.pk

    def get(self, name: str, /) -> object | None:
        if name == "code":
            return self.person.employee_number
        if name == "name":
            return self.person.name
        sitting = posts_of(self.person, self.on)
        if name != "organisation":
            sitting = sitting.filter(post__kind=name)
        return (
            list(dict.fromkeys(OrganisationFacts(seat.post.organisation, self.on) for seat in sitting))
            or None
        )


def related(ref: tuple[str, int], kind: str, on: dt.date) -> list[object]:
    """What is at the other ends of a thing's relationships of a kind that day."""
    edges = Relationship.objects.filter(live_on(on), kind=kind)
    theirs = [
        *(
            (edge.begins, edge.pk, (edge.to_type, edge.to_id))
            for edge in edges.filter(from_type=ref[0], from_id=ref[1])
        ),
        *(
            (edge.begins, edge.pk, (edge.from_type, edge.from_id))
            for edge in edges.filter(to_type=ref[0], to_id=ref[1])
        ),
    ]
    found = (facts_of(other, on) for _, _, other in sorted(theirs))
    return [one for one in found if one is not None]


def typed_values(kind: Kind, code: str, values: dict[str, object], on: dt.date) -> dict[str, object]:
    """Stored values with dates and amounts as such, by the form of the definition; as stored when there is none."""
    try:
        form: Form | None = definitions.get(kind, code, on).body.form
    except UnknownDefinition:
        return values
    return dict(form.typed(values)) if form else values
