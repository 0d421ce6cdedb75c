"""Wrong tries: how long a name waits, that a network hardly ever does, and that nothing is given away."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.test import Client

from ronghe.organisations.domain import lockout
from ronghe.organisations.domain.lockout import NETWORK, PASSWORD
from tests.accounts.helping import entries, sign_in
from tests.city import ACTOR, City, moment

pytestmark = [pytest.mark.db, pytest.mark.django_db]
AT = moment("2026-03-02 10:00")
HERE = "10.0.0.0/24"
MINUTE = dt.timedelta(minutes=1)


def wrong(name: str, at: dt.datetime, account: Any = None, network: str = HERE) -> dt.datetime | None:
    """One wrong try; until when the name waits after it, or did already."""
    return lockout.begin_try(PASSWORD, name, at=at, network=network) or lockout.fail(
        PASSWORD, name, at=at, account=account, network=network
    )


def test_every_fifth_mistake_waits_longer(city: City):
    at, waits = AT, []
    for _ in range(30):
        until = wrong("住建经办", at, city.accounts["住建经办"])
        if until is not None:
            waits.append((until - at) // MINUTE)
            at = until

    assert waits == [1, 5, 15, 60, 240, 240]
    assert entries(city.accounts["住建经办"]) == [("account.locked", PASSWORD)] * 6


def test_while_waiting_nothing_is_looked_at_and_nothing_counted(city: City):
    for _ in range(5):
        until = wrong("住建经办", AT)

    assert until == AT + MINUTE
    assert [wrong("住建经办", AT + dt.timedelta(seconds=n)) for n in (1, 30, 59)] == [until] * 3
    assert [wrong("住建经办", AT + MINUTE) for _ in range(4)] == [None] * 4


def test_the_right_password_forgets_the_mistakes(city: City):
    for _ in range(4):
        wrong("住建经办", AT)
    lockout.succeed(PASSWORD, "住建经办")

    assert [wrong("住建经办", AT) for _ in range(4)] == [None] * 4
    assert wrong("住建经办", AT) == AT + MINUTE


def test_names_are_counted_alike_however_they_are_written(city: City):
    for name in ("Zhang", "ZHANG", "zhang", "zHang"):
        wrong(name, AT)

    assert wrong("zhanG", AT) == AT + MINUTE


def test_one_user_never_makes_a_network_wait(city: City):
    at = AT
    for _ in range(300):
        until = wrong("住建经办", at)
        at = until or at

    assert wrong("环境经办", AT) is None
    assert lockout.waits_until(NETWORK, HERE, at=at) is None


def test_very_many_names_from_one_network_wait_and_others_do_not(city: City):
    for number in range(100):
        assert wrong(f"名字{number}", AT) is None

    assert wrong("环境经办", AT) == AT + MINUTE
    assert wrong("环境经办", AT, network="10.0.1.0/24") is None


def test_an_administrator_lifts_the_wait(city: City):
    account = city.accounts["住建经办"]
    for _ in range(5):
        wrong("住建经办", AT, account)
    until = lockout.locked_until(account, at=AT)
    lifted = [lockout.lift_lock(account, actor=ACTOR, at=AT) for _ in range(2)]

    assert until == AT + MINUTE
    assert lifted == [True, False]
    assert lockout.locked_until(account, at=AT) is None
    assert wrong("住建经办", AT) is None
    assert entries(account) == [("account.locked", PASSWORD), ("account.unlocked", "")]


@pytest.mark.parametrize("name", ["住建经办", "没有这个人"])
def test_the_page_tells_a_name_that_is_not_the_same_as_one_that_is(client: Client, city: City, name: str):
    answers = [sign_in(client, name, "wrong") for _ in range(6)]
    said = [answer.context["form"].non_field_errors()[0] for answer in answers]

    assert [answer.status_code for answer in answers] == [422] * 6
    assert ["暂停登录" in one for one in said] == [False] * 4 + [True] * 2
    assert "以后再试；急用请联系本单位管理员解除。" in said[-1]


def test_the_right_password_does_not_help_while_waiting(client: Client, city: City):
    for _ in range(5):
        sign_in(client, "住建经办", "wrong")
    page = sign_in(client, "住建经办")

    assert page.status_code == 422
    assert "_auth_user_id" not in client.session


def test_a_name_that_is_not_costs_as_much_as_one_that_is(client: Client, city: City, settings: Any):
    settings.PASSWORD_HASHERS = ["tests.accounts.counting.CountingHasher"]
    from tests.accounts.counting import CountingHasher

    account = city.accounts["住建经办"]
    account.set_password("some-long-password")
    account.save()
    counts = []
    for name in ("住建经办", "没有这个人"):
        CountingHasher.asked = 0
        sign_in(client, name, "wrong")
        counts.append(CountingHasher.asked)

    assert counts == [1, 1]
