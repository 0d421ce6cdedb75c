"""A working day in a browser: take, look, answer, send on, look at the board; with keys, on a phone, without script."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from playwright.sync_api import Browser, Page, expect

from ronghe.casework.models import Case
from ronghe.organisations.models import Account
from tests.city import PASSWORD, City
from tests.www.desk_cases import ago, do, file_message, file_petition, file_request

pytestmark = [pytest.mark.e2e, pytest.mark.django_db(transaction=True)]
Look = Callable[[Page], None]


def enter(page: Page, name: str, to: str = "/desk/") -> None:
    """As somebody who has signed in already; signing in itself is walked in test_accounts.py."""
    client = Client()
    client.force_login(Account.objects.get(username=name))
    session = client.cookies[settings.SESSION_COOKIE_NAME]
    page.context.add_cookies(
        [{"name": session.key, "value": session.value, "domain": "localhost", "path": "/"}]
    )
    page.goto(to)


def sign_in(page: Page, name: str, to: str = "/desk/") -> None:
    page.goto(f"/sign-in/?next={to}")
    page.get_by_label("账号").fill(name)
    page.get_by_label("密码").fill(PASSWORD)
    page.get_by_role("main").get_by_role("button", name="登录").click()


def is_wide(page: Page) -> bool:
    return page.viewport_size["width"] > 1000


def test_clerk_takes_looks_at_and_answers_a_case(
    browser_page: Page, assert_accessible: Look, live_city: City
) -> None:
    first = file_request(live_city, "扬尘太大，请协调洒水。", at=ago(hours=2))
    second = file_request(live_city, "气味难闻，夜里最重。", at=ago(hours=1))
    page = browser_page
    enter(page, "环境经办")
    expect(page.get_by_role("heading", name="我的待办")).to_be_visible()
    if is_wide(page):
        expect(page.locator("#preview")).to_contain_text("打开办理")
        page.keyboard.press("j")
        page.keyboard.press("j")
        expect(page.locator("#preview")).to_contain_text(second.number)
        page.keyboard.press("k")
        expect(page.locator("#preview")).to_contain_text(first.number)
        assert_accessible(page)
        page.keyboard.press("Enter")
    else:
        assert_accessible(page)
        page.get_by_role("link", name=first.title).click()

    expect(page.get_by_role("heading", name=first.title)).to_be_visible()
    for fold in ("为什么是这一天到期", "办理流程，走到哪儿了", "转办", "不予受理", "分派经办人", "记备注"):
        page.get_by_text(fold, exact=True).first.click()
    expect(page.get_by_text("起算日不计")).to_be_visible()
    assert_accessible(page)
    page.get_by_role("button", name="受理", exact=True).dblclick()
    expect(page.get_by_role("heading", name="现在要办：办理")).to_be_visible()
    page.get_by_role("button", name="办理完毕，转答复").click()
    expect(page.get_by_role("heading", name="现在要办：答复")).to_be_visible()
    page.keyboard.press("r")
    page.keyboard.type("已协调施工单位每日洒水四次。")
    page.wait_for_timeout(500)
    page.reload()
    expect(page.get_by_label("办理情况")).to_have_value("已协调施工单位每日洒水四次。")
    page.get_by_label("答复意见").fill("今天起不再扬尘，欢迎监督。")
    expect(page.locator(".as-sent")).to_contain_text("今天起不再扬尘，欢迎监督。")
    assert_accessible(page)
    page.get_by_role("button", name="送审签").click()
    expect(page.get_by_role("heading", name=second.title)).to_be_visible()

    enter(page, "环境局长", f"/desk/cases/{first.number}/")
    expect(page.locator(".as-sent")).to_contain_text("已协调施工单位每日洒水四次。")
    assert_accessible(page)
    page.get_by_role("button", name="审签发出").click()
    expect(page.get_by_text("审签发出，已经办好。")).to_be_visible()
    assert Case.objects.get(pk=first.pk).state == "closed"


CLICKS = """window.clicks = Number(sessionStorage.getItem('clicks') || 0);
addEventListener('click', event => { if (event.isTrusted) sessionStorage.setItem('clicks', ++window.clicks); }, true);"""
MOST_CLICKS = 8
SCREENS = 2


def test_a_routine_case_is_answered_and_closed_within_eight_clicks_and_two_screens(
    browser: Browser, live_server: Any, live_city: City
) -> None:
    case = file_request(live_city, "扬尘太大，请协调洒水。", at=ago(hours=2))
    clicks, heights = 0, []

    def seen(page: Page) -> None:
        heights.append(page.evaluate("document.documentElement.scrollHeight / innerHeight"))

    def work(name: str, acts: list[tuple[str, dict[str, str]]]) -> None:
        nonlocal clicks
        context = browser.new_context(viewport={"width": 1280, "height": 900}, base_url=live_server.url)
        context.add_init_script(CLICKS)
        page = context.new_page()
        sign_in(page, name)
        expect(page.get_by_role("heading", name="我的待办")).to_be_visible()
        seen(page)
        page.get_by_role("link", name=case.title).first.click()
        expect(page.get_by_role("heading", name=case.title, level=1)).to_be_visible()
        for button, words in acts:
            for label, text in words.items():
                page.get_by_label(label).press_sequentially(text)
            seen(page)
            with page.expect_navigation():
                page.get_by_role("button", name=button, exact=True).click()
        seen(page)
        clicks += page.evaluate("window.clicks")
        context.close()

    words = {"办理情况": "现场已核查，责令每日洒水四次。", "答复意见": "今天起不再扬尘，欢迎监督。"}
    work("环境经办", [("受理", {}), ("办理完毕，转答复", {}), ("送审签", words)])
    work("环境局长", [("审签发出", {})])

    assert Case.objects.get(pk=case.pk).state == "closed"
    assert (clicks <= MOST_CLICKS, max(heights) <= SCREENS) == (True, True), (clicks, heights)


def test_list_is_filtered_in_place_and_its_address_can_be_sent(
    browser_page: Page, assert_accessible: Look, live_city: City
) -> None:
    dust = file_request(live_city, "扬尘太大，请协调洒水。")
    smell = file_request(live_city, "气味难闻，夜里最重。")
    page = browser_page
    enter(page, "环境局长", "/desk/cases/")

    page.get_by_label("编号或标题").fill("扬尘")
    expect(page.get_by_text(smell.title)).to_be_hidden()
    expect(page.get_by_text(dust.title)).to_be_visible()
    page.wait_for_url("**/desk/cases/?*q=*")
    page.reload()
    expect(page.get_by_text(smell.title)).to_be_hidden()
    assert_accessible(page)
    page.get_by_label("状态").select_option("closed")
    expect(page.get_by_text("没有符合条件的办件")).to_be_visible()
    page.go_back()
    expect(page.get_by_text(dust.title)).to_be_visible()


def test_triage_by_keys(browser_page: Page, assert_accessible: Look, live_city: City) -> None:
    past = file_message(live_city, "小区门口路灯不亮", at=ago(days=9))
    do(live_city, "分办甲", past, 1, "transfer", to=live_city.units["zjj"])
    case = file_message(live_city, "我们小区门口路灯不亮三个月了", at=ago(hours=3))
    petition = file_petition(live_city)
    page = browser_page
    enter(page, "分办甲", f"/desk/triage/{case.number}/")
    expect(page.get_by_text("办过 1 件说法相近的")).to_be_visible()
    assert_accessible(page)

    page.keyboard.press("1")
    expect(page.get_by_role("radio")).to_be_checked()
    page.keyboard.press("Enter")
    expect(page.get_by_text("已转给市住房和建设局")).to_be_visible()
    expect(page.get_by_role("heading", name=petition.title)).to_be_visible()
    expect(page.get_by_text("市生态环境局（不能转给它）")).to_be_visible()
    page.get_by_role("button", name="转办").click()
    expect(page.get_by_role("alert")).to_contain_text("有 1 处要改一下")
    assert_accessible(page)


def test_board_leads_to_its_lists(browser_page: Page, assert_accessible: Look, live_city: City) -> None:
    late = file_request(live_city, "扬尘太大，请协调洒水。", at=ago(days=40))
    file_message(live_city)
    page = browser_page
    enter(page, "工委甲", "/desk/board/")
    expect(page.get_by_text("卡在市生态环境局（接收）")).to_be_visible()
    assert_accessible(page)

    page.get_by_role("row", name="市生态环境局").get_by_role("link").first.click()
    expect(page.get_by_text("只看市生态环境局的办件")).to_be_visible()
    expect(page.get_by_role("link", name=late.title)).to_be_visible()
    page.goto("/desk/me/")
    expect(page.get_by_role("heading", name="工委甲")).to_be_visible()
    assert_accessible(page)


def test_everything_goes_without_script(browser: Browser, live_server, live_city: City) -> None:
    case = file_request(live_city)
    context = browser.new_context(base_url=live_server.url, java_script_enabled=False, locale="zh-CN")
    page = context.new_page()
    sign_in(page, "环境经办")
    page.get_by_label("类别").select_option("enterprise-request")
    page.get_by_role("button", name="筛选").click()
    page.get_by_role("link", name=case.title).click()
    page.locator("summary", has_text="转办").click()
    page.get_by_label("承办单位").fill("市住房和建设局")
    page.get_by_role("button", name="转办").click()

    expect(page.get_by_text("转办，已经办好。")).to_be_visible()
    context.close()
