"""Founding the Party side of the fictional city: who is a member where, committees, a Party group, accounts."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field

from django.conf import settings

from ronghe.core.worktime import SHANGHAI
from ronghe.definitions.domain import known_since
from ronghe.definitions.enums import Kind
from ronghe.management.demo import words
from ronghe.management.demo.city import BRANCHES, DemoCity
from ronghe.management.demo.recent.weeks import Weeks
from ronghe.organisations import domain
from ronghe.organisations.models import Appointment, Organisation, Person

MONTHS = 3
"""Since how many months before this one duties are counted: earlier records are missing, not gaps."""
MEMBERS, OWN_MEMBERS = 3, 8
FIRMS_EACH = 40
"""One department more lives its Party life in full for so many enterprises, so that a small city is built quickly."""


@dataclass
class Party:
    """What was founded: branches by department, who leads them, and their members."""

    weeks: Weeks
    own: list[Organisation] = field(default_factory=list)
    branches: dict[str, list[Organisation]] = field(default_factory=dict)
    secretaries: dict[int, Person] = field(default_factory=dict)
    members: dict[int, list[Person]] = field(default_factory=dict)

    @property
    def city(self) -> DemoCity:
        return self.weeks.city

    @property
    def excused(self) -> list[Organisation]:
        """Two branches that need no committee meeting this month."""
        others = [branches[0] for code, branches in self.branches.items() if code != "sthjj"]
        return [self.own[2], others[0]]

    def month(self, ago: int) -> dt.date:
        """The first day of a month so many months ago."""
        months = self.weeks.last.year * 12 + self.weeks.last.month - 1 - ago
        return dt.date(months // 12, months % 12 + 1, 1)

    def day(self, ago: int, nth: int) -> dt.date:
        """A working day of that month: the first, the second …"""
        return self.weeks.calendar.add(self.month(ago) - dt.timedelta(days=1), nth)


def found(weeks: Weeks) -> Party:
    """The Party of as many departments as the city is large; that of the demonstration accounts in full."""
    party = Party(weeks)
    _duties_known(party)
    codes = ["sthjj", *(code for code in words.DEPARTMENTS if code != "sthjj")]
    for code in codes[: 4 + len(weeks.city.enterprises) // FIRMS_EACH]:
        _department(party, code)
    party.own = party.branches["sthjj"]
    _group(party)
    _accounts(party)
    return party


def _duties_known(party: Party) -> None:
    """The city has known its duties for some months, whenever this database came to know them."""
    known_since(Kind.DUTY, at=dt.datetime.combine(party.month(MONTHS), dt.time(9), SHANGHAI))


def _department(party: Party, code: str) -> None:
    city = party.city
    committee, department = city.units[f"{code}-dw"], city.units[code]
    city.leaders[committee.pk] = city.seat(committee, "party-committee-secretary")
    city.relate("party-branch-of", committee, department)
    party.branches[code] = [city.units[f"{code}-z{number}"] for number in range(1, BRANCHES + 1)]
    city.relate("party-branch-of", party.branches[code][-1], department)
    officers = [[city.leaders[department.pk], city.deputies[department.pk]], city.handlers[department.pk], []]
    for number, branch in enumerate(party.branches[code]):
        _branch(party, branch, officers[number], is_own=code == "sthjj", has_committee=number == 0)


def _branch(
    party: Party, branch: Organisation, officers: list[Person], *, is_own: bool, has_committee: bool
) -> None:
    city = party.city
    seat = Appointment.objects.select_related("person").get(
        post__organisation=branch, post__kind="branch-secretary"
    )
    post = domain.create_post(branch, kind="party-member", actor=city.actor, at=city.at)
    fresh = [_member(city) for _ in range(OWN_MEMBERS if is_own else MEMBERS)]
    party.secretaries[branch.pk] = seat.person
    party.members[branch.pk] = [seat.person, *officers, *fresh]
    for person in party.members[branch.pk]:
        domain.appoint(post, person=person, actor=city.actor, at=city.at)
    if is_own or has_committee:
        on_it = domain.create_post(branch, kind="branch-committee-member", actor=city.actor, at=city.at)
        for person in fresh[:2]:
            domain.appoint(on_it, person=person, actor=city.actor, at=city.at)


def _member(city: DemoCity) -> Person:
    name = city.random.choice(words.SURNAMES) + city.random.choice(words.GIVEN)
    return domain.create_person(name=name, actor=city.actor, at=city.at)


def _group(party: Party) -> None:
    """The first branch of the demonstration accounts is large enough for a Party group."""
    city, branch = party.city, party.own[0]
    group = city.unit("sthjj-x1", "party-team", "第一党小组", parent=branch, tree="party")
    post = domain.create_post(group, kind="group-leader", actor=city.actor, at=city.at)
    leader = party.members[branch.pk][-1]
    domain.appoint(post, person=leader, actor=city.actor, at=city.at)
    city.leaders[group.pk] = leader


def _accounts(party: Party) -> None:
    city = party.city
    for username, person in (
        ("demo-secretary", party.secretaries[party.own[0].pk]),
        ("demo-party", city.leaders[city.units["sthjj-dw"].pk]),
    ):
        domain.open_account(
            person, username=username, password=settings.DEMO_PASSWORD, actor=city.actor, at=city.at
        )
