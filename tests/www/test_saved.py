"""Filters of lists under a name: kept, one tap away, renamed, removed; mine alone; explained when something is gone."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse

from ronghe.organisations.domain import filters
from ronghe.organisations.models import SavedFilter
from tests.city import City

pytestmark = [pytest.mark.page, pytest.mark.both, pytest.mark.django_db]
ME, OTHER = "环境经办", "住建经办"


def kept() -> list[tuple[str, str, str, str]]:
    rows = SavedFilter.objects.order_by("pk")
    return [(one.person.name, one.page, one.name, one.query) for one in rows]


def keep(client: Client, name: str = "急的", page: str = "cases", query: str = "state=open&light=red") -> str:
    answer = client.post(reverse("filter-save"), {"page": page, "query": query, "name": name})
    return str(answer["Location"])


def test_the_present_filter_is_kept_and_one_tap_away(signed: Callable[[str], Client]) -> None:
    client = signed(ME)
    page = client.get(reverse("cases") + "?state=open&light=red&page=2&kind=").content.decode()
    assert (
        'name="query" value="light=red&amp;state=open"' in page or 'value="state=open&amp;light=red"' in page
    )

    assert keep(client) == reverse("cases") + "?state=open&light=red"
    assert kept() == [(ME, "cases", "急的", "state=open&light=red")]
    link = f'<a href="{reverse("cases")}?state=open&amp;light=red"'
    assert link in client.get(reverse("cases")).content.decode()
    assert link.replace("<a", '<a class="title"') in client.get(reverse("me")).content.decode()
    assert "急的" not in client.get(reverse("enterprises")).content.decode()


def test_nothing_asked_is_nothing_to_keep(signed: Callable[[str], Client]) -> None:
    assert "把现在的条件存下来" not in signed(ME).get(reverse("cases") + "?kind=&page=1").content.decode()


def test_the_same_name_replaces_and_a_name_is_needed(signed: Callable[[str], Client]) -> None:
    client = signed(ME)
    keep(client)
    keep(client, query="state=closed")
    keep(client, name="  ")
    keep(client, name="长" * 41)
    keep(client, query="q=" + "a" * 700)

    assert kept() == [(ME, "cases", "急的", "state=closed")]
    assert keep(client, page="me") == reverse("me")
    assert len(kept()) == 1


def test_renaming_and_removing_are_mine_alone(signed: Callable[[str], Client], city: City) -> None:
    client = signed(ME)
    keep(client)
    keep(client, name="另一组")
    pk = SavedFilter.objects.get(name="急的").pk
    client.post(reverse("filter-rename", args=[pk]), {"name": "另一组"})
    assert [name for _, _, name, _ in kept()] == ["急的", "另一组"]
    client.post(reverse("filter-rename", args=[pk]), {"name": "最急的"})
    assert [name for _, _, name, _ in kept()] == ["最急的", "另一组"]

    client.force_login(city.accounts[OTHER])
    client.get(reverse("me"))  # what was told stands on one page
    assert "最急的" not in client.get(reverse("me")).content.decode()
    for act in ("filter-rename", "filter-remove"):
        assert client.post(reverse(act, args=[pk]), {"name": "夺"}).status_code == 404

    client.force_login(city.accounts[ME])
    client.post(reverse("filter-remove", args=[pk]))
    assert [name for _, _, name, _ in kept()] == ["另一组"]


def test_what_no_longer_exists_is_explained(signed: Callable[[str], Client]) -> None:
    client = signed(ME)
    keep(client, name="好的", query="kind=petition")
    keep(client, name="坏的", query="kind=gone-kind&unit=gone-unit")
    page = client.get(reverse("me")).content.decode()

    assert page.count("现在没有了") == 1
    assert "“类别”、“单位”现在没有了" in page


def test_there_is_a_bound(city: City, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(filters, "MOST_FILTERS", 1)
    person = city.people[ME]
    filters.save_filter(person, page="cases", name="一", query="q=1")
    filters.save_filter(person, page="cases", name="一", query="q=2")
    with pytest.raises(filters.OrganisationError) as refused:
        filters.save_filter(person, page="cases", name="二", query="q=1")

    assert refused.value.code == "too-many"


@pytest.mark.parametrize(
    ("page", "query"),
    [
        ("papers", "kind=public-notice&show=issued"),
        ("duties", "duty=three-meetings"),
        ("duties-units", "duty=three-meetings"),
        ("register/project", "show=ended"),
    ],
)
def test_papers_duties_and_each_register_keep_their_own(
    signed: Callable[[str], Client], page: str, query: str
) -> None:
    client = signed(ME)
    name, _slash, code = page.partition("/")
    address = reverse(name, args=[code] if code else None)

    assert keep(client, page=page, query=query) == f"{address}?{query}"
    assert kept() == [(ME, page, "急的", query)]
    assert client.get(f"{address}?{query}").context["at_desk"].page == page
    assert [one.to for one in client.get(address).context["at_desk"].filters] == [f"{address}?{query}"]
    assert ">急的</a>" in client.get(reverse("me")).content.decode()
    if code:
        other = client.get(reverse("register", args=["library-item"])).context["at_desk"]
        assert (other.page, other.filters) == ("register/library-item", [])
        assert keep(client, page="register/no-such") == reverse("me")
