"""Two workers escalate at the same moment."""

from __future__ import annotations

import threading

import pytest
from django.db import connection

from tests.casework.test_escalating import LATE, accepted, at, said
from tests.city import build_city

pytestmark = [pytest.mark.db, pytest.mark.both]


@pytest.mark.django_db(transaction=True)
def test_two_workers_at_once_do_nothing_twice() -> None:
    if connection.vendor != "postgresql":
        pytest.skip("an in-memory SQLite database has one writer by its nature")
    city = build_city()
    cases = [accepted(city) for _ in range(6)]
    counts, start = [], threading.Barrier(2)

    def work() -> None:
        start.wait(30)
        try:
            counts.append(at(LATE))
        finally:
            connection.close()

    workers = [threading.Thread(target=work) for _ in range(2)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join(60)

    assert sum(counts) == 6
    assert [[row[3].get("rule") for row in said(case)] for case in cases] == [[0, 1, 2, None]] * 6
