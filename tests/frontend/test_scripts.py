"""What the small scripts do for a person, in a real browser under the strict content policy."""

from __future__ import annotations

import pytest

pytestmark = pytest.mark.e2e

LIST = """
<input type="search" data-key-search>
<ul><li data-row><a href="/one">一</a></li><li data-row><a href="/two">二</a></li><li data-row hidden><a href="/three">三</a></li></ul>
<details><summary>答复</summary><textarea data-key-reply></textarea></details>
<button type="button" data-key="2" data-busy="x">第二</button>
<dialog id="keys"><p>快捷键</p></dialog>
"""
DRAFT = """
<form method="post" action="/done" data-draft="letter">
  <p data-draft-notice hidden>已恢复 <button type="button" data-draft-discard>清空</button></p>
  <input name="title"><textarea name="detail"></textarea><input type="password" name="secret">
  <label><input type="checkbox" name="topic" value="land">土地</label><label><input type="checkbox" name="topic" value="road">道路</label>
  <select name="unit"><option value=""></option><option value="7">七</option></select>
  <button>提交</button>
</form>
"""


def wait_for_drafts(page, number):
    """Until so many drafts are kept; the page's policy forbids Playwright's own waiting, which evaluates text."""
    for _ in range(50):
        if page.evaluate("localStorage.length") == number:
            return
        page.wait_for_timeout(50)
    pytest.fail(f"not {number} drafts kept")


def current(page):
    return page.evaluate(
        "[...document.querySelectorAll('[data-row]')].map(row => row.classList.contains('is-current'))"
    )


def test_keys_move_over_the_rows_and_open_one(show, complaints):
    page = show(LIST, two="<p id='there'>二</p>")

    page.keyboard.press("j")
    assert current(page) == [True, False, False]
    page.keyboard.press("j")
    page.keyboard.press("j")
    assert current(page) == [False, True, False]
    page.keyboard.press("k")
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    page.wait_for_selector("#there")

    assert complaints == []


def test_keys_go_to_search_reply_and_help(show, complaints):
    page = show(LIST)

    page.keyboard.press("/")
    assert page.evaluate("document.activeElement.matches('[data-key-search]')")
    page.keyboard.type("jjr?")
    assert page.input_value("[data-key-search]") == "jjr?"
    assert current(page) == [False, False, False]

    page.keyboard.press("Escape")
    page.keyboard.press("?")
    assert page.evaluate("document.querySelector('#keys').open")
    page.keyboard.press("?")
    assert not page.evaluate("document.querySelector('#keys').open")
    assert complaints == []


def test_reply_opens_what_it_is_folded_in(show):
    page = show("<details open><summary>答复</summary><textarea data-key-reply></textarea></details>")

    page.keyboard.press("r")

    assert page.evaluate("document.activeElement.tagName") == "TEXTAREA"
    assert page.input_value("textarea") == ""


def test_a_draft_comes_back_and_says_so(show, complaints):
    page = show(DRAFT)
    page.fill("[name=title]", "路灯不亮")
    page.fill("[name=detail]", "三天了")
    page.fill("[name=secret]", "not to be kept")
    page.check("[value=road]")
    page.select_option("[name=unit]", "7")
    wait_for_drafts(page, 1)
    page.wait_for_timeout(400)  # the last change is kept after a short pause

    page.reload()
    page.wait_for_selector("[data-draft-notice]:not([hidden])")

    assert page.input_value("[name=title]") == "路灯不亮"
    assert page.input_value("[name=detail]") == "三天了"
    assert page.input_value("[name=secret]") == ""
    assert page.input_value("[name=unit]") == "7"
    assert [page.is_checked("[value=land]"), page.is_checked("[value=road]")] == [False, True]
    assert "not to be kept" not in page.evaluate("JSON.stringify(localStorage)")
    assert complaints == []


def test_a_draft_can_be_thrown_away(show):
    page = show(DRAFT)
    page.fill("[name=title]", "路灯不亮")
    wait_for_drafts(page, 1)
    page.reload()

    page.click("[data-draft-discard]")

    assert page.input_value("[name=title]") == ""
    assert page.evaluate("localStorage.length") == 0
    assert page.is_hidden("[data-draft-notice]")


