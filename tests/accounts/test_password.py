"""Changing the password, by oneself or because an administrator gave one."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from ronghe.organisations.domain import accounts, rename_account
from ronghe.www.access import KEPT
from tests.accounts.helping import entries, is_in, sign_in
from tests.city import ACTOR, PASSWORD, City

pytestmark = [pytest.mark.page, pytest.mark.django_db]
NEW = "三只青蛙过小河-2026"


def send(client: Client, **more: str) -> Any:
    return client.post("/account/password/", {"password": PASSWORD, "new": NEW, "again": NEW, **more})


def test_the_new_password_signs_in_and_every_other_device_is_out(client: Client, city: City):
    sign_in(client, "住建经办")
    other = Client()
    sign_in(other, "住建经办")
    page = send(client)
    old, new = Client(), Client()

    assert page["Location"] == "/account/"
    assert (is_in(client), is_in(other)) == (True, False)
    assert client.get("/account/devices/").context["rows"][0].is_here
    assert sign_in(old, "住建经办").status_code == 422
    assert sign_in(new, "住建经办", NEW).status_code == 302
    assert entries(city.accounts["住建经办"]) == [("password.changed", ""), ("session.ended", "")]


@pytest.mark.parametrize(
    ("sent", "field"),
    [
        ({"password": "wrong"}, "password"),
        ({"password": ""}, "password"),
        ({"new": "short", "again": "short"}, "new"),
        ({"new": "1234567890", "again": "1234567890"}, "new"),
        ({"new": PASSWORD, "again": PASSWORD}, "new"),
        ({"again": "something-else"}, "again"),
    ],
)
def test_what_is_wrong_stands_beside_its_field(client: Client, city: City, sent: dict[str, str], field: str):
    sign_in(client, "住建经办")
    page = send(client, **sent)

    assert page.status_code == 422
    assert list(page.context["form"].errors) == [field]
    assert city.accounts["住建经办"].check_password(PASSWORD)
    assert entries(city.accounts["住建经办"]) == []


def test_a_given_password_must_be_changed_before_anything_else(client: Client, city: City):
    account = city.accounts["住建经办"]
    accounts.give_password(account, password="from-the-office-1", actor=ACTOR, at=timezone.now())
    page = sign_in(client, "住建经办", "from-the-office-1")
    sent = client.post("/desk/me/", {"reason": "写了一半"})
    told = client.get(sent["Location"])
    changed = send(client, password="from-the-office-1", next="/desk/me/")
    account.refresh_from_db()

    assert page["Location"] == "/desk/"
    assert sent["Location"] == "/account/password/?next=%2Fdesk%2Fme%2F"
    assert "先换成自己的" in told.content.decode()
    assert client.session[KEPT]["typed"] == {"reason": ["写了一半"]}
    assert (changed["Location"], account.must_change) == ("/desk/me/", False)
    assert client.get("/desk/me/").status_code == 200


def test_whoever_must_change_it_may_still_sign_out(client: Client, city: City):
    accounts.give_password(
        city.accounts["住建经办"], password="from-the-office-1", actor=ACTOR, at=timezone.now()
    )
    sign_in(client, "住建经办", "from-the-office-1")
    client.post("/sign-out/")

    assert "_auth_user_id" not in client.session


def test_a_password_is_never_kept_as_typed(client: Client, city: City):
    send(client)

    assert KEPT not in client.session


def test_wrong_tries_here_count_like_those_at_the_door(client: Client, city: City):
    sign_in(client, "住建经办")
    for _ in range(5):
        send(client, password="wrong")

    assert "暂停登录" in send(client).context["form"].errors["password"][0]


def test_a_password_is_not_the_name_of_the_account(client: Client, city: City):
    rename_account(city.accounts["住建经办"], username="zhangjianguo", actor=ACTOR, at=timezone.now())
    sign_in(client, "zhangjianguo")
    page = send(client, new="zhangjianguo1", again="zhangjianguo1")

    assert list(page.context["form"].errors) == ["new"]
