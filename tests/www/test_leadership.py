"""一岗双责 on a unit's page, what a leading group decided, and who looks after an enterprise."""

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

from ronghe.casework.models import Case
from ronghe.core.creditcode import make
from ronghe.ledger.models import Entry
from ronghe.organisations import domain
from ronghe.organisations.models import Organisation, Post, Relationship
from ronghe.organisations.queries.coverage import (
    COMMISSIONER,
    STEWARD,
    Branch,
    Share,
    Wanted,
    branches_under,
    find_enterprises,
    keepers_of,
    served_share,
)
from tests.city import ACTOR, FOUNDED, City, moment
from tests.www.desk_cases import file_request

pytestmark = [pytest.mark.page, pytest.mark.both, pytest.mark.django_db]
DAY = moment("2026-03-02 10:00").date()
DUTIES = {"business-duties": "主持全面工作。", "party-duties": "抓党建，讲党课。"}


@pytest.fixture
def group(city: City) -> Organisation:
    """A leading group with a head, whose member is 市住房和建设局."""
    found = city.unit("ldxz", "leading-group", "优化营商环境领导小组")
    city.seat("ldxz", "leading-group-head", "组长甲")
    ends = [("organisation", city.units[code].pk) for code in ("zjj", "ldxz")]
    domain.relate("member-unit", from_=ends[0], to=ends[1], actor=ACTOR, at=FOUNDED)
    return found


