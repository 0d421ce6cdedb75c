"""Two people act on the same seats at the same moment."""

from __future__ import annotations

import threading
from collections.abc import Callable

import pytest
from django.db import connection

from ronghe.organisations import domain
from ronghe.organisations.domain.administrators import has_administrator
from ronghe.organisations.exceptions import OrganisationError
from ronghe.organisations.models import Appointment
from tests.city import ACTOR, City, build_city, moment

pytestmark = [pytest.mark.db, pytest.mark.both]
LATER = moment("2026-03-02 10:00")
WHEN = {"actor": ACTOR, "at": LATER}


def at_once(*acts: Callable[[], object]) -> list[str]:
    """What became of each: `done`, or the code of the refusal; sorted."""
    told, start = [], threading.Barrier(len(acts))

    def work(act: Callable[[], object]) -> None:
        start.wait(30)
        try:
            act()
            told.append("done")
        except OrganisationError as error:
            told.append(error.code)
        finally:
            connection.close()

    workers = [threading.Thread(target=work, args=[act]) for act in acts]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join(60)
    return sorted(told)


@pytest.fixture
def city(transactional_db: None) -> City:
    if connection.vendor != "postgresql":
        pytest.skip("an in-memory SQLite database has one writer by its nature")
    return build_city()


def test_a_seat_for_one_is_given_once(city: City) -> None:
    head = Appointment.objects.select_related("post").get(person=city.people["住建局长"])
    domain.end_appointment(head, **WHEN)
    one, two = city.people["住建经办"], city.people["环境经办"]

    told = at_once(
        lambda: domain.appoint(head.post, person=one, **WHEN),
        lambda: domain.appoint(head.post, person=two, **WHEN),
    )

    assert told == ["done", "seat-taken"]
    assert Appointment.objects.filter(post=head.post, ends=None).count() == 1


def test_a_seat_is_handed_over_once(city: City) -> None:
    head = Appointment.objects.get(person=city.people["住建局长"])
    one, two = city.people["住建经办"], city.people["环境经办"]

    told = at_once(
        lambda: domain.hand_over(head, to=one, **WHEN), lambda: domain.hand_over(head, to=two, **WHEN)
    )

    assert told == ["done", "not-sitting"]
    assert Appointment.objects.filter(post=head.post_id, ends=None).count() == 1


def test_two_administrators_cannot_take_each_other_out(city: City) -> None:
    for name in ("管理甲", "管理乙"):
        city.seat("szgw", "administrator", name)
    seats = [Appointment.objects.get(person=city.people[name]) for name in ("管理甲", "管理乙")]

    told = at_once(
        lambda: domain.end_appointment(seats[0], **WHEN), lambda: domain.leave(city.people["管理乙"], **WHEN)
    )

    assert told == ["done", "last-administrator"]
    assert has_administrator(LATER.date())
