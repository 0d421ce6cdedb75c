"""PostgreSQL tells whoever listens of new entries: `type:id:seq` for each subject of a statement, `*` for very many.

SQLite has no such channel; there the highest entry id is asked for again and again.
"""

from __future__ import annotations

from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps

MANY = 200
FUNCTION = f"""
CREATE OR REPLACE FUNCTION ledger_entry_told() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF (SELECT COUNT(*) FROM (SELECT DISTINCT subject_type, subject_id FROM added LIMIT {MANY + 1}) subjects) > {MANY} THEN
    PERFORM pg_notify('ronghe_ledger', '*');
  ELSE
    PERFORM pg_notify('ronghe_ledger', subject_type || ':' || subject_id || ':' || MAX(seq))
      FROM added GROUP BY subject_type, subject_id;
  END IF;
  RETURN NULL;
END $$
"""
TRIGGER = (
    "CREATE TRIGGER ledger_entry_told AFTER INSERT ON ledger_entry REFERENCING NEW TABLE AS added "
    "FOR EACH STATEMENT EXECUTE FUNCTION ledger_entry_told()"
)


def tell(_apps: StateApps, editor: BaseDatabaseSchemaEditor) -> None:
    """Create the trigger."""
    if editor.connection.vendor == "postgresql":
        editor.execute(FUNCTION)
        editor.execute(TRIGGER)


def be_silent(_apps: StateApps, editor: BaseDatabaseSchemaEditor) -> None:
    """Drop the trigger."""
    if editor.connection.vendor == "postgresql":
        editor.execute("DROP TRIGGER IF EXISTS ledger_entry_told ON ledger_entry")
        editor.execute("DROP FUNCTION IF EXISTS ledger_entry_told()")


class Migration(migrations.Migration):
    dependencies = [("ledger", "0002_triggers")]

    operations = [migrations.RunPython(tell, be_silent)]
