"""Parts of the frame that are written once: each reader gets their own, and nothing of another's."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
from django.template import Context, Template
from django.test import Client
from django.urls import reverse

from tests.city import PASSWORD, City

pytestmark = [pytest.mark.page, pytest.mark.django_db]


def write(text: str, *, here: str = "desk", may: frozenset[str] = frozenset(), **more: object) -> str:
    request = SimpleNamespace(resolver_match=SimpleNamespace(url_name=here))
    return TEMPLATES[text].render(Context({"request": request, "may": SimpleNamespace(held=may), **more}))


MENU = '{% unchanging %}{% if may.oversee %}all {% endif %}{{ name }}{% nav_item "desk" "待办" "desk" %}{% endunchanging %}'
LONG = "很" * 90  # more than is looked for
FILTERS = "{% unchanging form %}{{ form.said }} {{ name }}{% endunchanging %}"
TEMPLATES = {text: Template(text) for text in (MENU, FILTERS)}


def test_it_differs_by_powers_and_address_and_knows_nothing_else() -> None:
    mine = write(MENU, name="王某")

    assert "王某" not in mine
    assert mine == write(MENU, name="李某")
    assert 'aria-current="page"' in mine
    assert 'aria-current="page"' not in write(MENU, here="stats")
    assert write(MENU, may=frozenset({"oversee"})).startswith("all ")
    assert not write(MENU).startswith("all ")


def test_a_thing_it_sees_is_written_once_for_each_way_it_looks_and_anew_where_somebody_typed() -> None:
    told = [
        write(FILTERS, form=SimpleNamespace(written_as=written_as, said=said), name="王某")
        for written_as, said in (("open", "1"), ("open", "2"), ("closed", "3"), (None, "4"), (None, "5"))
    ]

    assert told == ["1 ", "1 ", "3 ", "4 王某", "5 王某"]


def test_filters_show_what_was_asked_for_to_whoever_asked(city: City, client: Client) -> None:
    client.force_login(city.accounts["工委甲"])
    asked = {}
    for query in (
        "",
        "?state=open",
        "?q=水管",
        "?state=open&q=电梯",
        "?state=nonsense",
        f"?q=水管{LONG}",
        "",
    ):
        page = client.get(reverse("cases") + query).content.decode()
        asked[query] = ('value="open" selected' in page, "水管" in page, "电梯" in page)

    assert asked == {
        "": (False, False, False),
        "?state=open": (True, False, False),
        "?q=水管": (False, True, False),
        "?state=open&q=电梯": (True, False, True),
        "?state=nonsense": (False, False, False),
        f"?q=水管{LONG}": (False, True, False),
    }


def test_two_who_sign_in_one_after_the_other_read_their_own_menus(city: City) -> None:
    pages = {}
    for name in ("工委甲", "环境经办", "工委甲"):
        client = Client()
        client.login(username=city.accounts[name].username, password=PASSWORD)
        pages[name] = client.get(reverse("desk")).content.decode()

    assert reverse("supervision") in pages["工委甲"]
    assert reverse("supervision") not in pages["环境经办"]
    assert "环境经办" in pages["环境经办"]
    assert "环境经办" not in pages["工委甲"]
