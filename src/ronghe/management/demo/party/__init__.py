"""The Party life of the fictional city: members and meetings, visits, registers, supervision, a shock team."""

from __future__ import annotations

import datetime as dt

from ronghe.core.memory import remembering
from ronghe.management.demo.city import DemoCity
from ronghe.management.demo.party import keeping, meetings, papers, visits
from ronghe.management.demo.party.founding import found
from ronghe.management.demo.recent.weeks import Weeks

THEMES = (
    meetings.meet,
    visits.visit,
    visits.walk,
    visits.plant,
    keeping.keep,
    keeping.excuse,
    papers.show,
    papers.inspect,
    papers.ask,
)


def live(city: DemoCity, now: dt.datetime) -> None:
    """Found the Party side and let its last months happen, theme by theme; nothing lies after `now`."""
    with remembering():
        weeks = Weeks(city, now)
        if weeks.is_told:
            party = found(weeks)
            for theme in THEMES:
                theme(party)
