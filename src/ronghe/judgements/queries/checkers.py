"""Who may be given a check: the definition's posts, without anybody who has a part in the case."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass

from django.db.models import Count, Q

from ronghe.core.select import Choice, FirstOf, Kinds, Where
from ronghe.judgements import rules
from ronghe.judgements.models import Judgement
from ronghe.organisations.models import Appointment, Person
from ronghe.organisations.queries import OrganisationFacts, live_on, organisation_facts, powers_of


@dataclass(frozen=True)
class Seat:
    """Somebody in one of the posts that check, and what the definition says about the unit of that post."""

    person: Person
    unit: OrganisationFacts
    where: Where | None

    def fits(self, responsible: OrganisationFacts | None) -> bool:
        """Whether the definition lets this seat check what the unit answered."""
        return self.where is None or self.where.matches(
            {"organisation": self.unit}, {"responsible": responsible}
        )


@dataclass(frozen=True)
class Pool:
    """Those who check on a day, in the definition's order: the first group that has somebody free is asked."""

    groups: tuple[tuple[Seat, ...], ...]
    on: dt.date

    @classmethod
    def of(cls, by: Choice, on: dt.date) -> Pool:
        """The holders of the posts that `by` names; one query for each."""
        options = by.options if isinstance(by, FirstOf) else (by,)
        return cls(tuple(_seats(option, on) for option in options), on)

    def people(self) -> set[int]:
        """Everybody in it."""
        return {seat.person.pk for group in self.groups for seat in group}

    def free_for(
        self, *, responsible: int | None, about_unit: int | None, handled: Collection[int]
    ) -> list[list[Person]]:
        """Who may check a case of that unit, by group; groups that have nobody are left out."""
        unit = organisation_facts(responsible, self.on) if responsible else None
        groups = [
            [
                seat.person
                for seat in group
                if seat.fits(unit)
                and rules.may_check(
                    powers_of(seat.person, self.on),
                    responsible=responsible,
                    about_unit=about_unit,
                    handled=handled,
                )
            ]
            for group in self.groups
        ]
        return [list(dict.fromkeys(free)) for free in groups if free]


def loads_of(people: Collection[int]) -> Counter[tuple[int, str]]:
    """How many checks each has open (`open`) and was ever given (`all`); one query."""
    rows = (
        Judgement.objects.filter(draw__isnull=False, judge__in=people)
        .order_by()
        .values_list("judge")
        .annotate(ever=Count("pk"), still_open=Count("pk", filter=Q(given_at=None)))
    )
    loads: Counter[tuple[int, str]] = Counter()
    for judge, ever, still_open in rows:
        loads[judge, "all"], loads[judge, "open"] = ever, still_open
    return loads


def _seats(option: Choice, on: dt.date) -> tuple[Seat, ...]:
    if not isinstance(option, Kinds) or option.kind != "post":
        return ()
    sitting = (
        Appointment.objects.filter(live_on(on), post__kind=option.name)
        .select_related("person", "post__organisation")
        .order_by("begins", "pk")
    )
    return tuple(
        Seat(one.person, OrganisationFacts(one.post.organisation, on), option.where) for one in sitting
    )
