"""The day of an act is the office's: at night it is tomorrow here while Greenwich still writes yesterday."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from ronghe.casework.domain.giving import Giver, give
from ronghe.core.select import Gives
from ronghe.registers.models import Entry
from ronghe.registers.queries import entry_facts
from tests.casework.kernel import load
from tests.city import City, moment

pytestmark = [pytest.mark.db, pytest.mark.both, pytest.mark.django_db]
MIDNIGHT = moment("2026-03-02 00:30")
NIGHTS = [MIDNIGHT, MIDNIGHT.astimezone(dt.UTC), dt.datetime(2026, 3, 1, 23, 30, tzinfo=dt.UTC)]
BOOK = """
register: night-book
title: 夜班台账
by: {organisation: department}
life: night-shift
form: [{field: grade, title: 等次, type: text}]
"""
SHIFT = """
procedure: night-shift
title: 夜班
form: [{field: detail, title: 内容, type: text, optional: true}]
flow: [{step: watch, title: 值守, by: responsible}]
"""


@pytest.fixture(scope="module", autouse=True)
def _definitions(city: City, django_db_blocker: Any, tmp_path_factory: pytest.TempPathFactory) -> None:
    """What there is only from the second of March on."""
    with django_db_blocker.unblock():
        load(tmp_path_factory.mktemp("packs"), SHIFT, BOOK, effective="2026-03-02")


@pytest.mark.parametrize("at", NIGHTS, ids=["here 00:30", "Greenwich 16:30", "Greenwich 23:30"])
def test_what_is_given_is_written_and_set_by_the_definitions_of_that_day(city: City, at: dt.datetime) -> None:
    unit = city.units["sthjj"]
    giver = Giver({}, ("organisation", unit.pk), "system:test", at, organisation=unit, title="夜")
    (ref,) = give(Gives.parse({"register": "night-book", "values": {"grade": "good"}}), giver)
    about = Giver(
        {"about": entry_facts(Entry.objects.get(pk=ref[1]), MIDNIGHT.date())},
        ("organisation", unit.pk),
        "system:test",
        at,
        organisation=unit,
    )

    give(Gives.parse({"set": "about.grade", "to": "fair"}), about)

    entry = Entry.objects.get(pk=ref[1])
    assert (entry.begins, entry.values, entry.life.procedure) == (
        MIDNIGHT.date(), {"grade": "fair"}, "night-shift",
    )  # fmt: skip
