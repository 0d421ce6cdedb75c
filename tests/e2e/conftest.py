"""A real browser before a live city, wide as a desk and narrow as a phone; every page is looked over by axe."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.db import connection, transaction
from playwright.sync_api import Browser, Page

from tests.chromium import PROGRAM, launched
from tests.city import City
from tests.city_kept import found_city

ROOT = Path(__file__).resolve().parents[2]
AXE = ROOT / "frontend" / "node_modules" / "axe-core" / "axe.min.js"
STYLE = ROOT / "src" / "ronghe" / "static" / "dist" / "app.css"
RULES = {
    "runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"]},
    "resultTypes": ["violations"],  # what passes is looked at all the same, and not written down node by node
}
LOOK = "async rules => (await axe.run(document, rules)).violations.map(one => [one.id, one.nodes.map(node => node.html.slice(0, 120))])"
WIDTHS = {1280: 900, 390: 844}


@pytest.fixture(scope="module")
def browser(request: pytest.FixtureRequest) -> Iterator[Browser]:
    for needed, how in (
        (STYLE, "make setup"),
        (AXE, "make setup"),
        (Path(PROGRAM), "apt-get install chromium"),
    ):
        if not needed.exists():
            pytest.skip(f"{needed.name} is missing: {how}")
    with launched(request.getfixturevalue("playwright")) as browser:
        yield browser


@pytest.fixture
def live_city(live_server: Any, settings: Any, tmp_path: Path) -> City:
    """The small city, committed, so that the live server sees it."""
    settings.MEDIA_ROOT = tmp_path / "files"
    with transaction.atomic():
        return found_city()


@pytest.fixture(autouse=True)
def _a_line_keeps_its_connection(monkeypatch: pytest.MonkeyPatch) -> None:
    """To the database: the live server's thread for a line of the browser closes it with that line, not with each answer."""
    monkeypatch.setitem(connection.settings_dict, "CONN_MAX_AGE", 60)


@pytest.fixture(params=list(WIDTHS), ids=lambda width: f"{width}px")
def browser_page(
    request: pytest.FixtureRequest, browser: Browser, live_server: Any, live_city: City, settings: Any
) -> Iterator[Page]:
    """A page of 1280 and of 390 px; what the browser complains of (a refusal by the content policy too) fails the test."""
    settings.LIVE_PORT = 0  # nobody tells events here: a page that followed them would complain
    complaints: list[str] = []
    viewport = {"width": request.param, "height": WIDTHS[request.param]}
    context = browser.new_context(viewport=viewport, base_url=live_server.url, locale="zh-CN")
    page = context.new_page()
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("console", lambda message: _complained(message, complaints))
    yield page
    context.close()
    assert complaints == []


def _complained(message: Any, complaints: list[str]) -> None:
    # An answer of 422 is how a page says that something must be changed; the browser logs it all the same.
    if message.type == "error" and "status of 4" not in message.text:
        complaints.append(message.text)


@pytest.fixture
def assert_accessible() -> Callable[[Page], None]:
    """`assert_accessible(page)`: no violation of WCAG 2.1 AA, and nothing wider than the screen."""

    def look(page: Page) -> None:
        devtools = page.context.new_cdp_session(page)
        devtools.send("Runtime.evaluate", {"expression": AXE.read_text(encoding="utf-8")})
        told = page.evaluate(LOOK, RULES)
        wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert (page.url, told, wide) == (page.url, [], 0)

    return look
