"""Whoever administers looks a unit up in the tree and renames it, in a browser; every page of the registry is looked over."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from ronghe.organisations.models import Organisation
from tests.city import PASSWORD, City

pytestmark = [pytest.mark.e2e, pytest.mark.django_db(transaction=True)]


def test_unit_is_found_renamed_and_found_again(
    browser_page: Page, live_city: City, assert_accessible: Callable[[Page], None]
):
    live_city.seat("szgw", "administrator", "管理甲")
    page = browser_page
    page.goto("/organisations/?tree=government")
    page.get_by_label("账号").fill("管理甲")
    page.get_by_label("密码").fill(PASSWORD)
    page.get_by_role("main").get_by_role("button", name="登录").click()
    expect(page.get_by_role("heading", name="组织机构")).to_be_visible()
    assert_accessible(page)

    page.get_by_label("单位名称").fill("住房")
    page.get_by_role("link", name="市住房和建设局").click()
    expect(page.get_by_role("heading", name="市住房和建设局", level=1)).to_be_visible()
    page.get_by_text("登记变动").click()
    assert_accessible(page)

    page.get_by_role("link", name="更名", exact=True).click()
    page.get_by_label("新名称").fill("市城建局")
    assert_accessible(page)
    page.get_by_role("button", name="下一步").click()
    expect(page.get_by_role("main")).to_contain_text("“市住房和建设局”改称“市城建局”")
    assert_accessible(page)
    page.get_by_role("button", name="确认登记").click()
    expect(page.get_by_role("heading", name="市城建局", level=1)).to_be_visible()
    assert Organisation.objects.get(code="zjj").name == "市城建局"

    for path in ("/enterprises/", f"/enterprises/{live_city.units['enterprise'].pk}/", "/coverage/"):
        page.goto(path)
        expect(page.get_by_role("main")).to_contain_text("服务")
        assert_accessible(page)
