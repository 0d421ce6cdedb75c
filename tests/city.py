"""A small city for tests: a committee, a triage desk, two departments, a service group and an enterprise.

Built through the domain on 5 January 2026; every account's password is `PASSWORD`.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from zoneinfo import ZoneInfo

from django.conf import settings

from ronghe.core.creditcode import make
from ronghe.definitions.domain import load_packs
from ronghe.organisations import domain
from ronghe.organisations.models import Account, Organisation, Person

SHANGHAI = ZoneInfo("Asia/Shanghai")
FOUNDED = dt.datetime(2026, 1, 5, 9, tzinfo=SHANGHAI)
PASSWORD = "a-long-test-password"
ACTOR = "system:test"


def moment(text: str) -> dt.datetime:
    """`2026-03-02 10:00` in Shanghai."""
    return dt.datetime.fromisoformat(text).replace(tzinfo=SHANGHAI)


@dataclass
class City:
    """Organisations by code and accounts by name."""

    units: dict[str, Organisation] = field(default_factory=dict)
    people: dict[str, Person] = field(default_factory=dict)
    accounts: dict[str, Account] = field(default_factory=dict)

    def unit(self, code: str, kind: str, name: str, **more: object) -> Organisation:
        self.units[code] = domain.create_organisation(
            code=code, kind=kind, name=name, actor=ACTOR, at=FOUNDED, **more
        )
        return self.units[code]

    def seat(self, unit: str, post: str, name: str) -> Account:
        """A person in a post of a unit, with an account of the same name."""
        seat = domain.create_post(self.units[unit], kind=post, actor=ACTOR, at=FOUNDED)
        person = domain.create_person(name=name, actor=ACTOR, at=FOUNDED)
        domain.appoint(seat, person=person, actor=ACTOR, at=FOUNDED)
        account = domain.open_account(person, username=name, password=PASSWORD, actor=ACTOR, at=FOUNDED)
        self.people[name], self.accounts[name] = person, account
        return account


def build_city() -> City:
    """Load the packs and found the city."""
    load_packs(settings.PACKS, actor=ACTOR, at=FOUNDED)
    city = City()
    committee = city.unit("szgw", "work-committee", "市直机关工委")
    city.unit("fbzx", "triage-desk", "市诉求分办中心", parent=committee)
    for code, name in (("sthjj", "市生态环境局"), ("zjj", "市住房和建设局")):
        city.unit(code, "department", name)
    city.unit("fwz1", "service-group", "第1服务小组")
    city.units["enterprise"] = domain.register_enterprise(
        credit_code=make("91440300MA5F0A1B2"), name="示范精密制造有限公司", actor=ACTOR, at=FOUNDED
    )
    group, enterprise = (("organisation", city.units[code].pk) for code in ("fwz1", "enterprise"))
    domain.relate("assigned-service", from_=group, to=enterprise, actor=ACTOR, at=FOUNDED)
    for unit, post, name in (
        ("szgw", "committee-staff", "工委甲"),
        ("fbzx", "triage-officer", "分办甲"),
        ("sthjj", "head", "环境局长"),
        ("sthjj", "handler", "环境经办"),
        ("zjj", "head", "住建局长"),
        ("zjj", "handler", "住建经办"),
        ("fwz1", "steward", "管家甲"),
    ):
        city.seat(unit, post, name)
    return city


def add_party(city: City) -> City:
    """The Party beside the two departments: their branches under a Party committee, with secretary and members.

    环境机关党委 (hjdw: 党委书记) stands over 第一党支部 (zb1: 支书甲, 委员甲, 党员甲乙丙, with 第一党小组 xz1: 组长甲) and
    第二党支部 (zb2: 支书乙, 党员丁); 环境党组 (hjdz: 党组书记, 党组成员) belongs to the environment bureau too.
    """
    committee = city.unit("hjdw", "party-committee", "市生态环境局机关党委", parent=city.units["szgw"])
    city.unit("hjdz", "leading-party-group", "市生态环境局党组")
    city.unit("zb1", "branch", "市生态环境局第一党支部", parent=committee)
    city.unit("zb2", "branch", "市生态环境局第二党支部", parent=committee)
    city.unit("xz1", "party-team", "第一党小组", parent=city.units["zb1"])
    for unit in ("hjdw", "hjdz", "zb1", "zb2"):
        ends = {
            "from_": ("organisation", city.units[unit].pk),
            "to": ("organisation", city.units["sthjj"].pk),
        }
        domain.relate("party-branch-of", **ends, actor=ACTOR, at=FOUNDED)
    for unit, post, name in (
        ("hjdw", "party-committee-secretary", "党委书记"),
        ("hjdz", "party-group-secretary", "党组书记"),
        ("hjdz", "party-group-member", "党组成员"),
        ("zb1", "branch-secretary", "支书甲"),
        ("zb1", "branch-committee-member", "委员甲"),
        ("xz1", "group-leader", "组长甲"),
        ("zb2", "branch-secretary", "支书乙"),
        ("zb1", "party-member", "党员甲"),
        ("zb2", "party-member", "党员丁"),
    ):
        city.seat(unit, post, name)
    seat = city.units["zb1"].posts.get(kind="party-member")
    for name in ("支书甲", "委员甲", "组长甲", "党员乙", "党员丙"):
        person = city.people.get(name) or domain.create_person(name=name, actor=ACTOR, at=FOUNDED)
        city.people[name] = person
        domain.appoint(seat, person=person, actor=ACTOR, at=FOUNDED)
    return city
