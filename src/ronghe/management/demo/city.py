"""Founding the fictional city: departments, branches, service groups, enterprises and the people in them."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from random import Random

from django.conf import settings

from ronghe.core.creditcode import LETTERS, make
from ronghe.management.demo import words
from ronghe.organisations import domain
from ronghe.organisations.models import Organisation, Person

BRANCHES, GROUPS, COVERED = 3, 40, 0.96


@dataclass
class DemoCity:
    """What was founded: units and enterprises in order, and who works where (unit id → handlers, leaders; group id → enterprises)."""

    actor: str
    at: dt.datetime
    random: Random
    units: dict[str, Organisation] = field(default_factory=dict)
    groups: list[Organisation] = field(default_factory=list)
    enterprises: list[Organisation] = field(default_factory=list)
    handlers: dict[int, list[Person]] = field(default_factory=dict)
    leaders: dict[int, Person] = field(default_factory=dict)
    deputies: dict[int, Person] = field(default_factory=dict)
    served: dict[int, list[Organisation]] = field(default_factory=dict)
    paces: dict[int, float] = field(default_factory=dict)
    branches: int = 0

    def found(self, enterprises: int) -> None:
        """Found everything; `at` is the day from which it all lives."""
        self._committee()
        for code, name in words.DEPARTMENTS.items():
            self._department(code, name)
        for code, name in words.DISTRICTS.items():
            self.unit(code, "district", name)
        for number in range(1, GROUPS + 1):
            group = self.unit(f"fwz{number:02}", "service-group", f"第{number}服务小组")
            self.groups.append(group)
            self.handlers[group.pk] = [self.seat(group, "steward") for _ in range(2)]
            self.leaders[group.pk] = self.seat(group, "service-group-leader")
        for number in range(enterprises):
            self._enterprise(number)
        self._accounts()

    def _committee(self) -> None:
        committee = self.unit("szgw", "work-committee", "市直机关工委")
        for post in ("committee-staff", "inspector", "administrator"):
            self.handlers.setdefault(committee.pk, []).append(self.seat(committee, post))
        desk = self.unit("fbzx", "triage-desk", "市诉求分办中心")
        self.handlers[desk.pk] = [self.seat(desk, "triage-officer") for _ in range(2)]
        petitions = self.unit("xfj", "petition-office", "市信访局")
        self.handlers[petitions.pk] = [self.seat(petitions, "petition-officer") for _ in range(2)]
        window = self.unit("smzx", "window", "市民中心综合窗口", parent=desk)
        self.handlers[window.pk] = [self.seat(window, "window-officer")]

    def _department(self, code: str, name: str) -> None:
        unit = self.unit(code, "department", name)
        self.leaders[unit.pk] = self.seat(unit, "head")
        self.deputies[unit.pk] = self.seat(unit, "deputy")
        self.handlers[unit.pk] = [self.seat(unit, "handler") for _ in range(2)]
        offices = [
            self.unit(f"{code}-k{number}", "office", f"{name}{office}", parent=unit)
            for number, office in enumerate(words.OFFICES, 1)
        ]
        committee = self.unit(
            f"{code}-dw", "party-committee", f"{name}机关党委", parent=self.units["szgw"], tree="party"
        )
        for number in range(1, BRANCHES + 1):
            branch = self.unit(
                f"{code}-z{number}",
                "branch",
                f"{name}机关第{'一二三'[number - 1]}党支部",
                parent=committee,
                tree="party",
            )
            self.branches += 1
            self.seat(branch, "branch-secretary")
            if number <= len(offices):
                self.relate("party-branch-of", branch, offices[number - 1])

    def _enterprise(self, number: int) -> None:
        place, trade = self.random.choice(words.PLACES), self.random.choice(words.TRADES)
        base = "91440300" + "".join(self.random.choice(LETTERS) for _ in range(9))
        values = {
            "district": self.random.choice(list(words.DISTRICTS)),
            "industry": trade,
            "four-above": self.random.random() < 0.6,
            "scale-class": self.random.choice(words.CLASSES),
        }
        firm = domain.register_enterprise(
            credit_code=make(base),
            name=f"{place}{self.random.choice('甲乙丙丁戊己庚辛')}{number + 1}号{trade}有限公司",
            actor=self.actor,
            at=self.at,
            values=values,
        )
        self.enterprises.append(firm)
        if self.random.random() < COVERED:
            group = self.groups[number % len(self.groups)]
            self.relate("assigned-service", group, firm)
            self.served.setdefault(group.pk, []).append(firm)

    def _accounts(self) -> None:
        """One account for each kind of user; the sign-in page of a demonstration names them."""
        committee, desk = self.units["szgw"].pk, self.units["fbzx"].pk
        group, department = self.groups[0].pk, self.units["sthjj"].pk
        staff, inspector, administrator = self.handlers[committee]
        for username, person in (
            ("demo-committee", staff),
            ("demo-inspector", inspector),
            ("demo-admin", administrator),
            ("demo-triage", self.handlers[desk][0]),
            ("demo-head", self.leaders[department]),
            ("demo-deputy", self.deputies[department]),
            ("demo-handler", self.handlers[department][0]),
            ("demo-leader", self.leaders[group]),
            ("demo-steward", self.handlers[group][0]),
            ("demo-window", self.handlers[self.units["smzx"].pk][0]),
            ("demo-petition", self.handlers[self.units["xfj"].pk][0]),
        ):
            domain.open_account(
                person, username=username, password=settings.DEMO_PASSWORD, actor=self.actor, at=self.at
            )

    def unit(
        self, code: str, kind: str, name: str, *, parent: Organisation | None = None, tree: str = ""
    ) -> Organisation:
        self.units[code] = domain.create_organisation(
            code=code, kind=kind, name=name, parent=parent, tree=tree, actor=self.actor, at=self.at
        )
        self.paces[self.units[code].pk] = 0.7 + len(self.units) % 7 / 8
        return self.units[code]

    def seat(self, unit: Organisation, post: str, at: dt.datetime | None = None) -> Person:
        at = at or self.at
        name = self.random.choice(words.SURNAMES) + self.random.choice(words.GIVEN)
        seat = domain.create_post(unit, kind=post, actor=self.actor, at=at)
        person = domain.create_person(name=name, actor=self.actor, at=at)
        domain.appoint(seat, person=person, actor=self.actor, at=at)
        return person

    def relate(self, kind: str, one: Organisation, other: Organisation) -> None:
        ends = (("organisation", one.pk), ("organisation", other.pk))
        domain.relate(kind, from_=ends[0], to=ends[1], actor=self.actor, at=self.at)
