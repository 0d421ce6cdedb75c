"""通报: a month's figures as they stand and as issued, each opening down to what its reader may see."""

from __future__ import annotations

import re
from html import unescape
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from ronghe.appraisal.models import Bulletin
from ronghe.casework.domain import open_case
from ronghe.casework.models import Case
from ronghe.definitions.queries import get
from ronghe.ledger.domain import Draft, record_all, sequence
from tests.city import City, moment

pytestmark = [pytest.mark.page, pytest.mark.django_db]
PAGE = "/desk/bulletin/?month=2026-03"


def file(city: City, code: str, day: int, **more: Any) -> Case:
    procedure = get("procedure", "resident-message", moment("2026-03-02 10:00").date())
    return open_case(
        procedure,
        values={"detail": f"第{day}盏路灯不亮，请修理。"},
        actor="system:test",
        at=moment(f"2026-03-{day:02} 10:00"),
        responsible=city.units[code],
        **more,
    ).case


@pytest.fixture
def cases(city: City) -> list[Case]:
    """Three messages of early March 2026, one at one department and two at another, all overdue at the month's end."""
    found = [file(city, code, day) for day, code in enumerate(("sthjj", "zjj", "zjj"), 2)]
    sequence()
    return found


def ask(client: Client, city: City, who: str, path: str) -> tuple[int, str]:
    client.force_login(city.accounts[who])
    answer = client.get(path)
    return answer.status_code, re.sub(r"\s+", " ", answer.content.decode())


def issue(client: Client, city: City, who: str = "工委甲", month: str = "2026-03") -> Any:
    client.force_login(city.accounts[who])
    return client.post("/desk/bulletin/issue/", {"month": month})


def links(page: str) -> list[str]:
    return [unescape(found) for found in re.findall(r'href="(/desk/stats/entries/[^"]*)"', page)]


