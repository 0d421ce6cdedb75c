"""The day of an act is the office's: at night it is tomorrow here while Greenwich still writes yesterday."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from ronghe.casework.domain.giving import Giver, give
from ronghe.core.select import Gives
from ronghe.judgements.domain import give_review
from ronghe.judgements.models import Panel
from ronghe.organisations.queries import powers_of
from tests.casework.kernel import load
from tests.city import City, moment

pytestmark = [pytest.mark.db, pytest.mark.both, pytest.mark.django_db]
MIDNIGHT = moment("2026-03-02 00:30")
NIGHTS = [MIDNIGHT, MIDNIGHT.astimezone(dt.UTC), dt.datetime(2026, 3, 1, 23, 30, tzinfo=dt.UTC)]
night = pytest.mark.parametrize("at", NIGHTS, ids=["here 00:30", "Greenwich 16:30", "Greenwich 23:30"])
GRADES = """
list: night-grades
title: 等次
form: [{field: points, title: 分值, type: number}]
lines: [{code: good, title: 好, points: 5}]
"""
JUDGED = """
judgement: night-{name}
title: 夜间评判
judges: {{organisation: department}}
by: {{post: committee-staff}}
form: [{{field: grade, title: 等次, type: choice, from: night-grades}}]
{more}
"""
PANEL = JUDGED.format(name="panel", more="panel: {size: all, least: 1}\ncombine: {grade: mean, least: 1}")


@pytest.fixture(scope="module", autouse=True)
def _definitions(city: City, django_db_blocker: Any, tmp_path_factory: pytest.TempPathFactory) -> None:
    """What there is only from the second of March on."""
    with django_db_blocker.unblock():
        documents = GRADES, JUDGED.format(name="review", more=""), PANEL
        load(tmp_path_factory.mktemp("packs"), *documents, effective="2026-03-02")


def asked(city: City, code: str, at: dt.datetime) -> tuple[str, int]:
    unit = city.units["sthjj"]
    giver = Giver({}, ("organisation", unit.pk), "system:test", at, organisation=unit)
    (made,) = give(Gives.parse({"judgement": code}), giver)
    return made


@night
def test_a_review_is_asked_and_given_by_the_definitions_of_that_day(city: City, at: dt.datetime) -> None:
    powers = powers_of(city.accounts["工委甲"], MIDNIGHT.date())

    row = give_review(asked(city, "night-review", at)[1], values={"grade": "good"}, powers=powers, at=at)

    assert row.values == {"grade": "good"}


@night
def test_the_figure_of_a_panel_is_reckoned_by_the_list_of_that_day(city: City, at: dt.datetime) -> None:
    panel = Panel.objects.get(pk=asked(city, "night-panel", at)[1])
    for row in panel.reviews.all():
        powers = powers_of(row.judge, MIDNIGHT.date())
        give_review(row.pk, values={"grade": "good"}, powers=powers, at=at)

    panel.refresh_from_db()
    assert panel.values == {"grade": "5.00"}
