"""What a published holiday notice moved, as the ledger keeps it: which case, from when to when, and through which days."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.db.models import QuerySet

from ronghe.casework.models import Case
from ronghe.core.procedure import steps_of
from ronghe.core.worktime import SHANGHAI
from ronghe.definitions import queries as definitions
from ronghe.definitions.models import CalendarNotice, HoursNotice
from ronghe.definitions.queries.calendars import calendar_after, calendar_before
from ronghe.ledger.models import Entry
from ronghe.organisations.queries import Powers

KIND = "clock.recalendared"
RETIMED = "clock.retimed"


@dataclass(frozen=True)
class Moved:
    """One clock that moved; `step` is the step's title, empty for the case's own; `days`: those that moved it."""

    case: Case
    step: str
    was: dt.datetime
    due: dt.datetime
    at: dt.datetime
    days: tuple[dt.date, ...]


def moved_entries(notice: CalendarNotice) -> QuerySet[Entry]:
    """What the ledger says a publishing moved, in the order it was written."""
    return Entry.objects.filter(
        kind=KIND, data__year=notice.year, data__version=notice.version, subject_type="case"
    ).order_by("pk")


def retimed_entries(notice: HoursNotice) -> QuerySet[Entry]:
    """What the ledger says new office hours moved, in the order it was written."""
    return Entry.objects.filter(kind=RETIMED, data__version=notice.pk, subject_type="case").order_by("pk")


def retimed_for(notice: HoursNotice, powers: Powers, *, number: str = "") -> QuerySet[Entry]:
    """The same of the cases these powers let somebody see."""
    seen = Case.objects.filter(number__icontains=number) if number else Case.objects.all()
    return retimed_entries(notice).filter(subject_id__in=seen.visible_with(powers).order_by().values("pk"))


def retimed_rows(entries: Iterable[Entry]) -> list[Moved]:
    """The entries with their cases; a fixed number of statements."""
    shown = list(entries)
    cases = {
        case.pk: case
        for case in Case.objects.filter(pk__in={entry.subject_id for entry in shown}).with_units()
    }
    return [_moved(cases[entry.subject_id], entry, ()) for entry in shown]


def moved_for(notice: CalendarNotice, powers: Powers, *, number: str = "") -> QuerySet[Entry]:
    """The ledger's entries of what moved, of the cases these powers let somebody see."""
    seen = Case.objects.filter(number__icontains=number) if number else Case.objects.all()
    return moved_entries(notice).filter(subject_id__in=seen.visible_with(powers).order_by().values("pk"))


def moved_rows(notice: CalendarNotice, entries: Iterable[Entry]) -> list[Moved]:
    """The entries with their cases and reasons; a fixed number of statements."""
    shown = list(entries)
    wanted = {entry.subject_id for entry in shown}
    cases = {case.pk: case for case in Case.objects.filter(pk__in=wanted).with_units()}
    changed = calendar_before(notice).changed_days(calendar_after(notice))
    return [_moved(cases[entry.subject_id], entry, changed) for entry in shown]


def _moved(case: Case, entry: Entry, changed: Sequence[dt.date]) -> Moved:
    was, due = (dt.datetime.fromisoformat(entry.data[name]) for name in ("was", "due"))
    last = max(was, due).astimezone(SHANGHAI).date()
    first = case.opened_at.astimezone(SHANGHAI).date()
    days = tuple(day for day in changed if first < day <= last)
    return Moved(case, _title(case, entry.code) if entry.code else "", was, due, entry.at, days)


def _title(case: Case, code: str) -> str:
    flow = definitions.body_of(case.edition).flow
    return next((placed.step.title for placed in steps_of(flow) if placed.step.code == code), "")
