"""What outcomes give: cases for rows, seats and who leaves them, links, new names; all of it or nothing."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from ronghe.casework import domain
from ronghe.casework.domain import By
from ronghe.casework.domain.giving import Giver, give
from ronghe.casework.models import Case
from ronghe.core.errors import RongheError
from ronghe.core.select import Gives
from ronghe.definitions import queries as definitions
from ronghe.definitions.things import facts_of, titles_of, visible_of
from ronghe.ledger.models import Entry
from ronghe.organisations.domain import appoint, create_person, create_post
from ronghe.organisations.models import Appointment, Organisation, Post, Relationship
from ronghe.organisations.queries import organisation_facts, powers_of
from tests.casework.kernel import load
from tests.city import ACTOR, FOUNDED, City, moment

pytestmark = [pytest.mark.db, pytest.mark.both, pytest.mark.django_db]
DAY = dt.date(2026, 3, 2)
AT = moment("2026-03-02 10:00")

FINDING = """
procedure: room-finding
title: 堵点
form:
  - {field: what, title: 问题, type: text}
  - {field: unit, title: 责任单位, type: organisation}
  - {field: grade, title: 等级, type: text, optional: true}
flow: [{step: mend, title: 整改, by: unit}]
"""
ROUND = """
procedure: room-round
title: 走一遍流程
about: department
form:
  - {field: detail, title: 情况, type: text}
  - field: findings
    title: 堵点
    type: rows
    form:
      - {field: what, title: 问题, type: text}
      - {field: unit, title: 责任单位, type: organisation}
      - {field: weight, title: 轻重, type: choice, choices: [轻, 重]}
flow:
  - step: close
    title: 归档
    by: opener
    outcomes:
      done:
        end: done
        gives: {procedure: room-finding, for_each: form.findings, where: {weight: 重}, values: {grade: 一类}}
"""
ELECTION = """
procedure: room-election
title: 换届
about: department
form:
  - {field: detail, title: 情况, type: text}
  - {field: head, title: 当选, type: head}
  - {field: missing, title: 空缺, type: head, optional: true}
flow:
  - step: file
    title: 报备
    by: opener
    outcomes:
      elected: {end: elected, gives: [{post: head, held_by: form.head}, {end: about.head}]}
      fresh: {end: elected, gives: [{post: head, held_by: form.head}, {set: about.name, to: 市生态环境与城管局}]}
      nobody: {end: elected, gives: [{set: about.name, to: 某局}, {post: head, held_by: form.missing}]}
      over: {end: over, gives: {end: about}}
      linked: {end: linked, gives: {relationship: room-pair}}
      apart: {end: apart, gives: {end: about.room-pair}}
