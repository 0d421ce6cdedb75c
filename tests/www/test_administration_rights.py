"""管理: which pages and acts are whose, and what an administrator of one unit may not give away."""

from __future__ import annotations

import datetime as dt

import pytest
from django.urls import reverse
from django.utils import timezone

from ronghe.organisations import domain
from tests.city import ACTOR, FOUNDED, City
from tests.www.administration_pages import LISTS, confirm, last, of_person, of_unit, seat_of, text

pytestmark = [pytest.mark.page, pytest.mark.both, pytest.mark.django_db]


# Who may open what


@pytest.mark.parametrize(
    "name", [*LISTS, "admin-relationships", "admin-unit-new", "admin-enterprise-new", "admin-person-new"]
)
def test_a_page_opens_for_whom_it_is_for(staffed: City, signed, name: str):
    asked = {
        who: signed(who).get(reverse(name)).status_code
        for who in ("管理甲", "住建管理", "住建局长", "工委甲")
    }

    delegated = 200 if name in LISTS else 403
    assert asked == {"管理甲": 200, "住建管理": delegated, "住建局长": 403, "工委甲": 403}


ACTS_OF_A_UNIT = {
    "rename": "city", "move": "city", "merge": "city", "end": "city", "relate": "city", "describe": "city",
    "appoint": "unit", "post": "unit",
}  # fmt: skip


@pytest.mark.parametrize("act", ACTS_OF_A_UNIT)
def test_an_act_on_a_unit_is_for_its_administrators(staffed: City, signed, act: str):
    path = of_unit(staffed.units["zjj"], act)
    before = last()

    asked = {
        who: signed(who).get(path).status_code
        for who in ("管理甲", "住建管理", "科室管理", "住建局长", "环境经办")
    }
    sent = {
        who: confirm(signed(who), path, name="别的局").status_code
        for who in ("科室管理", "住建局长", "环境经办")
    }

    own = 200 if ACTS_OF_A_UNIT[act] == "unit" else 403
    assert asked == {"管理甲": 200, "住建管理": own, "科室管理": 403, "住建局长": 403, "环境经办": 403}
    assert sent == {"科室管理": 403, "住建局长": 403, "环境经办": 403}
    assert last() == before


@pytest.mark.parametrize("act", ["leave", "hand-over", "rename-post", "end-post"])
def test_an_act_on_a_seat_is_for_the_administrators_of_its_unit(staffed: City, signed, act: str):
    seat = seat_of(staffed, "住建经办")
    path = of_unit(staffed.units["zjj"], act, seat.post_id if "post" in act else seat.pk)
    before = last()

    asked = {who: signed(who).get(path).status_code for who in ("管理甲", "住建管理", "科室管理", "住建局长")}
    sent = {who: confirm(signed(who), path).status_code for who in ("科室管理", "住建局长")}

    assert asked == {"管理甲": 200, "住建管理": 200, "科室管理": 403, "住建局长": 403}
    assert (sent, last()) == ({"科室管理": 403, "住建局长": 403}, before)


@pytest.mark.parametrize("act", ["change", "leave", "reset", "close", "rename"])
def test_an_act_on_a_person_is_for_the_administrators_of_all_they_do(staffed: City, signed, act: str):
    path = of_person(staffed.people["住建经办"], act)
    before = last()

    asked = {who: signed(who).get(path).status_code for who in ("管理甲", "住建管理", "科室管理", "住建局长")}

    assert asked == {"管理甲": 200, "住建管理": 200, "科室管理": 404, "住建局长": 403}
    assert confirm(signed("科室管理"), path, username="x", name="x").status_code == 404
    assert last() == before


def test_a_list_shows_the_subtree_and_nothing_beside(staffed: City, signed):
    staffed.unit("zjj-k1", "office", "住建科室", parent=staffed.units["zjj"])
    staffed.seat("zjj-k1", "handler", "科室经办")
    client = signed("住建管理")

    units, people, posts = (text(client.get(reverse(name))) for name in LISTS)

    assert ("市住房和建设局" in units, "住建科室" in units, "市生态环境局" in units) == (True, True, False)
    assert ("科室经办" in people, "住建局长" in people, "环境经办" in people) == (True, True, False)
    assert ("住建科室" in posts, "市生态环境局" in posts) == (True, False)
    assert client.get(of_person(staffed.people["科室经办"])).status_code == 200
    assert client.get(of_person(staffed.people["环境经办"])).status_code == 404


# What a delegated administrator may not give away


