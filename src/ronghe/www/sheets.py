"""Every list as a table for spreadsheets: the same rows under the same filters, at the same address with `?format=xlsx`.

A view of a list says `@as_sheet(make)`; `make(request)` gives its sheets. Rows are written one after the other into a file,
so a long list takes no memory; beyond `MOST` it says so and stops. What a desk exports is written into the ledger, what is
public is open data and is not.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import Enum, auto
from functools import wraps
from itertools import islice
from tempfile import SpooledTemporaryFile
from typing import IO, Any, TypeVar

from django import forms
from django.core.exceptions import PermissionDenied
from django.http import FileResponse, HttpRequest, HttpResponseBase
from django.utils import timezone
from django.utils.translation import gettext

from ronghe.organisations.domain.exports import record_export
from ronghe.www.access import account_of
from ronghe.www.templatetags.ronghe import moment

MOST = 20_000
IN_MEMORY = 1_000_000  # bytes of a file that stays off the disk
LONGEST = 32_000  # letters a cell may hold
FORMAT = "xlsx"
CONTENT_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
FORMULA = ("=", "+", "-", "@", "\t", "\r")
HEAD = 4  # lines above the columns' names

Row = TypeVar("Row")


class Kind(Enum):
    """What stands in a column."""

    TEXT = auto()
    NUMBER = auto()
    SHARE = auto()
    DAY = auto()
    MOMENT = auto()


@dataclass(frozen=True)
class Column:
    """A column: its name with its unit, what stands in it, how wide it is in letters."""

    title: Any
    kind: Kind = Kind.TEXT
    width: int = 0


@dataclass(frozen=True)
class Sheet:
    """One table. `filters` says in words what it was cut down to; `total`: how many rows there are where that is known."""

    title: Any
    columns: Sequence[Column]
    rows: Iterable[Sequence[Any]]
    filters: str = ""
    total: int | None = None


Make = Callable[..., Sheet | list[Sheet]]
View = TypeVar("View", bound=Callable[..., Any])
_WIDTHS = {Kind.TEXT: 24, Kind.NUMBER: 12, Kind.SHARE: 12, Kind.DAY: 12, Kind.MOMENT: 18}


def as_sheet(make: Make, *, is_public: bool = False) -> Callable[[View], View]:
    """Let a view of a list answer `?format=xlsx` with its rows as a file; else it answers as ever."""

    def give(view: View) -> View:
        @wraps(view)
        def answer(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            if request.method != "GET" or request.GET.get("format") != FORMAT:
                page: HttpResponseBase = view(request, *args, **kwargs)
                return page
            made = make(request, *args, **kwargs)
            return _answer(request, made if isinstance(made, list) else [made], is_public=is_public)

        answer.makes_sheet = make  # type: ignore[attr-defined]
        return answer  # type: ignore[return-value]

    return give


def by_parts(rows: Any, told: Callable[[list[Any]], Iterable[Row]], size: int = 500) -> Iterator[Row]:
    """What a function makes of rows, a part at a time: a long list is never held at once."""
    start = 0
    while part := list(rows[start : start + size]):
        yield from told(part)
        start += size


def in_words(form: forms.Form, **told: str) -> str:
    """A form's filters in words: 状态：办理中；类别：群众留言. `told` says a field's value (a code) in words."""
    form.is_valid()
    said = []
    for name, field in form.fields.items():
        value = form[name].value()
        if value in (None, ""):
            continue
        choices = dict(_flat(getattr(field.widget, "choices", ())))
        word = told.get(name) or choices.get(str(value)) or ("" if field.widget.is_hidden else str(value))
        if word and field.label:
            said.append(f"{field.label}：{word}")
        elif word:
            said.append(str(word))
    return "；".join(said)


def _flat(choices: Iterable[Any]) -> Iterator[tuple[str, str]]:
    for value, label in choices:
        if isinstance(label, list | tuple):
            yield from _flat(label)
        else:
            yield str(value), str(label)


def _answer(request: HttpRequest, sheets: list[Sheet], *, is_public: bool) -> FileResponse:
    now = timezone.localtime()
    person = None if is_public else account_of(request).person
    if person is None and not is_public:
        raise PermissionDenied
    made = SpooledTemporaryFile(IN_MEMORY)  # noqa: SIM115 - the answer closes it
    by = gettext("%(who)s %(when)s 导出") if person else gettext("公开数据，%(when)s 导出")
    rows = write(made, sheets, by % {"who": person or "", "when": moment(now)})
    if person is not None:
        record_export(person, page=_code(request), rows=rows, at=now)
    made.seek(0)
    name = f"{sheets[0].title} {now:%Y-%m-%d}.xlsx"
    return FileResponse(made, as_attachment=True, filename=name, content_type=CONTENT_TYPE)


def _code(request: HttpRequest) -> str:
    return str(request.resolver_match.url_name) if request.resolver_match else ""


def write(made: IO[bytes], sheets: Iterable[Sheet], by: str) -> int:
    """Write a workbook and give how many rows it has, those above and the names of columns not counted."""
    import xlsxwriter  # noqa: PLC0415 - 13 MB of a web worker, for those that write a table

    options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    written = 0
    with xlsxwriter.Workbook(made, options) as book:
        formats = {
            Kind.DAY: book.add_format({"num_format": "yyyy-mm-dd"}),
            Kind.MOMENT: book.add_format({"num_format": "yyyy-mm-dd hh:mm"}),
            Kind.SHARE: book.add_format({"num_format": "0.0%"}),
            Kind.NUMBER: None,
            Kind.TEXT: None,
        }
        bold = book.add_format({"bold": True, "bottom": 1})
        for number, sheet in enumerate(sheets):
            page = book.add_worksheet(_tab(str(sheet.title), number))
            written += _write_sheet(page, sheet, by, formats, bold)
    return written


def _tab(title: str, number: int) -> str:
    """A name a spreadsheet takes for a tab."""
    return "".join(char for char in title if char not in "[]:*?/\\'")[:28] + (
        str(number + 1) if number else ""
    )


def _write_sheet(page: Any, sheet: Sheet, by: str, formats: dict[Kind, Any], bold: Any) -> int:
    for place, column in enumerate(sheet.columns):
        page.set_column(place, place, column.width or _WIDTHS[column.kind])
    page.freeze_panes(HEAD + 1, 0)
    over = sheet.total is not None and sheet.total > MOST
    page.write_string(0, 0, str(sheet.title), bold)
    page.write_string(1, 0, safe(sheet.filters or gettext("没有筛选，全部列出")))
    page.write_string(2, 0, by)
    if over:
        page.write_string(3, 0, _cut_words(sheet.total or 0))
    for place, column in enumerate(sheet.columns):
        page.write_string(HEAD, place, str(column.title), bold)
    line, rows = HEAD, iter(sheet.rows)
    for row in islice(rows, MOST):
        line += 1
        for place, (column, value) in enumerate(zip(sheet.columns, row, strict=True)):
            _put(page, line, place, value, formats[column.kind])
    if not over and next(rows, None) is not None:
        page.write_string(line + 1, 0, _cut_words(0))
    return line - HEAD


def _cut_words(total: int) -> str:
    words = (
        gettext("一共 %(total)d 行，只导出前 %(most)d 行。请加上筛选条件，分几次导出。")
        if total
        else gettext("后面还有，只导出前 %(most)d 行。请加上筛选条件，分几次导出。")
    )
    return words % {"total": total, "most": MOST}


def _put(page: Any, line: int, place: int, value: Any, format_: Any) -> None:
    match value:
        case None | "":
            return
        case dt.datetime():
            page.write_datetime(line, place, timezone.localtime(value).replace(tzinfo=None), format_)
        case dt.date():
            page.write_datetime(line, place, dt.datetime.combine(value, dt.time()), format_)
        case bool():
            page.write_string(line, place, gettext("是") if value else gettext("否"))
        case int() | float():
            page.write_number(line, place, value, format_)
        case _:
            page.write_string(line, place, safe(str(value)))


def safe(text: str) -> str:
    """A text no spreadsheet takes for a formula, short enough for a cell."""
    return (f"'{text}" if text.startswith(FORMULA) else text)[:LONGEST]
