"""The pages beside the desk's case, walked with axe at both widths: watching, judging, telling, filing, many at once."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from ronghe.casework.models import Case
from ronghe.definitions.queries import calendar
from ronghe.judgements.domain import draw_due
from ronghe.messages.domain import Address, send
from tests.city import City, moment
from tests.e2e.test_desk import enter, is_wide
from tests.judgements.closed import closed, rate
from tests.www.desk_cases import ago, do, file_request

pytestmark = [pytest.mark.e2e, pytest.mark.django_db(transaction=True)]
Look = Callable[[Page], None]


def late(city: City, detail: str) -> Case:
    """Accepted, and due three days ago."""
    case = do(city, "环境经办", file_request(city, detail, at=ago(hours=2)), 1, "accept")
    Case.objects.filter(pk=case.pk).update(due=ago(days=3))
    case.steps.update(due=None)
    return case


def test_the_overdue_are_urged_from_the_board_and_the_unit_is_told_what_to_do(
    browser_page: Page, assert_accessible: Look, live_city: City
) -> None:
    first = late(live_city, "扬尘太大，请协调洒水。")
    late(live_city, "气味难闻，夜里最重。")
    page = browser_page
    enter(page, "工委甲", "/desk/")
    expect(page.get_by_text("没有要您亲自办的。")).to_be_visible()
    page.get_by_role("link", name="去督办台").click()
    expect(page.get_by_role("heading", name="督办台")).to_be_visible()
    page.get_by_label(f"选中 {first.title}").check()
    expect(page.get_by_text("已选 1 件")).to_be_visible()
    assert_accessible(page)
    page.get_by_label("要求（督办要写明）").fill("请三天内说明情况。")
    page.get_by_role("button", name="督办选中的").click()
    expect(page.get_by_role("status").first).to_be_visible()

    enter(page, "环境局长", "/desk/board/")
    expect(page.get_by_role("heading", name="被催办、督办")).to_be_visible()
    expect(page.get_by_role("heading", name="超期最久的")).to_be_visible()
    assert_accessible(page)


def test_rare_pages_are_one_press_away(browser_page: Page, assert_accessible: Look, live_city: City) -> None:
    page = browser_page
    enter(page, "工委甲", "/desk/me/")
    if not is_wide(page):
        expect(page.get_by_role("navigation", name="常用").get_by_role("link")).to_have_count(4)
        page.get_by_role("main").get_by_role("link", name="每月通报").click()
    else:
        more = page.get_by_role("banner").get_by_text("更多")
        more.click()
        expect(page.get_by_role("banner").get_by_role("link", name="导入")).to_be_visible()
        assert_accessible(page)
        page.keyboard.press("Escape")
        expect(page.get_by_role("banner").get_by_role("link", name="导入")).to_be_hidden()
        more.click()
        page.get_by_role("banner").get_by_role("link", name="每月通报").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("诉求办理情况通报")
    assert_accessible(page)
    page.goto("/desk/cases/QY2026-999999/")
    expect(page.get_by_role("link", name="回到我的待办")).to_be_visible()
    assert_accessible(page)


def test_a_check_is_given_and_a_bad_rating_looked_at(
    browser_page: Page, assert_accessible: Look, live_city: City
) -> None:
    rate(closed(live_city, day="2026-11-18"), "dissatisfied", "2026-11-19 09:00")
    closed(live_city, day="2026-11-19")
    draw_due(moment("2026-11-20 09:00"), calendar())
    page = browser_page
    enter(page, "工委甲", "/desk/checks/")
    assert_accessible(page)
    page.get_by_role("main").locator("[data-row] a, .rows a").first.click()
    assert_accessible(page)
    for address in ("/desk/checks/record/?month=2026-11", "/desk/checks/ratings/"):
        page.goto(address)
        expect(page.get_by_role("heading", name="抽查和评价")).to_be_visible()
        assert_accessible(page)
    page.get_by_role("table").get_by_role("link").first.click()
    assert_accessible(page)


def test_many_are_given_to_one_officer_and_messages_are_read(
    browser_page: Page, assert_accessible: Look, live_city: City
) -> None:
    live_city.seat("sthjj", "handler", "环境同事")
    cases = [file_request(live_city, detail) for detail in ("扬尘太大，请协调洒水。", "气味难闻，夜里最重。")]
    to = Address("person", live_city.people["环境局长"].pk)
    send(to, kind="reminded", title="催办", text="请今天办理。", at=ago(hours=1))
    page = browser_page
    enter(page, "环境局长")
    for case in cases:
        page.get_by_label(f"选中 {case.title}").check()
    assert_accessible(page)
    page.get_by_role("button", name="一起指派").click()
    expect(page.get_by_role("heading", name="一起指派")).to_be_visible()
    assert_accessible(page)
    page.get_by_label("经办人").select_option(label="环境同事")
    page.get_by_role("button", name="都指派").click()
    expect(page.get_by_text("办好 2 件")).to_be_visible()
    assert_accessible(page)
    page.get_by_role("banner").get_by_role("link", name="提醒").click()
    expect(page.get_by_text("催办").first).to_be_visible()
    assert_accessible(page)


def test_the_window_files_for_somebody_and_hands_them_a_slip(
    browser_page: Page, assert_accessible: Look, live_city: City
) -> None:
    live_city.unit("zwzx", "window", "市政务服务中心窗口")
    live_city.seat("zwzx", "window-officer", "窗口甲")
    page = browser_page
    enter(page, "窗口甲", "/desk/file/")
    assert_accessible(page)
    page.get_by_role("link", name="群众留言").click()
    page.get_by_role("button", name="登记，打回执").click()
    expect(page.get_by_role("alert")).to_be_visible()
    assert_accessible(page)
    page.get_by_label("窗口", exact=True).check()
    page.get_by_label("具体情况").fill("小区门口的路灯三个月没有亮。")
    page.get_by_role("button", name="登记，打回执").click()
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    page.wait_for_url("**/desk/file/slip/**")
    assert_accessible(page)
