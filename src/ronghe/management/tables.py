"""What the database knows of its own tables."""

from __future__ import annotations

from django.db import connection


def size_up() -> None:
    """Let SQLite count what its tables hold: it chooses indexes by that. PostgreSQL does so by itself."""
    if connection.vendor != "sqlite":
        return
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
