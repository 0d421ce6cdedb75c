"""The day of an act is the office's: a clock in another zone, as databases and APIs keep it, changes nothing."""

from __future__ import annotations

import datetime as dt

import pytest

from ronghe.casework import domain
from ronghe.casework.domain import By, indexing
from ronghe.casework.domain.filing import facts_of
from ronghe.casework.domain.giving import Giver
from ronghe.casework.models import Case
from ronghe.casework.queries.search import Option, Wanted, search_cases
from ronghe.definitions import queries as definitions
from ronghe.ledger.domain import sequence
from ronghe.organisations.queries import powers_of
from tests.casework.test_life import file_request
from tests.city import City, moment

pytestmark = [pytest.mark.db, pytest.mark.both, pytest.mark.django_db]
NIGHT = moment("2026-03-02 00:30")  # at Greenwich still the first of March
ZONES = [NIGHT, NIGHT.astimezone(dt.UTC)]


def promise(city: City, at: dt.datetime) -> Case:
    procedure = definitions.get("procedure", "deed", at.date())
    values = {"kind-of-deed": "people", "detail": "修公厕", "served": "居民", "promised-day": "2026-03-20"}
    actor = f"person:{city.people['住建经办'].pk}"
    return domain.open_case(procedure, values=values, at=at, actor=actor, responsible=city.units["zjj"]).case


@pytest.mark.parametrize("at", ZONES, ids=["here", "Greenwich"])
def test_a_promised_day_is_that_day(city: City, at: dt.datetime) -> None:
    case = promise(city, at)

    assert case.due == moment("2026-03-20 18:00")
    kept = Case.objects.get(pk=case.pk)
    assert facts_of(kept, definitions.by_edition(kept.edition_id)).on == dt.date(2026, 3, 2)


def test_who_acts_at_night_acts_on_the_day_it_is_here(city: City) -> None:
    case = file_request(city)
    act = By(f"person:{city.people['环境经办'].pk}", ZONES[1])

    assert (act.at, act.at.date()) == (NIGHT, dt.date(2026, 3, 2))
    assert case.opened_at.date() == dt.date(2026, 3, 2)


def test_what_is_given_at_night_is_given_on_the_day_it_is_here(city: City) -> None:
    giver = Giver({}, ("case", 1), "system:clock", ZONES[1])

    assert (giver.at, giver.at.date()) == (NIGHT, dt.date(2026, 3, 2))


def test_the_year_a_case_is_found_under_begins_here(city: City) -> None:
    at = moment("2026-01-01 00:30")  # at Greenwich still 2025
    procedure = definitions.get("procedure", "resident-message", at.date())
    domain.open_case(procedure, values={"detail": "小区门口路灯不亮"}, at=at.astimezone(dt.UTC))
    sequence()
    indexing.index_new(at)
    found = search_cases(powers_of(city.accounts["工委甲"], dt.date(2026, 3, 2)), Wanted("路灯"), ZONES[1])

    assert found.facets["year"] == [Option("2026", "2026", 1)]
