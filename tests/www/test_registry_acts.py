"""The acts on a unit from its page: who may, what is said before, what is refused and kept."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from ronghe.ledger.models import Entry
from ronghe.organisations import domain
from ronghe.organisations.models import Appointment, Organisation, Person, Relationship
from ronghe.organisations.queries import tree_on
from ronghe.organisations.queries.directory import seats_of
from tests.city import ACTOR, FOUNDED, City
from tests.www.registry_pages import DAY, address, firm, text

pytestmark = [pytest.mark.page, pytest.mark.both, pytest.mark.django_db]


@pytest.fixture
def admin(city: City) -> Any:
    """Somebody who administers; gone again after the test."""
    return city.seat("szgw", "administrator", "管理甲")


@pytest.mark.parametrize("act", ["rename", "move", "merge", "end", "appoint", "relate", "leave", "part"])
@pytest.mark.parametrize("who", ["环境局长", "工委甲"])
def test_acts_are_refused_to_who_does_not_administer(city: City, signed, who: str, act: str):
    seat = Appointment.objects.filter(post__organisation=city.units["sthjj"]).first()
    edge = Relationship.objects.first()
    which = {"leave": seat.pk, "part": edge.pk}.get(act)
    before, client = Entry.objects.count(), signed(who)

    answers = [
        client.get(address(city.units["sthjj"], act, which)),
        client.post(
            address(city.units["sthjj"], act, which),
            {"step": "confirmed", "name": "别的局", "on": "2026-03-02"},
        ),
    ]

    assert [answer.status_code for answer in answers] == [403, 403]
    assert Entry.objects.count() == before
    assert "登记变动" not in text(client.get(address(city.units["sthjj"])))


def confirm(client: Client, path: str, **values: object) -> Any:
    return client.post(path, {"on": "2026-03-02", "step": "confirmed", **values})


def test_act_is_said_in_words_before_it_is_done(city: City, signed, admin):
    client, unit = signed("管理甲"), city.units["zjj"]
    before = Entry.objects.count()

    said = client.post(address(unit, "rename"), {"name": "市城建局", "on": "2026-03-02"})

    assert "从2026年3月2日起，“市住房和建设局”改称“市城建局”。" in text(said)
    assert (Organisation.objects.get(pk=unit.pk).name, Entry.objects.count()) == ("市住房和建设局", before)
    back = client.post(address(unit, "rename"), {"name": "市城建局", "on": "2026-03-02", "step": "back"})
    assert back.context["form"]["name"].value() == "市城建局"
    done = confirm(client, address(unit, "rename"), name="市城建局")
    assert done["Location"] == address(unit)
    entry = Entry.objects.order_by("-pk")[0]
    assert (entry.kind, entry.actor) == ("organisation.renamed", f"person:{city.people['管理甲'].pk}")
    assert "已经登记：从2026年3月2日起" in text(client.get(address(unit)))


def test_unit_moves_merges_and_ends(city: City, signed, admin):
    client = signed("管理甲")

    confirm(client, address(city.units["fbzx"], "move"), tree="government", parent="市生态环境局")
    confirm(client, address(city.units["zjj"], "merge"), into="市生态环境局")
    confirm(client, address(city.units["fwz1"], "end"))

    nodes = {node.code: node.parent_id for node in tree_on("government", DAY)}
    assert nodes["fbzx"] == city.units["sthjj"].pk
    assert Organisation.objects.get(code="zjj").merged_into == city.units["sthjj"]
    assert Organisation.objects.get(code="fwz1").ends == DAY


def test_person_is_appointed_known_or_new_and_leaves(city: City, signed, admin):
    client, unit = signed("管理甲"), city.units["zjj"]
    path = address(unit, "appoint")

    unknown = confirm(client, path, seat="new:deputy", person="新来的")
    assert unknown.status_code == 422
    assert "没有登记过叫“新来的”的人员" in text(unknown)
    assert unknown.context["form"]["person"].value() == "新来的"
    assert confirm(client, path, seat="new:deputy", person="新来的", is_new="on").status_code == 302
    assert confirm(client, path, seat="new:section-head", person="环境经办").status_code == 302

    seats = {seat.post.kind: [one.person.name for one in seat.sitting] for seat in seats_of(unit, DAY).seats}
    assert (seats["deputy"], seats["section-head"]) == (["新来的"], ["环境经办"])
    one = Appointment.objects.get(person__name="新来的")
    assert confirm(client, address(unit, "leave", one.pk)).status_code == 302
    assert Appointment.objects.get(pk=one.pk).ends == DAY


def test_one_of_two_with_the_same_name_is_chosen(city: City, signed, admin):
    client, path = signed("管理甲"), address(city.units["zjj"], "appoint")
    twin = domain.create_person(name="环境经办", employee_number="A77", actor=ACTOR, at=FOUNDED)

    asked = confirm(client, path, seat="new:deputy", person="环境经办")

    assert asked.status_code == 422
    assert "环境经办（市生态环境局 经办人）" in text(asked)
    assert "环境经办（工号 A77；没有在任的岗位）" in text(asked)
    assert confirm(client, path, seat="new:deputy", person="环境经办", who=str(twin.pk)).status_code == 302
    assert Appointment.objects.filter(person=twin).count() == 1
    assert Person.objects.filter(name="环境经办").count() == 2


def test_enterprise_is_assigned_to_a_group_and_taken_off_it(city: City, signed, admin):
    client, one = signed("管理甲"), firm(city, 1)
    path = address(one, "relate")

    assert confirm(client, path, kind="assigned-service:to", other="第1服务小组").status_code == 302
    edge = Relationship.objects.get(kind="assigned-service", to_id=one.pk)
    again = confirm(client, path, kind="assigned-service:to", other="第1服务小组")
    assert again.status_code == 422
    assert "没有重复建立" in text(again)
    assert confirm(client, address(one, "part", edge.pk)).status_code == 302
    assert Relationship.objects.get(pk=edge.pk).ends == DAY


@pytest.mark.parametrize(
    ("act", "values", "says"),
    [
        ("rename", {"name": ""}, "请填写新名称"),
        ("rename", {"name": "新局", "on": "2030-01-01"}, "还没有到"),
        ("rename", {"name": "新局", "on": ""}, "请填写日期"),
        ("rename", {"name": "新局", "on": "2025-01-01"}, "在此之前"),
        ("merge", {"into": "没有的局"}, "没有叫“没有的局”的单位"),
        ("merge", {"into": "市住房和建设局"}, "不能并入自己"),
        ("move", {"tree": "government", "parent": "市住房和建设局"}, "不能反过来"),
        ("appoint", {"person": "住建经办"}, "请选一个岗位"),
        ("relate", {"kind": "paired:from", "other": "市直机关工委"}, "不能建立在这类单位"),
    ],
)
@pytest.mark.parametrize("step", ["", "confirmed"])
def test_refused_act_says_why_keeps_what_was_typed_and_changes_nothing(
    city: City, signed, admin, act: str, values: dict[str, str], says: str, step: str
):
    unit, before = city.units["zjj"], Entry.objects.count()
    given = {"on": "2026-03-02", "step": step, **values}

    answer = signed("管理甲").post(address(unit, act), given)

    assert (answer.status_code, Entry.objects.count()) == (422, before)
    assert says in text(answer)
    assert {name: str(answer.context["form"][name].value() or "") for name in values} == values


@pytest.mark.parametrize(
    ("act", "which"), [("leave", 999999), ("part", 999999), ("leave", None), ("rename", 3), ("sink", None)]
)
def test_act_that_is_not_there_is_not_found(city: City, signed, admin, act: str, which: int | None):
    assert signed("管理甲").get(address(city.units["zjj"], act, which)).status_code == 404


def test_what_was_typed_before_sign_in_ran_out_is_back(city: City, client: Client, admin):
    path = address(city.units["zjj"], "rename")
    client.post(path, {"name": "市城建局", "on": "2026-03-02"})
    session = dict(client.session)
    client.force_login(city.accounts["管理甲"])
    kept = client.session
    kept.update({key: value for key, value in session.items() if key == "kept-typed"})
    kept.save()

    assert client.get(path).context["form"]["name"].value() == "市城建局"
