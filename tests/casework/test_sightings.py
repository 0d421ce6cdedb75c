"""What is asked by statements made once is what the visible querysets give, for everybody."""

from __future__ import annotations

import pytest
from django.http import Http404

from ronghe.casework.models import Case
from ronghe.casework.queries.finding import find_visible_or_404
from ronghe.casework.queries.listing import Wanted, find_cases, first_rows
from ronghe.casework.queries.sightings import Sighting
from ronghe.definitions.queries import calendar
from ronghe.organisations.models import Account
from ronghe.organisations.queries import powers_of
from tests.casework.test_life import file_request
from tests.city import City, moment

pytestmark = [pytest.mark.db, pytest.mark.both, pytest.mark.django_db]
NOW = moment("2026-03-05 10:00")
READERS = ("管家甲", "分办甲", "环境局长", "环境经办", "住建局长", "住建经办", "工委甲")


def readers(city: City) -> list[Account]:
    stranger, _ = Account.objects.get_or_create(username="stranger")
    return [*(city.accounts[name] for name in READERS), stranger]


def test_a_sighting_shows_each_reader_what_is_visible_to_them(city: City) -> None:
    for _ in range(3):
        file_request(city)
    Case.objects.update(responsible=city.units["sthjj"])
    Case.objects.filter(pk=Case.objects.latest("pk").pk).update(about_unit=city.units["sthjj"])
    ordered: Sighting[Case] = Sighting(lambda cases: cases.order_by("pk"))
    seen = {}
    for account in readers(city):
        powers = powers_of(account, NOW.date())
        seen[account.username] = [case.number for case in ordered.all(powers)]
        visible = Case.objects.visible_with(powers).order_by("pk")
        assert seen[account.username] == [case.number for case in visible], account

    assert len(seen[city.accounts["工委甲"].username]) == 3
    assert len(seen[city.accounts["环境局长"].username]) == 2  # not the one about themselves
    assert seen["stranger"] == []


def test_a_case_is_found_by_whom_it_is_visible_to(city: City) -> None:
    case = file_request(city)
    found = {}
    for account in readers(city):
        try:
            found[account.username] = find_visible_or_404(account, case.number).pk
        except Http404:
            found[account.username] = None

    visible = {
        account.username: case.pk if Case.objects.visible_to(account).filter(pk=case.pk).exists() else None
        for account in readers(city)
    }
    assert found == visible
    assert set(found.values()) == {case.pk, None}


@pytest.mark.parametrize(
    "wanted",
    [Wanted(), Wanted(state="open"), Wanted(sort="new"), Wanted(kind="enterprise-request", state="open")],
)
def test_the_first_page_is_the_beginning_of_the_list(city: City, wanted: Wanted) -> None:
    cases = [file_request(city) for _ in range(3)]
    for day, case in enumerate(cases, 2):
        Case.objects.filter(pk=case.pk).update(opened_at=moment(f"2026-03-0{day} 09:00"))
    powers = powers_of(city.accounts["工委甲"], NOW.date())

    rows = first_rows(powers, wanted, 2)

    assert rows is not None
    assert [one.number for one in rows] == [
        one.number for one in find_cases(powers, wanted, NOW, calendar())[:2]
    ]
    assert len(rows) == 2


@pytest.mark.parametrize(
    "wanted", [Wanted(text="污"), Wanted(light="red"), Wanted(unit="zjj"), Wanted(first=True)]
)
def test_whatever_else_is_wanted_is_asked_anew(city: City, wanted: Wanted) -> None:
    assert first_rows(powers_of(city.accounts["工委甲"], NOW.date()), wanted, 2) is None
