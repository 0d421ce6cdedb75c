"""管理: units, posts, people and sign-ins by whoever administers the city or manages a unit; what each may not do."""

from __future__ import annotations

import datetime as dt
import re
from html import unescape
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from ronghe.casework.domain import By, assign_step, open_case
from ronghe.core.creditcode import make
from ronghe.definitions.queries import get
from ronghe.ledger.models import Entry
from ronghe.organisations import domain
from ronghe.organisations.models import Account, Appointment, Organisation, Person, Post, Relationship
from tests.city import ACTOR, FOUNDED, PASSWORD, City, moment

pytestmark = [pytest.mark.page, pytest.mark.both, pytest.mark.django_db]
LATER = moment("2026-03-02 10:00")
DAY = "2026-03-02"
LISTS = ["admin-units", "admin-people", "admin-posts"]


@pytest.fixture
def staffed(city: City) -> City:
    """Two administrators of the city, one of a department, one of an office below another department."""
    city.seat("szgw", "administrator", "管理甲")
    city.seat("szgw", "administrator", "管理乙")
    city.seat("zjj", "unit-administrator", "住建管理")
    city.unit("sthjj-k1", "office", "环境科室", parent=city.units["sthjj"])
    city.seat("sthjj-k1", "unit-administrator", "科室管理")
    return city


@pytest.fixture
def signed(client: Client, staffed: City):
    def sign_in(name: str) -> Client:
        client.force_login(staffed.accounts[name])
        return client

    return sign_in


def text(answer: Any) -> str:
    return unescape(re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", answer.content.decode())))


def of_unit(unit: Organisation, act: str, which: int | None = None) -> str:
    name = "organisation-row-act" if which else "organisation-act"
    return reverse(name, args=[unit.pk, act, *([which] if which else [])])


def of_person(person: Person, act: str = "") -> str:
    return (
        reverse("admin-person-act", args=[person.pk, act])
        if act
        else reverse("admin-person", args=[person.pk])
    )


def confirm(client: Client, path: str, **values: object) -> Any:
    return client.post(path, {"on": DAY, "step": "confirmed", **values})


def seat_of(city: City, name: str) -> Appointment:
    return Appointment.objects.get(person=city.people[name], ends=None)


def kinds(since: int) -> list[str]:
    return list(Entry.objects.filter(pk__gt=since).order_by("pk").values_list("kind", flat=True))


def last() -> int:
    return Entry.objects.order_by("-pk").values_list("pk", flat=True).first() or 0


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


# Units and enterprises


def test_unit_is_founded_by_a_page(staffed: City, signed):
    client, since = signed("管理甲"), last()
    typed = {"kind": "office", "name": "市住建局法规科", "short_name": "法规科", "parent": "市住房和建设局"}

    said = client.post(reverse("admin-unit-new"), {"on": DAY, **typed})
    done = confirm(client, reverse("admin-unit-new"), **typed)

    assert "从2026年3月2日起，在“市住房和建设局”之下设立科室“市住建局法规科”。" in text(said)
    unit = Organisation.objects.get(name="市住建局法规科")
    assert (done["Location"], unit.kind, unit.short_name) == (
        reverse("organisation", args=[unit.pk]),
        "office",
        "法规科",
    )
    assert unit.placements.get().parent == staffed.units["zjj"]
    assert kinds(since) == ["organisation.began"]


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"kind": "", "name": "某科"}, "请选一个类别。"),
        ({"kind": "office", "name": ""}, "请填写单位的全称。"),
        ({"kind": "office", "name": "某科", "credit_code": "91440300MA5F0A1B29"}, "统一社会信用代码"),
        ({"kind": "office", "name": "某科", "parent": "没有这个局"}, "没有叫“没有这个局”的单位"),
        ({"kind": "office", "name": "某科", "on": "2099-01-01"}, "还没有到"),
        ({"kind": "department", "name": "市住房和建设局"}, "已经有"),
    ],
)
def test_what_is_wrong_with_a_new_unit_is_said(staffed: City, signed, typed: dict[str, str], said: str):
    before = Organisation.objects.count()

    answer = confirm(signed("管理甲"), reverse("admin-unit-new"), **typed)

    assert (answer.status_code, said in text(answer)) == (422, True)
    assert Organisation.objects.count() == before


