"""The small city, founded once in a process: what that wrote is kept, and written again as it was for every other module.

For transactions that are rolled back. Numbers are the same each time, so what was read of the definitions still holds.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from copy import deepcopy
from dataclasses import dataclass
from typing import Any

from django.db import connection

from ronghe.definitions.queries.shelves import look_again
from tests.city import City, build_city


@dataclass(frozen=True)
class _Kept:
    """The city; the rows of each table it was written to; the last number that each of PostgreSQL's counters gave."""

    city: City
    rows: Mapping[str, Any]
    counters: Mapping[str, int]


_process: list[_Kept] = []


def found_city() -> City:
    """Founded, or written again as it was."""
    if not _process or _having_rows(_process[0].rows):
        city = _founded()
    else:
        city = _again(_process[0])
    if connection.vendor == "postgresql":
        connection.check_constraints()  # now, instead of again at the end of every test
    return city


def _founded() -> City:
    tables = connection.introspection.table_names()
    filled = {table: _read(table) for table in _having_rows(tables)}
    city = build_city()
    if not _process and {table: _read(table) for table in filled} == filled:  # all it wrote was empty before
        written = [table for table in _having_rows(tables) if table not in filled]
        _process.append(_Kept(deepcopy(city), {table: _read(table) for table in written}, _counted(written)))
    return city


def _again(kept: _Kept) -> City:
    for table, rows in kept.rows.items():
        _write(table, rows)
    with connection.cursor() as cursor:
        for counter, last in kept.counters.items():
            cursor.execute("SELECT setval(%s, %s)", [counter, last])
    look_again()
    return deepcopy(kept.city)


def _having_rows(tables: Iterable[str]) -> list[str]:
    asked = [f"SELECT '{table}' WHERE EXISTS (SELECT 1 FROM {table})" for table in tables]  # noqa: S608 - names of tables
    with connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join(asked))
        return [table for (table,) in cursor.fetchall()]


def _read(table: str) -> Any:
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            with cursor.copy(f"COPY {table} TO STDOUT (FORMAT BINARY)") as copy:
                return b"".join(copy)
        return cursor.cursor.execute(f"SELECT * FROM {table}").fetchall()  # noqa: S608


def _write(table: str, rows: Any) -> None:
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            with cursor.copy(f"COPY {table} FROM STDIN (FORMAT BINARY)") as copy:
                copy.write(rows)
            return
        places = ", ".join("?" * len(rows[0]))
        # As SQLite gave them: the cursor beneath Django's, which would convert.
        connection.connection.executemany(f"INSERT INTO {table} VALUES ({places})", rows)  # noqa: S608


def _counted(tables: Iterable[str]) -> dict[str, int]:
    if connection.vendor != "postgresql":
        return {}  # SQLite's counters go back with the transaction
    with connection.cursor() as cursor:
        counters = [
            one["name"]
            for table in tables
            for one in connection.introspection.get_sequences(cursor, table)
            if "name" in one
        ]
        last = {}
        for counter in counters:
            cursor.execute(f"SELECT last_value FROM {counter}")  # noqa: S608
            last[counter] = cursor.fetchone()[0]
    return last
