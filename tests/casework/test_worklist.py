"""What must I do now, in what order."""

from __future__ import annotations

import pytest
from django.utils import timezone

from ronghe.casework import domain
from ronghe.casework.queries.worklist import next_item, worklist
from ronghe.definitions.queries import calendar
from tests.casework.test_life import by, file_message, file_request
from tests.city import City, moment

pytestmark = [pytest.mark.db, pytest.mark.both, pytest.mark.django_db]


@pytest.mark.parametrize(
    ("now", "group", "light"),
    [
        ("2026-03-02 11:00", "later", "green"),  # Monday; due on Monday the 9th
        ("2026-03-08 11:00", "tomorrow", "yellow"),
        ("2026-03-09 11:00", "today", "yellow"),
        ("2026-03-09 18:30", "overdue", "red"),
    ],
)
def test_item_stands_in_the_group_of_its_due_day(city: City, now: str, group: str, light: str) -> None:
    case = file_request(city)
    domain.complete_step(case.pk, by(city, "管家甲", "2026-03-02 10:30", case), step=1, outcome="accept")

    [item] = worklist(city.accounts["管家甲"], moment(now), calendar()).items

    assert (item.group, item.light, item.title) == (group, light, "办理")


def test_step_due_sooner_than_its_case_comes_first_and_tells_its_own_clock(city: City) -> None:
    file_request(city)

    [item] = worklist(city.accounts["管家甲"], moment("2026-03-02 11:00"), calendar()).items

    assert (item.due, item.sentence) == (moment("2026-03-02 16:00"), "今天到期（16:00 前）")


def test_paused_case_waits_for_others_and_is_never_the_next(city: City) -> None:
    case = file_request(city)
    case = domain.complete_step(
        case.pk, by(city, "管家甲", "2026-03-02 10:30", case), step=1, outcome="accept"
    )
    domain.pause_case(case.pk, by(city, "管家甲", "2026-03-02 10:40", case), step=2, ground="supplement")
    account, now = city.accounts["管家甲"], moment("2026-03-02 11:00")

    found = worklist(account, now, calendar())

    assert [(group, len(items)) for group, items in found.groups()] == [("paused", 1)]
    assert "补充材料" in found.items[0].sentence
    assert next_item(account, now, calendar(), after=None) is None


def test_next_is_what_is_due_after_the_one_done(city: City) -> None:
    first, second = file_request(city), file_request(city)
    domain.complete_step(second.pk, by(city, "管家甲", "2026-03-02 10:30", second), step=1, outcome="accept")
    account, now = city.accounts["管家甲"], moment("2026-03-02 11:00")

    following = next_item(account, now, calendar(), after=moment("2026-03-02 16:00"))
    last = next_item(account, now, calendar(), after=moment("2026-03-09 18:00"))

    assert (following.case, last.case) == (first, second)
    assert (
        next_item(account, now, calendar(), after=moment("2026-03-10 18:00")).case == first
    )  # what was left


def test_light_is_filtered_by_the_sooner_of_step_and_case(city: City) -> None:
    file_request(city)
    account = city.accounts["管家甲"]

    late = worklist(account, moment("2026-03-03 11:00"), calendar(), light="red")
    green = worklist(account, moment("2026-03-03 11:00"), calendar(), light="green")

    assert (len(late.items), late.total, len(green.items)) == (1, 1, 0)


def test_more_than_is_shown_is_counted(city: City, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ronghe.casework.queries.worklist.MOST", 2)
    for _ in range(3):
        file_message(city)

    found = worklist(city.accounts["分办甲"], timezone.now(), calendar())

    assert (len(found.items), found.total, found.hidden) == (2, 3, 1)
