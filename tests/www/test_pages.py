"""The public pages that ask little: home, the clock, errors, language; and what holds for every page."""

from __future__ import annotations

import io
import json
import re
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.core.management import call_command
from django.test import Client, RequestFactory

from ronghe.www import errors
from tests.city import City

pytestmark = [pytest.mark.page, pytest.mark.django_db]
PAGES = [
    "/",
    "/submit/",
    "/submit/?kind=petition",
    "/submit/?kind=enterprise-request",
    "/follow/",
    "/clock/",
    "/sign-in/",
    "/no-such-page/",
]
QUESTION = {"start": "2026-09-23T10:00", "amount": "8", "unit": "工作日"}


def text(response: Any) -> str:
    return response.content.decode()


@pytest.mark.parametrize("path", PAGES)
def test_page_has_no_inline_code_and_a_strict_policy(client: Client, city: City, path: str):
    page = client.get(path)

    assert not re.search(r"<script(?![^>]*\ssrc=)|<style|\sstyle=|\son\w+=|javascript:", text(page))
    assert "script-src 'self'" in page["Content-Security-Policy"]
    assert "'unsafe" not in page["Content-Security-Policy"]


@pytest.mark.parametrize("path", PAGES)
def test_page_has_one_heading_a_title_and_its_language(client: Client, city: City, path: str):
    page = text(client.get(path))

    assert page.count("<h1") == 1
    assert re.search(r"<title>\S.* · \S+</title>", page)
    assert '<html lang="zh-hans"' in page


def test_home_tells_kinds_and_limits_from_their_definitions(client: Client, city: City):
    page = client.get("/")

    assert [(offer.title, offer.about) for offer in page.context["offers"]] == [
        ("企业诉求", "企业提，要填统一社会信用代码；5 个工作日内答复。"),
        ("群众留言", "个人提；15 个工作日内答复。"),
        ("信访", "个人提；受理后 60 天内答复；被反映的单位看不到您是谁。"),
    ]


def test_language_is_chosen_by_a_button_not_by_the_browser(client: Client, city: City):
    before = client.get("/", headers={"Accept-Language": "en"})
    client.post("/language/", {"language": "en", "next": "/"})
    after = client.get("/")

    assert '<html lang="zh-hans"' in text(before)
    assert '<html lang="en"' in text(after)


@pytest.mark.parametrize(
    "more",
    [
        {"at": "2026-10-13"},
        {"at": "2026-10-10T16:00"},
        {"pause": ("2026-09-28", "2026-09-30"), "at": "2026-10-09"},
        {"extend": "3", "at": "2026-10-13"},
    ],
)
def test_clock_page_answers_as_the_command_does(client: Client, more: dict[str, Any]):
    asked, told = dict(QUESTION), ["2026-09-23T10:00", "8 工作日"]
    if "pause" in more:
        asked |= {"pause1_from": more["pause"][0], "pause1_to": more["pause"][1]}
        told += ["--pause", "..".join(more["pause"])]
    if "extend" in more:
        asked["extend"] = more["extend"]
        told += ["--extend", f"{more['extend']} 工作日"]
    page = client.get("/clock/", {**asked, "at": more["at"]})
    out = io.StringIO()
    call_command("clock", *told, "--at", more["at"], "--format", "json", stdout=out)

    reading, report = page.context["reading"], json.loads(out.getvalue())
    assert {
        "due": reading.due.isoformat(),
        "elapsed": reading.elapsed,
        "remaining": reading.remaining,
        "late": reading.late,
        "provisional": reading.provisional,
        "light": page.context["light"].value,
        "days": [
            {"date": line.date.isoformat(), "counted": line.counted, "n": line.n, "reason": line.reason}
            for line in page.context["days"]
        ],
    } == report


def test_clock_page_explains_day_by_day(client: Client):
    page = text(client.get("/clock/", {**QUESTION, "at": "2026-10-12"}))

    assert "10月12日 周一 18:00" in page
    assert "国庆节放假" in page
    assert "第7个工作日（国庆节调休上班，计入）" in page


@pytest.mark.parametrize(
    ("changed", "field", "says"),
    [
        ({"start": "2026-02-30"}, "start", "没有“2026-02-30”这个日期或时刻"),
        ({"start": ""}, "start", "请填写日期"),
        ({"start": "昨天"}, "start", "看不懂时间“昨天”"),
        ({"start": "9999-12-31"}, "start", "请核对"),
        ({"amount": "-1"}, "amount", "时限不能是负数"),
        ({"amount": "五"}, "amount", "请填写整数"),
        ({"amount": "99999"}, "amount", "时限太长"),
        ({"unit": "世纪"}, "unit", "没有这种单位"),
        ({"pause1_to": "2026-09-28"}, "pause1_from", "请把暂停开始的时间也填上"),
        ({"pause1_from": "2026-09-30", "pause1_to": "2026-09-28"}, "__all__", "恢复早于开始"),
    ],
)
def test_clock_page_explains_what_it_cannot_read(
    client: Client, changed: dict[str, str], field: str, says: str
):
    page = client.get("/clock/", {**QUESTION, **changed})

    assert page.status_code == 422
    assert says in "".join(page.context["form"].errors[field])
    assert says in text(page)


def test_clock_part_is_the_same_as_in_the_full_page(client: Client):
    full = text(client.get("/clock/", {**QUESTION, "at": "2026-10-12"}))
    part = text(client.get("/clock/", {**QUESTION, "at": "2026-10-12"}, headers={"HX-Request": "true"}))

    assert part.strip().startswith('<section id="result"')
    assert part.strip() in full


def test_clock_of_a_year_not_announced_is_said_to_be_provisional(client: Client):
    page = client.get("/clock/", {**QUESTION, "start": "2029-09-26", "at": "2029-09-27"})

    assert page.context["reading"].provisional
    assert "还没有公布" in text(page)


def test_absent_page_says_what_to_do(client: Client):
    page = client.get("/no-such-page/")

    assert page.status_code == 404
    assert "没有找到这一页" in text(page)


def test_forbidden_page_gives_the_reason(rf: RequestFactory):
    page = errors.forbidden(_asked(rf), PermissionDenied("只有分办人员能打开分办台。"))

    assert page.status_code == 403
    assert "只有分办人员能打开分办台。" in text(page)


def test_broken_request_is_answered_400(rf: RequestFactory):
    assert errors.bad_request(_asked(rf)).status_code == 400


def test_failure_says_it_is_our_fault_and_what_is_kept(rf: RequestFactory):
    page = errors.failed(_asked(rf))

    assert page.status_code == 500
    assert "之前保存的都在" in text(page)


def _asked(rf: RequestFactory) -> Any:
    request = rf.get("/somewhere/")
    request.session = {}
    request.resolver_match = None
    return request