def test_a_draft_ends_when_the_page_after_it_says_so(show):
    page = show(DRAFT, done='<p id="done" data-draft-done="letter">已收到</p>')
    page.fill("[name=title]", "路灯不亮")
    page.click("button:has-text('提交')")
    page.wait_for_selector("#done")

    wait_for_drafts(page, 0)


def test_a_form_is_sent_once(show, posted):
    page = show(
        '<form method="post" action="/slow"><input name="a" value="1"><button name="act" value="send" data-busy="正在提交">提交</button></form>'
    )

    page.evaluate(
        "() => { const button = document.querySelector('button'); button.click(); button.click(); button.click(); }"
    )
    page.wait_for_url("**/slow")

    assert posted == ["a=1&act=send"]


def test_a_counter_says_how_much_is_left(show):
    page = show(
        '<textarea maxlength="20" data-counter="left"></textarea><output id="left" data-text="还可以写 {n} 字"></output>'
    )
    assert page.text_content("#left") == "还可以写 20 字"

    page.fill("textarea", "三个字")

    assert page.text_content("#left") == "还可以写 17 字"


def test_ticking_all_ticks_each_and_counts_them(show):
    page = show(
        '<form><input type="checkbox" data-bulk id="all"><input type="checkbox" data-bulk-item><input type="checkbox" data-bulk-item>'
        '<p data-bulk-bar hidden><span data-text="已选 {n} 件"></span></p></form>'
    )

    page.check("#all")
    assert page.text_content("[data-bulk-bar] span") == "已选 2 件"
    page.locator("[data-bulk-item]").first.uncheck()

    assert page.text_content("[data-bulk-bar] span") == "已选 1 件"
    assert page.evaluate("document.querySelector('#all').indeterminate")


SERVED = DRAFT.replace(
    "<p data-draft-notice", '<span data-drafts="/drafts" hidden></span><p data-draft-notice'
).replace(
    "</form>",
    '<div data-draft-other hidden><p data-draft-other-text></p><button type="button" data-draft-swap>换</button></div></form>',
)


def answer_drafts(page, at):
    """What the server keeps from another device, since `at`."""
    kept = {"at": at, "values": {"title": ["那台写的"]}}
    page.route("**/drafts?*", lambda route: route.fulfill(json=kept))


def test_a_draft_of_another_device_is_put_back_and_what_was_here_is_offered(show, complaints):
    page = show(DRAFT)
    page.fill("[name=title]", "这台写的")
    wait_for_drafts(page, 1)
    page.wait_for_timeout(400)
    answer_drafts(page, 9999999999999)
    show(SERVED)
    page.wait_for_selector("[data-draft-other]:not([hidden])")

    assert (page.input_value("[name=title]"), page.text_content("[data-draft-other-text]")) == (
        "那台写的",
        "这台写的",
    )
    page.click("[data-draft-swap]")
    assert (page.input_value("[name=title]"), page.text_content("[data-draft-other-text]")) == (
        "这台写的",
        "那台写的",
    )
    assert complaints == []


def test_an_older_draft_of_another_device_is_only_offered(show):
    page = show(DRAFT)
    page.fill("[name=title]", "这台写的")
    wait_for_drafts(page, 1)
    page.wait_for_timeout(400)
    answer_drafts(page, 1)
    show(SERVED)
    page.wait_for_selector("[data-draft-other]:not([hidden])")

    assert page.input_value("[name=title]") == "这台写的"


def test_what_is_typed_goes_to_the_server_and_is_thrown_away_there_too(show, posted):
    page = show(SERVED, drafts="")
    page.fill("[name=title]", "abc")
    page.fill("[name=secret]", "not to be kept")
    page.wait_for_timeout(2200)
    kept = list(posted)
    page.evaluate("document.querySelector('[data-draft-notice]').hidden = false")
    page.click("[data-draft-discard]")
    page.wait_for_timeout(300)

    assert len(kept) == 1
    assert kept[0].startswith("place=letter&values=%7B%22title%22%3A%5B%22abc%22%5D")
    assert "not+to+be" not in kept[0]
    assert posted[1:] == ["place=letter&values=%7B%7D"]
