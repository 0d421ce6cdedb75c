"""Every list as a spreadsheet: each page of a list offers one, with the same rows; cells are typed and neutralised."""

from __future__ import annotations

import datetime as dt
import io
import re
from collections.abc import Callable, Iterator
from html import unescape
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from python_calamine import CalamineWorkbook

import ronghe
from ronghe.casework.models import Case
from ronghe.ledger.models import Entry
from ronghe.www import sheets
from ronghe.www.sheets import HEAD, Column, Kind, Sheet, safe, write
from tests.city import City
from tests.www.desk_cases import do, file_petition, file_request

pytestmark = [pytest.mark.page, pytest.mark.both, pytest.mark.django_db]
TEMPLATES = Path(ronghe.__file__).parent / "templates"
OVERSEER = "工委甲"
LISTS = re.compile(r'data-row|class="list[" ]|class="pager"')
LINK = re.compile(r'<p class="sheet-link[^>]*><a href="([^"]*)" download>')

# Pages with rows or tables that are no list of their own, and why.
NO_LIST = {
    "me": "the ways to other lists",
    "file": "the kinds of case to choose from",
    "clock": "a calculation, day by day",
    "sign-in": "the accounts of a demonstration",
    "home": "the ways to other pages",
    "imports": "the last uploads of a browser",
    "inbox": "one's own messages, not a list of work",
    "test-messages": "a demonstration",
    "message-settings": "what one is told by which channel",
    "hooks": "one's own addresses",
    "message-log": "administration",
    "bulletin": "the figures of 统计, with a document of their own",
    "bulletin-trend": "the same",
    "my": "a requester's own",
    "submit": "the kinds of case to choose from",
    "activity-kinds": "the kinds of activity to choose from",
    "registers": "the registers to choose from",
    "register-lists": "the lists to choose from",
    "public-registers": "the registers to choose from",
}


NO_TABLE = {
    "activities/kind_rows.html": "kinds of activity to choose from",
    "burden/asked.html": "rows of the page, which has it",
    "burden/records.html": "what stands behind one number of a table that has it",
    "duties/holder_rows.html": "rows of 谁做了谁没做, which has it",
    "duties/unit_rows.html": "rows of the grid of units, which has it",
    "registers/index_rows.html": "registers to choose from",
    "registers/lists.html": "lists to choose from",
    "registers/public_index.html": "registers to choose from",
    "components/pager.html": "the pager itself",
    "filing/kinds.html": "kinds of case to choose from",
    "inbox/inbox.html": "one's own messages",
    "inbox/hooks.html": "one's own addresses",
    "public/board_unit.html": "titles alone; 公开答复 has them",
    "registry/decisions.html": "part of a unit's page; 全部办件 has them",
    "supervision/row.html": "a row of the board",
    "supervision/urged.html": "the first of 全部办件",
    "visitor/my.html": "a requester's own",
}


def patterns(urls: list[Any], before: str = "") -> Iterator[tuple[str, URLPattern]]:
    for one in urls:
        if isinstance(one, URLResolver):
            yield from patterns(one.url_patterns, before + str(one.pattern))
        elif isinstance(one, URLPattern) and one.name:
            yield before + str(one.pattern), one


def addresses() -> dict[str, str]:
    """The pages without anything to fill in: name → address; administration has its own tables."""
    return {
        str(one.name): "/" + route
        for route, one in patterns(get_resolver().url_patterns)
        if "<" not in route
        and "^" not in route
        and not route.startswith(("desk/admin", "api", "accounts", "static"))
    }


@pytest.fixture
def cases(city: City) -> list[Case]:
    """A request of an enterprise, one that was closed, and a petition that waits."""
    closed = do(city, "环境经办", file_request(city), 1, "accept")
    return [file_request(city), closed, file_petition(city)]


def lines(answer: Any) -> list[list[Any]]:
    """The rows of the first table of an answer, without what stands above."""
    book = CalamineWorkbook.from_filelike(io.BytesIO(b"".join(answer.streaming_content)))
    return book.get_sheet_by_index(0).to_python(skip_empty_area=False)[HEAD + 1 :]


def shown(html: str) -> list[str]:
    """What each row of a page is called: its first link."""
    rows = re.split(r"<(?:tr|li) data-row", html)[1:]
    titles = [re.search(r"<a [^>]*>(.*?)</a>", row, re.DOTALL) for row in rows]
    return [unescape(re.sub(r"<[^>]+>", "", one[1])).strip() for one in titles if one]


def test_every_page_with_a_list_offers_its_rows_as_a_table(
    signed: Callable[[str], Client], city: City, cases: list[Case]
) -> None:
    """The guard: whoever makes a list either gives it `@as_sheet` or says above why it is none."""
    client = signed(OVERSEER)
    offered, missing = [], []
    for name, address in addresses().items():
        answer = client.get(address)
        if answer.status_code != 200 or not answer["Content-Type"].startswith("text/html"):
            continue
        html = answer.content.decode()
        if name in NO_LIST or not LISTS.search(html):
            continue
        link = LINK.search(html)
        if link is None:
            missing.append(name)
            continue
        table = client.get(address + unescape(link[1]))
        assert table["Content-Type"] == sheets.CONTENT_TYPE, name
        rows = [str(cell) for row in lines(table) for cell in row]
        assert set(shown(html)) <= set(rows), name
        offered.append(name)

    assert missing == []
    assert {"cases", "organisations", "coverage", "board", "public-answers"} & set(offered)


