"""The public board of units: what everybody may know, and nothing that is protected or names a person."""

from __future__ import annotations

import csv
import io
import re
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from ronghe.casework.domain import By, complete_step, open_case
from ronghe.casework.models import Case
from ronghe.definitions.queries import get
from ronghe.ledger.domain import Draft, Touch, record_all, sequence
from ronghe.organisations.queries import powers_of
from tests.city import City, moment

pytestmark = [pytest.mark.page, pytest.mark.django_db]
BOARD = "/public/units/?period=2026-03"


def file(city: City, code: str, day: int, procedure: str = "resident-message", **more: Any) -> Case:
    values = {"detail": f"第{day}盏路灯不亮，我叫王建国，电话13800138000。"}
    if procedure == "petition":
        values["matter"] = "appeal"
    return open_case(
        get("procedure", procedure, moment("2026-03-02 10:00").date()),
        values=values,
        actor="system:test",
        at=moment(f"2026-03-{day:02} 10:00"),
        responsible=city.units[code],
        **more,
    ).case


def answer(city: City, case: Case, who: str, day: int) -> Case:
    """Accepted, handled and replied to within the day."""
    account = city.accounts[who]
    for step, (outcome, hour) in enumerate((("accept", 11), ("ready", 14), ("send", 15)), 1):
        at = moment(f"2026-03-{day:02} {hour}:00")
        case.refresh_from_db()
        by = By(f"person:{account.person_id}", at, powers_of(account, at.date()), case.revision)
        reply = {"reply": "您反映的路灯已经修好，感谢支持。"} if outcome == "send" else {}
        complete_step(case.pk, by, step=step, outcome=outcome, **reply)
    case.refresh_from_db()
    return case


def rate(case: Case, unit: int, *given: bool) -> None:
    record_all(
        Draft(
            kind="judgement.given",
            at=moment("2026-03-20 10:00"),
            actor=f"requester:{case.pk}",
            subject=("judgement", case.pk * 100 + number),
            organisation_id=unit,
            quantity=5 if satisfied else 1,
            touches=(Touch("of", "case", case.pk),),
            data={"round": 1, "satisfied": satisfied},
        )
        for number, satisfied in enumerate(given, 1)
    )


@pytest.fixture
def cases(city: City) -> list[Case]:
    """Of two messages to one department one was answered; another department has a message and a petition."""
    found = [file(city, code, day) for day, code in ((2, "zjj"), (3, "zjj"), (4, "sthjj"))]
    found.append(file(city, "sthjj", 5, "petition"))
    answer(city, found[0], "住建经办", 3)
    rate(found[0], city.units["zjj"].pk, True, True, True, False)
    sequence()
    return found


def read(client: Client, path: str) -> tuple[int, str]:
    found = client.get(path)
    return found.status_code, re.sub(r"\s+", " ", found.content.decode())


def rows(page: str) -> dict[str, list[str]]:
    body = page[page.index("<tbody>") : page.index("</tbody>")]
    cells = [
        [
            re.sub(r"\s+", " ", re.sub(r"<[^>]*>", "", cell)).strip()
            for cell in re.findall(r"<td.*?</td>", row)
        ]
        for row in body.split("</tr>")
    ]
    return {row[0]: row[1:] for row in cells if row}


def test_everybody_reads_each_unit_and_the_whole(client: Client, city: City, cases: list[Case]) -> None:
    status, page = read(client, BOARD)

    few = "人数太少 评价 4 / 办结 1"
    assert status == 200
    assert rows(page) == {
        "全市（含还没有分到单位的）": ["1", "1", "33.3% 1/3", few, "1", "2", "2", ""],
        "市住房和建设局": ["1", "1", "50.0% 1/2", few, "1", "1", "1", "件数不足，不排名"],
        "市生态环境局": [
            "0",
            "0",
            "0.0% 0/1",
            "不适用 评价 0 / 办结 0",
            "不适用",
            "1",
            "1",
            "件数不足，不排名",
        ],
    }


