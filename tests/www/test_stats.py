"""统计: the numbers on a page, each opening down to the cases its reader may see."""

from __future__ import annotations

import re
from html import unescape
from typing import Any

import pytest
from django.test import Client

from ronghe.casework.domain import open_case
from ronghe.casework.models import Case
from ronghe.definitions.queries import get
from ronghe.ledger.domain import Draft, Touch, record_all, sequence
from ronghe.www.stats import views
from tests.city import City, moment

pytestmark = [pytest.mark.page, pytest.mark.django_db]
STATS = "/desk/stats/?period=2026-03"


@pytest.fixture
def cases(city: City) -> list[Case]:
    """Three messages of March 2026, one at one department and two at another, whose two are rated."""
    procedure = get("procedure", "resident-message", moment("2026-03-02 10:00").date())
    found = [
        open_case(
            procedure,
            values={"detail": f"第{number}盏路灯不亮，请修理。"},
            actor="system:test",
            at=moment(f"2026-03-0{number} 10:00"),
            responsible=city.units[code],
        ).case
        for number, code in enumerate(("sthjj", "zjj", "zjj"), 2)
    ]
    record_all(
        Draft(
            kind="judgement.given",
            at=moment("2026-03-20 10:00"),
            actor=f"requester:{case.pk}",
            subject=("judgement", case.pk),
            organisation_id=city.units["zjj"].pk,
            quantity=4,
            touches=(Touch("of", "case", case.pk),),
            data={"round": 1, "satisfied": True},
        )
        for case in found[1:]
    )
    sequence()
    return found


def ask(client: Client, city: City, who: str, path: str, **headers: Any) -> tuple[int, str]:
    client.force_login(city.accounts[who])
    answer = client.get(path, **headers)
    return answer.status_code, answer.content.decode()


def rows(page: str) -> dict[str, list[str]]:
    """First cell → the words of the others."""
    body = page[page.index("<tbody>") : page.index("</tbody>")]
    cells = [
        [
            re.sub(r"\s+", " ", re.sub(r"<[^>]*>", "", cell)).strip()
            for cell in re.findall(r"<td.*?</td>", row, re.DOTALL)
        ]
        for row in body.split("</tr>")
    ]
    return {row[0]: row[1:] for row in cells if row}


def links(page: str) -> list[str]:
    return [unescape(found) for found in re.findall(r'href="(/desk/stats/entries/[^"]*)"', page)]


def test_table_says_each_unit_and_the_whole(client: Client, city: City, cases: list[Case]) -> None:
    status, page = ask(client, city, "工委甲", STATS)

    assert status == 200
    assert [(label, cells[0], cells[5:]) for label, cells in rows(page).items()] == [
        ("合计", "3", ["2", "4.00 8/2", "100.0% 2/2"]),
        ("市住房和建设局", "2", ["2", "4.00 8/2", "100.0% 2/2"]),
        ("市生态环境局", "1", ["0", "不适用", "不适用"]),
    ]


def test_few_raters_are_not_shown_to_the_units(client: Client, city: City, cases: list[Case]) -> None:
    _, page = ask(client, city, "住建经办", STATS)

    assert [cells[5:] for cells in rows(page).values()][:2] == [["2", "人数太少", "人数太少"]] * 2
    opened = "/desk/stats/entries/?period=2026-03&by=organisation&measure=mean_rating&row=zjj"
    assert ask(client, city, "住建经办", opened)[0] == 404
    assert ask(client, city, "工委甲", opened)[0] == 200


def test_number_opens_the_cases_its_reader_may_see(client: Client, city: City, cases: list[Case]) -> None:
    _, page = ask(client, city, "环境经办", STATS)
    total = next(link for link in links(page) if "measure=received" in link and "row=" not in link)

    _, behind = ask(client, city, "环境经办", total)
    _, all_of_them = ask(client, city, "工委甲", total)

    assert "台账里有 3 条，涉及的件您能看到 1 件。" in behind
    assert [case.number in behind for case in cases] == [True, False, False]
    assert [case.number in all_of_them for case in cases] == [True, True, True]


def test_every_link_of_the_table_opens(client: Client, city: City, cases: list[Case]) -> None:
    for by in ("organisation", "month", "kind"):
        _, page = ask(client, city, "工委甲", f"{STATS}&by={by}")
        assert links(page)
        for link in links(page):
            assert ask(client, city, "工委甲", link)[0] == 200, link


def test_swapped_part_equals_the_whole_page(client: Client, city: City, cases: list[Case]) -> None:
    _, page = ask(client, city, "工委甲", STATS)
    _, part = ask(client, city, "工委甲", STATS, HTTP_HX_REQUEST="true")

    assert "<html" not in part
    assert part.strip() in page


def test_what_cannot_be_asked_is_said_beside_the_filters(client: Client, city: City) -> None:
    status, page = ask(client, city, "工委甲", "/desk/stats/?period=2026-13")

    assert status == 422
    assert "没有“2026-13”这个期间" in page
    assert 'value="2026-13"' in page


def test_period_without_cases_says_what_would_be_here(client: Client, city: City) -> None:
    status, page = ask(client, city, "工委甲", "/desk/stats/?period=2031")

    assert (status, "2031年没有可统计的件" in page) == (200, True)


@pytest.mark.parametrize(
    "asked",
    ["measure=weight", "measure=closed&part=half", "measure=closed&row=nobody", "measure=closed&period=x"],
)
def test_numbers_that_are_not_there_are_not_found(client: Client, city: City, asked: str) -> None:
    assert ask(client, city, "工委甲", f"/desk/stats/entries/?{asked}")[0] == 404


def test_numbers_ask_for_a_sign_in(client: Client, city: City) -> None:
    assert client.get("/desk/stats/").status_code == client.get("/desk/stats/entries/").status_code == 302


def test_first_units_are_shown_then_all_and_the_total_stays(
    client: Client, city: City, cases: list[Case], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(views, "FIRST_UNITS", 1)

    _, few = ask(client, city, "工委甲", STATS)
    _, every = ask(client, city, "工委甲", f"{STATS}&all=1")
    _, months = ask(client, city, "工委甲", "/desk/stats/?period=2026&by=month")

    assert list(rows(few)) == ["合计", "市住房和建设局"]
    assert list(rows(every)) == ["合计", "市住房和建设局", "市生态环境局"]
    assert rows(few)["合计"] == rows(every)["合计"]
    assert '<a href="?period=2026-03&amp;all=1">看全部（2 个）</a>' in few
    assert ["看全部（" in page for page in (every, months)] == [False, False]
