"""What must I do now, in what order."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.db.models import F, Q, QuerySet

from ronghe.casework.enums import CaseState
from ronghe.casework.models import Case, Step
from ronghe.casework.queries.clocks import light_of
from ronghe.casework.rules import workable
from ronghe.core.worktime import Calendar, Light
from ronghe.organisations.models import Account
from ronghe.organisations.queries import Powers, powers_of

OVERDUE, TODAY, TOMORROW, WEEK, LATER, UNTIMED = "overdue", "today", "tomorrow", "week", "later", "untimed"


@dataclass(frozen=True)
class WorkItem:
    """One open step of mine: its case, when it is due (the sooner of step and case), its light and its group."""

    step: Step
    case: Case
    due: dt.datetime | None
    light: Light
    group: str


def open_steps(powers: Powers) -> QuerySet[Step]:
    """The open steps a person may do, the sooner due first."""
    mine = Q(holder__in=workable(powers))
    if powers.has("triage"):
        mine |= Q(case__responsible=None)
    return (
        Step.objects.filter(mine, done_at=None, case__state=CaseState.OPEN)
        .exclude(case__about_unit__in=powers.organisation_ids)
        .select_related("case", "case__responsible", "case__edition", "holder", "assignee")
        .order_by(F("case__due").asc(nulls_last=True), "opened_at", "pk")
    )


def worklist(account: Account, now: dt.datetime, calendar: Calendar, *, most: int = 200) -> list[WorkItem]:
    """The account's open steps as items, by due instant; at most `most`."""
    steps = open_steps(powers_of(account, now.date()))[:most]
    items = [_item(step, now, calendar) for step in steps]
    far = dt.datetime.max.replace(tzinfo=dt.UTC)
    return sorted(items, key=lambda item: (item.due or far, item.step.opened_at))


def _item(step: Step, now: dt.datetime, calendar: Calendar) -> WorkItem:
    dues = [due for due in (step.due, step.case.due) if due]
    due = min(dues, default=None)
    return WorkItem(step, step.case, due, light_of(step.case, now, calendar, due=due), _group(due, now))


def _group(due: dt.datetime | None, now: dt.datetime) -> str:
    if due is None:
        return UNTIMED
    if due < now:
        return OVERDUE
    days = (due.astimezone(now.tzinfo).date() - now.date()).days
    if days <= 1:
        return TODAY if days == 0 else TOMORROW
    return WEEK if days <= 6 - now.weekday() else LATER