"""
PAIR = """
relationship: room-pair
title: 结对
from: department
to: department
"""


@pytest.fixture(scope="module", autouse=True)
def _definitions(city: City, django_db_blocker: Any, tmp_path_factory: pytest.TempPathFactory) -> None:
    with django_db_blocker.unblock():
        load(tmp_path_factory.mktemp("packs"), FINDING, ROUND, PAIR, ELECTION)


def by(city: City, name: str) -> By:
    account = city.accounts[name]
    return By(f"person:{account.person_id}", AT, powers_of(account, DAY))


def closed(city: City, code: str, outcome: str, **values: Any) -> Case:
    """A case of 环境局 about 住建局, ended with the outcome."""
    case = domain.open_case(
        definitions.get("procedure", code, DAY),
        values={"detail": "如题", **values},
        actor=f"person:{city.people['环境局长'].pk}",
        at=AT,
        about=city.units["zjj"],
    ).case
    return domain.complete_step(case.pk, by(city, "环境局长"), step=1, outcome=outcome)


def sitting(city: City, kind: str = "head", unit: str = "zjj") -> list[str]:
    rows = Appointment.objects.filter(post__kind=kind, post__organisation=city.units[unit], ends=None)
    return sorted(rows.values_list("person__name", flat=True))


def newcomer(name: str) -> str:
    return str(create_person(name=name, actor=ACTOR, at=FOUNDED).pk)


def test_a_case_for_each_row_that_counts_filled_with_what_the_row_says(city: City) -> None:
    rows = [
        {"what": "重复交材料", "unit": "zjj", "weight": "重"},
        {"what": "窗口排队", "unit": "sthjj", "weight": "轻"},
        {"what": "系统不通", "unit": "sthjj", "weight": "重"},
    ]
    case = closed(city, "room-round", "done", findings=rows)

    given = Case.objects.filter(came_from_type="case", came_from_id=case.pk).order_by("pk")
    assert [(one.values, one.responsible) for one in given] == [
        ({"what": "重复交材料", "unit": "zjj", "grade": "一类"}, city.units["zjj"]),
        ({"what": "系统不通", "unit": "sthjj", "grade": "一类"}, city.units["sthjj"]),
    ]
    gave = Entry.objects.filter(subject_type="case", subject_id=case.pk, kind="case.gave")
    assert [entry.data["related"] for entry in gave.order_by("seq")] == [one.pk for one in given]
    assert domain.reconcile()["differences"] == []


def test_who_is_elected_comes_and_who_sat_before_leaves(city: City) -> None:
    assert sitting(city) == ["住建局长"]
    closed(city, "room-election", "elected", head=newcomer("新局长"))

    assert sitting(city) == ["新局长"]


def test_somebody_elected_again_stays(city: City) -> None:
    before = Appointment.objects.count()
    closed(city, "room-election", "fresh", head=str(city.people["住建局长"].pk))

    assert (sitting(city), Appointment.objects.count()) == (["住建局长"], before)
    assert Organisation.objects.get(code="zjj").name == "市生态环境与城管局"


def test_what_cannot_be_done_leaves_nothing_behind(city: City) -> None:
    entries, name = Entry.objects.count(), city.units["zjj"].name
    with pytest.raises(RongheError, match="还没有写明由谁任"):
        closed(city, "room-election", "nobody", head=newcomer("无名"))

    assert Organisation.objects.get(code="zjj").name == name
    case = Case.objects.latest("pk")
    assert (case.state, case.steps.get().done_at) == ("open", None)
    assert Entry.objects.filter(pk__gt=0).count() - entries <= 3  # the person and the case that stays open


def test_links_begin_once_and_end(city: City) -> None:
    one, other = (("organisation", city.units[code].pk) for code in ("sthjj", "zjj"))
    for _ in range(2):
        closed(city, "room-election", "linked", head=newcomer("某人"))
    edges = Relationship.objects.filter(kind="room-pair")
    assert [((e.from_type, e.from_id), (e.to_type, e.to_id), e.ends) for e in edges] == [
        (*tuple(sorted((one, other), key=lambda end: end != other)), None)
    ]

    closed(city, "room-election", "apart", head=newcomer("某人"))
    assert [edge.ends for edge in edges.all()] == [DAY]


def test_a_unit_that_a_case_ends_is_over(city: City) -> None:
    city.unit("temp", "department", "临时机构")
    case = domain.open_case(
        definitions.get("procedure", "room-election", DAY),
        values={"detail": "如题", "head": newcomer("某人")},
        actor=f"person:{city.people['环境局长'].pk}",
        at=AT,
        about=city.units["temp"],
    ).case
    domain.complete_step(case.pk, by(city, "环境局长"), step=1, outcome="over")

    assert Organisation.objects.get(code="temp").ends == DAY


def test_the_same_giving_makes_nothing_twice(city: City) -> None:
    gives = Gives.parse(
        {"procedure": "room-finding", "for_each": "rows", "values": {"what": "同一件", "unit": "zjj"}}
    )
    giver = Giver({"rows": [1, 2]}, ("activity", 5), "person:1", AT, key="held")

    made = [give(gives, giver) for _ in range(2)]

    assert len(made[0]) == 2
    assert made[0] == made[1]
    assert Case.objects.filter(came_from_type="activity", came_from_id=5).count() == 2


def test_a_kind_that_nobody_makes_is_refused_in_words(city: City) -> None:
    with pytest.raises(RongheError, match="系统还不会自动生成"):
        give(Gives.parse({"organisation": "department"}), Giver({}, ("case", 1), "person:1", AT))


def test_posts_relationships_and_cases_are_things(city: City) -> None:
    seat = create_post(city.units["zjj"], kind="deputy", actor=ACTOR, at=FOUNDED)
    person = create_person(name="副局长甲", actor=ACTOR, at=FOUNDED)
    appoint(seat, person=person, actor=ACTOR, at=FOUNDED)
    edge = Relationship.objects.get(kind="assigned-service")
    case = closed(city, "room-round", "done")
    refs = {("post", seat.pk), ("relationship", edge.pk), ("case", case.pk)}

    assert titles_of(refs) == {
        ("post", seat.pk): f"市住房和建设局 {Post.objects.get(pk=seat.pk).title}",
        ("relationship", edge.pk): "挂点服务：第1服务小组—示范精密制造有限公司",
        ("case", case.pk): f"{case.number} {case.title}",
    }
    assert visible_of(refs, powers_of(city.accounts["管家甲"], DAY)) == refs - {("case", case.pk)}
    assert visible_of(refs, powers_of(None, DAY)) == set()
    post, link, about = (
        facts_of(ref, DAY) for ref in (("post", seat.pk), ("relationship", edge.pk), ("case", case.pk))
    )
    assert post is not None
    assert link is not None
    assert about is not None
    assert [one.get("name") for one in post.get("holder")] == ["副局长甲"]  # type: ignore[attr-defined, union-attr]
    assert link.get("to") == organisation_facts(city.units["enterprise"].pk, DAY)
    assert (about.get("code"), about.get("result"), about.get("step")) == ("room-round", "done", [])