def test_fifth_rater_makes_the_result_known(client: Client, city: City, cases: list[Case]) -> None:
    rate(cases[1], city.units["zjj"].pk, True)
    sequence()

    _, page = read(client, BOARD)

    assert rows(page)["市住房和建设局"][3] == "80.0% 4/5 评价 5 / 办结 1"


def test_protected_cases_are_in_no_number_and_said_so(client: Client, city: City, cases: list[Case]) -> None:
    _, page = read(client, BOARD)
    _, unit = read(client, "/public/units/sthjj/?period=2026-03")

    assert rows(page)["市生态环境局"][5] == "1"
    assert "全市收到 3 件" in page
    assert "信访等要保护身份的件不在里面" in page
    assert cases[3].number not in page + unit


def test_unit_page_lists_what_it_answered_with_persons_covered(
    client: Client, city: City, cases: list[Case]
) -> None:
    status, page = read(client, "/public/units/zjj/?period=2026-03")

    assert (status, page.count("办结</span>")) == (200, 1)
    assert "第2盏路灯不亮" in page
    assert "第3盏路灯不亮" not in page  # not answered yet
    assert [word in page for word in ("13800138000", "王建国", "住建经办")] == [False, False, False]


def test_order_and_kind_are_chosen(client: Client, city: City, cases: list[Case]) -> None:
    file(city, "fwz1", 6)
    sequence()

    by_name = list(rows(read(client, BOARD)[1]))[1:]
    departments = list(rows(read(client, f"{BOARD}&kind=department&sort=rate")[1]))

    assert by_name == sorted(by_name)
    assert departments == ["全市（含还没有分到单位的）", "市住房和建设局", "市生态环境局"]


def test_table_holds_the_same_numbers(client: Client, city: City, cases: list[Case]) -> None:
    found = client.get("/public/units/units.csv?period=2026-03")
    lines = list(csv.reader(io.StringIO(found.content.decode("utf-8-sig"))))

    assert found["Content-Type"] == "text/csv; charset=utf-8"
    assert lines[1:] == [
        ["市住房和建设局", "2", "1", "1", "50.0%", "1", "2", "人数太少", "", "4", "1", "1", "1"],
        ["市生态环境局", "1", "0", "0", "0.0%", "0", "1", "不适用", "0", "0", "不适用", "1", "1"],
        ["合计（含未分办）", "3", "1", "1", "33.3%", "1", "3", "人数太少", "", "4", "1", "2", "2"],
    ]


def test_unchanged_page_is_not_sent_again(client: Client, city: City, cases: list[Case]) -> None:
    first = client.get(BOARD)
    again = client.get(BOARD, HTTP_IF_NONE_MATCH=first["ETag"])
    file(city, "zjj", 9)
    sequence()
    later = client.get(BOARD, HTTP_IF_NONE_MATCH=first["ETag"])

    assert (again.status_code, later.status_code) == (304, 200)


def test_what_cannot_be_asked_is_said_or_not_found(client: Client, city: City) -> None:
    for asked in ("2026-13", "2026-H1", "2999", "2026-03-01..2026-03-02"):
        status, page = read(client, f"/public/units/?period={asked}")
        assert (status, "notice-error" in page) == (422, True), asked
    enterprise = city.units["enterprise"].code
    for path in ("nobody/", f"{enterprise}/", "units.csv?period=x"):
        assert client.get(f"/public/units/{path}").status_code == 404, path


def test_period_without_cases_says_what_would_be_here(client: Client, city: City) -> None:
    assert "2026年3月没有可以公布的件" in read(client, BOARD)[1]
    assert "这段时间没有可以公开的答复" in read(client, "/public/units/zjj/?period=2026-03")[1]


@pytest.mark.parametrize("units", [1, 3])
def test_statements_do_not_grow_with_units(client: Client, city: City, units: int) -> None:
    for code in ("sthjj", "zjj", "fwz1")[:units]:
        file(city, code, 3)
    sequence()
    counts = []
    for path in (BOARD, "/public/units/sthjj/?period=2026-03"):
        client.get(path)
        with CaptureQueriesContext(connection) as asked:
            client.get(path)
        counts.append(len(asked))

    assert counts == [13, 19]
