"""The background work: one chore that fails leaves the others at work, is recorded, waits, and is told when it goes well again."""

from __future__ import annotations

import datetime as dt

import pytest
from django.db import IntegrityError, transaction

from ronghe.jobs.models import Chore as Row
from ronghe.management import chores
from ronghe.management.chores import CHORES, Chore, Rounds
from tests.city import moment

pytestmark = [pytest.mark.db, pytest.mark.both]
NOW = moment("2026-03-02 10:00")


def test_a_failing_chore_stops_no_other(db: None, caplog: pytest.LogCaptureFixture) -> None:
    done: list[dt.datetime] = []

    def fail(_now: dt.datetime) -> None:
        raise OSError

    rounds = Rounds((Chore("broken", "坏", 0, fail), Chore("sound", "好", 0, done.append)))
    rounds.round(NOW)
    rounds.round(NOW)
    assert done == [NOW, NOW]
    rows = {row.code: (row.failures, row.trouble, row.done_at) for row in Row.objects.all()}
    assert rows == {"broken": (1, "OSError", None), "sound": (0, "", NOW)}, "the second try waits"
    assert "chore broken failed" in caplog.text


def test_a_chore_that_goes_well_again_is_no_trouble(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(chores, "LONGEST_WAIT", 0)
    left = [OSError(), OSError()]

    def sometimes(_now: dt.datetime) -> None:
        if left:
            raise left.pop()

    rounds = Rounds((Chore("shaky", "不稳", 0, sometimes),))
    for _ in range(2):
        rounds.round(NOW)
    assert Row.objects.get().failures == 2
    rounds.round(NOW)
    row = Row.objects.get()
    assert (row.failures, row.trouble, row.done_at) == (0, "", NOW)


def test_a_statement_that_fails_leaves_no_broken_transaction(db: None) -> None:
    """A chore that breaks inside its own transaction rolls back alone."""

    def twice(_now: dt.datetime) -> None:
        with transaction.atomic():
            Row.objects.create(code="twice", tried_at=NOW)
            Row.objects.create(code="twice", tried_at=NOW)

    rounds = Rounds((Chore("bad", "坏", 0, twice),))
    rounds.round(NOW)
    assert list(Row.objects.values_list("code", "trouble")) == [("bad", IntegrityError.__name__)]


def test_every_chore_has_its_own_code() -> None:
    codes = [chore.code for chore in CHORES]
    assert len(codes) == len(set(codes))