def test_enterprise_is_registered_once_under_its_code(staffed: City, signed):
    client, code = signed("管理甲"), make("91440300MA5F0Y1B2")
    typed = {"name": "新来的公司", "credit_code": code.lower(), "industry": "制造"}

    done = confirm(client, reverse("admin-enterprise-new"), **typed)
    again = confirm(client, reverse("admin-enterprise-new"), **{**typed, "name": "另一家"})

    firm = Organisation.objects.get(credit_code=code)
    assert (done["Location"], firm.values["industry"]) == (reverse("enterprise", args=[firm.pk]), "制造")
    assert (again.status_code, "没有重复保存" in text(again)) == (422, True)


def test_what_is_kept_about_an_enterprise_is_corrected(staffed: City, signed):
    firm, since = staffed.units["enterprise"], last()

    done = confirm(signed("管理甲"), of_unit(firm, "describe"), credit_code=firm.credit_code, industry="软件")

    assert done.status_code == 302
    assert Organisation.objects.get(pk=firm.pk).values["industry"] == "软件"
    entry = Entry.objects.get(pk__gt=since)
    assert (entry.kind, entry.data) == ("organisation.described", {"fields": ["industry"]})


def test_units_are_found_by_initials_and_by_what_they_lack(staffed: City, signed):
    Organisation.objects.filter(code="zjj").update(initials="szfhjsj")
    client = signed("管理甲")

    found = text(client.get(reverse("admin-units") + "?q=ZFHJ"))
    lacking = client.get(reverse("admin-units") + "?lacks=no-account").context["rows"]
    tree = text(client.get(reverse("organisations") + "?q=zfhj"))

    assert ("市住房和建设局" in found, "市生态环境局" in found.split("单位名称")[-1]) == (True, False)
    assert {row.unit.code for row, _kind in lacking} == set()
    assert "市住房和建设局" in tree


def test_reach_of_accounts_by_kind_names_the_gaps(staffed: City, signed):
    staffed.unit("bcq", "district", "北城区")
    domain.close_account(staffed.accounts["管家甲"], actor=ACTOR, at=LATER)
    page = signed("管理甲").get(reverse("admin-units"))

    told = {title: (one.can.part, one.can.whole, one.used.part) for title, one in page.context["reach"]}

    assert told["区"] == (0, 1, 0)
    assert told["服务小组"] == (0, 1, 0)
    assert told["市直部门"][:2] == (2, 2)


# Posts and seats


def test_posts_are_set_up_named_and_abolished(staffed: City, signed):
    client, unit, since = signed("住建管理"), staffed.units["zjj"], last()

    confirm(client, of_unit(unit, "post"), kind="handler", name="窗口经办", count="2")
    posts = list(Post.objects.filter(organisation=unit, title="窗口经办").order_by("pk"))
    confirm(client, of_unit(unit, "rename-post", posts[0].pk), name="综合窗口")
    confirm(client, of_unit(unit, "end-post", posts[1].pk))

    assert len(posts) == 2
    assert Post.objects.get(pk=posts[0].pk).title == "综合窗口"
    assert Post.objects.get(pk=posts[1].pk).ends is not None
    assert kinds(since) == ["post.began", "post.began", "post.renamed", "post.ended"]
    vacant = client.get(reverse("admin-posts") + "?vacant=yes").context["rows"]
    assert {post.title for post, _sitting in vacant} == {"综合窗口"}


def test_a_seat_for_one_takes_no_second(staffed: City, signed):
    client, unit = signed("管理甲"), staffed.units["zjj"]
    head, handler = seat_of(staffed, "住建局长").post_id, seat_of(staffed, "住建经办").post_id

    refused = confirm(client, of_unit(unit, "appoint"), seat=f"post:{head}", person="环境经办")
    taken = confirm(client, of_unit(unit, "appoint"), seat=f"post:{handler}", person="环境经办")

    assert (refused.status_code, taken.status_code) == (422, 302)
    assert "“主要负责人”只能一人任，现由 住建局长 任（2026年1月5日起），没有任命。" in text(refused)


