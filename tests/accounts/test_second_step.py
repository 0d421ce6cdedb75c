"""The second step at sign-in, and setting it up, by pages."""

from __future__ import annotations

import re
from typing import Any

import pytest
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import SECRET_SESSION_KEY
from django.test import Client
from django.utils import timezone

from ronghe.organisations.domain import factors
from ronghe.organisations.queries.factors import factors_of, has_factor
from ronghe.www.access import KEPT
from tests.accounts.helping import code_at, entries, is_in, sign_in, with_totp
from tests.city import ACTOR, City

pytestmark = [pytest.mark.page, pytest.mark.django_db]


def text(response: Any) -> str:
    return response.content.decode()


def test_a_password_alone_is_half_a_sign_in(client: Client, city: City):
    with_totp(city.accounts["住建经办"])
    page = sign_in(client, "住建经办", next="/clock/")
    step = client.get(page["Location"])

    assert (page.status_code, page["Location"]) == (302, "/sign-in/second/")
    assert "第二步验证" in text(step)
    assert not is_in(client)


def test_the_code_finishes_it_and_leads_where_one_was_going(client: Client, city: City):
    with_totp(city.accounts["住建经办"])
    sign_in(client, "住建经办", next="/clock/")
    page = client.post("/sign-in/second/", {"code": code_at(timezone.now())})

    assert (page.status_code, page["Location"]) == (302, "/clock/")
    assert is_in(client)


def test_the_same_code_does_not_sign_in_twice(client: Client, city: City):
    with_totp(city.accounts["住建经办"])
    code = code_at(timezone.now())
    sign_in(client, "住建经办")
    client.post("/sign-in/second/", {"code": code})
    other = Client()
    sign_in(other, "住建经办")
    page = other.post("/sign-in/second/", {"code": code})

    assert page.status_code == 422
    assert page.context["form"].errors["code"] == [
        "这个码不对，或者已经用过。请等手机上换了新数字再填；备用码每个只能用一次。"
    ]
    assert not is_in(other)


def test_five_wrong_codes_wait_and_the_right_one_then_too(client: Client, city: City):
    account = city.accounts["住建经办"]
    with_totp(account)
    sign_in(client, "住建经办")
    pages = [client.post("/sign-in/second/", {"code": "000000"}) for _ in range(5)]
    right = client.post("/sign-in/second/", {"code": code_at(timezone.now())})

    assert [page.status_code for page in [*pages, right]] == [422] * 6
    assert "暂停登录" in right.context["form"].non_field_errors()[0]
    assert not is_in(client)
    assert ("account.locked", "second-step") in entries(account)


def test_a_recovery_code_signs_in_once_and_says_how_many_are_left(client: Client, city: City):
    account = city.accounts["住建经办"]
    with_totp(account)
    code = RecoveryCodes(factors_of(account)[1]).get_unused_codes()[0]
    sign_in(client, "住建经办")
    page = client.post("/sign-in/second/", {"code": f"{code[:4]} {code[4:]}"}, follow=True)
    other = Client()
    sign_in(other, "住建经办")
    again = other.post("/sign-in/second/", {"code": code})

    assert "您用掉了一个备用码，还剩 9 个。" in text(page)
    assert again.status_code == 422


def test_the_second_step_by_itself_leads_to_the_sign_in_page(client: Client, city: City):
    page = client.get("/sign-in/second/", follow=True)

    assert page.redirect_chain == [("/sign-in/", 302)]
    assert "请重新登录。" in text(page)


def test_an_account_closed_between_the_steps_stays_out(client: Client, city: City):
    account = city.accounts["住建经办"]
    with_totp(account)
    sign_in(client, "住建经办")
    account.is_active = False
    account.save()
    page = client.post("/sign-in/second/", {"code": code_at(timezone.now())})

    assert page["Location"] == "/sign-in/"
    assert not is_in(client)


def test_a_passkey_that_proves_nothing_does_not_help(client: Client, city: City):
    account = city.accounts["住建经办"]
    with_totp(account)
    sign_in(client, "住建经办")
    answers = ["{}", "[]", "not json", '{"id": 1, "response": null}']
    pages = [client.post("/sign-in/second/", {"credential": answer}) for answer in answers]
    alone = [Client().post("/sign-in/passkey/", {"credential": answer}) for answer in answers]

    assert [page.status_code for page in pages] == [422] * 4
    assert [page["Location"] for page in alone] == ["/sign-in/"] * 4
    assert not is_in(client)


def test_setting_up_by_the_page(client: Client, city: City):
    account = city.accounts["住建经办"]
    sign_in(client, "住建经办")
    page = client.get("/account/codes/")
    secret = client.session[SECRET_SESSION_KEY]
    wrong = client.post("/account/codes/", {"code": "000000"})
    right = client.post("/account/codes/", {"code": code_at(timezone.now(), secret)}, follow=True)
    codes = RecoveryCodes(factors_of(account)[1]).get_unused_codes()

    assert 'class="qr"' in text(page)
    assert re.sub(r"\s", "", re.search(r"<code>(.*)</code>", text(page))[1]) == secret
    assert wrong.status_code == 422
    assert client.session.get(SECRET_SESSION_KEY) is None
    assert right.redirect_chain == [("/account/recovery/", 302)]
    assert all(code in text(right) for code in codes)
    assert entries(account) == [("factor.added", "totp"), ("factor.added", "recovery")]


