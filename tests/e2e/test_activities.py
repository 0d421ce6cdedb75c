"""Recording an activity in a browser: from the desk to recorded in six taps beside typing; what was typed survives."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from ronghe.activities.models import Activity
from tests.city import City, add_party
from tests.e2e.test_desk import enter

pytestmark = [pytest.mark.e2e, pytest.mark.django_db(transaction=True)]
Look = Callable[[Page], None]


@pytest.fixture(autouse=True)
def _nothing_is_live(settings: Any) -> None:
    settings.LIVE_PORT = 0


TAPS = """window.taps = Number(sessionStorage.getItem('taps') || 0);
addEventListener('click', event => { if (event.isTrusted) sessionStorage.setItem('taps', ++window.taps); }, true);"""
MOST_TAPS = 6


def test_from_the_desk_to_recorded_in_six_taps(
    browser_page: Page, assert_accessible: Look, live_city: City
) -> None:
    """A theme day with its theme: every tap counts, the one that puts the cursor into a field too."""
    add_party(live_city)
    page = browser_page
    enter(page, "支书甲")
    page.add_init_script(TAPS)
    page.goto("/desk/")
    page.get_by_role("link", name="记一笔").locator("visible=true").first.click()
    page.get_by_role("link", name="主题党日").click()
    assert_accessible(page)
    page.get_by_label("主题").click()
    page.keyboard.type("进园区访企业")
    page.get_by_role("button", name="登记", exact=True).click()
    expect(page.get_by_role("heading", name="主题党日：进园区访企业")).to_be_visible()
    taps = int(page.evaluate("sessionStorage.getItem('taps')"))
    assert (taps, taps <= MOST_TAPS) == (4, True)
    assert_accessible(page)
    activity = Activity.objects.get()
    assert (activity.state, activity.organisation.code, activity.people) == ("held", "zb1", 6)

    page.get_by_role("link", name="更正").click()
    assert_accessible(page)
    page.goto("/desk/activities/")
    expect(page.get_by_role("link", name="主题党日：进园区访企业")).to_be_visible()
    assert_accessible(page)


def test_a_half_typed_form_survives_a_closed_browser(browser_page: Page, live_city: City) -> None:
    add_party(live_city)
    page = browser_page
    enter(page, "支书甲", "/desk/activities/new/theme-day/")
    page.get_by_label("主题").fill("重温入党誓词")
    page.get_by_label("地点").fill("规划馆")
    with page.expect_response(lambda answer: "/drafts/" in answer.url and answer.request.method == "POST"):
        page.get_by_label("地点").blur()
    # Another browser: nothing is kept in it, the draft comes from the server.
    context = page.context.browser.new_context(base_url=page.url.split("/desk")[0], locale="zh-CN")
    other = context.new_page()
    enter(other, "支书甲", "/desk/activities/new/theme-day/")
    expect(other.get_by_label("主题")).to_have_value("重温入党誓词")
    expect(other.get_by_label("地点")).to_have_value("规划馆")
    other.get_by_role("button", name="登记", exact=True).click()
    expect(other.get_by_role("heading", name="主题党日：重温入党誓词")).to_be_visible()
    other.goto("/desk/activities/new/theme-day/")
    expect(other.get_by_label("主题")).to_have_value("")
    context.close()
