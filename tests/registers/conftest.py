"""What the tests of the registers share: entries begun by units of the small city."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest

from ronghe.organisations.queries import Powers, powers_of
from ronghe.registers.domain import begin_entry
from ronghe.registers.models import Entry
from tests.city import City, moment

ACTOR = "system:test"
NOON = moment("2026-03-02 12:00")
PLOT = {"number": "G-01", "place": "中心区", "soil-class": "ready"}

Begin = Callable[..., Entry]


def powers(city: City, name: str, on: dt.date | None = None) -> Powers:
    """What somebody may do on a day."""
    return powers_of(city.accounts[name], on or NOON.date())


@pytest.fixture
def begin(city: City) -> Begin:
    """Register something for a unit (市住房和建设局 where none is said)."""

    def make(register: str, title: str, unit: str = "zjj", **more: Any) -> Entry:
        values = more.pop("values", None)
        if values is None:
            values = {"project-kind": "民生"} if register == "project" else PLOT
        settings = {"actor": ACTOR, "at": NOON} | more
        found = begin_entry(register, title=title, values=values, organisation=city.units[unit], **settings)
        return found.entry

    return make