def test_no_template_of_a_list_is_without_its_table() -> None:
    """The same guard without data: rows or a pager in a template stand beside the link, or it says here why not."""
    without = [
        name
        for path in sorted(TEMPLATES.rglob("*.html"))
        if re.search(r"data-row|components/pager", text := path.read_text("utf-8"))
        and "components/sheet_link" not in text
        and (name := path.relative_to(TEMPLATES).as_posix()) not in NO_TABLE
        and not name.startswith("administration/")  # tables of their own
    ]

    assert without == []


def test_a_list_and_its_table_have_the_same_rows_under_the_same_filter(
    signed: Callable[[str], Client], city: City, cases: list[Case]
) -> None:
    client = signed(OVERSEER)
    for query in ("", "?kind=petition", "?state=open&light=green", "?q=nothing-like-it", "?kind=unheard-of"):
        page = client.get(reverse("cases") + query)
        table = client.get(reverse("cases") + (query + "&" if query else "?") + "format=xlsx")

        assert [row[5] for row in lines(table)] == [row.case.number for row in page.context["rows"]], query


def test_a_table_holds_only_what_its_reader_may_see(
    signed: Callable[[str], Client], city: City, cases: list[Case]
) -> None:
    table = lines(signed("环境经办").get(reverse("cases") + "?format=xlsx"))

    assert sorted(row[5] for row in table) == sorted(one.number for one in cases[:2])
    assert Client().get(reverse("cases") + "?format=xlsx").status_code == 302


def test_an_export_is_written_into_the_ledger_and_a_public_one_is_not(
    signed: Callable[[str], Client], city: City, cases: list[Case]
) -> None:
    client = signed(OVERSEER)
    lines(client.get(reverse("cases") + "?format=xlsx&kind=petition"))
    lines(Client().get(reverse("public-answers") + "?format=xlsx"))

    made = Entry.objects.filter(kind="export.made")
    person = city.people[OVERSEER].pk
    assert [(one.subject_type, one.subject_id, one.actor, one.code, one.data) for one in made] == [
        ("person", person, f"person:{person}", "cases", {"rows": 1})
    ]


def test_what_stands_above_says_what_who_and_when(
    signed: Callable[[str], Client], city: City, cases: list[Case]
) -> None:
    answer = signed(OVERSEER).get(reverse("cases") + "?format=xlsx&kind=petition&unit=none")
    book = CalamineWorkbook.from_filelike(io.BytesIO(b"".join(answer.streaming_content)))
    above = [row[0] for row in book.get_sheet_by_index(0).to_python(skip_empty_area=False)[:3]]

    assert above[0] == "全部办件"
    assert "类别：信访" in above[1]
    assert above[2].startswith(OVERSEER)
    assert above[2].endswith("导出")


def test_cells_are_typed_and_no_text_is_a_formula() -> None:
    columns = [Column("文"), Column("数", Kind.NUMBER), Column("日", Kind.DAY), Column("时", Kind.MOMENT)]
    when = dt.datetime(2026, 3, 2, 2, 30, tzinfo=dt.UTC)
    rows = [["=1+1", 3, dt.date(2026, 3, 2), when], ["https://x.cn", None, None, None], ["", 0.5, None, None]]
    made = io.BytesIO()

    assert write(made, [Sheet("表[1]", columns, rows)], "某人导出") == 3
    table = (
        CalamineWorkbook.from_filelike(io.BytesIO(made.getvalue()))
        .get_sheet_by_index(0)
        .to_python()[HEAD + 1 :]
    )
    assert table[0] == ["'=1+1", 3.0, dt.date(2026, 3, 2), dt.datetime(2026, 3, 2, 10, 30)]
    assert table[1:] == [["https://x.cn", "", "", ""], ["", 0.5, "", ""]]
    assert [safe(text) for text in ("+86", "-1", "@x", "\tx", "正文")] == [
        "'+86",
        "'-1",
        "'@x",
        "'\tx",
        "正文",
    ]


def test_a_long_list_says_where_it_stops(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sheets, "MOST", 3)
    for total, above, below in (
        (5, "一共 5 行，只导出前 3 行。", None),
        (None, "", "后面还有，只导出前 3 行。"),
    ):
        made = io.BytesIO()
        written = write(made, [Sheet("表", [Column("数")], ([n] for n in range(5)), total=total)], "")
        table = (
            CalamineWorkbook.from_filelike(io.BytesIO(made.getvalue()))
            .get_sheet_by_index(0)
            .to_python(skip_empty_area=False)
        )

        assert written == 3
        assert str(table[3][0]).startswith(above)
        assert len(table) == HEAD + 1 + 3 + (below is not None)
        assert below is None or str(table[-1][0]).startswith(below)


def test_statements_do_not_grow_with_the_rows(signed: Callable[[str], Client], city: City) -> None:
    client = signed(OVERSEER)
    counts = []
    for more in (1, 3):
        for _ in range(more):
            file_request(city)
        client.get(reverse("cases"))
        with CaptureQueriesContext(connection) as asked:
            lines(client.get(reverse("cases") + "?format=xlsx"))
        counts.append(len(asked))

    assert counts[0] == counts[1]