def words(page: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", page))


def test_overseer_sees_every_unit_and_who_is_to_be_reminded(
    client: Client, city: City, cases: list[Case]
) -> None:
    status, page = ask(client, city, "工委甲", PAGE)

    assert status == 200
    assert "2026年3月诉求办理情况通报" in page
    assert "市住房和建设局 超期未办结 2 " + " ".join(case.number for case in cases[1:]) in words(page)
    assert "市生态环境局 超期未办结 1 " + cases[0].number in words(page)
    assert "市直部门里件数不足、不排名的 2 个" in page
    assert "一键生成并印发" in page


def test_unit_sees_itself_beside_the_city_and_nothing_of_others(
    client: Client, city: City, cases: list[Case]
) -> None:
    _, page = ask(client, city, "环境局长", PAGE)

    assert "收到 3" in words(page)
    assert ("市生态环境局" in page, "市住房和建设局" in page) == (True, False)
    assert [case.number in page for case in cases] == [True, False, False]
    assert "一键生成并印发" not in page


def test_every_number_opens_for_its_reader(client: Client, city: City, cases: list[Case]) -> None:
    _, page = ask(client, city, "工委甲", PAGE)

    assert links(page)
    for link in links(page):
        assert ask(client, city, "工委甲", link)[0] == 200, link
    of_others = "/desk/stats/entries/?period=2026-03&by=organisation&measure=overdue&row=zjj"
    _, behind = ask(client, city, "环境局长", of_others)
    assert [case.number in behind for case in cases] == [False, False, False]


def test_issued_numbers_stay_as_they_were(client: Client, city: City, cases: list[Case]) -> None:
    answer = issue(client, city)
    bulletin = Bulletin.objects.get()
    assert (answer.status_code, answer["Location"]) == (302, "/desk/bulletin/2026-03/1/")

    file(city, "zjj", 9)
    sequence()
    _, live = ask(client, city, "工委甲", PAGE)
    _, frozen = ask(client, city, "工委甲", "/desk/bulletin/2026-03/1/?check=1")

    assert "收到 4" in words(live)
    assert "收到 3" in words(frozen)
    assert bulletin.hash in frozen
    assert f"第 {bulletin.watermark} 条" in frozen
    assert "与印发时逐字一致" in frozen
    received = next(link for link in links(frozen) if "measure=received" in link and "row=" not in link)
    _, behind = ask(client, city, "工委甲", received)
    assert "台账里有 3 条，涉及的件您能看到 3 件。" in behind


def test_changed_bytes_are_said_to_differ(client: Client, city: City, cases: list[Case]) -> None:
    issue(client, city)
    bulletin = Bulletin.objects.get()
    Bulletin.objects.update(body=bulletin.body.replace('"numerator":3', '"numerator":4'))

    _, page = ask(client, city, "工委甲", "/desk/bulletin/2026-03/1/?check=1")

    assert "与印发时不一致" in page


def test_issuing_is_for_who_oversees_and_only_once_unchanged(
    client: Client, city: City, cases: list[Case]
) -> None:
    refused = issue(client, city, "环境局长")
    assert (refused.status_code, "由督办全市的工作人员印发" in refused.content.decode()) == (422, True)
    early = issue(client, city, month="2999-01")
    assert (early.status_code, "还没有过完" in early.content.decode()) == (422, True)

    issue(client, city)
    again = issue(client, city)

    assert (again.status_code, "台账里的数没有变化" in again.content.decode()) == (422, True)
    assert Bulletin.objects.count() == 1


def test_what_is_no_month_is_said_beside_the_field(client: Client, city: City) -> None:
    for asked in ("2026-13", "2026", "x"):
        status, page = ask(client, city, "工委甲", f"/desk/bulletin/?month={asked}")
        assert (status, "notice-error" in page) == (422, True), asked
    assert ask(client, city, "工委甲", "/desk/bulletin/2026-03/1/")[0] == 404
    assert client.get("/desk/bulletin/trend/?month=2026-13").status_code == 404


def test_month_without_cases_says_what_would_be_here(client: Client, city: City) -> None:
    status, page = ask(client, city, "工委甲", PAGE)

    assert (status, "2026年3月没有收到、办结或评价的件" in page) == (200, True)


def test_strangers_are_asked_to_sign_in(client: Client, city: City) -> None:
    for path in (PAGE, "/desk/bulletin/trend/", "/desk/bulletin/2026-03/1/"):
        assert client.get(path).status_code == 302
    assert client.post("/desk/bulletin/issue/").status_code == 302


def test_trend_shows_a_gap_where_there_is_nothing(client: Client, city: City, cases: list[Case]) -> None:
    _, page = ask(client, city, "工委甲", "/desk/bulletin/trend/?month=2026-03")

    assert page.count('dy="-3">×</text>') == 11 + 12  # no month but March has a rate, none a rating
    assert "2025年4月" in page
    assert "2026年4月" not in page


def test_checks_and_ratings_are_told_apart(client: Client, city: City, cases: list[Case]) -> None:
    record_all(
        [
            Draft(
                kind="judgement.drawn",
                at=moment("2026-03-20 08:00"),
                actor="system:clock",
                subject=("draw", 1),
                quantity=2,
                definition="judgement:reply-spot-check",
                data={"hash": "ab", "day": "2026-03-19", "rows": 20, "drawn": 2},
            ),
            Draft(
                kind="judgement.given",
                at=moment("2026-03-20 10:00"),
                actor="person:1",
                subject=("judgement", 1),
                definition="judgement:reply-spot-check",
                data={"round": 1, "values": {"grade": "优秀", "points": ["complete", "handled"]}},
            ),
        ]
    )
    sequence()

    _, page = ask(client, city, "工委甲", PAGE)

    assert "抽取 2 件，评了 1 件。" in page
    assert "优秀 1/1" in words(page)
    assert re.findall(r"没有做到：\S+ (\d/\d)", words(page)) == ["0/1", "0/1", "1/1"]
    assert "评价 0" in words(page)


@pytest.mark.parametrize("units", [1, 3])
def test_statements_do_not_grow_with_units(client: Client, city: City, units: int) -> None:
    for code in ("sthjj", "zjj", "fwz1")[:units]:
        file(city, code, 3)
    sequence()
    client.force_login(city.accounts["工委甲"])
    client.get(PAGE)

    with CaptureQueriesContext(connection) as asked:
        client.get(PAGE)

    assert len(asked) == 22
