"""Positions: dense, each once, never changed, in an order that stands above the ids."""

import datetime as dt
import threading

import pytest
from django.db import connection, transaction
from hypothesis import given, settings, strategies as st

from ronghe.ledger import queries
from ronghe.ledger.domain import Draft, record_all, sequence
from ronghe.ledger.models import Entry, Position

pytestmark = [pytest.mark.db, pytest.mark.both]

AT = dt.datetime(2026, 3, 2, 10, tzinfo=dt.UTC)


def noted(number):
    return Draft(kind="case.noted", subject=("case", number), actor="person:7", at=AT, data={"note": 1})


def positions():
    return dict(Position.objects.order_by("position").values_list("position", "entry_id"))


@pytest.mark.django_db
@settings(max_examples=20)
@given(st.lists(st.lists(st.integers(1, 4), max_size=5), max_size=5))
def test_positions_are_dense_kept_and_rise_with_seq(batches):
    for batch in batches:
        before = positions()
        record_all([noted(number) for number in batch])

        watermark = sequence()

        after = positions()
        assert watermark == len(after) == Entry.objects.count()
        assert list(after) == list(range(1, watermark + 1))
        assert sorted(after.values()) == sorted(Entry.objects.values_list("pk", flat=True))
        assert before.items() <= after.items()
        assert list(queries.up_to(watermark).values_list("pk", flat=True)) == list(after.values())
        assert list(queries.up_to(len(before)).values_list("pk", flat=True)) == list(before.values())
        for number in set(batch):
            read = [entry.seq for entry in queries.up_to(watermark) if entry.subject_id == number]
            assert read == sorted(read)


@pytest.mark.django_db
def test_an_entry_that_arrives_late_comes_after_higher_ids():
    early = Entry(
        at=AT, recorded_at=AT, kind="case.noted", actor="person:7", subject_type="case", subject_id=1, seq=1
    )
    late = Entry(
        at=AT, recorded_at=AT, kind="case.noted", actor="person:7", subject_type="case", subject_id=2, seq=1
    )
    early.pk, late.pk = 1_000_000, 999_000
    early.save(force_insert=True)
    assert sequence() == 1
    late.save(force_insert=True)

    assert sequence() == 2

    assert positions() == {1: 1_000_000, 2: 999_000}
    assert str(Position.objects.first()) == "1"


@pytest.mark.django_db
def test_without_entries_nothing_is_positioned():
    assert (sequence(), queries.watermark(), list(queries.up_to(0))) == (0, 0, [])


def in_thread(work):
    """Run on a connection of its own; its error, if any, is raised by `join_all`."""
    errors = []

    def run():
        try:
            work()
        except Exception as error:  # noqa: BLE001 - handed to the test
            errors.append(error)
        finally:
            connection.close()

    thread = threading.Thread(target=run)
    thread.start()
    return thread, errors


def join_all(*started):
    for thread, errors in started:
        thread.join(30)
        assert not thread.is_alive()
        assert errors == []


@pytest.mark.django_db(transaction=True)
def test_two_sequencers_at_once_never_double():
    if connection.vendor != "postgresql":
        pytest.skip("an in-memory SQLite database has one writer by its nature")

    def write(subject):
        for _ in range(40):
            record_all([noted(subject)] * 3)

    def give():
        for _ in range(60):
            sequence()

    join_all(*(in_thread(work) for work in (lambda: write(1), lambda: write(2), give, give)))

    watermark = sequence()
    assert watermark == Entry.objects.count() == 240
    assert list(positions()) == list(range(1, 241))
    for number in (1, 2):
        assert [entry.seq for entry in queries.up_to(watermark) if entry.subject_id == number] == list(
            range(1, 121)
        )


@pytest.mark.django_db(transaction=True)
def test_a_transaction_that_commits_late_loses_nothing():
    if connection.vendor != "postgresql":
        pytest.skip("an in-memory SQLite database has one writer by its nature")
    written, may_commit = threading.Event(), threading.Event()

    def hold():
        with transaction.atomic():
            record_all([noted(1)])
            written.set()
            assert may_commit.wait(30)

    held = in_thread(hold)
    assert written.wait(30)
    record_all([noted(2)])
    first = sequence()
    may_commit.set()
    join_all(held)

    assert (first, sequence()) == (1, 2)
    assert [entry.subject_id for entry in queries.up_to(2)] == [2, 1]
