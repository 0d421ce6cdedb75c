"""The database knows what its tables hold."""

from __future__ import annotations

import pytest
from django.core.management import call_command
from django.db import connection

from ronghe.management.tables import size_up
from tests.city import City

pytestmark = [pytest.mark.db, pytest.mark.django_db]


def sized() -> set[str]:
    """The tables SQLite has counted."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT name FROM sqlite_master WHERE name = 'sqlite_stat1'")
        if not cursor.fetchall():
            return set()
        cursor.execute("SELECT DISTINCT tbl FROM sqlite_stat1")
        return {name for (name,) in cursor.fetchall()}


@pytest.mark.skipif(connection.vendor != "sqlite", reason="PostgreSQL counts by itself")
def test_sqlite_counts_what_its_tables_hold(city: City) -> None:
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE sqlite_master")  # makes the table of counts
        cursor.execute("DELETE FROM sqlite_stat1")
    assert sized() == set()
    size_up()
    assert {"ledger_entry", "organisations_organisation"} <= sized()


@pytest.mark.skipif(connection.vendor != "sqlite", reason="PostgreSQL counts by itself")
def test_the_background_process_lets_it_count(city: City) -> None:
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE sqlite_master")
        cursor.execute("DELETE FROM sqlite_stat1")
    call_command("work", rounds=1)
    assert "ledger_entry" in sized()
