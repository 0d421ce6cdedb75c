"""What is written most often keeps no index that another one begins with, on either database."""

from __future__ import annotations

import pytest
from django.db import connection

pytestmark = [pytest.mark.db, pytest.mark.both, pytest.mark.django_db]

WRITTEN = (
    "casework_case",
    "casework_step",
    "ledger_entry",
    "ledger_touch",
    "organisations_identity",
    "api_given",
)


@pytest.mark.parametrize("table", WRITTEN)
def test_no_index_begins_another(table: str) -> None:
    with connection.cursor() as cursor:
        found = connection.introspection.get_constraints(cursor, table)
    indexes = {
        name: tuple(one["columns"])
        for name, one in found.items()
        if one["columns"] and (one["index"] or one["unique"] or one["primary_key"])
    }
    partial = {
        "case_thing",
        "case_came_from",
        "step_open_by_holder",
        "step_open_by_post",
        "case_imported_once",
    }
    whole = {name: columns for name, columns in indexes.items() if name not in partial}

    superfluous = [
        (name, other)
        for name, columns in whole.items()
        for other, longer in whole.items()
        if name != other and not found[name]["unique"] and longer[: len(columns)] == columns
    ]

    assert len(whole) >= 2
    assert superfluous == []


def test_what_guards_stands() -> None:
    with connection.cursor() as cursor:
        entries = connection.introspection.get_constraints(cursor, "ledger_entry")
        cases = connection.introspection.get_constraints(cursor, "casework_case")

    assert entries["entry_seq_once"]["unique"]
    assert any(one["unique"] and one["columns"] == ["number"] for one in cases.values())
    assert {one["foreign_key"] for one in cases.values() if one["foreign_key"]} >= {
        ("organisations_organisation", "id"),
        ("definitions_edition", "id"),
    }