def test_a_seat_is_handed_over_with_what_is_in_hand(staffed: City, signed):
    unit = staffed.units["zjj"]
    case = open_case(
        get("procedure", "resident-message", LATER.date()),
        values={"title": "门前道路", "detail": "货车进不来，请派人来看看。"},
        actor=ACTOR, at=LATER, responsible=unit,
    ).case  # fmt: skip
    step = case.steps.filter(done_at=None).get()
    assign_step(case.pk, By(ACTOR, LATER), step=step.no, person=staffed.people["住建经办"])
    since, client = last(), signed("住建管理")

    done = confirm(
        client, of_unit(unit, "hand-over", seat_of(staffed, "住建经办").pk),
        person="接任的人", is_new="on", with_work="on", word="岗位交接，材料在柜里。",
    )  # fmt: skip

    assert done.status_code == 302
    assert kinds(since) == [
        "person.recorded",
        "appointment.ended",
        "appointment.began",
        "step.assigned",
        "case.noted",
    ]
    step.refresh_from_db()
    assert step.assignee is not None
    assert step.assignee.name == "接任的人"
    to_unit = confirm(
        client,
        of_unit(unit, "leave", Appointment.objects.get(person=step.assignee, ends=None).pk),
        with_work="on",
    )
    step.refresh_from_db()
    assert (to_unit.status_code, step.assignee, step.holder) == (302, None, unit)
    assert kinds(since)[-2:] == ["appointment.ended", "step.released"]


def test_somebody_recorded_before_is_named(staffed: City, signed):
    client, unit = signed("管理甲"), staffed.units["zjj"]
    typed = {"seat": "new:deputy", "person": "环境经办", "is_new": "on", "phone": "13800001111"}

    warned = confirm(client, of_unit(unit, "appoint"), **typed)
    done = confirm(client, of_unit(unit, "appoint"), **typed, is_other="on")
    same_phone = confirm(client, reverse("admin-person-new"), name="张三", phone="138 0000 1111")

    assert (warned.status_code, "可能已经登记过：环境经办（市生态环境局 经办" in text(warned)) == (422, True)
    assert done.status_code == 302
    assert (same_phone.status_code, "可能已经登记过：环境经办" in text(same_phone)) == (422, True)


# People and their sign-ins


def test_account_is_opened_with_a_password_shown_once(staffed: City, signed, client: Client):
    person = domain.create_person(name="新同事", employee_number="G001", actor=ACTOR, at=FOUNDED)
    seat = domain.create_post(staffed.units["zjj"], kind="deputy", actor=ACTOR, at=FOUNDED)
    domain.appoint(seat, person=person, actor=ACTOR, at=FOUNDED)
    manager = signed("住建管理")

    said = manager.post(of_person(person, "open"), {"username": "xintongshi"})
    done = manager.post(of_person(person, "open"), {"username": "xintongshi", "step": "confirmed"})

    password = re.findall(r"[a-z2-9]{4}(?:-[a-z2-9]{4}){3}", done.content.decode())
    account = Account.objects.get(person=person)
    assert "给新同事开通账号“xintongshi”" in text(said)
    assert (done.status_code, len(set(password)), account.must_change) == (200, 1, True)
    assert account.check_password(password[0])
    assert password[0] not in text(manager.get(of_person(person)))
    again = manager.post(of_person(person, "open"), {"username": "other", "step": "confirmed"})
    assert (again.status_code, "已有账号" in text(again)) == (422, True)


def test_account_is_reset_closed_reopened_and_renamed(staffed: City, signed):
    person, account, client = staffed.people["住建经办"], staffed.accounts["住建经办"], signed("住建管理")
    since = last()

    confirm(client, of_person(person, "reset"))
    account = Account.objects.get(pk=account.pk)
    assert (account.check_password(PASSWORD), account.must_change) == (False, True)
    confirm(client, of_person(person, "close"))
    account = Account.objects.get(pk=account.pk)
    assert not account.is_active
    assert client.get(of_person(person, "close")).status_code == 403
    confirm(client, of_person(person, "reopen"))
    confirm(client, of_person(person, "rename"), username="zhujian")
    account = Account.objects.get(pk=account.pk)
    assert (account.is_active, account.username) == (True, "zhujian")
    taken = confirm(client, of_person(person, "rename"), username="环境局长")

    assert (taken.status_code, "已有人使用" in text(taken)) == (422, True)
    assert [kind for kind in kinds(since) if kind != "session.ended"] == [
        "password.given", "account.closed", "account.reopened", "account.renamed"
    ]  # fmt: skip


