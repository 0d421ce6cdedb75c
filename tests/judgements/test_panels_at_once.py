"""The last two of a panel give at the same moment: it closes, once, and its figure knows them both."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path

import pytest
from django.db import connection, transaction

from ronghe.casework import domain as casework
from ronghe.definitions import queries as definitions
from ronghe.judgements.domain import give_review
from ronghe.judgements.models import Judgement, Panel
from ronghe.ledger.models import Entry
from ronghe.organisations.queries import powers_of
from tests.casework.kernel import load
from tests.city import build_city, moment
from tests.judgements.test_panels import BID, DAY, EXPERTS, SCORE

pytestmark = [pytest.mark.db, pytest.mark.both, pytest.mark.django_db(transaction=True)]


def test_who_give_last_at_once_close_it_once(tmp_path: Path) -> None:
    if connection.vendor != "postgresql":
        pytest.skip("an in-memory SQLite database has one writer by its nature")
    city = build_city()
    load(tmp_path, BID, SCORE)
    for name in EXPERTS:
        city.seat("szgw", "review-expert", name)
    casework.open_case(
        definitions.get("procedure", "panel-bid", DAY),
        values={"detail": "节能改造", "applicant": "zjj"},
        actor=f"person:{city.people['环境局长'].pk}",
        at=moment("2026-03-02 10:00"),
        responsible=city.units["sthjj"],
    )
    *rows, last_but_one, last = Judgement.objects.filter(panel__isnull=False).order_by("seat")
    powers = {row.pk: powers_of(row.judge, DAY) for row in (*rows, last_but_one, last)}
    given, done, trouble = threading.Event(), threading.Event(), []

    def give(row: Judgement) -> None:
        give_review(row.pk, values={"score": "90"}, powers=powers[row.pk], at=moment("2026-03-03 10:00"))

    def give_first() -> None:
        with transaction.atomic():
            give(last_but_one)
            given.set()
            done.wait(1)  # whoever does not wait for this one is through by then, and knows nothing of it

    def give_last() -> None:
        given.wait(30)
        give(last)
        done.set()

    def alone(act: Callable[[], None]) -> None:
        try:
            act()
        except Exception as error:  # noqa: BLE001 - told to the test
            trouble.append(error)
        finally:
            connection.close()

    for row in rows:
        give(row)
    threads = [threading.Thread(target=alone, args=(act,)) for act in (give_first, give_last)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)

    assert trouble == []
    assert Panel.objects.get().values == {"score": "90.00"}
    assert [one.data["rows"] for one in Entry.objects.filter(kind="panel.closed")] == [4]
