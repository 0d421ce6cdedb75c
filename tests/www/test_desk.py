"""The desks: worklist, lists and board; none grows slower with its cases."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from tests.city import City
from tests.www.desk_cases import ago, answered, do, file_message, file_petition, file_request, fresh

pytestmark = [pytest.mark.page, pytest.mark.both, pytest.mark.django_db]

HTMX = {"HX-Request": "true"}


# 我的待办


def test_desk_lists_what_i_must_do_and_nothing_else(city: City, officer: Client) -> None:
    mine = file_request(city, "扬尘大，请协调洒水。")
    other = do(city, "分办甲", file_message(city), 1, "transfer", to=city.units["zjj"])

    page = officer.get("/desk/").content.decode()

    assert (mine.number in page, mine.title in page, other.number in page) == (True, True, False)


@pytest.mark.parametrize(
    ("name", "says", "on"),
    [("工委甲", "没有要您亲自办的。", "/desk/supervision/"), ("住建经办", "没有要办的。", "/desk/cases/")],
)
def test_empty_desk_says_what_would_be_here(
    city: City, client: Client, name: str, says: str, on: str
) -> None:
    client.force_login(city.accounts[name])

    page = client.get("/desk/").content.decode()

    assert (says in page, f'<a href="{on}">' in page) == (True, True)


def test_who_works_on_no_case_lands_on_what_they_look_after(city: City, client: Client) -> None:
    client.force_login(city.seat("szgw", "administrator", "管理甲"))

    assert client.get("/desk/").headers["Location"] == "/organisations/"
    page = client.get("/organisations/").content.decode()
    assert ('href="/desk/imports/"' in page, 'href="/desk/cases/"' in page) == (True, False)


def test_staff_who_find_nothing_stay_at_their_desk(officer: Client, client: Client) -> None:
    inside = officer.get("/desk/cases/QY2026-999999/")
    outside = Client().get("/public/answers/QY2026-999999/")

    assert (inside.status_code, outside.status_code) == (404, 404)
    assert ("回到我的待办" in inside.content.decode(), "回到我的待办" in outside.content.decode()) == (
        True,
        False,
    )
    assert "要查自己提的诉求" in outside.content.decode()


def test_filters_of_the_desk_stand_in_the_address(city: City, officer: Client) -> None:
    dust, smell = file_request(city, "扬尘太大"), file_request(city, "气味难闻")

    found = {
        query: [case.number in officer.get(f"/desk/?{query}").content.decode() for case in (dust, smell)]
        for query in (
            "q=扬尘",
            f"q={smell.number}",
            "kind=petition",
            "light=paused",
            "kind=nothing",
            "light=purple",
        )
    }

    assert found == {
        "q=扬尘": [True, False],
        f"q={smell.number}": [False, True],
        "kind=petition": [False, False],
        "light=paused": [False, False],
        "kind=nothing": [True, True],
        "light=purple": [True, True],
    }
    assert "没有符合条件的待办" in officer.get("/desk/?kind=petition").content.decode()


@pytest.mark.parametrize(("address", "part"), [("/desk/", "worklist"), ("/desk/cases/", "found")])
def test_part_for_htmx_is_the_part_of_the_whole_page(
    city: City, officer: Client, address: str, part: str
) -> None:
    file_request(city)

    whole, swapped = (
        officer.get(address).content.decode(),
        officer.get(address, headers=HTMX).content.decode(),
    )
    back = officer.get(address, headers={**HTMX, "HX-History-Restore-Request": "true"}).content.decode()

    assert swapped.strip().startswith(f'<section id="{part}"')
    assert swapped.strip() in whole
    assert "<html" in back


def test_preview_is_a_part_and_without_htmx_the_case(city: City, officer: Client) -> None:
    case = file_request(city)
    address = reverse("case-preview", args=[case.number])

    part, whole = officer.get(address, headers=HTMX), officer.get(address)

    assert (part.status_code, "打开办理" in part.content.decode(), "<html" in part.content.decode()) == (
        200,
        True,
        False,
    )
    assert (whole.status_code, whole["Location"]) == (302, reverse("case", args=[case.number]))


# 全部办件


def test_cases_are_found_by_number_title_state_and_unit(city: City, officer: Client) -> None:
    dust, smell = file_request(city, "扬尘太大"), file_request(city, "气味难闻")
    do(city, "环境经办", do(city, "环境经办", smell, 1, "accept"), 2, "ready")
    answered(city, fresh(smell), "已责令整改。")

    def numbers(query: str) -> list[str]:
        return [row.case.number for row in officer.get(f"/desk/cases/?{query}").context["rows"]]

    assert numbers("") == [dust.number, smell.number]
    assert numbers("q=气味") == [smell.number]
    assert numbers(f"q={dust.number[-6:]}") == [dust.number]
    assert numbers("state=closed") == [smell.number]
    assert numbers("unit=zjj") == []
    assert numbers("sort=new") == [smell.number, dust.number]
    assert numbers("page=999") == [dust.number, smell.number]


def test_long_lists_have_pages_that_keep_their_filter(city: City, officer: Client) -> None:
    for n in range(21):
        file_request(city, f"第{n}件扬尘")

    first = officer.get("/desk/cases/?q=扬尘")
    second = officer.get("/desk/cases/?q=扬尘&page=2")

    assert (len(first.context["rows"]), len(second.context["rows"])) == (20, 1)
    assert "q=%E6%89%AC%E5%B0%98&amp;page=2" in first.content.decode()


# 单位看板


def test_board_counts_by_unit_kind_and_light_and_each_number_opens_its_list(
    city: City, client: Client
) -> None:
    file_request(city), file_message(city), file_petition(city)
    file_request(city, at=ago(days=40))
    client.force_login(city.accounts["工委甲"])

    answer = client.get("/desk/board/")

    assert {row.code: row.total for row in answer.context["units"]} == {"sthjj": 2, "none": 2}
    assert {row.code: row.total for row in answer.context["kinds"]} == {
        "enterprise-request": 2, "resident-message": 1, "petition": 1,
    }  # fmt: skip
    for row in answer.context["units"]:
        for light, count in row.cells():
            listed = client.get(f"/desk/cases/?state=open&unit={row.code}&light={light}").context["rows"]
            assert (len(listed), {one.light for one in listed} - {light}) == (count, set())
    assert len(answer.context["oldest"]) == 1


def test_empty_board_says_what_would_be_here(city: City, client: Client) -> None:
    client.force_login(city.accounts["住建经办"])

    assert "没有正在办的件" in client.get("/desk/board/").content.decode()


# 不因件数而变慢


@pytest.mark.parametrize("address", ["/desk/", "/desk/cases/", "/desk/board/", "/desk/triage/", "case"])
def test_queries_do_not_grow_with_the_list(
    city: City, client: Client, django_assert_max_num_queries, django_assert_num_queries, address: str
) -> None:
    name = "分办甲" if address.endswith("triage/") else "环境经办"
    client.force_login(city.accounts[name])

    def one_more() -> str:
        case = (
            file_message(city) if name == "分办甲" else do(city, "环境经办", file_request(city), 1, "accept")
        )
        return reverse("case", args=[case.number]) if address == "case" else address

    at = one_more()
    client.get(at)
    with django_assert_max_num_queries(40) as first:
        client.get(at)
    one_more(), one_more()
    with django_assert_num_queries(len(first)):
        client.get(at)


def test_empty_desk_has_no_frame_of_a_preview(city: City, officer: Client) -> None:
    before = "preview-empty" in officer.get("/desk/").content.decode()
    file_request(city)

    assert (before, "preview-empty" in officer.get("/desk/").content.decode()) == (True, False)
