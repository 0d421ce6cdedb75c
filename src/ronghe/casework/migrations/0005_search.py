"""What cases are found by, and the index over it, kept by triggers: whoever writes a search text, the index follows.

SQLite: FTS5 over the tokens of the table itself (`content=`), which deletes cleanly before SQLite 3.43 too; tokenizer `ascii`,
to which every character beyond ASCII is a letter, so that tokens stay as we cut them. PostgreSQL: a tsvector written token by
token, without a parser; the tokens themselves are not kept. A later change that makes SQLite copy `casework_searchtext` must
run `index` again: its triggers do not survive the copy.
"""

from __future__ import annotations

import django.db.models.deletion
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps

TEXTS, INDEX = "casework_searchtext", "casework_searchindex"
GAP = "│"  # ronghe.text.tokens.GAP

_ADDED = f"INSERT INTO {INDEX}(rowid, tokens) VALUES (NEW.case_id, NEW.tokens);"  # noqa: S608 - our own names
_REMOVED = f"INSERT INTO {INDEX}({INDEX}, rowid, tokens) VALUES ('delete', OLD.case_id, OLD.tokens);"  # noqa: S608
_CUT = (
    "IF NEW.tokens <> '' THEN NEW.vector := coalesce((SELECT string_agg('''' || token || ''':' || place, ' ') "  # noqa: S608
    f"FROM unnest(string_to_array(NEW.tokens, ' ')) WITH ORDINALITY AS cut(token, place) WHERE token <> '{GAP}'), '')::tsvector; "
    "NEW.tokens := ''; END IF;"
)
SQLITE = (
    f"CREATE VIRTUAL TABLE {INDEX} USING fts5(tokens, content='{TEXTS}', content_rowid='case_id', tokenize='ascii', columnsize=0)",
    f"CREATE TRIGGER {TEXTS}_added AFTER INSERT ON {TEXTS} BEGIN {_ADDED} END",
    f"CREATE TRIGGER {TEXTS}_removed AFTER DELETE ON {TEXTS} BEGIN {_REMOVED} END",
    f"CREATE TRIGGER {TEXTS}_changed AFTER UPDATE ON {TEXTS} BEGIN {_REMOVED} {_ADDED} END",
)
POSTGRESQL = (
    f"ALTER TABLE {TEXTS} ADD COLUMN vector tsvector NOT NULL DEFAULT ''",
    f"CREATE INDEX {TEXTS}_vector ON {TEXTS} USING gin (vector)",
    f"CREATE FUNCTION {TEXTS}_cut() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN {_CUT} RETURN NEW; END $$",
    f"CREATE TRIGGER {TEXTS}_cut BEFORE INSERT OR UPDATE ON {TEXTS} FOR EACH ROW EXECUTE FUNCTION {TEXTS}_cut()",
)


def index(_apps: StateApps | None, editor: BaseDatabaseSchemaEditor) -> None:
    """Create the index and what keeps it."""
    for statement in POSTGRESQL if editor.connection.vendor == "postgresql" else SQLITE:
        editor.execute(statement, None)


def unindex(_apps: StateApps | None, editor: BaseDatabaseSchemaEditor) -> None:
    """Drop the index; the triggers go with the table."""
    if editor.connection.vendor == "postgresql":
        editor.execute(f"DROP FUNCTION {TEXTS}_cut() CASCADE", None)
        return
    for name in ("added", "removed", "changed"):
        editor.execute(f"DROP TRIGGER {TEXTS}_{name}", None)
    editor.execute(f"DROP TABLE {INDEX}", None)


class Migration(migrations.Migration):
    dependencies = [("casework", "0004_who_wrote_what_is_checked")]

    operations = [
        migrations.CreateModel(
            name="SearchMark",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("position", models.BigIntegerField(default=0)),
                ("edition", models.PositiveSmallIntegerField(default=0)),
                ("at", models.DateTimeField(blank=True, null=True)),
            ],
        ),
        migrations.CreateModel(
            name="SearchText",
            fields=[
                (
                    "case",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="search_text",
                        serialize=False,
                        to="casework.case",
                    ),
                ),
                ("fields", models.JSONField(default=list, help_text="[[what it is, its words], …]")),
                (
                    "tokens",
                    models.TextField(
                        help_text="`text.tokens.document` of them; PostgreSQL keeps them in `vector` only"
                    ),
                ),
            ],
        ),
        migrations.RunPython(index, unindex),
    ]
