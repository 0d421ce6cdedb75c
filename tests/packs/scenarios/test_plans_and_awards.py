"""Plans whose unfinished tasks go over into the next, teams that an expert picks, awards paid once, visits that solve on the spot."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from ronghe.casework.models import Case
from ronghe.core.select import Where
from ronghe.definitions.things import Ref
from ronghe.organisations import domain as organisations
from ronghe.organisations.models import Appointment
from ronghe.organisations.queries import organisation_facts
from ronghe.registers import domain as registers
from ronghe.registers.models import Entry
from tests.city import ACTOR, FOUNDED, City, moment
from tests.packs.runs import do, file, stand
from tests.packs.scenarios.walking import given, held, unit

pytestmark = [pytest.mark.db, pytest.mark.django_db]


def entry(city: City, register: str, keeper: str, title: str, **values: Any) -> Ref:
    begun = registers.begin_entry(
        register,
        values=values,
        title=title,
        organisation=city.units[keeper],
        actor=ACTOR,
        at=moment("2026-03-02 09:00"),
        may_be_alike=True,
    )
    return "entry", begun.entry.pk


@pytest.mark.mechanism("S-016", "S-354", "S-355")
def test_what_a_plan_leaves_unfinished_goes_over_into_the_next(
    party_city: City,
) -> None:
    city = party_city
    old = entry(city, "programme", "szgw", "三年行动计划（2021—2023年）")
    new = entry(city, "programme", "szgw", "强基工程行动计划（2024—2026年）")
    values = {"detail": "支部标准化达标", "unit": "sthjj", "due-day": "2026-03-31"}
    case = file(city, "plan-task", "工委甲", "2026-03-02 10:00", values, thing=old)
    assert stand(case)[:2] == ("carry-out", "sthjj")

    case = do(city, case, "环境经办", "2026-03-20 10:00", values={"progress": "达标八成"})
    carried = {"next-plan": str(new[1]), "next-day": "2026-12-31"}
    case = do(city, case, "工委甲", "2026-03-30 10:00", "carry", values=carried)
    follower = Case.objects.get(procedure="plan-task", came_from_id=case.pk)

    assert stand(case)[0] == "carried"
    assert (follower.thing_type, follower.thing_id) == new
    assert (follower.values["detail"], stand(follower)) == (
        "支部标准化达标",
        ("carry-out", "sthjj", "12-31 18:00"),
    )


@pytest.mark.mechanism("S-027", "S-029")
def test_party_and_business_are_planned_together_and_both_must_be_done(
    party_city: City,
) -> None:
    city = party_city
    rows = [
        {
            "business": "破获积案",
            "party": "党员攻坚队",
            "unit": "zjj",
            "finish": "2026-06-30",
        }
    ]
    meeting = held(
        city,
        "planning-meeting",
        "环境经办",
        "2026-03-05 15:00",
        "sthjj",
        values={"items": rows},
    )
    (case,) = given(city, meeting, "环境经办", "2026-03-05 17:00")

    steps = {one.code: (one.no, one.holder.code) for one in case.steps.filter(done_at=None)}
    assert {code: holder for code, (_no, holder) in steps.items()} == {
        "business-work": "zjj",
        "party-work": "zjj",
    }


@pytest.mark.mechanism("S-106")
def test_the_chief_expert_s_team_sits_from_the_day_it_is_agreed(
    party_city: City,
) -> None:
    city = party_city
    city.unit("zb9", "task-force", "攻关专班")
    project = entry(city, "project", "zjj", "稀土新材料", **{"project-kind": "科技创新"})
    person = {name: str(city.people[name].pk) for name in ("住建经办", "环境经办", "管家甲")}
    members = [{"member": person["环境经办"]}, {"member": person["管家甲"]}]
    values = {"team": "zb9", "chief": person["住建经办"], "members": members}
    case = file(city, "chief-expert-team", "住建经办", "2026-03-02 10:00", values, thing=project)
    case = do(city, case, "住建经办", "2026-03-02 11:00")
    do(city, case, "住建局长", "2026-03-03 10:00", "pass")

    seats = Appointment.objects.filter(post__organisation=city.units["zb9"], ends=None)
    assert sorted((one.post.kind, one.person.name) for one in seats) == [
        ("task-force-leader", "住建经办"),
        ("task-force-member", "环境经办"),
        ("task-force-member", "管家甲"),
    ]


@pytest.mark.mechanism("S-151", "S-152")
def test_an_award_is_paid_and_the_same_family_in_the_same_year_is_flagged(
    party_city: City,
) -> None:
    city = party_city
    policy = entry(city, "policy", "zjj", "技改补贴办法", family="技改", status="施行")
    other = entry(city, "policy", "zjj", "设备更新补贴办法", family="技改", status="施行")

    def applied(which: Ref) -> Case:
        values = {"policy": str(which[1]), "year": "2026"}
        return file(
            city,
            "subsidy-application",
            "管家甲",
            "2026-03-02 10:00",
            values,
            about=city.units["enterprise"],
        )

    case, second = applied(policy), applied(other)
    assert case.number in " ".join(second.notes.values_list("text", flat=True))

    case = do(city, case, "分办甲", "2026-03-02 11:00", "transfer", to=city.units["zjj"])
    case = do(city, case, "住建经办", "2026-03-02 15:00", "accept")
    case = do(city, case, "住建经办", "2026-03-03 10:00", "pass", values={"amount": "50"})
    case = do(city, case, "住建局长", "2026-03-04 10:00", "paid")
    award = Entry.objects.get(register="subsidy-award")
    assert (stand(case)[0], award.values["enterprise"], award.values["policy"]) == (
        "paid",
        city.units["enterprise"].code,
        str(policy[1]),
    )


@pytest.mark.mechanism("S-065", "S-122")
def test_only_what_was_not_solved_on_the_spot_becomes_a_case(party_city: City) -> None:
    city = party_city
    rows = [
        {"detail": "排污口标志不清", "answer": "当场更换"},
        {"detail": "管网改造资金", "unit": "zjj"},
    ]
    visit = held(
        city, "front-line-visit", "环境经办", "2026-03-05 15:00", "sthjj",
        values={"findings": rows}, about=[unit(city, "enterprise")], quantities={"solved": "1"}, people=4,
    )  # fmt: skip

    assert [one.values["detail"] for one in given(city, visit, "环境经办", "2026-03-05 17:00")] == [
        "管网改造资金"
    ]


@pytest.mark.mechanism("S-012")
def test_a_branch_whose_secretary_is_not_the_head_is_found(party_city: City) -> None:
    city, day = party_city, (FOUNDED + timedelta(days=30)).date()
    where = Where.parse({"branch-secretary": {"filled": True, "not": "party-branch-of.head"}})

    def is_found(code: str) -> bool:
        return where.matches(organisation_facts(code, day))

    assert is_found("zb1")
    city.unit("zb3", "branch", "住建第一党支部")
    ends = {"from_": unit(city, "zb3"), "to": unit(city, "zjj")}
    organisations.relate("party-branch-of", **ends, actor=ACTOR, at=FOUNDED)
    seat = organisations.create_post(city.units["zb3"], kind="branch-secretary", actor=ACTOR, at=FOUNDED)
    organisations.appoint(seat, person=city.people["住建局长"], actor=ACTOR, at=FOUNDED)
    assert not is_found("zb3")
