"""Where somebody is signed in, and that ending it ends it at once."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from allauth.usersessions.models import UserSession
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from ronghe.organisations import domain
from ronghe.organisations.domain import accounts
from ronghe.www.access import KEPT
from ronghe.www.account import devices
from tests.accounts.helping import entries, is_in, sign_in
from tests.city import ACTOR, FOUNDED, City

pytestmark = [pytest.mark.page, pytest.mark.django_db]
WINDOWS = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) Chrome/130.0 Safari/537.36"
IPHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0) AppleWebKit MicroMessenger/8.0 Safari"


def text(response: Any) -> str:
    return response.content.decode()


def browser(name: str, agent: str = WINDOWS) -> Client:
    """A browser in which somebody has signed in."""
    client = Client(headers={"user-agent": agent})
    sign_in(client, name)
    return client


def test_devices_are_told_in_words(city: City):
    here = browser("住建经办")
    browser("住建经办", IPHONE)
    browser("环境经办")
    page = here.get("/account/devices/")

    assert [(row.words, row.network, row.is_here) for row in page.context["rows"]] == [
        ("苹果手机或平板，微信", "127.0.0", False),
        ("Windows 电脑，谷歌内核浏览器", "127.0.0", True),
    ]


def test_no_device_is_shown_before_one_was_remembered(client: Client, city: City):
    client.force_login(city.accounts["住建经办"])

    assert "下次登录以后就有了" in text(client.get("/account/devices/"))


def test_ending_one_ends_it_at_once_and_keeps_what_it_was_sending(city: City):
    here, there = browser("住建经办"), browser("住建经办", IPHONE)
    row = UserSession.objects.get(session_key=there.session.session_key)
    here.post(f"/account/devices/{row.pk}/")
    sent = there.post("/desk/me/", {"reason": "写了一半"})

    assert sent["Location"].startswith("/sign-in/?next=")
    assert there.session[KEPT]["typed"] == {"reason": ["写了一半"]}
    assert is_in(here)
    assert entries(city.accounts["住建经办"]) == [("session.ended", "")]


def test_ending_all_others_keeps_this_one(city: City):
    here, *others = [browser("住建经办") for _ in range(3)]
    stranger = browser("环境经办")
    page = here.post("/account/devices/others/", follow=True)

    assert "其他 2 台设备都已退出登录。" in text(page)
    assert [is_in(one) for one in (here, *others, stranger)] == [True, False, False, True]


def test_a_device_of_somebody_else_is_not_found(city: City):
    here, theirs = browser("住建经办"), browser("环境经办")
    row = UserSession.objects.get(session_key=theirs.session.session_key)

    assert here.post(f"/account/devices/{row.pk}/").status_code == 404
    assert is_in(theirs)


def test_signing_out_is_one_device_less(city: City):
    here = browser("住建经办")
    here.post("/sign-out/")

    assert not UserSession.objects.filter(user=city.accounts["住建经办"]).exists()


def test_a_closed_account_is_out_with_its_next_page(city: City):
    there = browser("住建经办")
    domain.close_account(city.accounts["住建经办"], actor=ACTOR, at=FOUNDED)

    assert there.get("/desk/")["Location"] == "/sign-in/?next=/desk/"
    assert entries(city.accounts["住建经办"]) == [("account.closed", ""), ("session.ended", "")]


def test_what_was_open_stays_closed_when_the_account_is_opened_again(city: City):
    there, account = browser("住建经办"), city.accounts["住建经办"]
    domain.close_account(account, actor=ACTOR, at=FOUNDED)
    domain.reopen_account(account, actor=ACTOR, at=FOUNDED)

    assert not is_in(there)


def test_a_password_given_by_an_administrator_ends_every_device(city: City):
    there = browser("住建经办")
    accounts.give_password(
        city.accounts["住建经办"], password="another-long-one", actor=ACTOR, at=timezone.now()
    )

    assert not is_in(there)
    assert entries(city.accounts["住建经办"]) == [("password.given", ""), ("session.ended", "")]


def test_no_session_grows_older_than_it_may(city: City, settings: Any):
    there = browser("住建经办")
    session = there.session
    session[devices.SINCE] -= settings.SESSION_COOKIE_AGE
    session.save()
    page = there.get("/desk/me/")

    assert page["Location"] == "/sign-in/?next=%2Fdesk%2Fme%2F"
    assert "_auth_user_id" not in there.session


def test_being_seen_costs_one_statement_every_five_minutes(city: City):
    there = browser("住建经办")
    counts = []
    for minutes in (0, 0, 6, 0):
        for key, at in list(devices._seen.items()):
            devices._seen[key] = at - dt.timedelta(minutes=minutes)
        with CaptureQueriesContext(
            connection,
        ) as asked:
            there.get("/account/confirm/")
        counts.append(sum("usersessions" in one["sql"] for one in asked.captured_queries))

    assert counts == [0, 0, 1, 0]


def test_pages_ask_no_more_statements_for_all_this(client: Client, city: City):
    client.force_login(city.accounts["住建经办"])
    with CaptureQueriesContext(connection) as asked:
        client.get("/clock/")

    assert [
        one["sql"] for one in asked.captured_queries if "account_" in one["sql"] or "mfa_" in one["sql"]
    ] == []


def test_a_device_that_ran_out_is_forgotten_at_the_next_sign_in(city: City):
    browser("住建经办")
    UserSession.objects.update(last_seen_at=timezone.now() - dt.timedelta(days=2))
    browser("住建经办")

    assert UserSession.objects.filter(user=city.accounts["住建经办"]).count() == 1


def left_alone(there: Client, minutes: int) -> None:
    """Nobody was at the browser for so long; this process has not seen it either."""
    devices._seen.clear()
    rows = UserSession.objects.filter(session_key=there.session.session_key)
    rows.update(last_seen_at=timezone.now() - dt.timedelta(minutes=minutes))


def test_a_browser_nobody_uses_is_signed_out_with_words_and_keeps_what_it_was_sending(
    city: City, settings: Any
):
    settings.SESSION_IDLE_MINUTES = 30
    there = browser("住建经办")
    left_alone(there, 34)
    assert is_in(there)
    left_alone(there, 36)
    sent = there.post("/desk/me/", {"reason": "写了一半"})
    page = text(there.get(sent["Location"]))

    assert sent["Location"].startswith("/sign-in/?next=")
    assert "30 分钟以上没有操作，已经自动退出登录" in page
    assert "您刚才填写的内容替您留着" in page
    assert there.session[KEPT]["typed"] == {"reason": ["写了一半"]}
    assert not UserSession.objects.filter(user=city.accounts["住建经办"]).exists()
    assert not is_in(there)


def test_what_a_page_asks_by_itself_is_no_use_of_it(city: City, settings: Any):
    settings.SESSION_IDLE_MINUTES = 30
    there = browser("住建经办")
    left_alone(there, 20)
    assert there.get("/desk/now/").status_code == 200
    row = UserSession.objects.get(user=city.accounts["住建经办"])
    assert timezone.now() - row.last_seen_at > dt.timedelta(minutes=19)
    left_alone(there, 36)

    assert there.get("/desk/now/").status_code == 302


def test_without_a_limit_nobody_is_signed_out_for_it(city: City, settings: Any):
    settings.SESSION_IDLE_MINUTES = 0
    there = browser("住建经办")
    left_alone(there, 600)

    assert is_in(there)