def test_posts_that_cover_the_city_are_the_citys_to_fill(staffed: City, signed):
    desk = staffed.units["fbzx"]
    staffed.seat("fbzx", "unit-administrator", "分办管理")
    client = signed("分办管理")
    officer = seat_of(staffed, "分办甲")
    before = last()

    offered = client.get(of_unit(desk, "appoint")).context["form"].fields["seat"].choices
    kinds_offered = client.get(of_unit(desk, "post")).context["form"].fields["kind"].choices
    seat = confirm(client, of_unit(desk, "appoint"), seat=f"post:{officer.post_id}", person="住建经办")
    new = confirm(client, of_unit(desk, "appoint"), seat="new:administrator", person="住建经办")
    answers = [client.get(of_unit(desk, act, officer.pk)).status_code for act in ("leave", "hand-over")]
    reset = client.get(of_person(staffed.people["分办甲"], "reset"))

    codes = {value for value, _title in [*offered, *kinds_offered]}
    assert not codes & {
        f"post:{officer.post_id}",
        "new:administrator",
        "administrator",
        "inspector",
        "new:inspector",
    }
    assert {"new:head", "unit-administrator"} <= codes
    assert (seat.status_code, new.status_code, answers, reset.status_code) == (422, 422, [403, 403], 403)
    assert last() == before


def test_whoever_also_sits_elsewhere_keeps_their_account_from_one_units_hands(staffed: City, signed):
    seat = domain.create_post(staffed.units["sthjj"], kind="handler", actor=ACTOR, at=FOUNDED)
    domain.appoint(seat, person=staffed.people["住建经办"], actor=ACTOR, at=FOUNDED)
    client, path = signed("住建管理"), of_person(staffed.people["住建经办"])

    page = text(client.get(path))
    asked = [
        client.get(of_person(staffed.people["住建经办"], act)).status_code
        for act in ("reset", "close", "change", "leave")
    ]

    assert "这个人还在您管理的单位以外任职" in page
    assert asked == [403] * 4


def test_whoever_acts_for_somebody_of_the_city_is_out_of_reach(staffed: City, signed):
    today = timezone.localdate()
    seat = (
        domain.create_post(staffed.units["szgw"], kind="handler", actor=ACTOR, at=FOUNDED) if False else None
    )
    assert seat is None
    lead = domain.create_post(staffed.units["zjj"], kind="administrator", actor=ACTOR, at=FOUNDED)
    domain.appoint(lead, person=staffed.people["住建局长"], actor=ACTOR, at=FOUNDED)
    client, path = signed("住建管理"), of_person(staffed.people["住建经办"], "reset")
    assert client.get(path).status_code == 200

    domain.delegate(
        staffed.people["住建局长"], staffed.people["住建经办"],
        begins=today, ends=today + dt.timedelta(days=3),
        reason="", actor=ACTOR, at=timezone.now(),
    )  # fmt: skip

    assert client.get(path).status_code == 403


def test_nobody_gives_themselves_what_they_do_not_hold(staffed: City, signed):
    own = confirm(
        signed("住建管理"), of_unit(staffed.units["zjj"], "appoint"), seat="new:deputy", person="住建管理"
    )
    city = confirm(
        signed("管理甲"), of_unit(staffed.units["szgw"], "appoint"), seat="new:inspector", person="管理甲"
    )
    other = confirm(
        signed("管理甲"), of_unit(staffed.units["szgw"], "appoint"), seat="new:inspector", person="管理乙"
    )

    assert [own.status_code, city.status_code, other.status_code] == [422, 422, 302]
    assert "不能给自己增加手里没有的权限" in text(own)


def test_own_account_is_not_ones_own_to_close_or_reset(staffed: City, signed):
    asked = {
        who: [
            signed(who).get(of_person(staffed.people[who], act)).status_code
            for act in ("close", "reset", "leave")
        ]
        for who in ("管理甲", "住建管理")
    }

    assert asked == {"管理甲": [403] * 3, "住建管理": [403] * 3}


def test_the_last_administrator_stays(staffed: City, signed):
    client = signed("管理甲")
    first = confirm(client, of_unit(staffed.units["szgw"], "leave", seat_of(staffed, "管理乙").pk))

    again = confirm(client, of_unit(staffed.units["szgw"], "leave", seat_of(staffed, "管理甲").pk))
    posted = confirm(client, of_unit(staffed.units["szgw"], "end-post", seat_of(staffed, "管理甲").post_id))
    merged = confirm(client, of_unit(staffed.units["szgw"], "end"))

    assert (first.status_code, again.status_code, posted.status_code, merged.status_code) == (
        302,
        422,
        422,
        422,
    )
    assert "没有一位能登录的系统管理员" in text(again)
    assert seat_of(staffed, "管理甲").ends is None
