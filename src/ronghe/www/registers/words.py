"""What an entry says, in words: answers of a form as people read them, things as links where the reader may open them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any

from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext

from ronghe.core.forms import Field, FieldType, Form
from ronghe.definitions import queries as definitions
from ronghe.organisations.models import Organisation
from ronghe.organisations.queries import Powers
from ronghe.registers.facts import is_register
from ronghe.registers.models import Entry

CHOSEN = frozenset({FieldType.CHOICE, FieldType.CHOICES, FieldType.CHECKS})


@dataclass(frozen=True)
class Said:
    """One answer: its question, the words, and where they lead."""

    title: str
    text: str
    to: str = ""
    is_number: bool = False


class Words:
    """Answers of many entries of one register in words; names are looked up once for all of them."""

    def __init__(
        self, form: Form | None, rows: Iterable[Mapping[str, Any]], on: dt.date, powers: Powers | None
    ) -> None:
        self.form, self.on = form or Form(()), on
        told = list(rows)
        lists = definitions.lists_of(self.form, on)
        self.lines = {
            code: {str(one["code"]): str(one["title"]) for one in lines} for code, lines in lists.items()
        }
        self.units = _units(self._named(told, of_registers=False))
        self.entries = _entries(self._named(told, of_registers=True), on, powers)
        self.is_public = powers is None

    def _named(self, rows: list[Mapping[str, Any]], *, of_registers: bool) -> set[str]:
        asked = [
            field
            for field in self.form.fields
            if field.type is FieldType.REFERENCE and is_register(field.kind, self.on) is of_registers
        ]
        return {str(row[field.code]) for row in rows for field in asked if row.get(field.code)}

    def say(self, field: Field, value: Any) -> Said:
        """One answer."""
        if value in (None, "", []):
            return Said(field.title, "")
        if field.type is FieldType.REFERENCE:
            return self._thing(field, str(value))
        is_number = field.type in (FieldType.NUMBER, FieldType.MONEY)
        text = self._text(field, value)
        if field.type is FieldType.TEXT and text.startswith(("https://", "http://")) and " " not in text:
            return Said(field.title, text, text)
        return Said(field.title, text, is_number=is_number)

    def answers(self, values: Mapping[str, Any], seen: frozenset[str]) -> list[Said]:
        """All that was answered and may be seen, in the form's order."""
        told = [self.say(field, values.get(field.code)) for field in self.form.fields if field.code in seen]
        return [said for said in told if said.text]

    def _text(self, field: Field, value: Any) -> str:
        if field.type in CHOSEN:
            titles = self.lines.get(field.source) or {one.code: one.title for one in field.choices}
            chosen = value if isinstance(value, list) else [value]
            return "、".join(titles.get(str(code), str(code)) for code in chosen)
        if field.type is FieldType.YES_NO:
            return gettext("是") if value else gettext("否")
        if field.type is FieldType.DATE:
            return date_format(dt.date.fromisoformat(str(value)))
        if field.type in (FieldType.NUMBER, FieldType.MONEY):
            return f"{grouped(value)} {field.unit}".strip()
        if field.type is FieldType.FILES:
            return gettext("%(n)d 个文件") % {"n": len(value)}
        if field.type is FieldType.PLACE and isinstance(value, Mapping):
            return str(value.get("address", ""))
        if field.type is FieldType.ROWS and field.form is not None:
            inner = field.form
            return "；".join(
                "，".join(self._text(one, row[one.code]) for one in inner.fields if row.get(one.code))
                for row in value
            )
        return str(value)

    def _thing(self, field: Field, value: str) -> Said:
        if is_register(field.kind, self.on):
            if value not in self.entries:
                return Said(field.title, gettext("（名称不公开）"))
            to = "" if self.is_public else reverse("register-entry", args=[value])
            return Said(field.title, self.entries[value], to)
        pk, name = self.units.get(value, (0, value))
        return Said(
            field.title, name, reverse("organisation", args=[pk]) if pk and not self.is_public else ""
        )


def grouped(value: Any) -> str:
    """A number with its thousands apart."""
    try:
        return f"{Decimal(str(value)):,f}"
    except InvalidOperation:
        return str(value)


def _units(codes: set[str]) -> dict[str, tuple[int, str]]:
    if not codes:
        return {}
    rows = Organisation.objects.filter(code__in=codes).values_list("code", "pk", "name")
    return {code: (pk, name) for code, pk, name in rows}


def _entries(ids: set[str], on: dt.date, powers: Powers | None) -> dict[str, str]:
    numbers = {int(one) for one in ids if one.isdigit()}
    if not numbers:
        return {}
    found = Entry.objects.public(on) if powers is None else Entry.objects.visible_with(powers, "title")
    return {str(pk): title for pk, title in found.filter(pk__in=numbers).values_list("pk", "title")}
