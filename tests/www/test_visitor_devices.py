"""Where somebody of the public is signed in: told in words, ended at once, nobody else's, and never an account of the staff."""

from __future__ import annotations

import datetime as dt

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from ronghe.organisations.domain import erase
from ronghe.organisations.models import SignInCode, VisitorDevice
from ronghe.www.visitor.session import DEVICE_KEY, VISITOR_KEY
from tests.city import City
from tests.www.test_visitor import ANN, BEN, signed_in, text, visitor

pytestmark = [pytest.mark.page, pytest.mark.django_db]
PATH = "/my/devices/"
IPHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0) AppleWebKit MicroMessenger/8.0 Safari"


@pytest.fixture(autouse=True)
def _city(city: City) -> None:
    """Every page of this file stands in the small city."""


def is_in(client: Client) -> bool:
    return client.get("/my/").status_code == 200


def again(phone: str = ANN, agent: str = IPHONE) -> Client:
    """Another browser of the same phone; a code may be asked for once a minute."""
    SignInCode.objects.update(sent_at=timezone.now() - dt.timedelta(minutes=2))
    return signed_in(phone, Client(headers={"user-agent": agent}))


def test_devices_are_told_in_words_and_others_ended_at_once() -> None:
    here, there = signed_in(), again()
    page = here.get(PATH)
    row = VisitorDevice.objects.get(session=there.session.session_key)
    done = here.post(f"{PATH}{row.pk}/", follow=True)

    assert [(one["words"], one["is_here"]) for one in page.context["rows"]] == [
        ("苹果手机或平板，微信", False),
        ("不认识的设备", True),
    ]
    assert "那台设备已经退出登录" in text(done)
    assert (is_in(here), is_in(there)) == (True, False)
    assert VISITOR_KEY not in there.session


def test_all_others_are_ended_and_only_mine() -> None:
    here, there, stranger = signed_in(), again(), signed_in(BEN)
    theirs = VisitorDevice.objects.get(visitor=visitor(BEN))
    assert here.post(f"{PATH}{theirs.pk}/").status_code == 404
    own = VisitorDevice.objects.get(session=here.session.session_key)
    assert here.post(f"{PATH}{own.pk}/").status_code == 404
    page = here.post(f"{PATH}others/", follow=True)

    assert "其他 1 台设备都已退出登录" in text(page)
    assert [is_in(one) for one in (here, there, stranger)] == [True, False, True]


def test_an_account_of_the_staff_in_that_browser_stays(city: City) -> None:
    here, there = signed_in(), again()
    there.post("/sign-in/", {"username": "住建经办", "password": "a-long-test-password"})
    is_in(there)  # seen under the key the session has now
    here.post(f"{PATH}others/")

    assert not is_in(there)
    assert there.get("/account/devices/").status_code == 200


def test_signing_out_and_erasing_forget_the_device() -> None:
    here, there = signed_in(), again()
    here.post("/my/sign-out/")
    assert VisitorDevice.objects.count() == 1
    erase(visitor().identity, actor="system:test", at=timezone.now())

    assert (VisitorDevice.objects.count(), is_in(there)) == (0, False)


def test_who_signed_in_before_devices_were_remembered_stays_in() -> None:
    here = signed_in()
    session = here.session
    del session[DEVICE_KEY]
    session.save()
    VisitorDevice.objects.all().delete()

    assert is_in(here)
    assert "下次登录以后就有了" in text(here.get(PATH))


def test_strangers_and_staff_are_turned_away(city: City) -> None:
    officer = Client()
    officer.force_login(city.accounts["住建经办"])

    assert [one.get(PATH).status_code for one in (Client(), officer)] == [302, 302]


def test_being_seen_costs_a_statement_every_five_minutes() -> None:
    def asked() -> int:
        with CaptureQueriesContext(connection) as statements:
            here.get("/my/")
        return sum("visitordevice" in one["sql"] and "UPDATE" in one["sql"] for one in statements)

    here = signed_in()
    asked()
    now = asked()
    VisitorDevice.objects.update(seen_at=timezone.now() - dt.timedelta(minutes=6))

    assert (now, asked(), asked()) == (0, 1, 0)
