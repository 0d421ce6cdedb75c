"""Who may be asked to review a thing: whom the definition's `by` means, seen from that thing."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass

from ronghe.core.select import Choice, Facts, FirstOf, Kinds, Name, Not, Path, PathRef, Where
from ronghe.definitions import queries as definitions
from ronghe.definitions.enums import Kind, Power
from ronghe.judgements.models import Judgement
from ronghe.judgements.queries.cases import handled_by
from ronghe.judgements.queries.subjects import Subject
from ronghe.organisations.models import Appointment, Person
from ronghe.organisations.queries import (
    OrganisationFacts,
    PersonFacts,
    PostFacts,
    holders,
    live_on,
    with_successor,
)

WORKING = (Power.LEAD, Power.HANDLE)


@dataclass(frozen=True)
class Bench:
    """Who may judge one thing, in the definition's order; whoever has a part in it is left out."""

    groups: tuple[tuple[Person, ...], ...]

    @property
    def people(self) -> list[Person]:
        """Everybody in it, once."""
        return list(dict.fromkeys(person for group in self.groups for person in group))

    def least_busy(self) -> Person | None:
        """The one of the first group that has anybody who has the fewest reviews open."""
        group = next((group for group in self.groups if group), ())
        waiting = Judgement.objects.filter(is_review=True, given_at=None, judge__in=group)
        counts = list(waiting.values_list("judge", flat=True))
        return min(group, key=lambda person: (counts.count(person.pk), person.pk), default=None)


def bench_for(by: Choice, facts: Facts, subject: Subject, on: dt.date) -> Bench:
    """Who may judge the thing on a day. Nobody of a unit complained of, and where it must be another unit nobody with a part in it."""
    options = by.options if isinstance(by, FirstOf) else (by,)
    about_unit = facts.get("about-unit")
    complained_of = about_unit.organisation.pk if isinstance(about_unit, OrganisationFacts) else None
    barred = with_successor(complained_of)
    handled = _parted(subject.ref[1]) if subject.ref[0] == "case" else frozenset[int]()
    return Bench(tuple(_group(option, facts, on, barred, handled) for option in options))


def _parted(case_id: int) -> frozenset[int]:
    """Who has a part in a case; to have judged it before is none."""
    judged = Judgement.objects.filter(
        is_review=True, given_at__isnull=False, subject_type="case", subject_id=case_id
    )
    judges = judged.values_list("judge", flat=True)
    return frozenset(handled_by([case_id]).get(case_id, set())) - frozenset(judges)


def _group(
    option: Choice, facts: Facts, on: dt.date, barred: Collection[int], handled: Collection[int]
) -> tuple[Person, ...]:
    if not isinstance(option, Kinds) or option.kind != "post":
        return tuple(dict.fromkeys(_meant(option, facts, on)))
    seats = Appointment.objects.filter(live_on(on), post__kind=option.name)
    rows = seats.select_related("person", "post__organisation").order_by("begins", "pk")
    parted = handled if _is_independent(option.where) else ()
    return tuple(
        dict.fromkeys(
            seat.person
            for seat in rows
            if seat.post.organisation_id not in barred
            and seat.person_id not in parted
            and _fits(option.where, OrganisationFacts(seat.post.organisation, on), facts)
        )
    )


def _fits(where: Where | None, unit: OrganisationFacts, facts: Facts) -> bool:
    return where is None or where.matches({"organisation": unit}, facts)


def _is_independent(where: Where | None) -> bool:
    """Whether it must be somebody of another unit."""
    return where is not None and any(isinstance(node, Not) for node in where.node.nodes)


def _meant(option: Choice, facts: Facts, on: dt.date) -> list[Person]:
    """Persons on a path; for a unit (`about`, `organiser.guides`) whoever works there."""
    match option:
        case Name(text):
            path = Path.parse(text)
        case PathRef(found):
            path = found
        case _:
            return []
    people: list[Person] = []
    for one in path.resolve(facts):
        if isinstance(one, PersonFacts):
            people.append(one.person)
        elif isinstance(one, PostFacts):
            sitting = one.get("holder")
            people += [person.person for person in sitting] if isinstance(sitting, list) else []
        elif isinstance(one, OrganisationFacts):
            people += _working(one.organisation.pk, on)
    if not people and isinstance(option, Name) and definitions.find(Kind.POST, option.text, on):
        return holders(option.text, None, on)
    return people


def _working(unit: int, on: dt.date) -> list[Person]:
    for power in WORKING:
        kinds = [one.edition.code for one in definitions.live(Kind.POST, on) if power in one.body.may]
        if found := holders(kinds, unit, on):
            return found
    return []
