"""Linking: one branch with one firm, members with the community where they live, units with a chain; deeds under a pairing."""

from __future__ import annotations

import datetime as dt

import pytest

from ronghe.core.creditcode import make
from ronghe.definitions.enums import Power
from ronghe.definitions.queries import calendar
from ronghe.judgements import domain as judgements
from ronghe.judgements.models import Judgement
from ronghe.ledger.domain import sequence
from ronghe.ledger.models import Entry
from ronghe.organisations import domain as organisations
from ronghe.organisations.exceptions import OrganisationError
from ronghe.organisations.models import Relationship
from ronghe.organisations.queries import powers_of
from ronghe.registers import domain as registers
from tests.city import ACTOR, FOUNDED, City, moment
from tests.packs.runs import do, file, stand
from tests.packs.scenarios.walking import counts, given, held, unit

pytestmark = [pytest.mark.db, pytest.mark.django_db]


def related(city: City, kind: str, from_: str, to: str) -> Relationship:
    return organisations.relate(kind, from_=unit(city, from_), to=unit(city, to), actor=ACTOR, at=FOUNDED)


@pytest.mark.mechanism("S-337", "S-143")
def test_a_branch_pairs_with_one_firm_and_does_deeds_for_it(party_city: City) -> None:
    city = party_city
    city.units["second"] = organisations.register_enterprise(
        credit_code=make("91440300MA5F0B2C3"), name="示范新能源有限公司", actor=ACTOR, at=FOUNDED
    )
    related(city, "pairs-enterprise", "zb1", "enterprise")
    with pytest.raises(OrganisationError, match="与重点企业结对"):
        related(city, "pairs-enterprise", "zb1", "second")

    deed = {
        "kind-of-deed": "enterprise", "detail": "协助办理用电增容", "served": "示范精密制造", "promised-day": "2026-06-30",
    }  # fmt: skip
    case = file(city, "deed", "支书甲", "2026-03-02 10:00", deed, about=city.units["enterprise"])
    case = do(city, case, "支书甲", "2026-05-06 10:00", values={"outcome": "已增容"})
    case = do(city, case, "委员甲", "2026-05-08 10:00", "publish")
    assert stand(case)[0] == "delivered"


@pytest.mark.mechanism("S-338", "S-339", "S-109")
def test_members_report_to_a_community_which_confirms_what_they_did(party_city: City) -> None:
    city = party_city
    city.unit("sq1", "village", "东风社区")
    city.seat("sq1", "handler", "社区甲")
    seat = organisations.create_post(city.units["sq1"], kind="community-member", actor=ACTOR, at=FOUNDED)
    for name in ("党员甲", "党员乙"):
        organisations.appoint(seat, person=city.people[name], actor=ACTOR, at=FOUNDED)
    assert Power.ROLL not in powers_of(city.accounts["环境局长"], dt.date(2026, 3, 2)).held

    judgements.ask_reviews(moment("2026-03-06 09:00"), calendar())
    held(
        city, "community-service", "支书甲", "2026-03-07 09:00", "zb1", about=[unit(city, "sq1")],
        quantities={"served": "60", "rubbish": "1.5"}, people=2,
    )  # fmt: skip
    assert counts("activity.held", "community-service") == [("zb1", 2)]
    assert counts("quantity.recorded", "rubbish") == [("zb1", 15)]
    sequence()
    judgements.ask_reviews(moment("2026-03-07 12:00"), calendar())
    (row,) = Judgement.objects.filter(judgement="service-confirmed")
    powers = powers_of(city.accounts["社区甲"], dt.date(2026, 3, 9))
    judgements.give_review(row.pk, values={"confirmed": True}, powers=powers, at=moment("2026-03-09 10:00"))
    data = Entry.objects.get(kind="judgement.given", code="service-confirmed").data
    assert data["values"] == {"confirmed": True}


@pytest.mark.mechanism("S-336", "S-331", "S-335")
def test_a_chain_has_one_leader_many_units_a_base_and_needs_that_become_cases(party_city: City) -> None:
    city = party_city
    city.unit("jqhl", "network", "金桥红链")
    related(city, "leads-chain", "zjj", "jqhl")
    for code in ("sthjj", "enterprise", "zb1"):
        related(city, "in-chain", code, "jqhl")
    with pytest.raises(OrganisationError, match="链主单位"):
        related(city, "leads-chain", "sthjj", "jqhl")
    base = registers.begin_entry(
        "base", title="金桥党建共建展厅基地", values={"place": {"address": "金桥"}, "level-of-base": "基地"},
        organisation=city.units["jqhl"], actor=ACTOR, at=moment("2026-03-02 09:00"),
    ).entry  # fmt: skip
    joint = held(
        city, "co-building", "支书甲", "2026-03-05 15:00", "zb1", about=[unit(city, "jqhl"), ("entry", base.pk)],
        values={"kind-of-joint": "问题共解", "needs": [{"detail": "共享检测设备", "unit": "zjj"}]}, people=15,
    )  # fmt: skip
    (case,) = given(city, joint, "支书甲", "2026-03-05 17:00")
    assert stand(case)[:2] == ("handle", "zjj")
    edges = Relationship.objects.filter(to_id=city.units["jqhl"].pk).order_by("pk")
    assert [edge.kind for edge in edges] == ["leads-chain", "in-chain", "in-chain", "in-chain"]
