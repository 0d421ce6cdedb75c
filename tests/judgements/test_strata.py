"""Draws by strata, of a day and of a period: some of each, and the same again whatever the things say by now."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from typing import Any

import pytest

from ronghe.casework import domain as casework
from ronghe.casework.domain import By
from ronghe.casework.models import Case
from ronghe.definitions import queries as definitions
from ronghe.judgements.domain import ask_reviews, draw_due
from ronghe.judgements.domain.drawing import drawn_again
from ronghe.judgements.models import Draw, DrawnFrom
from ronghe.ledger.domain import sequence
from ronghe.organisations.queries import powers_of
from tests.casework.kernel import load
from tests.city import City, moment
from tests.judgements.closed import closed

pytestmark = [pytest.mark.db, pytest.mark.both, pytest.mark.django_db]
DAY = dt.date(2026, 3, 2)
LOT = """
procedure: room-lot
title: 走访
about: department
form:
  - {field: detail, title: 情况, type: text}
  - {field: side, title: 片区, type: choice, optional: true, choices: [{code: east, title: 东}, {code: south, title: 南}]}
flow: [{step: visit, title: 走访, by: about}]
"""
DRAWN = """
judgement: room-drawn-{each}
title: 抽查
judges: {{procedure: {of}}}
by: {{post: committee-staff}}
when: {{each: {each}, draw: {size}, strata: {strata}}}
form: [{{field: grade, title: 等次, type: choice, choices: [好, 一般]}}]
"""


@pytest.fixture(scope="module", autouse=True)
def _definitions(city: City, django_db_blocker: Any, tmp_path_factory: pytest.TempPathFactory) -> None:
    with django_db_blocker.unblock():
        packs = tmp_path_factory.mktemp("packs")
        monthly = DRAWN.format(each="month", of="room-lot", size=3, strata="side")
        daily = DRAWN.format(each="day", of="enterprise-request", size=2, strata="about-unit")
        load(packs, LOT, monthly, daily)


def visited(city: City, side: str) -> Case:
    """A visit of that side, closed on the second of March."""
    me = city.accounts["环境局长"]
    actor, powers = f"person:{me.person_id}", powers_of(me, DAY)
    case = casework.open_case(
        definitions.get("procedure", "room-lot", DAY),
        values={"detail": "看望", **({"side": side} if side else {})},
        actor=actor,
        at=moment("2026-03-02 10:00"),
        about=city.units["sthjj"],
    ).case
    by = By(actor, moment("2026-03-02 11:00"), powers)
    return casework.complete_step(case.pk, by, step=case.steps.get().no, outcome="done")


def draw_month() -> Draw:
    sequence()
    ask_reviews(moment("2026-04-01 09:30"), definitions.calendar())
    return Draw.objects.get(judgement="room-drawn-month")


def counted(made: Draw, strata: dict[int, str]) -> Counter[str]:
    """How many were drawn of each."""
    return Counter(strata[pk] for pk in made.checks.values_list("subject_id", flat=True))


def test_of_a_period_some_of_each_are_drawn_and_the_same_again(city: City) -> None:
    sides = {visited(city, side).pk: side for side in [*["east"] * 8, "south", ""]}

    made = draw_month()

    assert counted(made, sides) == {"east": 1, "south": 1, "": 1}
    first = drawn_again(made)
    assert (made.rows, len(first.keys), len(first.drawn), first.is_same, first.by_strata) == (
        10, 10, 3, True, True,
    )  # fmt: skip
    for pk in sides:
        casework.reopen_case(pk, By("person:1", moment("2026-04-02 10:00")), cause="rating")
    assert drawn_again(made) == first, "though nothing of it is closed any more"


def test_of_a_day_some_of_each_are_drawn_and_the_same_again(city: City) -> None:
    of_whom = {closed(city).pk: "" for _ in range(5)}
    of_whom[closed(city, about_unit=city.units["zjj"]).pk] = "zjj"

    draw_due(moment("2026-11-24 09:00"), definitions.calendar())

    made = Draw.objects.get(judgement="room-drawn-day")
    assert counted(made, of_whom) == {"": 1, "zjj": 1}
    again = drawn_again(made)
    assert (len(again.keys), again.is_same, again.is_daily) == (6, True, True)


def test_a_draw_from_another_list_is_not_the_same(city: City) -> None:
    for side in ("east", "east", "south", ""):
        visited(city, side)
    made = draw_month()
    kept = DrawnFrom.objects.get(draw=made)
    left = drawn_again(made).drawn[0]
    kept.strata = {key: stratum for key, stratum in kept.strata.items() if key != left}
    kept.save()

    assert not drawn_again(made).is_same
