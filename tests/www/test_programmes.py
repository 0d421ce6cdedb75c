"""专项行动: figures of a campaign, counted from the cases that name it, each number opening what it counts."""

from __future__ import annotations

import re
from html import unescape

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from ronghe.casework.domain import open_case
from ronghe.casework.models import Case
from ronghe.definitions.queries import get
from ronghe.ledger.domain import Draft, Touch, record_all, sequence
from tests.city import City, moment

pytestmark = [pytest.mark.page, pytest.mark.both, pytest.mark.django_db]
PAGE = "/desk/programmes/cadres-help-enterprises/?period=2026-03"
LINK = {"kind-of-link": "market", "detail": "想找整车厂配套"}
DAY = moment("2026-03-02 10:00").date()


def link(city: City, number: int, unit: str = "zjj", **values: str) -> Case:
    return open_case(
        get("procedure", "link-service", DAY),
        values={**LINK, **values},
        actor="system:test",
        at=moment(f"2026-03-{number:02} 10:00"),
        about=city.units["enterprise"],
        responsible=city.units[unit],
    ).case


def rate(case: Case, city: City, unit: str = "zjj") -> None:
    record_all(
        [
            Draft(
                kind="judgement.given",
                at=moment("2026-03-20 10:00"),
                actor=f"requester:{case.pk}",
                subject=("judgement", case.pk),
                organisation_id=city.units[unit].pk,
                quantity=4,
                touches=(Touch("of", "case", case.pk),),
                data={"round": 1, "satisfied": True},
            )
        ]
    )


@pytest.fixture
def helped(city: City) -> list[Case]:
    """Two cases of the campaign at two units, one rated; one of another campaign and one of none."""
    found = [
        link(city, 2, programme="cadres-help-enterprises"),
        link(city, 3, "sthjj", programme="cadres-help-enterprises"),
        link(city, 4, programme="practical-deeds"),
        link(city, 5),
    ]
    rate(found[0], city)
    rate(found[2], city)
    sequence()
    return found


def ask(client: Client, city: City, who: str, path: str) -> tuple[int, str]:
    client.force_login(city.accounts[who])
    answer = client.get(path)
    return answer.status_code, answer.content.decode()


def rows(page: str) -> dict[str, list[str]]:
    found = re.findall(r"<tr><td class=\"title\">(.*?)</td>(.*?)</tr>", page, re.DOTALL)
    cells = re.compile(r"<td class=\"num.*?</td>", re.DOTALL)
    return {name: [re.sub(r"<[^>]*>|\s", "", cell) for cell in cells.findall(rest)] for name, rest in found}


def links(page: str) -> list[str]:
    return [unescape(to) for to in re.findall(r'href="([^"]*entries[^"]*)"', page)]


def test_campaigns_of_the_list_are_told_with_who_leads_them(client: Client, city: City) -> None:
    status, page = ask(client, city, "环境经办", "/desk/programmes/")

    assert status == 200
    assert "“万名干部助企行”" in page
    assert "市委组织部、市发展改革委、市工业和信息化局" in page


def test_only_cases_that_name_the_campaign_count(client: Client, city: City, helped: list[Case]) -> None:
    _status, page = ask(client, city, "工委甲", PAGE)

    assert rows(page) == {
        "市住房和建设局": ["1", "0", "0.0%0/1", "1", "100.0%1/1"],
        "市生态环境局": ["1", "0", "0.0%0/1", "0", "不适用"],
        "不分类别": ["2", "0", "0.0%0/2", "1", "100.0%1/1"],
    }


def test_every_number_opens_what_it_counts(client: Client, city: City, helped: list[Case]) -> None:
    _status, page = ask(client, city, "工委甲", PAGE)
    answers = {to: ask(client, city, "工委甲", to) for to in links(page)}
    received = next(to for to in answers if "measure=received" in to and "row=" not in to)

    assert {status for status, _page in answers.values()} == {200}
    assert "台账里有 2 条" in answers[received][1]
    assert "回到专项行动" in answers[received][1]


def test_behind_a_number_stand_only_the_cases_its_reader_may_see(
    client: Client, city: City, helped: list[Case]
) -> None:
    _status, page = ask(client, city, "住建经办", PAGE)
    received = next(to for to in links(page) if "measure=received" in to and "row=" not in to)
    _status, opened = ask(client, city, "住建经办", received)

    assert re.findall(r"/desk/cases/([A-Z0-9-]+)/", opened) == [helped[0].number]


def test_few_raters_are_not_shown_to_the_units(client: Client, city: City, helped: list[Case]) -> None:
    _status, page = ask(client, city, "住建经办", PAGE)

    assert rows(page)["市住房和建设局"][-1] == "人数太少"


@pytest.mark.parametrize("path", ["/desk/programmes/unheard-of/", "/desk/programmes/unheard-of/?period=2026"])
def test_a_campaign_nobody_listed_is_not_found(client: Client, city: City, path: str) -> None:
    assert ask(client, city, "工委甲", path)[0] == 404


def test_a_period_without_cases_says_what_would_be_here(client: Client, city: City) -> None:
    status, page = ask(client, city, "环境经办", PAGE)
    refused, wrong = ask(client, city, "环境经办", PAGE.replace("2026-03", "三月"))

    assert (status, refused) == (200, 422)
    assert "没有属于这项行动的件" in page
    assert "没有属于这项行动的件" not in wrong


def test_pages_ask_for_a_sign_in(client: Client) -> None:
    assert {client.get(path).status_code for path in (PAGE, "/desk/programmes/")} == {302}


def test_as_many_statements_for_one_case_as_for_three(client: Client, city: City) -> None:
    counts = []
    client.force_login(city.accounts["工委甲"])
    for numbers in ((2,), (3, 4)):
        for number in numbers:
            link(city, number, programme="cadres-help-enterprises")
        sequence()
        client.get(PAGE)
        with CaptureQueriesContext(connection) as made:
            answer = client.get(PAGE)
        counts.append((answer.status_code, len(made)))

    assert counts[0] == counts[1]
