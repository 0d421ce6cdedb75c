"""Lights from the indexed due instant alone: the same answer for one case in Python and for all of them in SQL."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import replace

from django.db.models import F, Q

from ronghe.casework.enums import CaseState
from ronghe.casework.models import Case
from ronghe.core.memory import remembered
from ronghe.core.worktime import NOT_STARTED, Calendar, Light, Limit, Unit, due_after
from ronghe.definitions import queries as definitions
from ronghe.definitions.enums import Kind

ONE_DAY = dt.timedelta(days=1)
FARTHEST = 500  # days: no light is yellow longer before its due day


class Lights:
    """The lights of one moment. `yellow`: for each procedure, how much is left when its light turns yellow."""

    def __init__(self, now: dt.datetime, calendar: Calendar, yellow: Mapping[str, Limit | None]) -> None:
        self.now, self._calendar, self._yellow = now, calendar, yellow
        self._known: dict[Limit, dt.datetime] = {}

    def yellow_before(self, procedure: str) -> dt.datetime | None:
        """The instant before which what is due in such a case is yellow; None: it never is."""
        limit = self._yellow.get(procedure)
        if limit is None:
            return None
        if limit not in self._known:
            self._known[limit] = near_before(self._calendar.local(self.now), limit, self._calendar)
        return self._known[limit]

    def light(self, case: Case, due: dt.datetime | None) -> Light:
        """The light of a case or a step of it that is due then."""
        if case.state != CaseState.OPEN:
            return Light.DONE
        if case.paused_at is not None:
            return Light.RED if due is not None and due < case.paused_at else Light.PAUSED
        if due is None:
            return Light.NONE
        if due < self.now:
            return Light.RED
        before = self.yellow_before(case.procedure)
        return Light.YELLOW if before is not None and due < before else Light.GREEN

    def where(self, light: Light) -> Q:
        """The cases that show this light."""
        running = Q(state=CaseState.OPEN, paused_at=None)
        paused = Q(state=CaseState.OPEN, paused_at__isnull=False)
        late_before = Q(due__isnull=False, due__lt=F("paused_at"))
        match light:
            case Light.DONE:
                return ~Q(state=CaseState.OPEN)
            case Light.RED:
                return (running & Q(due__lt=self.now)) | (paused & late_before)
            case Light.PAUSED:
                return paused & ~late_before
            case Light.NONE:
                return running & Q(due=None)
            case Light.YELLOW:
                return running & Q(due__gte=self.now) & self._near()
            case _:
                return running & Q(due__gte=self.now) & ~self._near()

    def _near(self) -> Q:
        procedures: dict[dt.datetime, list[str]] = {}
        for procedure in self._yellow:
            if before := self.yellow_before(procedure):
                procedures.setdefault(before, []).append(procedure)
        near = Q(pk__in=())
        for before, alike in procedures.items():
            near |= Q(procedure__in=alike, due__lt=before)
        return near


def lights_at(now: dt.datetime, calendar: Calendar) -> Lights:
    """The lights by the definitions of the day, once in a piece of work."""
    return remembered(("lights", now), lambda: Lights(now, calendar, _yellow_on(calendar.local(now).date())))


@definitions.once
def _yellow_on(day: dt.date) -> Mapping[str, Limit | None]:
    return {loaded.edition.code: loaded.body.lights.left for loaded in definitions.live(Kind.PROCEDURE, day)}


def near_before(now: dt.datetime, yellow: Limit, calendar: Calendar) -> dt.datetime:
    """The instant before which whatever is due has `yellow` or less left now: `Reading.yellow_from` the other way round."""
    shown = replace(NOT_STARTED, calendar=calendar)
    if yellow.unit == Unit.HOUR:
        due = due_after(calendar, now, yellow)
        since = replace(shown, due=due).yellow_from(yellow)
        return due if since is None or now < since else due + dt.timedelta(microseconds=1)
    midnight = now.replace(hour=0, minute=0, second=0, microsecond=0)
    for _ in range(FARTHEST):
        since = replace(shown, due=calendar.closing(midnight.date())).yellow_from(yellow)
        if since is None or now < since:
            break
        midnight += ONE_DAY
    return midnight
