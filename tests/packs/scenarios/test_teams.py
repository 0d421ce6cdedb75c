"""Teams and task forces: eight of them answer a project's needs; a shock team has a target, a quarter's notice and an end."""

from __future__ import annotations

import pytest

from ronghe.casework import domain
from ronghe.organisations import domain as organisations
from ronghe.organisations.exceptions import OrganisationError
from ronghe.organisations.models import Relationship
from ronghe.registers import domain as registers
from tests.city import ACTOR, FOUNDED, City, moment
from tests.packs.runs import by, do, file, stand

pytestmark = [pytest.mark.db, pytest.mark.django_db]


@pytest.fixture
def forces(party_city: City) -> City:
    for code, name in (("nhzb", "能耗工作专班"), ("ddzb", "项目兜底工作专班")):
        party_city.unit(code, "task-force", name)
        party_city.seat(code, "task-force-member", f"{name}员")
    return party_city


@pytest.mark.mechanism("S-073", "S-074", "S-080", "S-102")
def test_a_project_s_need_goes_from_its_steward_to_the_task_force_for_it(forces: City) -> None:
    city = forces
    project = registers.begin_entry(
        "project", title="精密轴承二期", values={"project-kind": "先进制造"}, organisation=city.units["zjj"],
        actor=ACTOR, at=moment("2026-03-02 09:00"),
    ).entry  # fmt: skip
    ref = ("entry", project.pk)
    need = {"factor": "energy", "detail": "能耗指标 2000 吨标煤"}
    case = file(city, "project-need", "管家甲", "2026-03-02 10:00", need, thing=ref)
    assert stand(case) == ("receive", "nhzb", "03-03 18:00")
    other = file(city, "project-need", "管家甲", "2026-03-02 10:05", {**need, "factor": "other"}, thing=ref)
    assert stand(other)[:2] == ("receive", "ddzb")
    land = file(city, "project-need", "管家甲", "2026-03-02 10:10", {**need, "factor": "land"}, thing=ref)
    assert stand(land)[:2] == ("receive", "fbzx")

    case = do(city, case, "能耗工作专班员", "2026-03-02 15:00", "accept")
    case = do(city, case, "能耗工作专班员", "2026-03-06 10:00", values={"measures": "已列入年度指标"})
    assert stand(case)[:2] == ("confirm", "fwz1")
    case = do(city, case, "管家甲", "2026-03-09 10:00", "pass")
    assert (stand(case), case.thing_id) == (("solved", "nhzb", "03-09 10:00"), project.pk)


@pytest.mark.mechanism("S-105", "S-102")
def test_an_enterprise_has_one_steward_and_one_commissioner(forces: City) -> None:
    city = forces
    city.seat("sthjj", "commissioner", "特派员甲")
    firm = ("organisation", city.units["enterprise"].pk)
    steward = city.units["fwz1"].posts.get(kind="steward")
    commissioner = city.units["sthjj"].posts.get(kind="commissioner")
    organisations.relate("steward-of", from_=("post", steward.pk), to=firm, actor=ACTOR, at=FOUNDED)
    organisations.relate("commissioner-of", from_=("post", commissioner.pk), to=firm, actor=ACTOR, at=FOUNDED)

    live = Relationship.objects.filter(to_type="organisation", to_id=firm[1], ends=None).order_by("kind")
    assert [one.kind for one in live] == ["assigned-service", "commissioner-of", "steward-of"]
    second = organisations.create_post(city.units["fwz1"], kind="steward", actor=ACTOR, at=FOUNDED)
    with pytest.raises(OrganisationError, match="企业管家服务"):
        organisations.relate("steward-of", from_=("post", second.pk), to=firm, actor=ACTOR, at=FOUNDED)


@pytest.mark.mechanism("S-189")
def test_a_key_task_is_split_among_branches_and_verified_when_all_are_done(party_city: City) -> None:
    city = party_city
    parts = [{"part": "材料精简", "unit": "zb1"}, {"part": "系统改造", "unit": "zb2"}]
    task = {"detail": "企业开办一日办结", "finish": "2026-06-30", "parts": parts}
    case = file(city, "key-task", "工委甲", "2026-03-02 10:00", task, about=city.units["szgw"])
    lanes = case.steps.filter(done_at=None).order_by("holder__code")
    assert [(step.code, step.holder.code if step.holder else "") for step in lanes] == [
        ("carry-out", "zb1"),
        ("carry-out", "zb2"),
    ]
    for name, unit in (("支书甲", "zb1"), ("支书乙", "zb2")):
        step = case.steps.get(done_at=None, holder=city.units[unit])
        act = by(city, name, "2026-05-06 10:00")
        domain.complete_step(case.pk, act, step=step.no, outcome="done", values={"progress": "已完成"})
    assert stand(case)[:2] == ("verify", "szgw")
    case = do(city, case, "工委甲", "2026-05-08 10:00", "pass")
    assert stand(case)[0] == "done"
