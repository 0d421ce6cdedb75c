"""The answers of a form in words."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext

from ronghe.casework.models import Case
from ronghe.core.forms import Choice, Field, FieldType
from ronghe.definitions import queries as definitions
from ronghe.definitions.queries import Loaded
from ronghe.organisations.queries import by_code


def said_in(case: Case, procedure: Loaded) -> list[tuple[str, str]]:
    """The answers the requester gave, as (title, words); files are shown where they can be fetched."""
    form = procedure.body.form
    lists = definitions.lists_of(form, timezone.localdate(case.opened_at))
    return [
        (field.title, words_of(field, case.values[field.code], lists.get(field.source, ())))
        for field in (form.fields if form else ())
        if case.values.get(field.code) not in (None, "", []) and field.type is not FieldType.FILES
    ]


def words_of(field: Field, value: Any, lines: Sequence[Any] = ()) -> str:
    """One stored answer as people read it."""
    match field.type:
        case FieldType.YES_NO:
            return gettext("是") if value else gettext("否")
        case FieldType.CHOICE | FieldType.CHOICES | FieldType.CHECKS:
            titles = _titles([*field.choices, *lines])
            return "、".join(
                titles.get(str(code), str(code)) for code in (value if isinstance(value, list) else [value])
            )
        case FieldType.REFERENCE:
            unit = by_code(str(value))
            return unit.name if unit else str(value)
        case FieldType.PLACE:
            return str(value.get("address", "")) if isinstance(value, dict) else str(value)
        case FieldType.ROWS:
            inner = field.form.fields if field.form else ()
            rows = [
                "，".join(words_of(one, row[one.code]) for one in inner if one.code in row) for row in value
            ]
            return "\n".join(rows)
        case FieldType.FILES:
            return gettext("%(n)d 个文件") % {"n": len(value) if isinstance(value, list) else 1}
        case _:
            return f"{value} {field.unit}".strip()


def _titles(lines: Sequence[Any]) -> dict[str, str]:
    return {
        (line.code if isinstance(line, Choice) else str(line["code"])): (
            line.title if isinstance(line, Choice) else str(line["title"])
        )
        for line in lines
    }
