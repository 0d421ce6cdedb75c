"""Rows read and written by statements whose SQL is made once in a process: most of what a hot request costs is making it.

Only for what is asked in nearly every request; everything else goes through the ORM as usual.
"""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Callable, Sequence
from functools import cache
from typing import Any, Generic, TypeVar

from django.db import connection
from django.db.models import Field, Model, QuerySet
from django.db.models.query import get_related_populators

Row = TypeVar("Row", bound=Model)
_EXAMPLES: dict[type, Any] = {
    str: "\ue000example",
    int: 9_007_199_254_740_881,
    uuid.UUID: uuid.UUID(int=0xE000_E000_E000),
    dt.datetime: dt.datetime(1066, 10, 14, 9, 0, 1, tzinfo=dt.UTC),
}


class Question(Generic[Row]):
    """A queryset of one shape: `Question(lambda hash, now: Token.objects.filter(…), hash=str, now=datetime)`.

    Each name stands for one value of the type given; a value may occur several times, and none may be None.
    """

    def __init__(self, build: Callable[..., QuerySet[Row]], **kinds: type) -> None:
        self._build, self._kinds = build, kinds
        self._made: tuple[str, list[Any], list[tuple[int, str]], Any] | None = None

    def all(self, **values: Any) -> list[Row]:
        """The rows, with what `select_related` asked for."""
        sql, fixed, places, compiler = self._made = self._made or self._make()
        params = list(fixed)
        for place, name in places:
            params[place] = _prepared(values[name])
        with connection.cursor() as cursor:
            cursor.execute(sql, params)
            found = cursor.fetchall()
        return _models(compiler, found)

    def first(self, **values: Any) -> Row | None:
        """The first row, if any."""
        return next(iter(self.all(**values)), None)

    def _make(self) -> tuple[str, list[Any], list[tuple[int, str]], Any]:
        examples = {name: _EXAMPLES[kind] for name, kind in self._kinds.items()}
        compiler = self._build(**examples).query.get_compiler(connection=connection)
        sql, params = compiler.as_sql()
        known = {_prepared(example): name for name, example in examples.items()}
        return sql, list(params), [(n, known[one]) for n, one in enumerate(params) if one in known], compiler


def _prepared(value: Any) -> Any:
    """A value as the ORM hands it to the database."""
    if isinstance(value, dt.datetime):
        return connection.ops.adapt_datetimefield_value(value)
    if isinstance(value, uuid.UUID) and not connection.features.has_native_uuid_field:
        return value.hex
    return value


def _models(compiler: Any, found: list[Any]) -> list[Any]:
    """As the ORM makes its objects."""
    info, select = compiler.klass_info, compiler.select
    first, last = info["select_fields"][0], info["select_fields"][-1] + 1
    names = [one[0].target.attname for one in select[first:last]]
    populators = get_related_populators(info, select, connection.alias)  # type: ignore[call-arg]  # stubs of Django 6
    made = []
    for row in compiler.results_iter([found]):
        one = info["model"].from_db(connection.alias, names, row[first:last])
        for populator in populators:
            populator.populate(row, one)
        made.append(one)
    return made


def insert(rows: Sequence[Model]) -> None:
    """Insert new rows of one table in one statement, as `bulk_create` does; each gets its id where it has none."""
    if not rows:
        return
    has_id = rows[0].pk is not None
    head, fields = _insertion(type(rows[0]), has_id)
    marks = ", ".join([f"({', '.join(['%s'] * len(fields))})"] * len(rows))
    values = [
        field.get_db_prep_save(getattr(row, field.attname), connection) for row in rows for field in fields
    ]
    with connection.cursor() as cursor:
        cursor.execute(f"{head}{marks}{'' if has_id else ' RETURNING id'}", values)
        ids = [row.pk for row in rows] if has_id else [number for (number,) in cursor.fetchall()]
    for row, number in zip(rows, ids, strict=True):
        row.pk, row._state.adding, row._state.db = number, False, connection.alias  # noqa: SLF001


@cache
def _insertion(model: type[Model], has_id: bool) -> tuple[str, list[Field[Any, Any]]]:  # noqa: FBT001 - a key
    fields = [one for one in model._meta.concrete_fields if has_id or not one.primary_key]  # noqa: SLF001
    columns = ", ".join(connection.ops.quote_name(str(one.column)) for one in fields)
    return f"INSERT INTO {connection.ops.quote_name(model._meta.db_table)} ({columns}) VALUES ", fields  # noqa: S608, SLF001
