"""Through whose hands a case went, how long each kept it, and who sent it on: nobody's delay hides behind another's."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from ronghe.casework.enums import RETURN, TRANSFER
from ronghe.casework.models import Step
from ronghe.core.worktime import Calendar, Convention, Unit
from ronghe.core.worktime.scale import scale_of
from ronghe.organisations.models import Organisation


@dataclass(frozen=True)
class Leg:
    """A time in one pair of hands. `minutes` of office hours; `passed_on`: it left without being done here."""

    unit: Organisation
    since: dt.datetime
    until: dt.datetime | None
    minutes: int
    passed_on: bool = False

    @property
    def hours(self) -> str:
        """Office hours in words, with one decimal."""
        return f"{self.minutes / 60:.1f}"


@dataclass(frozen=True)
class HandOvers:
    """The legs in order, and what they say of passing it to and fro."""

    legs: tuple[Leg, ...]

    @property
    def refusals(self) -> int:
        """How often it was passed on or sent back."""
        return sum(leg.passed_on for leg in self.legs)

    @property
    def repeated(self) -> list[Organisation]:
        """Units it came back to after they had passed it on."""
        passed: Counter[int] = Counter()
        found: dict[int, Organisation] = {}
        for leg in self.legs:
            if passed[leg.unit.pk]:
                found.setdefault(leg.unit.pk, leg.unit)
            passed[leg.unit.pk] += leg.passed_on
        return list(found.values())


def hand_overs(steps: Sequence[Step], now: dt.datetime, calendar: Calendar) -> HandOvers:
    """The steps of the outer list as legs: neighbours in the same hands are one. `steps` in order, holders loaded."""
    legs: list[Leg] = []
    for step in steps:
        if step.path or step.holder is None:
            continue
        passed_on = step.outcome in {TRANSFER, RETURN}
        last = legs[-1] if legs else None
        since = step.opened_at
        if last is not None and last.unit == step.holder and not last.passed_on and last.until == since:
            since = legs.pop().since
        minutes = office_minutes(since, step.done_at or now, calendar)
        legs.append(Leg(step.holder, since, step.done_at, minutes, passed_on))
    return HandOvers(tuple(legs))


def office_minutes(since: dt.datetime, until: dt.datetime, calendar: Calendar) -> int:
    """Minutes of office hours between two instants."""
    scale = scale_of(Unit.HOUR, calendar, Convention())
    return max(scale.count(scale.position(since), scale.position(until)), 0) // 60
