"""What everybody may read, and what a visitor sees once signed in, at both widths; every page is looked over by axe."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from ronghe.core.creditcode import make
from ronghe.messages.models import Message
from ronghe.messages.queries import words_of

pytestmark = [pytest.mark.e2e, pytest.mark.django_db(transaction=True)]
Look = Callable[[Page], None]
PHONE = "13800138000"
OPEN_TO_ALL = (
    "/public/answers/",
    "/public/answers/?q=没有这样的",
    "/public/units/",
    "/public/deeds/",
    "/public/deeds/?standing=kept",
    "/public/calls/",
    "/my/sign-in/",
    "/test-messages/",
)


def test_public_pages_are_accessible_in_both_languages(browser_page: Page, assert_accessible: Look):
    page = browser_page
    for path in OPEN_TO_ALL:
        page.goto(path)
        assert_accessible(page)

    page.goto("/public/calls/")
    page.get_by_role("button", name="English").click()
    assert page.evaluate("document.documentElement.lang") == "en"
    assert_accessible(page)


def test_visitor_signs_in_asks_for_an_enterprise_and_leaves(browser_page: Page, assert_accessible: Look):
    page = browser_page
    page.goto("/my/")
    page.get_by_role("button", name="获取验证码").click()
    expect(page.get_by_text("请填写手机号。")).to_be_visible()
    assert_accessible(page)

    page.get_by_label("手机号").fill(PHONE)
    page.get_by_role("button", name="获取验证码").click()
    expect(page.get_by_label("短信验证码")).to_be_visible()
    assert_accessible(page)
    page.get_by_label("短信验证码").fill(last_code())
    page.get_by_role("button", name="登录", exact=True).click()
    expect(page.get_by_text("还没有用这个手机号提过诉求")).to_be_visible()
    assert_accessible(page)

    page.get_by_role("link", name="我代表的企业").click()
    page.get_by_role("button", name="申请核实").click()
    expect(page.get_by_role("alert")).to_contain_text("有 2 处要改一下")
    assert_accessible(page)
    page.get_by_label("统一社会信用代码").fill(make("91440300MA5F0A1B2"))
    page.get_by_label("您的姓名").fill("王某")
    page.get_by_role("button", name="申请核实").click()
    expect(page.get_by_role("heading", name="示范精密制造有限公司")).to_be_visible()
    assert_accessible(page)

    page.goto("/my/")
    page.get_by_role("button", name="退出").click()
    expect(page.get_by_text("已退出登录。")).to_be_visible()


def last_code() -> str:
    """The code sent last, as its message tells it."""
    last = Message.objects.order_by("-pk").first()
    assert last is not None
    return words_of(last)[1].removeprefix("验证码 ")[:6]
