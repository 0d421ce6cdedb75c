"""For migrations: an index goes without its table being made anew, as SQLite's way of altering a field would."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db.migrations import RunPython

if TYPE_CHECKING:
    from django.db.backends.base.schema import BaseDatabaseSchemaEditor
    from django.db.migrations.state import StateApps

LIKE = "_like"


def drop_indexes(table: str, *columns: str) -> RunPython:
    """Drop the plain indexes of a table over one of these columns alone."""

    def drop(_apps: StateApps, editor: BaseDatabaseSchemaEditor) -> None:
        for name, over in _plain_indexes(editor, table):
            if over in columns:
                editor.execute(f"DROP INDEX {editor.quote_name(name)}")

    return RunPython(drop, RunPython.noop)


def drop_like_indexes(table: str, *columns: str) -> RunPython:
    """Drop the second index PostgreSQL got over each of these texts, which serves only `LIKE 'abc%'`: nobody asks that."""

    def drop(_apps: StateApps, editor: BaseDatabaseSchemaEditor) -> None:
        for name, over in _plain_indexes(editor, table):
            if over in columns and name.endswith(LIKE):
                editor.execute(f"DROP INDEX {editor.quote_name(name)}")

    return RunPython(drop, RunPython.noop)


def _plain_indexes(editor: BaseDatabaseSchemaEditor, table: str) -> list[tuple[str, str]]:
    """Name and column of each index over one column that guards nothing."""
    connection = editor.connection
    with connection.cursor() as cursor:
        found = connection.introspection.get_constraints(cursor, table)
    return [
        (name, one["columns"][0])
        for name, one in found.items()
        if one["index"] and not one["unique"] and not one["primary_key"] and len(one["columns"] or ()) == 1
    ]