def test_record_is_corrected_and_phone_stays_sealed(staffed: City, signed):
    person, client, since = staffed.people["住建经办"], signed("住建管理"), last()

    confirm(client, of_person(person, "change"), name="住建小李", number="G77", phone="13800002222")
    page = client.get(of_person(person))
    form = client.get(of_person(person, "change"))
    confirm(client, of_person(person, "change"), name="住建小李", number="G77")

    person = Person.objects.get(pk=person.pk)
    assert (person.name, person.employee_number) == ("住建小李", "G77")
    assert ("138****2222" in text(page), "13800002222" in form.content.decode()) == (True, False)
    changed = Entry.objects.filter(pk__gt=since, kind="person.changed")
    assert [entry.data["fields"] for entry in changed] == [["name", "number", "contact"]]
    found = client.get(reverse("admin-people") + "?q=13800002222").context["rows"]
    assert [row.person.pk for row in found] == [person.pk]


def test_whoever_leaves_is_out_of_every_post(staffed: City, signed):
    person, since = staffed.people["住建经办"], last()

    done = confirm(signed("管理甲"), of_person(person, "leave"))

    person = Person.objects.get(pk=person.pk)
    assert (done.status_code, str(person.left_on)) == (302, DAY)
    assert kinds(since) == ["appointment.ended", "person.left", "account.closed"]
    assert not Account.objects.get(person=person).is_active
    left = signed("管理甲").get(reverse("admin-people") + "?state=left").context["rows"]
    assert [row.person.pk for row in left] == [person.pk]


def test_history_says_who_changed_what_when(staffed: City, signed):
    client, unit, person = signed("管理甲"), staffed.units["zjj"], staffed.people["住建经办"]
    confirm(client, of_unit(unit, "rename"), name="市城建局")
    confirm(client, of_unit(unit, "leave", seat_of(staffed, "住建经办").pk))
    confirm(client, of_person(person, "close"))

    of_the_unit = text(client.get(reverse("admin-unit-history", args=[unit.pk])))
    of_the_person = text(client.get(reverse("admin-person-history", args=[person.pk])))

    assert "更名 改称“市城建局”，2026年3月2日起" in of_the_unit
    assert "卸任 住建经办，市城建局 经办" in of_the_unit
    assert "停用账号" in of_the_person
    assert of_the_person.count("管理甲") >= 2
    assert signed("住建管理").get(reverse("admin-unit-history", args=[unit.pk])).status_code == 200
    assert signed("科室管理").get(reverse("admin-unit-history", args=[unit.pk])).status_code == 403
    assert signed("科室管理").get(reverse("admin-person-history", args=[person.pk])).status_code == 404


def test_relationships_are_listed_with_both_ends(staffed: City, signed):
    page = signed("管理甲").get(reverse("admin-relationships") + "?q=示范")

    edge = Relationship.objects.get()
    assert "第1服务小组 挂点服务 示范精密制造有限公司 2026年1月5日" in text(page)
    assert of_unit(staffed.units["fwz1"], "part", edge.pk) in page.content.decode()


# How much is asked of the database


@pytest.mark.parametrize("name", [*LISTS, "admin-relationships", "admin-person", "admin-unit-history"])
def test_statements_do_not_grow(staffed: City, signed, name: str):
    client, zjj = signed("管理甲"), staffed.units["zjj"]
    args = {"admin-person": [staffed.people["住建经办"].pk], "admin-unit-history": [zjj.pk]}.get(name, [])
    path = reverse(name, args=args)

    def asked() -> int:
        client.get(path)
        with CaptureQueriesContext(
            connection,
        ) as asked:
            client.get(path)
        return len(asked)

    before = asked()
    for number in range(3):
        staffed.unit(f"more{number}", "office", f"科室{number}", parent=zjj)
        staffed.seat(f"more{number}", "handler", f"经办{number}")
        seat = domain.create_post(zjj, kind="handler", title=f"经办{number}", actor=ACTOR, at=FOUNDED)
        domain.appoint(seat, person=staffed.people["住建经办"], actor=ACTOR, at=FOUNDED)
        firm = domain.register_enterprise(
            credit_code=make(f"91440300MA5F0C{number:03}"), name=f"第{number}家", actor=ACTOR, at=FOUNDED
        )
        ends = [("organisation", staffed.units["fwz1"].pk), ("organisation", firm.pk)]
        domain.relate("assigned-service", from_=ends[0], to=ends[1], actor=ACTOR, at=FOUNDED)

    assert asked() == before


@pytest.mark.parametrize("path", ["admin-units", "admin-people", "admin-posts", "admin-relationships"])
def test_nothing_found_says_so(staffed: City, signed, path: str):
    answer = signed("管理甲").get(reverse(path) + "?q=查无此词")

    assert (answer.status_code, 'class="empty"' in answer.content.decode()) == (200, True)
