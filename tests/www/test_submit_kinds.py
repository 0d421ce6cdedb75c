"""Everything the public may ask for is at most two taps from the first page, by who one is."""

from __future__ import annotations

import re

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from ronghe.definitions import queries as definitions
from ronghe.definitions.enums import Kind
from ronghe.www.portal.offers import PUBLIC_REQUESTERS, SEARCHED_FROM, Offer, grouped, offers
from tests.city import City

pytestmark = [pytest.mark.page, pytest.mark.both, pytest.mark.django_db]


def text(client: Client, address: str) -> str:
    return client.get(address).content.decode()


def led_to(page: str) -> set[str]:
    """The kinds a page leads to."""
    return set(re.findall(r'href="/submit/\?kind=([a-z-]+)"', page))


def test_every_public_procedure_is_two_taps_away(city: City, client: Client) -> None:
    today = timezone.localdate()
    public = {
        one.edition.code
        for one in definitions.live(Kind.PROCEDURE, today)
        if one.body.requester in PUBLIC_REQUESTERS and one.first_effective <= today
    }
    first = text(client, reverse("submit"))
    named = set(re.findall(r'name="kind" value="([a-z-]+)"', first))

    assert reverse("submit-kinds") in first
    assert named == {"enterprise-request", "resident-message", "petition"}
    assert led_to(text(client, reverse("submit-kinds"))) == public
    assert {"subsidy-application", "credit-repair", "inquiry"} <= public
    for code in public:
        assert client.get(reverse("submit"), {"kind": code}).status_code == 200


def test_kinds_stand_under_who_one_is(city: City, client: Client) -> None:
    page = text(client, reverse("submit-kinds"))
    enterprises, residents, either = (
        page.index(title) for title in ("企业办的", "个人办的", "企业和个人都可以办的")
    )

    assert enterprises < page.index("kind=subsidy-application") < residents
    assert residents < page.index("kind=resident-message") < either < page.index("kind=inquiry")


def test_search_finds_by_title_and_by_what_is_asked(city: City, client: Client) -> None:
    address = reverse("submit-kinds")
    assert led_to(text(client, f"{address}?q=信用修复")) == {"credit-repair"}
    assert "energy-review" in led_to(text(client, f"{address}?q=节能报告"))
    nothing = text(client, f"{address}?q=天气预报")
    assert led_to(nothing) == set()
    assert "没有找到“天气预报”" in nothing
    assert 'value="天气预报"' in nothing


def test_search_stands_where_there_is_much(city: City, client: Client) -> None:
    is_asked = 'role="search"' in text(client, reverse("submit-kinds"))
    assert is_asked == (len(offers()) > SEARCHED_FROM)


def test_groups_without_offers_are_left_out(city: City) -> None:
    firms = [offer for offer in offers() if offer.wants_enterprise]
    assert [group.title for group in grouped(firms)] == ["企业办的"]
    none: list[Offer] = []
    assert grouped(none) == []


def test_kind_chosen_on_the_second_page_stays_when_another_is_looked_for(city: City, client: Client) -> None:
    given = {
        "stage": "again",
        "kind": "credit-repair",
        "record": "逾期",
        "detail": "已还清",
        "submission": "",
    }
    page = client.post(reverse("submit"), given).content.decode()

    assert 'name="kind" value="credit-repair"' in page
    assert "已还清" in page
