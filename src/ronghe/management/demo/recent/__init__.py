"""The recent weeks of the fictional city: tens of cases that show what people do beside the plain way, by live acts."""

from __future__ import annotations

import datetime as dt

from ronghe.appraisal.domain import issue_bulletin
from ronghe.core.memory import remembering
from ronghe.core.periods import Period
from ronghe.judgements.domain import ask_due
from ronghe.ledger.domain import sequence
from ronghe.management.demo.city import DemoCity
from ronghe.management.demo.recent import (
    calls,
    checks,
    clocks,
    hands,
    pressing,
    promises,
    ratings,
    seats,
    tasks,
    visitors,
)
from ronghe.management.demo.recent.weeks import Weeks
from ronghe.messages.domain import deliver
from ronghe.messages.transports import TestTransport
from ronghe.organisations.queries import powers_of

THEMES = (
    seats.seat,
    clocks.extend,
    clocks.supplement,
    clocks.draft,
    hands.merge,
    hands.split_off,
    hands.to_and_fro,
    hands.jointly,
    promises.promise,
    promises.deeds,
    calls.call,
    tasks.decide,
    tasks.link,
    tasks.need,
    tasks.block,
    tasks.goods,
    tasks.upgrade,
    ratings.rate,
    ratings.doubt,
    ratings.contest,
    ratings.complaint,
    visitors.visit,
    pressing.urge,
    checks.check,
    pressing.by_the_clock,
)
ASKED = 6
"""How many rounds of asking for ratings are done; the worker goes on with what is left."""


def tell(city: DemoCity, now: dt.datetime) -> None:
    """Let the recent weeks happen theme by theme, then do what the worker would have done; nothing lies after `now`.

    Nothing happens in a city that lives before replies were checked by a second person.
    """
    with remembering():
        weeks = Weeks(city, now)
        if not weeks.is_told:
            return
        for theme in THEMES:
            theme(weeks)
        sequence()
        for _ in range(ASKED):
            ask_due(now)
        _issue(weeks)
        for at in (weeks.at(0, "17:58"), now):
            deliver(at, weeks.calendar, transport=TestTransport())


def _issue(weeks: Weeks) -> None:
    """The committee issues the bulletin of last month."""
    month = Period.parse(f"{weeks.last.replace(day=1) - dt.timedelta(days=1):%Y-%m}")
    staff = weeks.handler(weeks.city.units["szgw"])
    at = weeks.at(0, "16:30")
    issue_bulletin(month, powers=powers_of(staff, at.date()), actor=f"person:{staff.pk}", at=at)
