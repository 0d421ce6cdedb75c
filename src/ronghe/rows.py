"""Rows read and written by statements whose SQL is made once in a process: most of what a hot request costs is making it.

Only for what is asked in nearly every request; everything else goes through the ORM as usual.
"""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Callable, Iterator, Sequence
from functools import cache
from operator import attrgetter
from typing import Any, Generic, TypeVar

from django.db import DEFAULT_DB_ALIAS, connection, connections
from django.db.models import BinaryField, Model, QuerySet
from django.db.models.query import get_related_populators
from pydantic_core import to_json

Row = TypeVar("Row")
Found = TypeVar("Found", bound=Model)
_PARAMETERS = 30_000  # in one statement, where the database does not say how many it takes
_TEXTS = frozenset({"CharField", "TextField", "SlugField"})
_EXAMPLES: dict[type, Any] = {
    str: "\ue000example",
    int: 9_007_199_254_740_881,
    uuid.UUID: uuid.UUID(int=0xE000_E000_E000),
    dt.datetime: dt.datetime(1066, 10, 14, 9, 0, 1, tzinfo=dt.UTC),
}


@cache
def on_postgresql() -> bool:
    """Whether that is the database; a process has one."""
    return bool(connection.vendor == "postgresql")


def asked(sql: str, params: Sequence[Any]) -> list[Any]:
    """All rows that a statement gives."""
    database = connections[DEFAULT_DB_ALIAS]
    kept = getattr(database, "kept_cursor", database.cursor)()
    kept.execute(sql, params)
    rows: list[Any] = kept.cursor.fetchall()
    return rows


class Question(Generic[Row]):
    """A queryset of one shape: `Question(lambda hash, now: Token.objects.filter(…), hash=str, now=datetime)`.

    Each name stands for one value of the type given, or for several ints (`tuple`, for `__in`); a value may occur several
    times, and none may be None. Of `values_list` it gives the rows as they are.
    """

    def __init__(self, build: Callable[..., QuerySet[Any, Row]], **kinds: type) -> None:
        self._build, self._kinds = build, kinds
        self._made: dict[tuple[int, ...], _Made] = {}

    def all(self, **values: Any) -> list[Row]:
        """The rows, with what `select_related` asked for."""
        shape = tuple(len(one) for one in values.values() if isinstance(one, tuple))
        if 0 in shape:
            return []
        made = self._made.get(shape)
        if made is None:
            made = self._made[shape] = self._make(values)
        params = list(made.fixed)
        for place, name, index in made.places:
            value = values[name]
            params[place] = _prepared(value if index is None else value[index], type(params[place]))
        return list(made.read(asked(made.sql, params)))

    def first(self, **values: Any) -> Row | None:
        """The first row, if any."""
        return next(iter(self.all(**values)), None)

    def _make(self, values: dict[str, Any]) -> _Made:
        examples: dict[str, Any] = {}
        known: dict[Any, tuple[str, int | None]] = {}
        for name, kind in self._kinds.items():
            if kind is tuple:
                examples[name] = tuple(_EXAMPLES[int] + 1 + len(known) + n for n in range(len(values[name])))
                known |= {one: (name, n) for n, one in enumerate(examples[name])}
            else:
                examples[name] = _EXAMPLES[kind]
                known[_prepared(examples[name])] = (name, None)
        compiler = self._build(**examples).query.get_compiler(connection=connection)
        sql, params = compiler.as_sql()
        return _Made(
            sql, list(params), [(n, *known[one]) for n, one in enumerate(params) if one in known], compiler
        )


class _Made:
    """A statement, which of its parameters differ, and how its rows are read."""

    def __init__(
        self, sql: str, fixed: list[Any], places: list[tuple[int, str, int | None]], compiler: Any
    ) -> None:
        self.sql, self.fixed, self.places, self._compiler = sql, fixed, places, compiler
        self._info = compiler.klass_info if compiler.query.default_cols else None
        self._select = compiler.select
        self._converters = compiler.get_converters([one[0] for one in compiler.select])
        if self._info:
            fields = self._info["select_fields"]
            self._slice = slice(fields[0], fields[-1] + 1)
            self._names = [one[0].target.attname for one in self._select[self._slice]]
            self._populators = get_related_populators(self._info, self._select, connection.alias)  # type: ignore[call-arg]  # stubs of Django 6

    def read(self, found: list[Any]) -> Iterator[Any]:
        """As the ORM makes its objects; of `values_list` the rows."""
        rows = self._compiler.apply_converters(found, self._converters) if self._converters else found
        if not self._info:
            yield from map(tuple, rows)
            return
        for row in rows:
            one = self._info["model"].from_db(DEFAULT_DB_ALIAS, self._names, row[self._slice])
            for populator in self._populators:
                populator.populate(row, one)
            yield one


def read(model: type[Found], joined: str, params: Sequence[Any]) -> list[Found]:
    """The rows of a table joined to something by SQL of one's own: what follows its name after FROM."""
    made = _table(model)
    return list(made.read(asked(f"{made.sql} {joined}", params)))


