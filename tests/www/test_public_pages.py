"""What everybody reads: answers, deeds, calls; and what nobody does."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from ronghe.casework import domain
from ronghe.casework.domain import By
from ronghe.casework.models import Case
from ronghe.organisations.queries import powers_of
from tests.city import City
from tests.www.desk_cases import PETITIONER, PHONE, file, file_message, file_petition
from tests.www.followed_cases import answered, by, do, text

pytestmark = [pytest.mark.page, pytest.mark.django_db]
PAGES = ["/public/answers/", "/public/deeds/", "/public/calls/"]
SECRET = "联系人王建国，电话13800138000，住幸福里3栋502室"


@pytest.fixture(autouse=True)
def _city(city: City) -> None:
    """Every page of this file stands in the small city."""


def shown(client: Client, path: str) -> str:
    page = text(client.get(path))
    return page.split("<main", 1)[1].split("</main>", 1)[0]


def answered_message(
    city: City, detail: str = "小区门口路灯不亮三个月了。", reply: str = "路灯已经修好。"
) -> Case:
    return answered(city, file_message(city, detail), reply)


def deed(city: City, title: str, days: int, **more: Any) -> Case:
    """A deed promised by 市住房和建设局, so many days from now."""
    promised = (timezone.localdate() + dt.timedelta(days=days)).isoformat()
    values = {"kind-of-deed": "people", "detail": title, "served": "全体居民", "promised-day": promised}
    actor = by(city, "住建经办").actor
    at = timezone.now() - dt.timedelta(days=30)
    return file("deed", values, at, actor=actor, responsible=city.units["zjj"], **more)


def close(case: Case, result: str) -> None:
    """The row as it stands once the deed came to an end; how it does is the procedure's own tests'."""
    state = "withdrawn" if result == "withdrawn" else "closed"
    Case.objects.filter(pk=case.pk).update(state=state, result=result, closed_at=timezone.now())


def called(city: City, title: str = "老旧管网漏损率降到百分之十") -> Case:
    """A task of 市住房和建设局 that stands open to who answers."""
    finish = (timezone.localdate() + dt.timedelta(days=90)).isoformat()
    values = {"detail": title, "target": "漏损率十个点以下", "finish": finish}
    actor = by(city, "住建经办").actor
    case = file("open-task", values, timezone.now(), actor=actor, responsible=city.units["zjj"], title=title)
    step = case.steps.get(done_at=None)
    return domain.complete_step(case.pk, By(actor, timezone.now()), step=step.no, outcome="done")


# Answers


def test_answers_are_masked_listed_and_read_in_full(client: Client, city: City):
    case = answered_message(city, f"路灯坏了，{SECRET}", f"已经派人修好，{SECRET}")
    listed, read = shown(client, "/public/answers/"), shown(client, f"/public/answers/{case.pk}/")

    for page in (listed, read):
        assert "市住房和建设局" in page
        assert not [word for word in ("13800138000", "王建国", "502") if word in page]
    assert "已经派人修好" in read


def test_nobody_finds_an_answer_by_what_is_covered_in_it(client: Client, city: City):
    answered_message(city, f"路灯坏了，{SECRET}", f"已经派人修好，{SECRET}")
    found = {
        word: client.get("/public/answers/", {"q": word}).context["page"].paginator.count
        for word in ("13800138000", "8001380", "王建国", "修好", "路灯")
    }

    assert found == {"13800138000": 0, "8001380": 0, "王建国": 0, "修好": 1, "路灯": 1}


def test_answers_by_unit(client: Client, city: City):
    answered_message(city)
    counts = [
        client.get("/public/answers/", {"unit": unit}).context["page"].paginator.count
        for unit in ("zjj", "sthjj", "")
    ]

    assert counts == [1, 0, 1]


# Each: what it is, and whether everybody may read it.
def cases(city: City) -> dict[str, tuple[Case, bool]]:
    reopened = answered_message(city, "已经重新办理的那一件")
    domain.reopen_case(reopened.pk, By("system:rating", timezone.now()), cause="rating")
    petition = file_petition(city)
    petition = do(city, petition, "分办甲", "transfer", to=city.units["zjj"])
    for name, outcome, reply in (
        ("住建经办", "accept", ""),
        ("住建经办", "submit", "信访的答复不公开"),
        ("住建局长", "send", ""),
    ):
        petition = do(city, petition, name, outcome, reply=reply)
    city.seat("szgw", "inspector", "督查甲")
    complaint = file("complaint", {"ground": "attitude", "detail": "投诉的内容不公开"}, timezone.now())
    return {
        "answered": (answered_message(city, "公开的那一件"), True),
        "open": (file_message(city, "还在办理的那一件"), False),
        "reopened": (reopened, False),
        "petition": (petition, False),
        "complaint": (complaint, False),
    }


def test_who_reads_what(client: Client, city: City):
    """Protected ones on no page of the public, however they are asked for."""
    table = cases(city)
    assert table["petition"][0].state == "closed"
    pages = [*PAGES, "/", "/public/units/", "/public/units/zjj/", "/public/units/sthjj/"]
    searches = ["信访", "推诿", "投诉", "内容", PETITIONER, PHONE, "那一件"]
    read = "".join(
        [shown(client, page) for page in pages]
        + [shown(client, f"/public/answers/?q={word}").replace(f'value="{word}"', "") for word in searches]
    )
    reached = {
        name: client.get(f"/public/answers/{case.pk}/").status_code for name, (case, _) in table.items()
    }

    assert reached == {name: 200 if is_public else 404 for name, (_, is_public) in table.items()}
    for name, (case, is_public) in table.items():
        found = (case.title[:12] in read, case.number in read)
        assert (name, found) == (name, (is_public, False))


# Deeds


def test_every_deed_stands_with_its_day_and_its_end(client: Client, city: City):
    for title, days, result in (
        ("装路灯", 10, ""),
        ("修公厕", -3, ""),
        ("加电梯", -9, "delivered"),
        ("通公交", -8, "missed"),
        ("种行道树", 5, "withdrawn"),
    ):
        made = deed(city, title, days)
        if result:
            close(made, result)
    page = client.get("/public/deeds/")
    told = {one.title: (one.standing_words, one.promised) for one in page.context["deeds"]}
    today = timezone.localdate()
    counts = {name: count for name, _, count in page.context["counts"]}
    lists = {
        name: [one.title for one in client.get(f"/public/deeds/?standing={name}").context["deeds"]]
        for name in counts
    }

    assert told == {
        "装路灯": ("正在办", today + dt.timedelta(days=10)),
        "修公厕": ("过了承诺日期还没有办成", today - dt.timedelta(days=3)),
        "加电梯": ("已经办成", today - dt.timedelta(days=9)),
        "通公交": ("没有办成", today - dt.timedelta(days=8)),
        "种行道树": ("撤回了", today + dt.timedelta(days=5)),
    }
    assert counts == {"running": 1, "late": 1, "delivered": 1, "missed": 1, "withdrawn": 1}
    assert lists == {
        "running": ["装路灯"], "late": ["修公厕"], "delivered": ["加电梯"], "missed": ["通公交"],
        "withdrawn": ["种行道树"],
    }  # fmt: skip
    assert "住建经办" not in text(page)


# Calls


def test_open_call_says_what_until_when_and_not_who_answered(client: Client, city: City):
    case = called(city)
    account = city.accounts["环境经办"]
    powers = powers_of(account, timezone.localdate())
    claim = By(f"person:{account.person_id}", timezone.now(), powers)
    plan = {"plan": "分区计量"}
    domain.claim_lane(case.pk, claim, parallel="claims", organisation=city.units["sthjj"], values=plan)
    page = client.get("/public/calls/")
    (one,) = page.context["open"]

    assert (one.title, one.unit, one.target) == (case.title, "市住房和建设局", "漏损率十个点以下")
    assert one.until is not None
    assert page.context["over"] == []
    assert not [
        word for word in ("市生态环境局", "分区计量", "住建经办") if word in shown(client, "/public/calls/")
    ]


def test_finished_call_says_who_was_chosen_and_how_it_ended(client: Client, city: City):
    case = called(city)
    Case.objects.filter(pk=case.pk).update(
        state="closed", result="accepted", chosen=[str(city.units["sthjj"].pk)], closed_at=timezone.now(),
        call_until=None,
    )  # fmt: skip
    page = client.get("/public/calls/")
    (one,) = page.context["over"]

    assert (one.chosen, one.result) == (("市生态环境局",), "验收通过")
    assert page.context["open"] == []


# Every page


@pytest.mark.parametrize("path", [*PAGES, "/public/answers/?q=没有这个词", "/public/deeds/?standing=late"])
def test_empty_page_says_what_would_stand_there(client: Client, path: str):
    page = client.get(path)

    assert page.status_code == 200
    assert 'class="empty"' in text(page)
    assert text(page).count("<h1") == 1


def test_pages_are_linked_from_the_front_and_from_every_foot(client: Client):
    front, foot = shown(client, "/"), text(client.get("/follow/")).split("<footer", 1)[1]

    for path in (*PAGES, "/public/units/"):
        assert f'href="{path}"' in front
        assert f'href="{path}"' in foot


def statements(client: Client, path: str) -> int:
    with CaptureQueriesContext(connection) as said:
        assert client.get(path).status_code == 200
    return len(said)


@pytest.mark.parametrize("count", [1, 3])
def test_pages_ask_a_fixed_number_of_statements(client: Client, city: City, count: int):
    for number in range(count):
        answered_message(city, f"第{number}盏路灯不亮")
        deed(city, f"第{number}件实事", 10)
        called(city, f"第{number}张榜")
        done = called(city, f"第{number}张旧榜")
        Case.objects.filter(pk=done.pk).update(
            state="closed", result="accepted", chosen=[str(city.units["sthjj"].pk)], call_until=None
        )
    asked = {path: statements(client, path) for path in (*PAGES, "/public/answers/?q=路灯")}

    assert asked == STATEMENTS


STATEMENTS = {"/public/answers/": 5, "/public/deeds/": 4, "/public/calls/": 5, "/public/answers/?q=路灯": 4}
