"""What must hold before a case is opened, and what may stand only once."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from ronghe.casework import domain
from ronghe.casework.exceptions import DomainError
from ronghe.casework.models import Case, Note
from ronghe.definitions import queries as definitions
from tests.casework.kernel import load
from tests.city import City, moment

pytestmark = [pytest.mark.db, pytest.mark.both, pytest.mark.django_db]
DAY, AT = dt.date(2026, 3, 2), moment("2026-03-02 10:00")
ENERGY = """
procedure: room-energy
title: 节能审查
about: department
requires: {about.name: 市生态环境局, mode: {filled: true}}
form: [{field: detail, title: 情况, type: text}, {field: mode, title: 审批方式, type: text, optional: true}]
flow: [{step: look, title: 审查, by: opener}]
"""
AWARD = """
procedure: room-award
title: 奖补
one_per: [project, year]
form: [{field: project, title: 项目, type: text}, {field: year, title: 年度, type: text}]
flow: [{step: look, title: 审核, by: opener, outcomes: {pay: {end: paid}, decline: {end: declined}}}]
"""
STORY = """
procedure: room-story
title: 案例
one_per: {keys: [track], near: story, or: flag}
form: [{field: track, title: 类别, type: text}, {field: story, title: 案例, type: text}]
flow: [{step: look, title: 审核, by: opener}]
"""


@pytest.fixture(scope="module", autouse=True)
def _definitions(city: City, django_db_blocker: Any, tmp_path_factory: pytest.TempPathFactory) -> None:
    with django_db_blocker.unblock():
        load(tmp_path_factory.mktemp("packs"), ENERGY, AWARD, STORY)


def opened(city: City, code: str, about: str = "", **values: str) -> Case:
    return domain.open_case(
        definitions.get("procedure", code, DAY),
        values=values,
        actor=f"person:{city.people['环境局长'].pk}",
        at=AT,
        about=city.units[about] if about else None,
    ).case


@pytest.mark.parametrize(
    ("about", "mode", "said"),
    [("sthjj", "告知承诺", ""), ("sthjj", "", "审批方式"), ("zjj", "告知承诺", "市生态环境局")],
)
def test_what_is_missing_is_said_and_nothing_is_opened(city: City, about: str, mode: str, said: str) -> None:
    before = Case.objects.count()
    values = {"detail": "某项目", **({"mode": mode} if mode else {})}
    if not said:
        opened(city, "room-energy", about, **values)
        assert Case.objects.count() == before + 1
        return
    with pytest.raises(DomainError) as refused:
        opened(city, "room-energy", about, **values)
    assert refused.value.code == "requires"
    assert said in refused.value.message
    assert Case.objects.count() == before


def test_the_same_keys_stand_once_unless_what_stood_was_declined(city: City) -> None:
    first = opened(city, "room-award", project="甲", year="2026")
    opened(city, "room-award", project="甲", year="2027")
    with pytest.raises(DomainError) as refused:
        opened(city, "room-award", project="甲", year="2026")
    assert refused.value.data["number"] == first.number

    me = f"person:{city.people['环境局长'].pk}"
    domain.complete_step(first.pk, domain.By(me, AT), step=1, outcome="decline")
    opened(city, "room-award", project="甲", year="2026")


def test_what_reads_alike_is_flagged_for_who_works_on_it(city: City) -> None:
    told = "推行企业办事一站通，材料减半、时限减半、跑动次数减到一次"
    first = opened(city, "room-story", track="服务", story=told)
    alike = opened(city, "room-story", track="服务", story=told + "，企业很满意")
    opened(city, "room-story", track="党建", story=told)
    other = opened(city, "room-story", track="服务", story="老旧小区加装电梯，邻里议事会商定分摊办法")

    assert [(note.case_id, note.text) for note in Note.objects.filter(case__procedure="room-story")] == [
        (alike.pk, f"可能与 {first.number} 重复，请核对。")
    ]
    assert other.revision < alike.revision
    assert domain.reconcile()["differences"] == []
