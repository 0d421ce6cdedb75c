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
from ronghe.registers.domain.intake import NUMBER, SOURCE
from ronghe.registers.enums import KEEPER, STAGE, TITLE
from ronghe.registers.models import Entry
from ronghe.www.access import account_of
from ronghe.www.registers.forms import ShelfForm
from ronghe.www.registers.shelf import Row, Shelf
from ronghe.www.sheets import Column, Kind, Sheet, by_parts, in_words

_KINDS = {FieldType.DATE: Kind.DAY, FieldType.NUMBER: Kind.NUMBER, FieldType.MONEY: Kind.NUMBER}
BEGINS, CONFIRMED = "_begins", "_confirmed"
_LEFT_OUT = frozenset({FieldType.ROWS, FieldType.FILES, FieldType.CONDITION})


def shelf_sheet(shelf: Shelf, form: ShelfForm) -> Sheet:
    """A register under its filters: the columns an import of it takes, then what only reading has. Anybody's file has
    no column of what is not public.
    """
    fields = [
        field for field in (shelf.body.form.fields if shelf.body.form else ()) if field.type not in _LEFT_OUT
    ]
    columns: dict[str, Column] = {NUMBER: Column(_("编号"), width=12)}
    if not naming_field(shelf.body):
        columns[TITLE] = Column(_("名称"), width=32)
    columns |= {field.code: Column(field.title, _KINDS.get(field.type, Kind.TEXT)) for field in fields}
    if shelf.body.life:
        columns[STAGE] = Column(_("阶段"), width=14)
    columns[KEEPER] = Column(_("登记单位"))
    columns[BEGINS] = Column(_("从哪天起"), Kind.DAY)
    columns[CONFIRMED] = Column(_("最近核对"), Kind.DAY)
    if shelf.powers is None:
        columns = {part: column for part, column in columns.items() if part in {*shelf.parts, BEGINS}}

    def told(part: list[Entry]) -> Iterable[list[Any]]:
        for row in shelf.rows(part, fields):
            cells = _row(row)
            for field, said in zip(fields, row.cells, strict=True):
                cells[field.code] = _cell(field, row.entry, said.text)
            yield [cells.get(name, "") for name in columns]

    found = form.found()
    return Sheet(
        shelf.body.title, list(columns.values()), by_parts(found, told), in_words(form), found.count()
    )


def _row(row: Row) -> dict[str, Any]:
    """What every entry has beside its answers."""
    entry = row.entry
    return {
        NUMBER: entry.source_number if entry.source == SOURCE else "",
        TITLE: row.title,
        STAGE: row.stage.title if row.stage else "",
        KEEPER: row.keeper,
        BEGINS: entry.begins,
        CONFIRMED: entry.confirmed_on,
    }


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
    return shelf_sheet(shelf, ShelfForm(request.GET, shelf=shelf))
