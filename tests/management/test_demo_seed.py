"""A seed and a day give one city, in its year and in its recent weeks."""

from __future__ import annotations

from random import Random
from typing import Any

import pytest
from django.db import transaction

from ronghe.casework.models import Case
from ronghe.core.memory import remembering
from ronghe.definitions.domain import load_packs
from ronghe.management.demo.build import Scale, live
from ronghe.management.demo.city import DemoCity
from ronghe.management.demo.recent import tell
from ronghe.management.demo.recent.weeks import Weeks
from tests.city import FOUNDED, City, moment

pytestmark = pytest.mark.db
NOW = moment("2026-11-20 18:00")


def history(seed: int, *, recent: bool = True) -> tuple[list[Any], list[Any]]:
    """What a city of this seed would live, and what its `recent` weeks would hold, undone again."""
    with transaction.atomic():
        load_packs(["common", "shenzhen"], actor="system:test", at=moment("2025-10-01 09:00"))
        city = DemoCity(actor=f"demo:{seed}", at=moment("2025-10-01 09:00"), random=Random(seed))
        city.found(enterprises=3)
        with remembering():
            lives = [life for batch in live(city, Scale(3, 8), seed, NOW) for life in batch]
        if recent:
            tell(city, NOW)
        cases = list(Case.objects.order_by("pk").values_list("procedure", "title", "values", "opened_at"))
        transaction.set_rollback(True)
    year = [
        (life.life.case.title, life.life.case.opened_at, [(act.what, act.at) for act in life.acts])
        for life in lives
    ]
    return year, cases


@pytest.mark.django_db
def test_same_seed_gives_the_same_city_and_another_seed_another() -> None:
    first, second, other = history(7), history(7), history(8, recent=False)

    assert first == second
    assert first[0] != other[0]


@pytest.mark.django_db
def test_weeks_before_replies_were_checked_by_a_second_person_hold_nothing(city: City) -> None:
    demo = DemoCity(actor="demo:7", at=FOUNDED, random=Random(7), units=city.units)
    days = ("2026-06-30 18:00", "2026-08-31 18:00")

    assert [Weeks(demo, moment(day)).is_told for day in days] == [False, True]
