"""Two of what may stand only once, filed at the same moment."""

from __future__ import annotations

import datetime as dt
import threading
from pathlib import Path

import pytest
from django.db import connection

from ronghe.casework import domain
from ronghe.casework.exceptions import DomainError
from ronghe.casework.models import Case
from ronghe.definitions import queries as definitions
from tests.casework.kernel import load
from tests.casework.test_allowing import AWARD
from tests.city import build_city, moment

pytestmark = [pytest.mark.db, pytest.mark.both, pytest.mark.django_db(transaction=True)]


def test_of_two_at_once_one_stands(tmp_path: Path) -> None:
    if connection.vendor != "postgresql":
        pytest.skip("an in-memory SQLite database has one writer by its nature")
    city = build_city()
    load(tmp_path, AWARD)
    opener = f"person:{city.people['环境局长'].pk}"
    gate, told = threading.Barrier(4), []

    def file() -> None:
        try:
            gate.wait(30)
            domain.open_case(
                definitions.get("procedure", "room-award", dt.date(2026, 3, 2)),
                values={"project": "某项目", "year": "2026"},
                actor=opener,
                at=moment("2026-03-02 10:00"),
            )
            told.append("opened")
        except DomainError as error:
            told.append(error.code)
        finally:
            connection.close()

    threads = [threading.Thread(target=file) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)

    assert sorted(told) == ["one-per", "one-per", "one-per", "opened"]
    assert Case.objects.count() == 1
