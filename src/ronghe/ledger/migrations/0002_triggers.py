"""The ledger only grows: the database itself refuses UPDATE and DELETE (on PostgreSQL TRUNCATE too).

SQLite's REPLACE deletes what stands in its way without asking the triggers of DELETE, so there an INSERT that would
replace a row is refused as well.
"""

from __future__ import annotations

from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps

KEYS = {
    "ledger_entry": (("id",), ("subject_type", "subject_id", "seq")),
    "ledger_touch": (("id",), ("entry_id", "role", "type", "ref")),
    "ledger_position": (("position",), ("entry_id",)),
}
TABLES = tuple(KEYS)
REFUSAL = "the ledger only grows: write a correcting entry"


def guard(_apps: StateApps | None, editor: BaseDatabaseSchemaEditor) -> None:
    """Create the triggers."""
    for statement in _creating(editor.connection.vendor):
        editor.execute(statement)


def unguard(_apps: StateApps | None, editor: BaseDatabaseSchemaEditor) -> None:
    """Drop the triggers."""
    vendor = editor.connection.vendor
    for table in TABLES:
        for name in _names(vendor):
            on = f" ON {table}" if vendor == "postgresql" else ""
            editor.execute(f"DROP TRIGGER IF EXISTS {table}_{name}{on}")
    if vendor == "postgresql":
        editor.execute("DROP FUNCTION IF EXISTS ledger_only_grows()")


def _names(vendor: str) -> tuple[str, ...]:
    return ("kept", "never_emptied") if vendor == "postgresql" else ("never_updated", "never_deleted", "never_replaced")


def _creating(vendor: str) -> list[str]:
    if vendor == "postgresql":
        return [
            "CREATE OR REPLACE FUNCTION ledger_only_grows() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
            f"RAISE EXCEPTION '{REFUSAL}' USING ERRCODE = 'integrity_constraint_violation'; END $$",
            *(
                statement
                for table in TABLES
                for statement in (
                    f"CREATE TRIGGER {table}_kept BEFORE UPDATE OR DELETE ON {table} "
                    "FOR EACH ROW EXECUTE FUNCTION ledger_only_grows()",
                    f"CREATE TRIGGER {table}_never_emptied BEFORE TRUNCATE ON {table} "
                    "FOR EACH STATEMENT EXECUTE FUNCTION ledger_only_grows()",
                )
            ),
        ]
    kept = [
        f"CREATE TRIGGER {table}_never_{verb}d BEFORE {verb.upper()} ON {table} BEGIN SELECT RAISE(ABORT, '{REFUSAL}'); END"
        for table in TABLES
        for verb in ("update", "delete")
    ]
    return [*kept, *(_never_replaced(table, keys) for table, keys in KEYS.items())]


def _never_replaced(table: str, keys: tuple[tuple[str, ...], ...]) -> str:
    """Refuses what would take a row's place; the message ends with the key, as SQLite's own would."""
    refusals = " ".join(
        f"SELECT RAISE(ABORT, '{REFUSAL} ({table}.{key[-1]})') WHERE EXISTS "
        f"(SELECT 1 FROM {table} WHERE {' AND '.join(f'{one} = NEW.{one}' for one in key)});"
        for key in keys
    )
    return f"CREATE TRIGGER {table}_never_replaced BEFORE INSERT ON {table} BEGIN {refusals} END"


class Migration(migrations.Migration):
    dependencies = [("ledger", "0001_initial")]

    operations = [migrations.RunPython(guard, unguard)]
