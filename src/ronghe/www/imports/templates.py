"""An empty table to fill in: the headings on the first sheet, on the second what each of them is for."""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Iterator, Sequence

from django.http import HttpResponse
from django.utils.translation import gettext

from ronghe.activities.queries.offering import kinds_for, own_units
from ronghe.definitions import queries as definitions
from ronghe.definitions.enums import Kind as Definition
from ronghe.definitions.queries import Loaded
from ronghe.management.imports.run import TITLES, Kind, columns_of
from ronghe.organisations.queries import Powers
from ronghe.www.administration.calendars_files import WORKBOOK

WIDTH = 18
Line = Sequence[str]


def template_of(kind: Kind, powers: Powers, on: dt.date) -> HttpResponse:
    """The table of a kind as a download; only the first sheet is read when it comes back."""
    import xlsxwriter  # noqa: PLC0415 - 13 MB of a web worker, for those that write a table

    columns, made = columns_of(kind), io.BytesIO()
    with xlsxwriter.Workbook(made, {"in_memory": True, "strings_to_formulas": False}) as book:
        strong, wrapped = (
            book.add_format({"bold": True}),
            book.add_format({"text_wrap": True, "valign": "top"}),
        )
        table = book.add_worksheet(gettext("填写"))
        table.freeze_panes(1, 0)
        table.set_column(0, len(columns) - 1, WIDTH)
        for place, column in enumerate(columns):
            table.write_string(0, place, column.title, strong if column.required else None)
        notes = book.add_worksheet(gettext("说明"))
        notes.set_column(0, 0, WIDTH)
        notes.set_column(1, 1, 4 * WIDTH, wrapped)
        for number, line in enumerate(_notes(kind, powers, on)):
            notes.write_row(number, 0, line, None if number else strong)
    answer = HttpResponse(made.getvalue(), content_type=WORKBOOK)
    name = gettext("%(what)s导入模板.xlsx") % {"what": TITLES[kind]}
    quoted = "".join(f"%{byte:02X}" for byte in name.encode())
    answer.headers["Content-Disposition"] = f"attachment; filename*=UTF-8''{quoted}"
    return answer


def _notes(kind: Kind, powers: Powers, on: dt.date) -> Iterator[Line]:
    yield gettext("列"), gettext("怎么填")
    for column in columns_of(kind):
        names = [name for name in column.aliases if not name.isascii()]
        said = [
            gettext("必须有。") if column.required else gettext("有就填。"),
            gettext("也可以写作：%(names)s。") % {"names": "、".join(names)} if names else "",
        ]
        yield column.title, "".join(said)
    if kind is Kind.ACTIVITIES:
        yield "", ""
        yield gettext("类别"), gettext("这一类可以另加的列（列名照写；没有就不加）")
        yield from _of_activities(powers, on)


def _of_activities(powers: Powers, on: dt.date) -> Iterator[Line]:
    """Each kind of activity with its own questions and quantities: those one's own units organise, else all."""
    units = own_units(powers, on)
    offered = kinds_for(units, on) if units else definitions.live(Definition.ACTIVITY, on)
    for one in offered:
        yield one.edition.title, "、".join(_headings(one)) or gettext("没有另外的列")


def _headings(one: Loaded) -> list[str]:
    fields = one.body.form.fields if one.body.form else ()
    asked = [field.title for field in fields if field.type not in {"files", "rows"}]
    return [*asked, *(quantity.title for quantity in one.body.quantities)]
