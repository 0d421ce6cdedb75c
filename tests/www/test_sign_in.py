"""Signing in and out, and what survives a session that ended."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from ronghe.organisations import domain
from ronghe.www.access import KEPT, keep_typed, take_typed
from ronghe.www.account.views import landing
from tests.city import ACTOR, FOUNDED, PASSWORD, City

pytestmark = [pytest.mark.page, pytest.mark.django_db]


def text(response: Any) -> str:
    return response.content.decode()


@pytest.mark.parametrize(
    "sent", [{"username": "住建经办", "password": "wrong"}, {"username": "nobody", "password": PASSWORD}]
)
def test_wrong_name_and_wrong_password_say_the_same(client: Client, city: City, sent: dict[str, str]):
    page = client.post("/sign-in/", sent)

    assert page.status_code == 422
    assert page.context["form"].non_field_errors() == [
        "账号或密码不对。请核对大小写和输入法后再试；忘了密码，请联系本单位管理员重设。"
    ]
    assert sent["username"] in text(page)
    assert sent["password"] not in text(page)


def test_empty_sign_in_says_what_to_fill_in(client: Client, city: City):
    page = client.post("/sign-in/", {})

    assert page.context["form"].errors == {"username": ["请填写。"], "password": ["请填写。"]}


def test_signed_in_goes_where_it_was_going(client: Client, city: City):
    page = client.post("/sign-in/", {"username": "住建经办", "password": PASSWORD, "next": "/clock/"})

    assert page["Location"] == "/clock/"


def test_sign_in_never_leads_to_another_site(client: Client, city: City):
    page = client.post(
        "/sign-in/", {"username": "住建经办", "password": PASSWORD, "next": "https://example.com/"}
    )

    assert page["Location"] == "/desk/"


def test_sign_out_is_a_post(client: Client, city: City):
    client.force_login(city.accounts["住建经办"])
    by_link = client.get("/sign-out/")
    still = "_auth_user_id" in client.session
    by_button = client.post("/sign-out/", follow=True)

    assert (by_link.status_code, still) == (405, True)
    assert "这一步要从页面上的按钮来做" in text(by_link)
    assert "_auth_user_id" not in client.session
    assert "已退出登录。" in text(by_button)


def test_typed_of_an_expired_session_survives_sign_in(client: Client, city: City, rf: Any):
    client.get("/sign-in/")
    session = client.session
    request = rf.post("/desk/somewhere/", {"reply": "写了一半的答复"})
    request.session = session
    keep_typed(request)
    session.save()
    client.cookies["sessionid"] = session.session_key
    told = client.get("/sign-in/?next=/desk/somewhere/")
    client.post("/sign-in/", {"username": "住建经办", "password": PASSWORD})
    request.session = client.session

    assert "您刚才填写的内容替您留着" in text(told)
    assert take_typed(request) == {"reply": ["写了一半的答复"]}
    assert take_typed(request) == {}


def test_password_is_not_kept_when_the_page_grew_too_old(city: City):
    client = Client(enforce_csrf_checks=True)
    page = client.post("/sign-in/", {"username": "住建经办", "password": PASSWORD})

    assert page.status_code == 403
    assert "页面打开太久了" in text(page)
    assert KEPT not in client.session


def test_demonstration_names_its_accounts(client: Client, city: City, settings: Any):
    settings.DEMO = True
    person = domain.create_person(name="演示甲", actor=ACTOR, at=FOUNDED)
    seat = domain.create_post(city.units["zjj"], kind="handler", actor=ACTOR, at=FOUNDED)
    domain.appoint(seat, person=person, actor=ACTOR, at=FOUNDED)
    domain.open_account(
        person, username="demo-handler", password=settings.DEMO_PASSWORD, actor=ACTOR, at=FOUNDED
    )
    page = client.get("/sign-in/")

    assert [(one["username"], str(one["name"]), one["posts"]) for one in page.context["demo_accounts"]] == [
        ("demo-handler", "演示甲", [f"市住房和建设局 {seat.title}"])
    ]
    assert settings.DEMO_PASSWORD in text(page)
    assert "住建经办" not in text(page)


def test_no_accounts_are_named_outside_a_demonstration(client: Client, city: City, settings: Any):
    settings.DEMO = False

    assert "demo_accounts" not in client.get("/sign-in/").context


@pytest.mark.parametrize(
    ("name", "address"),
    [
        ("住建经办", "/desk/"),
        ("环境局长", "/desk/"),
        ("分办甲", "/desk/"),
        ("管家甲", "/desk/"),
        ("工委甲", "/desk/board/"),
    ],
)
def test_sign_in_leads_to_the_work_or_to_the_board(client: Client, city: City, name: str, address: str):
    page = client.post("/sign-in/", {"username": name, "password": PASSWORD})

    assert page["Location"] == address
    assert client.get(address).status_code == 200


def test_sign_in_without_a_post_leads_to_the_desk(city: City):
    person = domain.create_person(name="无岗甲", actor=ACTOR, at=FOUNDED)

    assert landing(person, timezone.localdate()) == "desk"
