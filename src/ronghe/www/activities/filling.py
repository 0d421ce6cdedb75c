"""Activities in a superior's own table: their .xlsx is filled in and given back, its layout as it was.

Columns are known by the words of their heading (however spelled); a row of {{标签}} is repeated for each activity, and
{{标签}} elsewhere are filled in once. What is not known stays as it was.
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Mapping, Sequence
from copy import copy
from typing import IO, Any

from django.utils import timezone
from django.utils.translation import gettext

from ronghe.activities.enums import Role
from ronghe.activities.models import Activity
from ronghe.activities.queries.columns import ALIASES, CODES
from ronghe.activities.queries.listing import ActivityRow
from ronghe.activities.queries.showing import answers_of
from ronghe.core.errors import RongheError
from ronghe.core.tables.heading import plain_heading
from ronghe.definitions import queries as definitions
from ronghe.organisations.models import Organisation
from ronghe.organisations.queries import Powers
from ronghe.www.sheets import safe

MOST_UNPACKED = 100 * 1024 * 1024
MOST_ROWS = 5000
WITHIN = 30  # rows among which the heading stands
LEAST = 2
_MARK = re.compile(r"\{\{\s*([^{}]{1,40}?)\s*\}\}")


class TemplateRefused(RongheError):
    """A table that cannot be filled in."""


def fill(template: IO[bytes], made: IO[bytes], rows: Sequence[ActivityRow], powers: Powers) -> int:
    """Write the filled table; give how many rows it took. Raises TemplateRefused `template-unreadable`, `no-columns`."""
    book = _opened(template)
    told = [_told(number, row, powers) for number, row in enumerate(rows[:MOST_ROWS], 1)]
    filled = [_fill_sheet(sheet, told) for sheet in book.worksheets]
    if not any(filled):
        raise TemplateRefused(
            "no-columns",
            gettext(
                "没有认出要填的列。表头要有“活动名称、时间、地点、组织单位、人数”这样的列，或者在格子里写 {{名称}}。"
            ),
        )
    book.save(made)
    return len(told)


def _opened(template: IO[bytes]) -> Any:
    from openpyxl import load_workbook  # noqa: PLC0415 - much to load, and only for who fills a table
    from openpyxl.utils.exceptions import InvalidFileException  # noqa: PLC0415

    refused = TemplateRefused("template-unreadable", gettext("打不开这个文件。请另存为 .xlsx 再上传。"))
    try:
        with zipfile.ZipFile(template) as packed:
            if sum(one.file_size for one in packed.infolist()) > MOST_UNPACKED:
                raise refused
        template.seek(0)
        return load_workbook(template)
    except (zipfile.BadZipFile, InvalidFileException, KeyError, ValueError, OSError) as error:
        raise refused from error


def _told(number: int, row: ActivityRow, powers: Powers) -> dict[str, Any]:
    """One activity by code of a column, and its answers and figures by their headings."""
    activity = row.activity
    body = definitions.by_edition(activity.edition_id).body
    answers = answers_of(activity, powers)
    words = {one.title: answers.get(one.code) for one in (body.form.fields if body.form else ())}
    texts = {title: value for title, value in words.items() if isinstance(value, str)}
    figures = {
        one.title: sum(activity.quantities.get(one.code, {}).values()) / 10**one.places
        for one in body.quantities
        if activity.quantities.get(one.code)
    }
    begins = timezone.localtime(activity.begins_at)
    return {
        **{plain_heading(title): value for title, value in {**texts, **figures}.items()},
        "no": number,
        "title": activity.title,
        "kind": activity.edition.title,
        "state": str(activity.get_state_display()),
        "begins": begins.replace(tzinfo=None),
        "day": begins.date(),
        "ends": timezone.localtime(activity.ends_at).replace(tzinfo=None) if activity.ends_at else None,
        "place": activity.place,
        "organisers": "、".join(row.organisers),
        "people": activity.people,
        "about": _sides(activity, Role.ABOUT),
        "guides": _sides(activity, Role.GUIDE),
        "content": "\n".join(texts.values()),
    }


def _sides(activity: Activity, role: Role) -> str:
    refs = [side.ref for side in activity.sides.all() if side.role == role and side.type == "organisation"]
    if not refs:
        return ""
    return "、".join(Organisation.objects.filter(pk__in=refs).order_by("pk").values_list("name", flat=True))


def _code(heading: object) -> str:
    plain = plain_heading(str(heading))
    return CODES.get(plain, plain)


def _fill_sheet(sheet: Any, told: Sequence[Mapping[str, Any]]) -> bool:
    """Whether something of the sheet was filled in."""
    known = {code for one in told for code in one} | {*ALIASES}
    for line in range(1, min(sheet.max_row, WITHIN) + 1):
        cells = [cell for cell in sheet[line] if isinstance(cell.value, str)]
        marks = {cell.column: cell.value for cell in cells if _MARK.search(cell.value)}
        if len(marks) >= LEAST:
            _put_rows(sheet, line, [_replaced(marks, one) for one in told])
            return True
        places = {cell.column: _code(cell.value) for cell in cells if _code(cell.value) in known}
        if len({*places.values()} & {*ALIASES}) >= LEAST:
            _put_rows(sheet, line + 1, [{at: one.get(code) for at, code in places.items()} for one in told])
            return True
    return False


def _replaced(marks: Mapping[int, str], one: Mapping[str, Any]) -> dict[int, Any]:
    """Cells of a row of marks; a cell that is one mark alone keeps its number or day."""
    found: dict[int, Any] = {}
    for at, text in marks.items():
        alone = _MARK.fullmatch(text.strip())
        if alone:
            found[at] = one.get(_code(alone[1]))
        else:
            found[at] = _MARK.sub(lambda mark: _words(one.get(_code(mark[1]))), text)
    return found


def _words(value: Any) -> str:
    return "" if value is None else str(value)


def _put_rows(sheet: Any, first: int, told: Sequence[Mapping[int, Any]]) -> None:
    """Write the rows from `first` on in the look of that row; what stands below moves down."""
    free = _free_rows(sheet, first)
    if (more := len(told) - free) > 0 and sheet.max_row >= first + free:
        below = f"A{first + free}:{sheet.cell(sheet.max_row, sheet.max_column).coordinate}"
        sheet.move_range(below, rows=more)
    looks = [copy(cell._style) for cell in sheet[first]]  # noqa: SLF001 - the only way to copy a look
    for cell in sheet[first]:
        if isinstance(cell.value, str) and _MARK.search(cell.value):
            cell.value = None
    for number, values in enumerate(told):
        for at, look in enumerate(looks, 1):
            sheet.cell(first + number, at)._style = copy(look)  # noqa: SLF001
        for at, value in values.items():
            cell = sheet.cell(first + number, at)
            cell.value = safe(value) if isinstance(value, str) else value


def _free_rows(sheet: Any, first: int) -> int:
    """How many rows from `first` on are blank (the first may hold the marks)."""
    number = 1
    while first + number <= sheet.max_row and all(cell.value in (None, "") for cell in sheet[first + number]):
        number += 1
    return number if first <= sheet.max_row else MOST_ROWS
