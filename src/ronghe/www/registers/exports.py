"""The lists of the registers as files; what a register gives out it takes in again."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Any

from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from ronghe.core.forms import FieldType
from ronghe.organisations.queries import powers_of
from ronghe.registers.domain.answers import naming_field
from ronghe.registers.domain.intake import SOURCE
from ronghe.registers.models import Entry
from ronghe.www.access import account_of
from ronghe.www.registers.forms import ShelfForm
from ronghe.www.registers.shelf import Shelf
from ronghe.www.sheets import Column, Kind, Sheet, by_parts, in_words

_KINDS = {FieldType.DATE: Kind.DAY, FieldType.NUMBER: Kind.NUMBER, FieldType.MONEY: Kind.NUMBER}
_LEFT_OUT = frozenset({FieldType.ROWS, FieldType.FILES, FieldType.CONDITION})


def shelf_sheet(shelf: Shelf, form: ShelfForm) -> Sheet:
    """A register under its filters: the columns an import of it takes, then what only reading has."""
    fields = [
        field for field in (shelf.body.form.fields if shelf.body.form else ()) if field.type not in _LEFT_OUT
    ]
    named = [] if naming_field(shelf.body) else [Column(_("名称"), width=32)]
    columns = [
        Column(_("编号"), width=12),
        *named,
        *(Column(field.title, _KINDS.get(field.type, Kind.TEXT)) for field in fields),
        *([Column(_("阶段"), width=14)] if shelf.body.life else []),
        Column(_("登记单位")),
        Column(_("从哪天起"), Kind.DAY),
        Column(_("最近核对"), Kind.DAY),
    ]

    def told(part: list[Entry]) -> Iterable[list[Any]]:
        for row in shelf.rows(part, fields):
            number = row.entry.source_number if row.entry.source == SOURCE else ""
            cells = [
                _cell(field, row.entry, said.text) for field, said in zip(fields, row.cells, strict=True)
            ]
            stage = [row.stage.title if row.stage else ""] if shelf.body.life else []
            title = [row.title] if named else []
            yield [number, *title, *cells, *stage, row.keeper, row.entry.begins, row.entry.confirmed_on]

    found = form.found()
    return Sheet(shelf.body.title, columns, by_parts(found, told), in_words(form), found.count())


def _cell(field: Any, entry: Entry, text: str) -> Any:
    """Days and numbers as such, where the reader sees the field at all."""
    if not text:
        return ""
    value = entry.values.get(field.code)
    if field.type is FieldType.DATE:
        return dt.date.fromisoformat(str(value))
    if field.type in (FieldType.NUMBER, FieldType.MONEY):
        return float(value)
    return text


def one_register(request: HttpRequest, code: str) -> Sheet:
    """The list of a register as somebody of the staff sees it."""
    today = timezone.localdate()
    shelf = Shelf(code, powers_of(account_of(request), today), today).check()
    return shelf_sheet(shelf, ShelfForm(request.GET, shelf=shelf))


def public_register(request: HttpRequest, code: str) -> Sheet:
    """The same for anybody: only what is public."""
    shelf = Shelf(code, None, timezone.localdate()).check()
    form = ShelfForm(request.GET, shelf=shelf)
    public = shelf_sheet(shelf, form)
    shown = [place for place, column in enumerate(public.columns) if str(column.title) not in _ONLY_INSIDE]
    kept = [place for place in shown if _is_public(shelf, str(public.columns[place].title))]
    rows = ([row[place] for place in kept] for row in public.rows)
    return Sheet(public.title, [public.columns[place] for place in kept], rows, public.filters, public.total)


_ONLY_INSIDE = frozenset({"编号", "登记单位", "最近核对"})


def _is_public(shelf: Shelf, title: str) -> bool:
    """Whether a column may hold anything for anybody."""
    fields = {field.title: field.code for field in (shelf.body.form.fields if shelf.body.form else ())}
    code = fields.get(title) or {"名称": "title", "阶段": "stage"}.get(title)
    return code is None or code in shelf.parts