@cache
def _table(model: type[Model]) -> _Made:
    compiler = model._base_manager.order_by().query.get_compiler(connection=connection)  # noqa: SLF001
    return _Made(compiler.as_sql()[0], [], [], compiler)


def _prepared(value: Any, kind: type = object) -> Any:
    """A value as the ORM hands it to the database; `kind`: of a number, how wide its column is."""
    if isinstance(value, int):
        return kind(value) if issubclass(kind, int) else value
    if on_postgresql():
        return value
    if isinstance(value, dt.datetime):
        return connection.ops.adapt_datetimefield_value(value)
    return value.hex if isinstance(value, uuid.UUID) else value


def insert(*tables: Sequence[Model]) -> None:
    """Insert new rows, of one table or of several, as `bulk_create` does, at several times its speed; each gets its id.

    Rows of a table either all have an id or all get one. To PostgreSQL everything goes in one statement, the rows of a table
    as one text, so that neither a statement nor a plan is made anew for another number of rows.
    """
    tables = tuple(rows for rows in tables if rows)
    if on_postgresql() and tables:
        _insert_texts(tables)
        return
    for rows in tables:
        has_id = rows[0].pk is not None
        one = insertion(type(rows[0]), has_id)
        for chunk, marks, values in one.chunks_of(rows):
            _insert_chunk(chunk, f"{one.head} VALUES {marks}", values, has_id)


def _insert_texts(tables: Sequence[Sequence[Model]]) -> None:
    ways = [insertion(type(rows[0]), rows[0].pk is not None) for rows in tables]
    texts = [one.text_of(rows) for one, rows in zip(ways, tables, strict=True)]
    ids = iter(asked(_joined(tuple(ways)), texts))
    for rows in tables:
        for row in rows:
            stored(row, next(ids)[0])


@cache
def _joined(ways: tuple[Insertion, ...]) -> str:
    """One statement that writes all of these, and gives the ids in their order."""
    each = [f"{one.head} {one.given} RETURNING id" for one in ways]
    if len(each) == 1:
        return each[0]
    parts = ", ".join(f"made{no} AS ({one})" for no, one in enumerate(each))
    return f"WITH {parts} " + " UNION ALL ".join(f"SELECT id FROM made{no}" for no in range(len(each)))  # noqa: S608


def _insert_chunk(rows: Sequence[Model], sql: str, params: Sequence[Any], has_id: bool) -> None:  # noqa: FBT001
    with connections[DEFAULT_DB_ALIAS].cursor() as cursor:
        cursor.execute(sql if has_id else f"{sql} RETURNING id", params)
        ids = [row.pk for row in rows] if has_id else [number for (number,) in cursor.fetchall()]
    for row, number in zip(rows, ids, strict=True):
        stored(row, number)


def stored(row: Model, number: int) -> None:
    """The row stands in the database under this id."""
    state = row._state  # noqa: SLF001 - Django's documented door
    row.pk, state.adding, state.db = number, False, DEFAULT_DB_ALIAS


class Insertion:
    """How rows of a table are written: `head` (INSERT INTO …), and how PostgreSQL reads them `given` as one text."""

    def __init__(self, model: type[Model], has_id: bool) -> None:  # noqa: FBT001 - a key
        fields = [one for one in model._meta.concrete_fields if has_id or not one.primary_key]  # noqa: SLF001
        quote = connection.ops.quote_name
        self._names = [str(one.column) for one in fields]
        self._read = attrgetter(*[one.attname for one in fields])
        self._makers = [
            None if one.get_internal_type() in _TEXTS else getattr(one, "target_field", one).get_db_prep_save
            for one in fields
        ]
        columns = ", ".join(map(quote, self._names))
        self.head = f"INSERT INTO {quote(model._meta.db_table)} ({columns})"  # noqa: SLF001
        binary = {name for name, one in zip(self._names, fields, strict=True) if isinstance(one, BinaryField)}
        read = [f"decode({quote(one)}, 'hex')" if one in binary else quote(one) for one in self._names]
        types = [
            f"{quote(name)} {'text' if name in binary else one.db_type(connection)}"
            for name, one in zip(self._names, fields, strict=True)
        ]
        self.given = f"SELECT {', '.join(read)} FROM json_to_recordset(%s::json) AS given({', '.join(types)})"  # noqa: S608

    def text_of(self, rows: Sequence[Model]) -> str:
        """The rows as `given` reads them."""
        found = [dict(zip(self._names, self._read(row), strict=True)) for row in rows]
        return to_json(found, bytes_mode="hex").decode()

    def chunks_of(self, rows: Sequence[Model]) -> Iterator[tuple[Sequence[Model], str, list[Any]]]:
        """The rows, as many as one statement takes: the marks of their values, and the values."""
        database = connections[DEFAULT_DB_ALIAS]
        step = (connection.features.max_query_params or _PARAMETERS) // len(self._names)
        one = f"({', '.join(['%s'] * len(self._names))})"
        for start in range(0, len(rows), step):
            chunk = rows[start : start + step]
            values = [
                make(value, database) if make else value
                for row in chunk
                for value, make in zip(self._read(row), self._makers, strict=True)
            ]
            yield chunk, ", ".join([one] * len(chunk)), values


insertion = cache(Insertion)
