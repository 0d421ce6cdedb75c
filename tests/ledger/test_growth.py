"""The database itself refuses to change or empty the ledger."""

import datetime as dt

import pytest
from django.db import IntegrityError, connection, transaction

from ronghe.ledger.domain import Touch, record, sequence
from ronghe.ledger.models import Entry, Position, Touch as TouchRow
from tests.ledger_flush import ledger_unlocked

pytestmark = [pytest.mark.db, pytest.mark.both]

AT = dt.datetime(2026, 3, 2, 10, tzinfo=dt.UTC)
CHANGES = {Entry: {"actor": "person:9"}, TouchRow: {"role": "other"}, Position: {"position": 99}}


@pytest.fixture
def written(db):
    write()


def write():
    record(
        "case.noted",
        subject=("case", 1),
        actor="person:7",
        at=AT,
        data={"note": 1},
        touches=(Touch("about", "post", 4),),
    )
    sequence()


def rows():
    return [list(model.objects.values()) for model in CHANGES]


def run(sql):
    with connection.cursor() as cursor:
        cursor.execute(sql)


@pytest.mark.usefixtures("written")
@pytest.mark.parametrize("model", CHANGES)
@pytest.mark.parametrize(
    "change",
    [
        lambda model: model.objects.update(**CHANGES[model]),
        lambda model: model.objects.all()._raw_delete(model.objects.db),
        lambda model: run(f"UPDATE {model._meta.db_table} SET {next(iter(CHANGES[model]))} = '99'"),  # noqa: S608
        lambda model: run(f"DELETE FROM {model._meta.db_table}"),  # noqa: S608
    ],
    ids=["update", "delete", "raw update", "raw delete"],
)
def test_no_row_is_changed_or_deleted(model, change):
    before = rows()

    with pytest.raises(IntegrityError, match="the ledger only grows"), transaction.atomic():
        change(model)

    assert rows() == before


@pytest.mark.usefixtures("written")
@pytest.mark.parametrize("model", CHANGES)
def test_no_row_is_replaced(model):
    if connection.vendor != "sqlite":
        pytest.skip("only SQLite has REPLACE")
    before = rows()
    table = model._meta.db_table

    with pytest.raises(IntegrityError, match="the ledger only grows"), transaction.atomic():
        run(f"REPLACE INTO {table} SELECT * FROM {table}")  # noqa: S608

    assert rows() == before


@pytest.mark.usefixtures("written")
def test_an_entry_of_another_number_replaces_none():
    if connection.vendor != "sqlite":
        pytest.skip("only SQLite has REPLACE")
    columns = [field.column for field in Entry._meta.concrete_fields]
    told = ", ".join("id + 1" if name == "id" else name for name in columns)

    with pytest.raises(IntegrityError, match="the ledger only grows"), transaction.atomic():
        run(f"REPLACE INTO ledger_entry ({', '.join(columns)}) SELECT {told} FROM ledger_entry")  # noqa: S608

    assert Entry.objects.count() == 1


@pytest.mark.usefixtures("written")
def test_saving_an_entry_again_is_refused():
    entry = Entry.objects.get()
    entry.quantity = 5

    with pytest.raises(IntegrityError, match="the ledger only grows"), transaction.atomic():
        entry.save()


@pytest.mark.usefixtures("written")
@pytest.mark.parametrize("table", ["ledger_touch", "ledger_position", "ledger_entry"])
def test_no_table_is_truncated(table):
    if connection.vendor != "postgresql":
        pytest.skip("SQLite has no TRUNCATE")
    run("SET CONSTRAINTS ALL IMMEDIATE")  # a pending check would refuse first

    with pytest.raises(IntegrityError, match="the ledger only grows"), transaction.atomic():
        run(f"TRUNCATE {table} CASCADE")

    assert Entry.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_the_flush_of_tests_empties_and_locks_again():
    write()

    with ledger_unlocked():
        for model in (Position, TouchRow, Entry):
            model.objects.all()._raw_delete(model.objects.db)
    write()

    with pytest.raises(IntegrityError, match="the ledger only grows"):
        Entry.objects.update(actor="person:9")
    assert list(Entry.objects.values_list("actor", flat=True)) == ["person:7"]
