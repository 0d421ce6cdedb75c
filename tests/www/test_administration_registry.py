"""管理: units, posts, people and sign-ins, written from pages by whoever administers the city or a unit."""

from __future__ import annotations

import re

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from ronghe.casework.domain import By, assign_step, open_case
from ronghe.core.creditcode import make
from ronghe.definitions.queries import get
from ronghe.ledger.models import Entry
from ronghe.organisations import domain
from ronghe.organisations.models import Account, Appointment, Organisation, Person, Post, Relationship
from tests.city import ACTOR, FOUNDED, PASSWORD, City, moment
from tests.www.administration_pages import DAY, LISTS, confirm, last, of_person, of_unit, seat_of, text

pytestmark = [pytest.mark.page, pytest.mark.both, pytest.mark.django_db]

LATER = moment("2026-03-02 10:00")


def kinds(since: int) -> list[str]:
    return list(Entry.objects.filter(pk__gt=since).order_by("pk").values_list("kind", flat=True))


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
