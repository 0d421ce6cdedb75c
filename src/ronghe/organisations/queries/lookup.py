"""Organisations as facts, by id, code, kind or post: what routing asks again and again."""

from __future__ import annotations

import datetime as dt

from ronghe.core.memory import remembered
from ronghe.definitions import queries as definitions
from ronghe.definitions.enums import Kind
from ronghe.definitions.things import facts_of
from ronghe.organisations.models import Organisation, Person, Post
from ronghe.organisations.queries.facts import OrganisationFacts, PersonFacts
from ronghe.organisations.queries.trees import live_on

PERSON = "person"


def organisation_facts(ref: int | str, on: dt.date) -> OrganisationFacts | None:
    """The organisation of that id or code as it stood on the day; None when there is none."""
    unit = remembered(("organisation", ref), lambda: _organisation(ref))
    return OrganisationFacts(unit, on) if unit else None


def reference_facts(kind: str, value: object, on: dt.date) -> object | None:
    """What the answer to a field that names a kind means: a unit by its code, who holds a post or an entry by number."""
    text = str(value)
    if not text.isdigit():
        return organisation_facts(text, on)
    if kind == PERSON or definitions.find(Kind.POST, kind, on):
        person = Person.objects.filter(pk=int(text)).first()
        return PersonFacts(person, on) if person else None
    if definitions.find(Kind.REGISTER, kind, on):
        return facts_of(("entry", int(text)), on)
    return organisation_facts(text, on)


def know(unit: Organisation | None) -> None:
    """What was read already is not asked for again by its id."""
    if unit is not None:
        remembered(("organisation", unit.pk), lambda: unit)


def _organisation(ref: int | str) -> Organisation | None:
    wanted = {"pk": ref} if isinstance(ref, int) else {"code": ref}
    found: Organisation | None = Organisation.objects.filter(**wanted).first()
    return found


def of_kind(kind: str, on: dt.date) -> list[OrganisationFacts]:
    """The organisations of a kind that live on the day, by code."""
    return remembered(
        ("of-kind", kind, on),
        lambda: [
            OrganisationFacts(unit, on)
            for unit in Organisation.objects.live(on).filter(kind=kind).order_by("code")
        ],
    )


def with_post(kind: str, on: dt.date) -> list[OrganisationFacts]:
    """The organisations that have a post of the kind on the day, by code."""
    return remembered(("with-post", kind, on), lambda: _with_post(kind, on))


def _with_post(kind: str, on: dt.date) -> list[OrganisationFacts]:
    ids = Post.objects.filter(live_on(on), kind=kind).values("organisation")
    return [
        OrganisationFacts(unit, on)
        for unit in Organisation.objects.live(on).filter(pk__in=ids).order_by("code")
    ]
