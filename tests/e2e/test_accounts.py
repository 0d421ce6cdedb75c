"""Signing in with more than a password, in a browser: real passkeys (a virtual key), codes, devices, a password to change.

A passkey belongs to a name, so these tests ask `localhost`; an address of figures is refused by every browser.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

import pytest
from allauth.mfa.models import Authenticator
from django.utils import timezone
from playwright.sync_api import CDPSession, Page, expect

from ronghe.organisations.domain import factors
from ronghe.organisations.domain.accounts import give_password
from ronghe.organisations.queries.factors import factors_of
from tests.accounts.helping import code_at
from tests.city import ACTOR, City
from tests.e2e.test_desk import sign_in

pytestmark = [pytest.mark.e2e, pytest.mark.django_db(transaction=True)]
Look = Callable[[Page], None]


@pytest.fixture
def security_key(browser_page: Page) -> Iterator[CDPSession]:
    """The browser has a key of its own that always agrees: the ceremony and its signatures are real."""
    session = browser_page.context.new_cdp_session(browser_page)
    session.send("WebAuthn.enable")
    session.send(
        "WebAuthn.addVirtualAuthenticator",
        {
            "options": {
                "protocol": "ctap2",
                "transport": "internal",
                "hasResidentKey": True,
                "hasUserVerification": True,
                "isUserVerified": True,
                "automaticPresenceSimulation": True,
            }
        },
    )
    yield session
    session.send("WebAuthn.disable")


def sign_out(page: Page) -> None:
    page.get_by_role("button", name="退出").click()
    expect(page.get_by_text("已退出登录。")).to_be_visible()


def add_passkey(page: Page, name: str) -> None:
    page.goto("/account/passkeys/add/")
    page.get_by_label("给它起个名字").fill(name)
    page.get_by_role("button", name="添加").click()


def test_a_passkey_is_added_named_used_alone_and_as_second_step_and_removed(
    browser_page: Page, assert_accessible: Look, live_city: City, security_key: CDPSession
) -> None:
    page, account = browser_page, live_city.accounts["住建经办"]
    sign_in(page, "住建经办", "/account/")
    expect(page.get_by_text("现在只凭密码登录。")).to_be_visible()
    assert_accessible(page)
    page.get_by_role("link", name="添加通行密钥").click()
    expect(page.get_by_text("这个浏览器现在用不了通行密钥")).to_be_hidden()
    assert_accessible(page)
    add_passkey(page, "办公室电脑")
    expect(page.get_by_text("通行密钥已添加，下次登录可以直接用它。")).to_be_visible()
    assert_accessible(page)
    page.get_by_role("link", name="抄好了").click()
    expect(page.get_by_text("办公室电脑")).to_be_visible()
    sign_out(page)

    page.goto("/sign-in/?next=/clock/")
    assert_accessible(page)
    page.get_by_role("button", name="改用通行密钥").click()
    expect(page.get_by_role("heading", name="时限计算器")).to_be_visible()
    expect(page).to_have_url(re.compile("/clock/$"))
    page.wait_for_load_state()
    page.goto("/account/")
    sign_out(page)

    sign_in(page, "住建经办", "/account/")
    expect(page.get_by_role("heading", name="第二步验证")).to_be_visible()
    assert_accessible(page)
    page.get_by_role("button", name="用通行密钥验证").click()
    page.get_by_role("link", name="改名或停用").click()
    page.get_by_label("给它起个名字").fill("值班室电脑")
    page.get_by_role("button", name="改名").click()
    expect(page.get_by_text("值班室电脑")).to_be_visible()
    page.get_by_role("link", name="改名或停用").click()
    assert_accessible(page)
    page.get_by_role("button", name="停用").click()
    expect(page.get_by_text("已停用，登录时不再问。")).to_be_visible()
    assert factors_of(account) == []


def test_a_passkey_is_not_added_twice_and_nobody_elses_opens_an_account(
    browser_page: Page, live_city: City, security_key: CDPSession
) -> None:
    page = browser_page
    sign_in(page, "住建经办", "/account/")
    add_passkey(page, "一")
    page.get_by_role("link", name="抄好了").click()
    add_passkey(page, "二")
    expect(page.get_by_text("没有做成：可能是取消了，或这台设备已经有了。")).to_be_visible()
    assert Authenticator.objects.filter(type="webauthn").count() == 1

    Authenticator.objects.filter(type="webauthn").update(user=live_city.accounts["环境经办"])
    page.goto("/account/")
    sign_out(page)
    page.goto("/sign-in/")
    page.get_by_role("button", name="改用通行密钥").click()
    expect(page.get_by_text("这次通行密钥没有验证通过。")).to_be_visible()


def test_codes_are_set_up_by_scanning_and_asked_from_then_on(
    browser_page: Page, assert_accessible: Look, live_city: City
) -> None:
    page = browser_page
    sign_in(page, "住建经办", "/account/")
    page.get_by_role("link", name="开通动态码").click()
    expect(page.get_by_role("img", name="用手机验证器扫的二维码")).to_be_visible()
    assert_accessible(page)
    secret = page.locator("code").inner_text().replace(" ", "")
    page.get_by_label("动态码").fill("000000")
    page.get_by_role("button", name="开通").click()
    expect(page.get_by_text("这个动态码不对，没有开通。")).to_be_visible()
    assert_accessible(page)
    page.get_by_label("动态码").fill(code_at(timezone.now(), secret))
    page.get_by_role("button", name="开通").click()
    expect(page.get_by_text("十分钟后这里不再显示")).to_be_visible()
    with page.expect_download() as downloading:
        page.get_by_role("link", name="存成文本文件").click()
    codes = re.findall(r"^\d{8}$", downloading.value.path().read_text("utf-8-sig"), re.MULTILINE)
    assert len(codes) == 10
    page.get_by_role("link", name="抄好了").click()
    sign_out(page)

    sign_in(page, "住建经办", "/account/devices/")
    page.get_by_label("动态码或备用码").fill(codes[0])
    page.get_by_role("button", name="验证并登录").click()
    expect(page.get_by_text("您用掉了一个备用码，还剩 9 个。")).to_be_visible()
    expect(page.get_by_text("就是这台")).to_be_visible()
    assert_accessible(page)


def test_a_given_password_is_changed_first(
    browser_page: Page, assert_accessible: Look, live_city: City
) -> None:
    page = browser_page
    account = live_city.accounts["住建经办"]
    give_password(account, password="a-long-test-password", actor=ACTOR, at=timezone.now())
    sign_in(page, "住建经办", "/desk/me/")
    expect(page.get_by_text("请先换成自己的")).to_be_visible()
    assert_accessible(page)
    page.get_by_label("现在的密码").fill("a-long-test-password")
    page.get_by_label("新密码", exact=True).fill("三只青蛙过小河-2026")
    page.get_by_label("再输一遍新密码").fill("三只青蛙过小河-2025")
    page.get_by_role("button", name="更改密码").click()
    expect(page.get_by_text("两遍不一样，请重新输入。").first).to_be_visible()
    assert_accessible(page)
    page.get_by_label("现在的密码").fill("a-long-test-password")
    page.get_by_label("新密码", exact=True).fill("三只青蛙过小河-2026")
    page.get_by_label("再输一遍新密码").fill("三只青蛙过小河-2026")
    page.get_by_role("button", name="更改密码").click()
    expect(page.get_by_role("heading", name="我不在时请人代办")).to_be_visible()


def test_confirming_before_a_change(browser_page: Page, assert_accessible: Look, live_city: City) -> None:
    page = browser_page
    account = live_city.accounts["住建经办"]
    sign_in(page, "住建经办", "/account/confirm/?next=/account/codes/")
    assert_accessible(page)
    page.get_by_label("密码").fill("a-long-test-password")
    page.get_by_role("button", name="验证").click()
    expect(page.get_by_role("heading", name="开通动态码")).to_be_visible()
    assert factors.remove_all_factors(account, actor=ACTOR, at=timezone.now()) == 0
