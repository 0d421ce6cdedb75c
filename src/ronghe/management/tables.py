"""What the database knows of its own tables."""

from __future__ import annotations

from django.db import connection

ROWS = 2000
"""So many rows of each index are looked at, so that a large table takes no longer than a small one."""


def size_up() -> None:
    """Let SQLite count what its tables hold: it chooses indexes by that. PostgreSQL does so by itself."""
    if connection.vendor != "sqlite":
        return
    with connection.cursor() as cursor:
        cursor.execute(f"PRAGMA analysis_limit = {ROWS}")
        cursor.execute("ANALYZE")