def test_a_wrong_code_keeps_the_picture_that_was_scanned(client: Client, city: City):
    sign_in(client, "住建经办")
    client.get("/account/codes/")
    secret = client.session[SECRET_SESSION_KEY]
    client.post("/account/codes/", {"code": "000000"})

    assert client.session[SECRET_SESSION_KEY] == secret


def test_recovery_codes_are_shown_for_ten_minutes_only(client: Client, city: City):
    account = city.accounts["住建经办"]
    sign_in(client, "住建经办")
    client.get("/account/codes/")
    client.post("/account/codes/", {"code": code_at(timezone.now(), client.session[SECRET_SESSION_KEY])})
    file = client.get("/account/recovery/file/")
    session = client.session
    session["recovery-shown-until"] = 0
    session.save()
    codes = RecoveryCodes(factors_of(account)[1]).get_unused_codes()
    later = client.get("/account/recovery/")

    assert file["Content-Disposition"] == 'attachment; filename="recovery-codes.txt"'
    assert all(code in file.content.decode("utf-8-sig") for code in codes)
    assert not any(code in text(later) for code in codes)
    assert client.get("/account/recovery/file/").status_code == 404


def test_removing_asks_once_more_who_it_is(client: Client, city: City):
    account = city.accounts["住建经办"]
    totp = with_totp(account)
    client.force_login(account)
    asked = client.get(f"/account/factors/{totp.pk}/")
    wrong = client.post("/account/confirm/", {"code": "000000", "next": asked["Location"]})
    still = client.post(f"/account/factors/{totp.pk}/", {"remove": "1"})
    right = client.post(
        "/account/confirm/", {"code": code_at(timezone.now()), "next": f"/account/factors/{totp.pk}/"}
    )
    done = client.post(f"/account/factors/{totp.pk}/", {"remove": "1"})

    assert asked["Location"].startswith("/account/confirm/?next=")
    assert (wrong.status_code, still["Location"]) == (422, "/account/confirm/?next=%2Faccount%2F")
    assert right["Location"] == f"/account/factors/{totp.pk}/"
    assert (done["Location"], has_factor(account)) == ("/account/", False)


def test_confirming_by_password_where_there_is_no_second_step(client: Client, city: City):
    client.force_login(city.accounts["住建经办"])
    wrong = client.post("/account/confirm/", {"password": "wrong"})
    right = client.post("/account/confirm/", {"password": "a-long-test-password", "next": "//evil.example/"})

    assert (wrong.status_code, wrong.context["form"].errors["password"]) == (
        422,
        ["密码不对。请核对大小写和输入法后再试。"],
    )
    assert right["Location"] == "/account/"


def test_a_factor_of_somebody_else_is_not_found(client: Client, city: City):
    theirs = with_totp(city.accounts["环境经办"])
    sign_in(client, "住建经办")

    assert client.get(f"/account/factors/{theirs.pk}/").status_code == 404
    assert client.post(f"/account/factors/{theirs.pk}/", {"remove": "1"}).status_code == 404
    assert has_factor(city.accounts["环境经办"])


def test_who_must_have_a_second_step_sets_it_up_and_loses_nothing(client: Client, city: City, settings: Any):
    settings.SECOND_FACTOR_FOR = ["oversee"]
    sign_in(client, "工委甲")
    sent = client.post("/desk/me/", {"reason": "写了一半"})
    overview = client.get(sent["Location"])
    client.get("/account/codes/")
    shown = client.post(
        "/account/codes/", {"code": code_at(timezone.now(), client.session[SECRET_SESSION_KEY])}, follow=True
    )

    assert sent["Location"] == "/account/?next=%2Fdesk%2Fme%2F"
    assert client.session[KEPT] == {"path": "/desk/me/", "typed": {"reason": ["写了一半"]}}
    assert "设好就能接着办" in text(overview)
    assert 'href="/desk/me/">抄好了，接着办' in text(shown)
    assert client.get("/desk/me/").status_code == 200


def test_the_last_needed_factor_stays(client: Client, city: City, settings: Any):
    settings.SECOND_FACTOR_FOR = ["oversee"]
    account = city.accounts["工委甲"]
    totp = with_totp(account)
    sign_in(client, "工委甲")
    client.post("/sign-in/second/", {"code": code_at(timezone.now())})
    page = client.post(f"/account/factors/{totp.pk}/", {"remove": "1"})

    assert "这是最后一种，不能停用" in text(page)
    assert has_factor(account)


def test_others_are_not_asked(client: Client, city: City, settings: Any):
    settings.SECOND_FACTOR_FOR = ["oversee"]
    sign_in(client, "住建经办")

    assert client.get("/desk/").status_code == 200


def test_lost_everything_is_mended_by_an_administrator(client: Client, city: City):
    account = city.accounts["住建经办"]
    with_totp(account)
    factors.remove_all_factors(account, actor=ACTOR, at=timezone.now())
    page = sign_in(client, "住建经办")

    assert page["Location"] == "/desk/"
