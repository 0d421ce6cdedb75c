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
TEMPLATES = {MENU: Template(MENU)}


def test_it_differs_by_powers_and_address_and_knows_nothing_else() -> None:
    mine = write(MENU, name="王某")

    assert "王某" not in mine
    assert mine == write(MENU, name="李某")
    assert 'aria-current="page"' in mine
    assert 'aria-current="page"' not in write(MENU, here="stats")
    assert write(MENU, may=frozenset({"oversee"})).startswith("all ")
    assert not write(MENU).startswith("all ")


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
