"""Two screens at once: what one does is on the other within a second, and nobody's words are lost by it."""

from __future__ import annotations

import signal
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import Browser, Page, Playwright, expect

from ronghe.casework import domain
from ronghe.casework.domain import follow_code_of
from ronghe.casework.models import Case
from tests.city import City, build_city
from tests.e2e.test_desk import enter
from tests.live.running import Running
from tests.shared_database import for_a_module
from tests.www.desk_cases import do, file_request
from tests.www.followed_cases import by

pytestmark = pytest.mark.e2e
AT_ONCE, WIDE, PHONE = 1500, {"width": 1280, "height": 900}, {"width": 390, "height": 844}
Open = Callable[..., Page]


@pytest.fixture(scope="module")
def transactional_db(
    playwright: Playwright,
    django_db_setup: None,
    django_db_blocker: Any,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[None]:
    """After Playwright has begun its loop: inside of one Django has another connection in the same thread."""
    with for_a_module(django_db_blocker, tmp_path_factory.mktemp("live") / "live.sqlite3"):
        yield


@pytest.fixture(scope="module")
def begun(live_server: Any, transactional_db: None) -> Iterator[tuple[City, Running]]:
    """One city and one process for all of them: it takes seconds to begin, and each test files its own cases."""
    process = Running(RONGHE_LIVE_ORIGIN=live_server.url)
    yield build_city(), process
    process.end()


@pytest.fixture
def running(
    begun: tuple[City, Running], settings: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> tuple[City, Running]:
    settings.MEDIA_ROOT = tmp_path / "files"
    monkeypatch.setattr("ronghe.www.live.EVERY", 2)
    settings.LIVE_PORT = begun[1].port
    begun[1].start()
    return begun


@pytest.fixture
def screen(browser: Browser, live_server: Any) -> Iterator[Open]:
    """`screen(size)`: a page of somebody's own."""
    contexts = []

    def begin(size: dict[str, int]) -> Page:
        contexts.append(browser.new_context(viewport=size, base_url=live_server.url, locale="zh-CN"))
        page: Page = contexts[-1].new_page()
        return page

    yield begin
    for context in contexts:
        context.close()


def follow(page: Page, case: Case) -> None:
    page.goto(f"/follow/{case.number}/with/{follow_code_of(case.submission)}/")
    expect(page.get_by_role("heading", name=case.title)).to_be_visible()
    page.evaluate("document.body.dataset.opened = 'once'")


def stayed(page: Page) -> bool:
    """Whether the page was not loaded again."""
    return page.evaluate("document.body.dataset.opened") == "once"


def note(case: Case, text: str) -> None:
    domain.add_note(case.pk, domain.By(f"requester:{case.pk}", timezone.now()), text=text)


def filed(city: City) -> Case:
    return file_request(city, "扬尘太大，请协调洒水。", submission=uuid.uuid4())


def test_an_act_of_the_desk_is_on_the_requesters_phone(
    running: tuple[City, Running], screen: Open, assert_accessible: Callable[[Page], None]
) -> None:
    city, _process = running
    case = filed(city)
    page = screen(PHONE)
    follow(page, case)
    expect(page.get_by_text("实时更新")).to_be_visible()
    page.get_by_label("补充说明").fill("写到一半")

    step = case.steps.get(done_at=None).no
    do(city, "环境经办", case, step, "accept")
    expect(page.locator("#timeline")).to_contain_text("受理", timeout=AT_ONCE)
    expect(page.locator("#now")).to_contain_text("正在办理", timeout=AT_ONCE)

    expect(page.get_by_label("补充说明")).to_have_value("写到一半")
    assert stayed(page)
    assert_accessible(page)


def test_once_it_is_answered_the_form_of_the_rating_comes_and_what_was_typed_stays(
    running: tuple[City, Running], screen: Open, assert_accessible: Callable[[Page], None]
) -> None:
    city, _process = running
    case = filed(city)
    page = screen(PHONE)
    follow(page, case)
    expect(page.get_by_text("实时更新")).to_be_visible()
    page.get_by_label("补充说明").fill("写到一半")
    for name, outcome, more in (
        ("环境经办", "accept", {}),
        ("环境经办", "ready", {}),
        ("环境经办", "submit", {"reply": "已安排每天洒水四次。"}),
        ("环境局长", "send", {}),
    ):
        step = case.steps.get(done_at=None).no
        domain.complete_step(case.pk, by(city, name), step=step, outcome=outcome, **more)

    expect(page.get_by_role("heading", name="您满意吗？")).to_be_visible(timeout=2 * AT_ONCE)
    expect(page.locator("#answered")).to_contain_text("已安排每天洒水四次。")
    expect(page.get_by_label("补充说明")).to_have_value("写到一半")
    expect(page.locator("#to-withdraw")).to_be_empty()
    page.get_by_label("非常满意").check()
    page.get_by_label("意见建议").fill("办得快。")
    assert stayed(page)
    assert_accessible(page)
    page.get_by_role("button", name="提交评价").click()

    expect(page.get_by_role("heading", name="您的评价")).to_be_visible()
    expect(page.get_by_text("办得快。")).to_be_visible()


def test_words_of_the_requester_are_on_the_desks_page_and_its_form_is_left_alone(
    running: tuple[City, Running], screen: Open, assert_accessible: Callable[[Page], None]
) -> None:
    city, _process = running
    case = filed(city)
    page = screen(WIDE)
    enter(page, "环境经办", f"/desk/cases/{case.number}/")
    expect(page.get_by_text("实时更新")).to_be_visible()
    page.evaluate("document.body.dataset.opened = 'once'")
    page.get_by_text("记备注", exact=True).first.click()
    words = page.locator("form[action$='/note/'] textarea")
    words.fill("写到一半")

    note(case, "今天又有两车进不来。")
    expect(page.locator("#case-done")).to_contain_text("今天又有两车进不来。", timeout=AT_ONCE)

    expect(page.locator("#case-moved")).to_contain_text("有了新的办理记录")
    expect(words).to_have_value("写到一半")
    assert stayed(page)
    assert_accessible(page)


def test_the_worklist_grows_by_itself_but_not_under_a_choice(
    running: tuple[City, Running], screen: Open
) -> None:
    city, _process = running
    first = file_request(city, "夜里还在打桩，请管一管。")
    page = screen(WIDE)
    enter(page, "环境经办")
    expect(page.get_by_text("实时更新")).to_be_visible()
    second = file_request(city, "气味难闻，夜里最重。")
    expect(page.get_by_role("link", name=second.title)).to_be_visible(timeout=AT_ONCE)

    box = page.get_by_label(f"选中 {first.title}")
    box.check()
    third = file_request(city, "噪声扰民，凌晨还在施工。")
    expect(page.get_by_text("有变化，手头这处处理完就更新")).to_be_visible()
    assert box.is_checked()
    box.uncheck()

    expect(page.get_by_role("link", name=third.title)).to_be_visible()


def test_without_live_events_the_page_asks_and_comes_back_to_them(
    running: tuple[City, Running], screen: Open
) -> None:
    city, process = running
    case = filed(city)
    page = screen(PHONE)
    follow(page, case)
    expect(page.get_by_text("实时更新")).to_be_visible()

    process.stop(signal.SIGKILL)
    expect(page.get_by_text("每隔一会儿更新")).to_be_visible()
    domain.complete_step(
        case.pk, by(city, "环境经办"), step=case.steps.get(done_at=None).no, outcome="accept"
    )
    expect(page.locator("#timeline")).to_contain_text("受理", timeout=8000)
    process.start()

    expect(page.get_by_text("实时更新")).to_be_visible(timeout=70_000)
    assert stayed(page)
