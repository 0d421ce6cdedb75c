"""A long list by pages, counted only for whoever asks."""

from __future__ import annotations

import re

import pytest
from django.test import Client

from ronghe.casework.models import Case
from ronghe.www.desk.views import cases as views
from ronghe.www.long_pages import long_page
from tests.city import City
from tests.www.desk_cases import ago, file_message

pytestmark = [pytest.mark.page, pytest.mark.both, pytest.mark.django_db]


@pytest.fixture
def five(city: City) -> list[int]:
    """Five cases, by number of filing."""
    return [file_message(city, at=ago(hours=9 - number)).pk for number in range(5)]


@pytest.mark.parametrize(
    ("asked", "counted", "told"),
    [
        (None, False, ([0, 1], 1, True, None, None)),
        ("1", True, ([0, 1], 1, True, 5, 3)),
        ("2", False, ([2, 3], 2, True, None, None)),
        ("3", False, ([4], 3, False, 5, 3)),
        ("4", False, ([4], 3, False, 5, 3)),
        ("99999999999999999999", False, ([4], 3, False, 5, 3)),
        ("0", False, ([0, 1], 1, True, None, None)),
        ("二", False, ([0, 1], 1, True, None, None)),
    ],
)
def test_page_asked_for(
    five: list[int],
    asked: str | None,
    counted: bool,
    told: tuple[list[int], int, bool, int | None, int | None],
) -> None:
    page = long_page(Case.objects.order_by("pk"), 2, asked, counted=counted)

    places = [five.index(case.pk) for case in page.object_list]
    assert (places, page.number, page.has_next, page.total, page.pages) == told


@pytest.mark.parametrize(("size", "told"), [(5, (1, False, 5, 1)), (4, (1, True, None, None))])
def test_list_of_exactly_one_page_has_no_next(
    five: list[int], size: int, told: tuple[int, bool, int | None, int | None]
) -> None:
    page = long_page(Case.objects.order_by("pk"), size, None)

    assert (page.number, page.has_next, page.total, page.pages) == told


def test_empty_list_is_its_first_and_last_page() -> None:
    page = long_page(Case.objects.order_by("pk"), 2, "7")

    assert (page.object_list, page.number, page.has_next, page.total) == ([], 1, False, 0)


@pytest.mark.parametrize(
    ("query", "told"),
    [
        ("", "第 1 页 · 共多少条"),
        ("?count=1", "第 1 页，共 3 页，5 条"),
        ("?page=2", "第 2 页 · 共多少条"),
        ("?page=3", "第 3 页，共 3 页，5 条"),
    ],
)
def test_list_of_cases_is_counted_on_its_last_page_and_for_whoever_asks(
    five: list[int], city: City, client: Client, monkeypatch: pytest.MonkeyPatch, query: str, told: str
) -> None:
    monkeypatch.setattr(views, "PAGE", 2)
    client.force_login(city.accounts["工委甲"])

    page = client.get(f"/desk/cases/{query}").content.decode()

    [pager] = [part.split("</nav>")[0] for part in page.split('<nav class="pager"')[1:]]
    words = pager.split('<span class="tabular">')[1].split("</span>")[0]
    assert re.sub("<[^>]*>", "", words) == told
