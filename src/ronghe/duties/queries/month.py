"""What one unit owes in a month: what is still to be done, what is planned, what is done, and what is missing from before."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property

from django.db.models import Q
from django.utils import timezone
from django.utils.dateparse import parse_datetime

from ronghe.core.memory import remembering
from ronghe.core.periods import SHANGHAI, Period
from ronghe.core.worktime import Calendar
from ronghe.definitions import queries as definitions
from ronghe.definitions.things import Ref, titles_of
from ronghe.duties.enums import Standing
from ronghe.duties.queries.reckoning import Stand, stands_of
from ronghe.ledger.models import Entry

SOON = dt.timedelta(days=92)
"""How long before its day something that runs for years is put on the list of a month."""
PLANNED_BEFORE = dt.timedelta(days=400)


@dataclass(frozen=True, slots=True)
class Plan:
    """An activity that is planned and neither held nor cancelled yet."""

    ref: Ref
    code: str
    at: dt.datetime


@dataclass
class Month:
    """The month of one unit."""

    period: Period
    stands: list[Stand]
    plans: list[Plan]
    titles: Mapping[Ref, str] = field(default_factory=dict)

    def _in(self, *standings: Standing, advice: bool = False) -> list[Stand]:
        return [
            one
            for one in self.stands
            if one.standing in standings and one.line.is_advice is advice and meets(one, self.period)
        ]

    @cached_property
    def to_do(self) -> list[Stand]:
        """Still open, or missing and still of this month; what is due first comes first."""
        return sorted(self._in(Standing.OPEN, Standing.GAP), key=lambda one: (one.window.due, one.line.name))

    @cached_property
    def done(self) -> list[Stand]:
        """Done in time or late."""
        return sorted(self._in(Standing.MET, Standing.LATE), key=lambda one: one.deed or (), reverse=True)

    @cached_property
    def excused(self) -> list[Stand]:
        """Need not be done."""
        return self._in(Standing.EXCUSED)

    @cached_property
    def advised(self) -> list[Stand]:
        """Known from memory: shown, not counted."""
        return self._in(*Standing, advice=True)

    @cached_property
    def missed(self) -> list[Stand]:
        """The gaps of before: of each line and holder the last, which tells how many there are in a row."""
        found = {
            (one.line.key, one.holder.ref): one
            for one in self.stands
            if one.standing == Standing.GAP and not one.line.is_advice and one.window.last < self.period.first
        }
        return sorted(found.values(), key=lambda one: (one.window.due, one.line.name), reverse=True)

    @cached_property
    def minutes(self) -> int:
        """About how many minutes it takes to record what is still to be done."""
        seconds = sum(seconds_of(one) for one in self.to_do)
        return -(-seconds // 60)

    def plan_of(self, stand: Stand) -> Plan | None:
        """The first planned activity that would meet it."""
        codes = {name.partition(":")[2] for want in stand.line.wants for name in want.definitions}
        fit = (
            plan
            for plan in self.plans
            if plan.code in codes and timezone.localdate(plan.at) <= stand.window.last
        )
        return min(fit, key=lambda plan: plan.at, default=None)


def meets(stand: Stand, period: Period) -> bool:
    """Whether a window belongs on the list of a month: one of years only when it is due soon, was done then, or is missing."""
    window = stand.window
    if stand.line.every.each:
        return window.first <= period.last and window.last >= period.first
    if stand.deed is not None:
        return period.contains(stand.deed.day)
    return window.due >= period.first and window.first <= period.last and window.due <= period.last + SOON


def seconds_of(stand: Stand) -> int:
    """How long recording it takes, by the form of the first thing that meets it."""
    for kind, code in stand.line.records:
        found = definitions.find(kind, code, stand.line.edition.effective)
        if found is not None:
            return int(found.body.counts().get("seconds", 0))
    return 0


def month_of(unit: int, period: Period, today: dt.date, calendar: Calendar) -> Month:
    """The month of a unit as it stands now."""
    with remembering():
        stands = stands_of([unit], today, calendar, until=max(period.last, today))
        plans = plans_of(unit, today)
        refs = {one.holder.ref for one in stands if one.holder.ref != ("organisation", unit)}
        refs |= {one.deed.ref for one in stands if one.deed is not None}
        refs |= {plan.ref for plan in plans}
        return Month(period, stands, plans, titles_of(refs))


def plans_of(unit: int, today: dt.date) -> list[Plan]:
    """What a unit has planned and not yet held or cancelled, by when it is to take place."""
    since = dt.datetime.combine(today - PLANNED_BEFORE, dt.time(), SHANGHAI)
    planned = Entry.objects.filter(kind="activity.planned", at__gte=since)
    touched = planned.filter(touches__type="organisation", touches__ref=unit)
    rows = {row.pk: row for which in (planned.filter(organisation=unit), touched) for row in which}
    if not rows:
        return []
    later = Entry.objects.filter(
        Q(corrects__in=list(rows)) | Q(kind__in=("activity.held", "activity.cancelled")),
        subject_type="activity",
        subject_id__in={row.subject_id for row in rows.values()},
    )
    over = {row.corrects_id for row in later} | {
        ("of", row.subject_id) for row in later if row.kind != "activity.changed"
    }
    return sorted(
        _plans(row for row in rows.values() if row.pk not in over and ("of", row.subject_id) not in over),
        key=lambda plan: plan.at,
    )


def _plans(rows: Iterable[Entry]) -> Iterable[Plan]:
    for row in rows:
        at = parse_datetime(str(row.data.get("until") or ""))
        if at is not None:
            yield Plan((row.subject_type, row.subject_id), row.code, at)
