"""A page of ours without a server: the built script and style sheet under the strict content policy of the product."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, Route

from tests.chromium import launched

DIST = Path(__file__).resolve().parents[2] / "src" / "ronghe" / "static" / "dist"
POLICY = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; form-action 'self'"
SITE = "http://pages.test"
type_of = {".js": "text/javascript", ".css": "text/css"}


@pytest.fixture(scope="module")
def browser(request: pytest.FixtureRequest) -> Iterator[Browser]:
    if not (DIST / "desk.js").exists():
        pytest.skip("the scripts are not built: make setup")
    with launched(request.getfixturevalue("playwright")) as browser:
        yield browser


@pytest.fixture
def posted() -> list[str]:
    """The bodies of the forms sent."""
    return []


@pytest.fixture
def complaints() -> list[str]:
    """What the browser complained of; a refusal by the content policy would stand here."""
    return []


@pytest.fixture
def show(browser: Browser, posted: list[str], complaints: list[str]) -> Iterator[Callable[..., Page]]:
    """`show(body, path="/")` opens a page with this body; other paths answer with what `show` was given for them."""
    bodies: dict[str, str] = {}
    context = browser.new_context(viewport={"width": 1280, "height": 800})
    page = context.new_page()
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("console", lambda message: message.type == "error" and complaints.append(message.text))

    def answer(route: Route) -> None:
        path = route.request.url.removeprefix(SITE).split("?")[0]
        built = DIST / Path(path).name
        if built.suffix in type_of and built.exists():
            route.fulfill(body=built.read_text(encoding="utf-8"), content_type=type_of[built.suffix])
            return
        if route.request.method == "POST":
            posted.append(route.request.post_data or "")
        head = '<meta charset="utf-8"><title>页</title><link rel="icon" href="data:,"><link rel="stylesheet" href="/app.css"><script src="/desk.js" defer></script>'
        html = f'<!doctype html><html lang="zh-Hans" class="no-js"><head>{head}</head><body>{bodies.get(path, "")}</body></html>'
        route.fulfill(body=html, content_type="text/html", headers={"Content-Security-Policy": POLICY})

    def open_page(body: str, path: str = "/", **others: str) -> Page:
        bodies.update({path: body} | {f"/{name}": text for name, text in others.items()})
        page.goto(SITE + path)
        page.wait_for_selector("html.js")
        return page

    page.route("**/*", answer)
    yield open_page
    context.close()
