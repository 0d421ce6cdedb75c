"""Lights from the due instant alone agree with the clock's own reading, and SQL agrees with Python."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pytest

from ronghe.casework.enums import CaseState
from ronghe.casework.models import Case
from ronghe.casework.queries.lights import Lights, lights_at
from ronghe.core.worktime import NOT_STARTED, SHANGHAI, Light, Limit
from ronghe.definitions.queries import calendar
from tests.casework.test_life import file_message, file_request
from tests.city import City, moment

NOWS = [
    "2026-02-13 17:59",
    "2026-03-02 08:00",
    "2026-03-06 12:30",
    "2026-03-07 10:00",
    "2026-09-30 18:00",
    "2026-10-10 09:00",
]
LIMITS = ["1 工作日", "2 工作日", "10 自然日", "4 工时", "1 月"]


@pytest.mark.unit
@pytest.mark.parametrize("yellow", LIMITS)
@pytest.mark.parametrize("now", NOWS)
def test_light_of_a_due_instant_is_the_light_of_the_clock(now: str, yellow: str) -> None:
    at, days, limit = moment(now), calendar(), Limit.parse(yellow)
    lights = Lights(at, days, {"some": limit})
    case = Case(state=CaseState.OPEN, procedure="some")
    dues = [days.closing(at.date() + dt.timedelta(n)) for n in range(-3, 60)]
    if limit.unit == "工时":
        dues = [at + dt.timedelta(minutes=30 * n) for n in range(1, 200)]
        dues = [due for due in dues if days.is_workday(due.date()) and due.hour in {9, 10, 14, 15, 16}]

    told = [lights.light(case, due) for due in dues]

    assert told == [
        replace(NOT_STARTED, due=due, now=at, overdue=at > due, calendar=days).light(limit) for due in dues
    ]


@pytest.mark.db
@pytest.mark.both
@pytest.mark.django_db
def test_cases_found_by_light_are_those_that_show_it(city: City) -> None:
    now = moment("2026-03-06 12:30")
    lights = lights_at(now, calendar())
    dues = [None, None, *(now + dt.timedelta(hours=12 * n) for n in range(-4, 12))]
    for n, due in enumerate(dues):
        for file in (file_request, file_message):
            case = file(city)
            paused = (now - dt.timedelta(days=1)) if n % 3 == 0 else None
            state = CaseState.CLOSED if n % 7 == 6 else CaseState.OPEN
            Case.objects.filter(pk=case.pk).update(due=due, paused_at=paused, state=state)

    found = {
        light: set(Case.objects.filter(lights.where(light)).values_list("pk", flat=True)) for light in Light
    }
    shown: dict[Light, set[int]] = {light: set() for light in Light}
    for case in Case.objects.all():
        shown[lights.light(case, case.due)].add(case.pk)

    assert found == shown
    assert all(shown.values())


@pytest.mark.db
@pytest.mark.both
@pytest.mark.django_db
def test_lights_of_the_day_are_those_of_the_definitions(city: City) -> None:
    now = dt.datetime(2026, 3, 2, 10, tzinfo=SHANGHAI)

    lights = lights_at(now, calendar())

    expected = {
        "enterprise-request": "03-04",  # due on the 3rd at the latest: one working day is left
        "petition": "03-13",
        "resident-message": "03-05",
        "supervision": "03-04",
    }
    assert {code: f"{lights.yellow_before(code):%m-%d}" for code in expected} == expected
