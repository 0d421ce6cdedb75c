"""For tests with another process: SQLite's tests live in memory, which no other process can open."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from django.core.management import call_command
from django.db import connection

from tests.ledger_flush import ledger_unlocked


@contextmanager
def in_a_file(path: Path) -> Iterator[None]:
    """Inside the block SQLite's database is a copy in this file; PostgreSQL's is open to everybody as it is."""
    if connection.vendor != "sqlite":
        yield
        return
    connection.ensure_connection()
    kept, name = connection.connection, connection.settings_dict["NAME"]
    with sqlite3.connect(path) as copy:
        kept.backup(copy)
    copy.close()
    connection.connection, connection.settings_dict["NAME"] = None, str(path)
    try:
        yield
    finally:
        connection.close()
        connection.connection, connection.settings_dict["NAME"] = kept, name


@contextmanager
def for_a_module(blocker: Any, path: Path) -> Iterator[None]:
    """What is written inside the block other processes see, from test to test; then the database is empty again.

    For fixtures that take the place of pytest-django's `transactional_db`, which empties it after each test.
    """
    with blocker.unblock(), in_a_file(path):
        yield
        with ledger_unlocked():
            call_command("flush", verbosity=0, interactive=False)
