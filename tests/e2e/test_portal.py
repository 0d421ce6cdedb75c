"""A resident's whole way, in a browser: say it, see it received, follow it, add to it, take it back."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from ronghe.casework.models import Case
from ronghe.core.creditcode import make

pytestmark = [pytest.mark.e2e, pytest.mark.django_db(transaction=True)]
TEXT = "厂区门前的道路上周开始施工，货车进不来，请协调留一条车道。"
Look = Callable[[Page], None]


def test_request_is_said_received_followed_and_withdrawn(
    browser_page: Page, assert_accessible: Look, tmp_path
):
    photo = tmp_path / "现场.jpg"
    photo.write_bytes(b"\xff\xd8\xff\xe0photo")
    page = browser_page
    page.goto("/")
    assert_accessible(page)

    page.get_by_role("main").get_by_role("link", name="提诉求").first.click()
    page.get_by_role("button", name="下一步").click()
    expect(page.get_by_role("alert")).to_contain_text("有 2 处要改一下")
    assert_accessible(page)

    page.get_by_label("请说说是什么事").fill(TEXT)
    page.get_by_label("企业诉求").check()
    page.get_by_role("button", name="下一步").click()
    expect(page.get_by_label("具体情况")).to_have_value(TEXT)
    assert_accessible(page)

    page.get_by_label("诉求类别").select_option("transport")
    page.get_by_label("统一社会信用代码").fill(make("91440300MA5F0A1B2"))
    page.get_by_label("统一社会信用代码").blur()
    expect(page.get_by_text("示范精密制造有限公司")).to_be_visible()
    page.get_by_label("姓名").fill("王某")
    page.get_by_label("照片和材料").set_input_files(photo)
    page.get_by_role("button", name="提交").dblclick()
    expect(page.get_by_role("heading", name="已经收到")).to_be_visible()
    assert Case.objects.count() == 1
    assert_accessible(page)

    page.get_by_role("link", name="看办理进度").click()
    expect(page.get_by_text("已经分给第1服务小组")).to_be_visible()
    page.get_by_text("为什么", exact=True).click()
    expect(page.get_by_text("次日起算")).to_be_visible()
    page.get_by_text("不用办了，撤回").click()
    assert_accessible(page)

    page.get_by_label("补充说明").fill("今天又有两车进不来。")
    page.get_by_role("button", name="补充", exact=True).click()
    expect(page.locator(".timeline")).to_contain_text("今天又有两车进不来。")
    expect(page.get_by_label("补充说明")).to_have_value("")

    page.get_by_text("不用办了，撤回").click()
    page.get_by_role("button", name="确认撤回").click()
    expect(page.get_by_text("您已经撤回，不再办理。")).to_be_visible()


def test_quiet_pages_are_accessible_and_the_clock_answers_in_place(
    browser_page: Page, assert_accessible: Look
):
    page = browser_page
    for path in ("/follow/", "/sign-in/", "/no-such-page/", "/submit/?kind=petition"):
        page.goto(path)
        assert_accessible(page)

    page.goto("/clock/")
    page.get_by_label("从什么时候算起").fill("2026-09-23T10:00")
    page.get_by_label("多久", exact=True).fill("8")
    page.get_by_role("button", name="算一算").click()
    expect(page.get_by_text("10月12日 周一 18:00").first).to_be_visible()
    expect(page.get_by_label("多久", exact=True)).to_have_value("8")
    assert "amount=8" in page.url
    page.get_by_text("中间暂停过").click()
    assert_accessible(page)


def test_text_typed_before_a_crash_is_put_back(browser_page: Page):
    page = browser_page
    page.goto("/submit/")
    page.get_by_label("请说说是什么事").press_sequentially(TEXT)
    page.wait_for_timeout(500)
    page.goto("/clock/")
    page.goto("/submit/")

    expect(page.get_by_label("请说说是什么事")).to_have_value(TEXT)
    expect(page.get_by_text("上次没有提交的内容已经填回来了")).to_be_visible()