def text(answer: Any) -> str:
    return unescape(re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", answer.content.decode())))


def leaders(answer: Any) -> list[str]:
    """The rows of 领导岗位, each as words."""
    found = re.search(r"h-leaders.*?<tbody>(.*?)</tbody>", answer.content.decode(), re.DOTALL)
    rows = re.findall(r"<tr>(.*?)</tr>", found[1], re.DOTALL) if found else []
    return [" ".join(unescape(re.sub(r"<[^>]*>", " ", row)).split()) for row in rows]


def unit_page(unit: Organisation) -> str:
    return reverse("organisation", args=[unit.pk])


def head_of(city: City, code: str) -> Post:
    return Post.objects.get(organisation=city.units[code], kind="head")


def duties_page(post: Post) -> str:
    return reverse("post-duties", args=[post.organisation_id, post.pk])


def firm(number: int) -> Organisation:
    return domain.register_enterprise(
        credit_code=make(f"91440300MA5F0B{number:03}"), name=f"第{number}家有限公司", actor=ACTOR, at=FOUNDED
    )


def keep(city: City, enterprise: Organisation, *, kind: str = STEWARD) -> Relationship:
    post = Post.objects.get(organisation=city.units["fwz1"], kind="steward")
    return domain.relate(
        kind, from_=("post", post.pk), to=("organisation", enterprise.pk), actor=ACTOR, at=FOUNDED
    )


# 一岗双责


def test_a_leader_s_duties_stand_side_by_side_with_where_they_stand(city: City, signed):
    late = file_request(city, at=timezone.now() - dt.timedelta(days=60))
    client = signed("环境局长")
    client.post(duties_page(head_of(city, "sthjj")), DUTIES)

    page = client.get(unit_page(city.units["sthjj"]))

    assert leaders(page) == [
        "主要负责人 写职责 主要负责人 环境局长 主持全面工作。 在办 1 件，超期 1 件 抓党建，讲党课。 办实事：暂无记录 党支部：暂无记录"
    ]
    to = re.search(r'href="(/desk/cases/\?[^"]*light=red)"', page.content.decode())[1]
    assert late.number in text(client.get(unescape(to)))


def test_what_was_never_recorded_is_not_nought_and_others_cases_are_not_counted(city: City, signed):
    file_request(city)

    assert leaders(signed("住建局长").get(unit_page(city.units["sthjj"]))) == [
        "主要负责人 环境局长 没有写明 暂无记录 没有写明 办实事：暂无记录 党支部：暂无记录"
    ]


def test_branches_of_the_unit_are_its_leader_s_party_duty(city: City, signed):
    for code, name in (("dzb1", "第一党支部"), ("dzb2", "第二党支部")):
        branch = city.unit(code, "branch", name)
        ends = [("organisation", branch.pk), ("organisation", city.units["sthjj"].pk)]
        domain.relate("party-branch-of", from_=ends[0], to=ends[1], actor=ACTOR, at=FOUNDED)
    city.seat("dzb1", "branch-secretary", "书记甲")

    assert branches_under(city.units["sthjj"].pk, DAY) == [
        Branch(city.units["dzb1"].pk, "第一党支部", True),
        Branch(city.units["dzb2"].pk, "第二党支部", False),
    ]
    (row,) = leaders(signed("环境经办").get(unit_page(city.units["sthjj"])))
    assert row.endswith("党支部： 2 个 ，1 个没有书记")


def test_who_acts_for_a_leader_is_named(city: City, signed):
    domain.delegate(
        city.people["环境局长"],
        taker=city.people["环境经办"],
        begins=timezone.localdate(),
        ends=timezone.localdate() + dt.timedelta(days=7),
        reason="外出学习",
        actor=ACTOR,
        at=timezone.localtime(),
    )

    (row,) = leaders(signed("工委甲").get(unit_page(city.units["sthjj"])))
    assert "环境局长 由环境经办代办，到" in row


def test_duties_are_written_by_who_leads_the_unit_or_administers(city: City, signed):
    city.seat("szgw", "administrator", "管理甲")
    post = head_of(city, "sthjj")
    said = {}
    for who in ("住建局长", "环境经办", "工委甲", "环境局长", "管理甲"):
        client = signed(who)
        said[who] = (
            client.get(duties_page(post)).status_code,
            client.post(duties_page(post), {"business-duties": who}).status_code,
        )

    assert said == {
        "住建局长": (403, 403),
        "环境经办": (403, 403),
        "工委甲": (403, 403),
        "环境局长": (200, 302),
        "管理甲": (200, 302),
    }
    assert Post.objects.get(pk=post.pk).values == {"business-duties": "管理甲"}
    assert Entry.objects.filter(kind="post.described").count() == 2


def test_too_long_a_duty_is_said_beside_it_and_nothing_lost(city: City, signed):
    answer = signed("环境局长").post(
        duties_page(head_of(city, "sthjj")), DUTIES | {"party-duties": "长" * 1001}
    )

    assert answer.status_code == 422
    assert "长" * 1001 in answer.content.decode()
    assert head_of(city, "sthjj").values == {}


def test_a_seat_without_duties_or_of_another_unit_has_no_such_page(city: City, signed):
    client = signed("环境局长")
    handler = Post.objects.get(organisation=city.units["sthjj"], kind="handler")
    other = reverse("post-duties", args=[city.units["zjj"].pk, head_of(city, "sthjj").pk])

    assert [client.get(page).status_code for page in (duties_page(handler), other)] == [404, 404]


def test_as_many_statements_for_one_leader_as_for_three(city: City, signed):
    client = signed("工委甲")
    counts = []
    for names in ((), ("副局长甲", "副局长乙")):
        for name in names:
            city.seat("sthjj", "deputy", name)
            file_request(city)
        client.get(unit_page(city.units["sthjj"]))
        with CaptureQueriesContext(connection) as made:
            page = client.get(unit_page(city.units["sthjj"]))
        counts.append((len(leaders(page)), len(made)))

    assert counts == [(1, counts[0][1]), (3, counts[0][1])]


# 领导小组


def decide(client: Client, group: Organisation, detail: str = "把施工许可压到五天。", **more: str) -> Any:
    answers = {
        "meeting": "第一次全体会议",
        "held": "2026-03-02",
        "detail": detail,
        "unit": "zjj",
        "finish": (timezone.localdate() + dt.timedelta(days=30)).isoformat(),
    }
    return client.post(reverse("decide", args=[group.pk]), answers | more)


def test_a_decision_becomes_a_case_of_the_unit_that_carries_it_out(city: City, signed, group: Organisation):
    client = signed("组长甲")

    answer = decide(client, group)
    case = Case.objects.get(procedure="meeting-decision")
    page = client.get(unit_page(group))

    assert (answer.status_code, answer["Location"]) == (302, unit_page(group))
    assert (case.about, case.opener) == (group, f"person:{city.people['组长甲'].pk}")
    assert case.steps.get(done_at=None).holder == city.units["zjj"]
    assert f"{case.number}" in text(page)
    assert "市住房和建设局" in text(page)


def test_the_same_page_sent_twice_makes_one_decision(city: City, signed, group: Organisation):
    client = signed("组长甲")
    sent = {"submission": "6f1c0d0e-5b1a-4d57-9a4e-0c9c7f0f1a11"}

    answers = [decide(client, group, **sent).status_code for _ in range(2)]

    assert (answers, Case.objects.filter(procedure="meeting-decision").count()) == ([302, 302], 1)


def test_only_the_group_notes_what_it_decided(city: City, signed, group: Organisation):
    said = {who: decide(signed(who), group).status_code for who in ("环境局长", "工委甲", "管家甲")}
    missing = signed("组长甲").get(reverse("decide", args=[city.units["zjj"].pk]))

    assert said == dict.fromkeys(("环境局长", "工委甲", "管家甲"), 403)
    assert missing.status_code == 404
    assert not Case.objects.filter(procedure="meeting-decision").exists()
    assert "记一项议定事项" not in text(signed("环境局长").get(unit_page(group)))


def test_what_is_left_out_of_a_decision_is_said(city: City, signed, group: Organisation):
    answer = decide(signed("组长甲"), group, detail="")

    assert answer.status_code == 422
    assert "请填写“议定事项”" in text(answer)


def test_decisions_are_hidden_from_who_may_not_see_them(city: City, signed, group: Organisation):
    decide(signed("组长甲"), group)
    pages = {who: text(signed(who).get(unit_page(group))) for who in ("住建经办", "环境经办")}

    assert ("施工许可" in pages["住建经办"], "施工许可" in pages["环境经办"]) == (True, False)
    assert "没有您能看到的议定事项" in pages["环境经办"]


def test_as_many_statements_for_one_decision_as_for_three(city: City, signed, group: Organisation):
    client = signed("组长甲")
    counts = []
    for number in (1, 2):
        for _ in range(number):
            decide(client, group)
        client.get(unit_page(group))
        with CaptureQueriesContext(connection) as made:
            client.get(unit_page(group))
        counts.append(len(made))

    assert counts[0] == counts[1]


# 企业管家 and 企业特派员


def test_steward_and_commissioner_stand_on_the_enterprise_s_page_since_when(city: City, signed):
    enterprise = city.units["enterprise"]
    keep(city, enterprise)

    assert [len(found) for found in keepers_of(enterprise.pk, DAY).values()] == [1, 0]
    page = text(signed("工委甲").get(reverse("enterprise", args=[enterprise.pk])))
    assert "企业管家 管家甲 第1服务小组 2026年1月5日起" in page
    assert "企业特派员 没有企业特派员" in page


def test_three_gaps_are_counted_and_each_opens_its_list(city: City, signed):
    keep(city, firm(1))
    firm(2)
    client = signed("工委甲")
    page = client.get(reverse("coverage"))

    shares = [served_share(Wanted(on=timezone.localdate(), by=kind)) for kind in (STEWARD, COMMISSIONER)]
    assert shares == [Share(1, 3), Share(0, 3)]
    assert re.findall(r"还有 (\d) 家(\S+)", text(page)) == [
        ("2", "没有服务小组"),
        ("2", "没有企业管家"),
        ("3", "没有企业特派员"),
    ]
    to = re.search(r'href="([^"]*served=no-steward[^"]*)"', page.content.decode())[1]
    found = find_enterprises(Wanted(on=timezone.localdate(), served=False, by=STEWARD))
    listed = text(client.get(unescape(to)))
    assert [unit.name in listed for unit in found] == [True, True]
    assert "第1家有限公司" not in listed


def test_who_administers_assigns_a_steward_by_name(city: City, signed):
    city.seat("szgw", "administrator", "管理甲")
    enterprise = city.units["enterprise"]
    address = reverse("organisation-act", args=[enterprise.pk, "assign"])
    client, on = signed("管理甲"), timezone.localdate().isoformat()
    asked = {"kind": STEWARD, "person": "管家甲", "on": on}

    wrong = client.post(address, asked | {"person": "环境经办"})
    said = client.post(address, asked)
    done = client.post(address, asked | {"step": "confirmed"})

    assert (wrong.status_code, "没有任企业管家的“环境经办”" in text(wrong)) == (422, True)
    assert "管家甲（第1服务小组企业管家）对“示范精密制造有限公司”负责企业管家服务" in text(said)
    assert done.status_code == 302
    (keeper,) = keepers_of(enterprise.pk, timezone.localdate())[STEWARD]
    part = reverse("organisation-row-act", args=[enterprise.pk, "part", keeper.edge.pk])
    assert "企业管家服务：第1服务小组 企业管家" in text(client.get(part))


def test_filing_starts_from_the_enterprise(city: City, signed):
    client = signed("管家甲")
    enterprise = city.units["enterprise"]
    page = client.get(reverse("enterprise", args=[enterprise.pk])).content.decode()
    to = {word: unescape(to) for to, word in re.findall(r'href="(/desk/file/[^"]*)">(\S+?)</a>', page)}
    filed = client.get(to["代提诉求"])

    assert "代提诉求" in to
    assert f'value="{enterprise.credit_code}"' in filed.content.decode()
    assert "代提诉求" not in text(signed("环境经办").get(reverse("enterprise", args=[enterprise.pk])))


def test_as_many_statements_for_one_keeper_as_for_two(city: City, signed):
    enterprise = city.units["enterprise"]
    city.seat("zjj", "commissioner", "特派甲")
    address = reverse("enterprise", args=[enterprise.pk])
    client = signed("工委甲")
    keep(city, enterprise)
    counts = []
    for post in (None, Post.objects.get(kind="commissioner")):
        if post:
            ends = [("post", post.pk), ("organisation", enterprise.pk)]
            domain.relate(COMMISSIONER, from_=ends[0], to=ends[1], actor=ACTOR, at=FOUNDED)
        client.get(address)
        with CaptureQueriesContext(connection) as made:
            client.get(address)
        counts.append(len(made))

    assert counts[0] == counts[1]
