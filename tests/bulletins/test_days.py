"""The day of an act is the office's: at night it is tomorrow here while Greenwich still writes yesterday."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from ronghe.bulletins.models import Bulletin
from ronghe.casework.domain.giving import Giver, give
from ronghe.core.select import Gives
from tests.bulletins.papers import signed
from tests.casework.kernel import load
from tests.city import City, moment

pytestmark = [pytest.mark.db, pytest.mark.both, pytest.mark.django_db]
MIDNIGHT = moment("2026-03-02 00:30")
NIGHTS = [MIDNIGHT, MIDNIGHT.astimezone(dt.UTC), dt.datetime(2026, 3, 1, 23, 30, tzinfo=dt.UTC)]
NOTICE = """
bulletin: night-notice
title: 夜间公告
signs: [签发]
seen_by: {public: all}
"""


@pytest.fixture(scope="module", autouse=True)
def _definitions(city: City, django_db_blocker: Any, tmp_path_factory: pytest.TempPathFactory) -> None:
    """What there is only from the second of March on."""
    with django_db_blocker.unblock():
        load(tmp_path_factory.mktemp("packs"), NOTICE, effective="2026-03-02")


@pytest.mark.parametrize("at", NIGHTS, ids=["here 00:30", "Greenwich 16:30", "Greenwich 23:30"])
def test_what_is_given_and_issued_at_night_is_public_that_day(city: City, at: dt.datetime) -> None:
    unit = city.units["sthjj"]
    giver = Giver({}, ("organisation", unit.pk), "system:test", at, organisation=unit)
    ((_, number),) = give(
        Gives.parse({"bulletin": "night-notice", "values": {"title": "停水", "body": "今晚停水。"}}), giver
    )

    signed(city, Bulletin.objects.get(pk=number), "环境局长", at="2026-03-02 00:20")

    assert [one.pk for one in Bulletin.objects.public(at)] == [number]
