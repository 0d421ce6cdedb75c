"""Signing in by another system's word, against a real provider: what is taken, and everything that is not."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import requests
from allauth.socialaccount.models import SocialAccount, SocialToken
from django.test import Client
from django.utils import timezone

from ronghe.organisations import domain
from ronghe.organisations.domain import accounts
from ronghe.organisations.models import Account
from tests.accounts.helping import code_at, entries, is_in, sign_in, with_totp
from tests.accounts.provider import CLIENT, SECRET, Provider, Running
from tests.city import ACTOR, FOUNDED, City

pytestmark = [pytest.mark.page, pytest.mark.django_db]
EMPLOYEE = "A-0007"


@pytest.fixture(scope="module")
def running() -> Iterator[Provider]:
    with Running() as provider:
        yield provider


@pytest.fixture
def provider(running: Provider, city: City, settings: Any) -> Provider:
    """The provider, honest again; it knows 住建经办 by employee number."""
    running.__init__(url=running.url)  # type: ignore[misc]
    running.claims = {
        "sub": "u-1",
        "employee_number": EMPLOYEE,
        "name": "某人",
        "phone_number": "13800000000",
    }
    settings.OIDC_PROVIDERS = [_configured(running.url)]
    person = city.people["住建经办"]
    person.employee_number = EMPLOYEE
    person.save()
    return running


def _configured(url: str, claim: str = "employee_number") -> dict[str, str]:
    return {
        "id": "city",
        "name": "市统一登录",
        "issuer": url,
        "client_id": CLIENT,
        "secret": SECRET,
        "claim": claim,
    }


def text(response: Any) -> str:
    return response.content.decode()


def way(page: Any) -> str:
    """Where the page goes on to."""
    return re.sub(r"^0; url=", "", page["Refresh"])


def answer_of(page: Any) -> str:
    """Where the provider sends the browser back to, on our site."""
    there = requests.get(way(page), allow_redirects=False, timeout=5)
    return there.headers["Location"].removeprefix("http://testserver")


def go(client: Client, begin: str = "/sign-in/with/city/", **sent: str) -> Any:
    return client.get(answer_of(client.post(begin, sent)))


@pytest.mark.parametrize("algorithm", ["RS256", "ES256"])
def test_the_provider_signs_in_whom_it_names(client: Client, provider: Provider, city: City, algorithm: str):
    provider.algorithm = algorithm
    page = go(client, next="/clock/")
    link = SocialAccount.objects.get()

    assert (page.status_code, page["Location"]) == (302, "/clock/")
    assert int(client.session["_auth_user_id"]) == city.accounts["住建经办"].pk
    assert (link.user_id, link.provider, link.uid) == (city.accounts["住建经办"].pk, "city", "u-1")
    assert entries(city.accounts["住建经办"]) == [("factor.added", "provider")]


def test_nothing_else_it_tells_is_kept(client: Client, provider: Provider):
    go(client)

    assert SocialAccount.objects.get().extra_data == {}
    assert SocialToken.objects.count() == 0


def test_it_is_asked_for_no_more_than_who_it_is(client: Client, provider: Provider):
    asked = parse_qs(urlsplit(way(client.post("/sign-in/with/city/"))).query)

    assert sorted(asked["scope"][0].split()) == ["openid", "profile"]
    assert asked["code_challenge_method"] == ["S256"]
    assert asked["redirect_uri"] == ["http://testserver/sign-in/with/city/back/"]
    assert len(asked["nonce"][0]) == 64
    assert len(asked["state"][0]) >= 16


def test_the_way_there_is_a_post_and_no_other_site_is_a_way_back(client: Client, provider: Provider):
    by_link = client.get("/sign-in/with/city/")
    page = go(client, next="https://evil.example/")

    assert by_link.status_code == 405
    assert page["Location"] == "/desk/"


def test_the_button_stands_on_the_sign_in_page(client: Client, provider: Provider):
    assert ">改用市统一登录</button>" in text(client.get("/sign-in/"))


LIES: dict[str, dict[str, Any]] = {
    "another nonce": {"told": {"nonce": "0" * 64}},
    "no nonce": {"told": {"nonce": None}},
    "another audience": {"told": {"aud": "somebody-else"}},
    "several audiences, issued to another": {"told": {"aud": [CLIENT, "other"], "azp": "other"}},
    "several audiences, issued to nobody": {"told": {"aud": [CLIENT, "other"]}},
    "expired": {"told": {"exp": int(time.time()) - 3600, "iat": int(time.time()) - 7200}},
    "never expires": {"told": {"exp": None}},
    "of tomorrow": {"told": {"iat": int(time.time()) + 86400}},
    "another issuer": {"told": {"iss": "https://evil.example"}},
    "names nobody": {"told": {"sub": None}},
    "names the empty": {"told": {"sub": ""}},
    "unsigned": {"lie": "unsigned"},
    "signed with our own secret": {"lie": "secret"},
    "signed with another key": {"algorithm": "ES256", "lie": "key"},
    "a broken signature": {"lie": "signature"},
    "calls itself otherwise": {"named": "https://evil.example"},
}


@pytest.mark.parametrize("lie", LIES.values(), ids=list(LIES))
def test_a_lie_signs_nobody_in(client: Client, provider: Provider, lie: dict[str, Any]):
    begun = client.post("/sign-in/with/city/")
    back = answer_of(begun)
    for name, value in lie.items():
        setattr(provider, name, value)
    page = client.get(back)

    assert page.status_code == 403
    assert "没有通过核对" in text(page)
    assert "_auth_user_id" not in client.session
    assert SocialAccount.objects.count() == 0


def test_an_answer_is_good_once(client: Client, provider: Provider):
    back = answer_of(client.post("/sign-in/with/city/"))
    first = client.get(back)
    client.post("/sign-out/")
    again = client.get(back)

    assert (first.status_code, again.status_code) == (302, 403)
    assert "_auth_user_id" not in client.session


def test_a_code_of_an_earlier_sign_in_is_worth_nothing(client: Client, provider: Provider):
    first = answer_of(client.post("/sign-in/with/city/"))
    client.get(first)
    client.post("/sign-out/")
    second = answer_of(client.post("/sign-in/with/city/"))
    code = parse_qs(urlsplit(first).query)["code"][0]
    page = client.get(re.sub(r"code=[^&]+", f"code={code}", second))

    assert page.status_code == 403
    assert "_auth_user_id" not in client.session


def test_an_answer_brought_by_another_browser_is_worth_nothing(client: Client, provider: Provider):
    back = answer_of(client.post("/sign-in/with/city/"))
    page = Client().get(back)

    assert page.status_code == 403


def test_a_code_stolen_on_its_way_lacks_the_proof_key(client: Client, provider: Provider):
    stolen = parse_qs(urlsplit(answer_of(client.post("/sign-in/with/city/"))).query)["code"][0]
    thief = Client()
    own = answer_of(thief.post("/sign-in/with/city/"))
    page = thief.get(re.sub(r"code=[^&]+", f"code={stolen}", own))

    assert page.status_code == 403
    assert "_auth_user_id" not in thief.session


def test_somebody_unknown_reads_what_to_do_and_no_account_is_made(client: Client, provider: Provider):
    before = Account.objects.count()
    provider.claims = {"sub": "u-2", "employee_number": "B-1"}
    page = go(client)

    assert page.status_code == 403
    assert "这里没有与您对应的账号" in text(page)
    assert "请他核对您登记的工号" in text(page)
    assert Account.objects.count() == before


@pytest.mark.parametrize("number", [None, "", " "])
def test_no_number_matches_nobody(client: Client, provider: Provider, number: str | None):
    provider.claims = {"sub": "u-3", "employee_number": number, "email": "someone@example.com"}
    page = go(client)

    assert page.status_code == 403
    assert "_auth_user_id" not in client.session


def test_the_claim_may_stand_in_what_it_tells_beside_the_token(client: Client, provider: Provider):
    provider.claims = {"sub": "u-1"}
    provider.userinfo = {"sub": "u-1", "employee_number": EMPLOYEE}

    assert go(client).status_code == 302


def test_what_it_tells_of_somebody_else_is_not_taken(client: Client, provider: Provider):
    provider.claims = {"sub": "u-1"}
    provider.userinfo = {"sub": "u-9", "employee_number": EMPLOYEE}

    assert go(client).status_code == 403


def test_by_username_where_the_settings_say_so(client: Client, provider: Provider, city: City, settings: Any):
    settings.OIDC_PROVIDERS = [_configured(provider.url, "preferred_username")]
    provider.claims = {"sub": "u-5", "preferred_username": "环境经办"}
    go(client)

    assert int(client.session["_auth_user_id"]) == city.accounts["环境经办"].pk


def test_a_closed_account_is_refused(client: Client, provider: Provider, city: City):
    domain.close_account(city.accounts["住建经办"], actor=ACTOR, at=FOUNDED)
    page = go(client)

    assert page.status_code == 403
    assert "已经停用" in text(page)


def test_a_number_that_now_belongs_to_another_there_is_not_taken_for_the_first(
    client: Client, provider: Provider
):
    go(client)
    client.post("/sign-out/")
    provider.claims = {"sub": "u-new", "employee_number": EMPLOYEE}
    page = go(client)

    assert page.status_code == 403
    assert "另一个人" in text(page)


def test_a_second_step_is_asked_all_the_same(client: Client, provider: Provider, city: City):
    with_totp(city.accounts["住建经办"])
    page = go(client, next="/clock/")
    done = client.post("/sign-in/second/", {"code": code_at(timezone.now())})

    assert (page["Location"], done["Location"]) == ("/sign-in/second/", "/clock/")


def test_connecting_and_letting_go_by_oneself(client: Client, provider: Provider, city: City):
    provider.claims = {"sub": "u-6"}
    sign_in(client, "环境经办")
    page = go(client, "/account/with/city/")
    told = client.get(page["Location"])
    other = Client()
    go(other)
    link = SocialAccount.objects.get()
    client.post(f"/account/linked/{link.pk}/")

    assert "已连接。以后可以用市统一登录登录。" in text(told)
    assert int(other.session["_auth_user_id"]) == city.accounts["环境经办"].pk
    assert SocialAccount.objects.count() == 0
    assert entries(city.accounts["环境经办"]) == [
        ("factor.added", "provider"),
        ("factor.removed", "provider"),
    ]


def test_connecting_asks_once_more_who_it_is(client: Client, provider: Provider, city: City):
    client.force_login(city.accounts["环境经办"])

    assert client.post("/account/with/city/")["Location"].startswith("/account/confirm/")


def test_what_is_connected_to_another_is_not_taken_away(client: Client, provider: Provider, city: City):
    accounts.link_provider(
        city.accounts["住建经办"], provider="city", uid="u-1", actor=ACTOR, at=timezone.now()
    )
    sign_in(client, "环境经办")
    page = client.get(go(client, "/account/with/city/")["Location"])

    assert "已经连到另一个人的账号" in text(page)
    assert SocialAccount.objects.get().user_id == city.accounts["住建经办"].pk


def test_somebody_elses_connection_is_not_found(client: Client, provider: Provider, city: City):
    link = accounts.link_provider(
        city.accounts["住建经办"], provider="city", uid="u-1", actor=ACTOR, at=timezone.now()
    )
    sign_in(client, "环境经办")

    assert client.post(f"/account/linked/{link.pk}/").status_code == 404


def test_a_provider_that_does_not_answer_is_said(client: Client, provider: Provider, settings: Any):
    settings.OIDC_PROVIDERS = [_configured("http://127.0.0.1:9")]
    page = client.post("/sign-in/with/city/")

    assert page.status_code == 503
    assert "现在连不上市统一登录" in text(page)


def test_turning_back_there_is_no_error(client: Client, provider: Provider):
    begun = client.post("/sign-in/with/city/")
    state = parse_qs(urlsplit(way(begun)).query)["state"][0]
    page = client.get(f"/sign-in/with/city/back/?error=access_denied&state={state}", follow=True)

    assert "您取消了用市统一登录登录。" in text(page)


def test_a_provider_nobody_configured_is_not_found(client: Client, provider: Provider):
    pages = [
        client.post("/sign-in/with/other/"),
        client.get("/sign-in/with/other/back/"),
    ]

    assert [page.status_code for page in pages] == [404, 404]


def test_signed_in_by_the_provider_one_may_change_how_one_signs_in(client: Client, provider: Provider):
    go(client)

    assert is_in(client)
    assert client.get("/account/codes/").status_code == 200
