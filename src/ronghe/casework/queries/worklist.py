"""What must I do now, in what order."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.db.models import F, Q, QuerySet
from django.db.models.functions import Coalesce, Least

from ronghe.casework.enums import CaseState
from ronghe.casework.models import Case, Step
from ronghe.casework.queries.clocks import sentence_of
from ronghe.casework.queries.lights import lights_at
from ronghe.casework.rules import workable
from ronghe.core.procedure import Token
from ronghe.core.worktime import Calendar, Light
from ronghe.definitions.models import Edition
from ronghe.definitions.queries import body_of
from ronghe.organisations.models import Account
from ronghe.organisations.queries import Powers, powers_of

OVERDUE, TODAY, TOMORROW, WEEK, LATER, UNTIMED, PAUSED = (
    "overdue", "today", "tomorrow", "week", "later", "untimed", "paused"
)  # fmt: skip
GROUPS = (OVERDUE, TODAY, TOMORROW, WEEK, LATER, UNTIMED, PAUSED)
MOST = 100

# When a step must be done: by its own clock or its case's, whichever ends first.
SOONER = Least(Coalesce("due", "case__due"), Coalesce("case__due", "due"))


@dataclass(frozen=True)
class WorkItem:
    """One open step of mine: its case, when it is due (the sooner of step and case), its light, words and group."""

    step: Step
    case: Case
    title: str
    due: dt.datetime | None
    light: Light
    sentence: str
    group: str


@dataclass(frozen=True)
class Worklist:
    """The items that are shown, by group and due instant, and how many there are in all."""

    items: tuple[WorkItem, ...]
    total: int

    @property
    def hidden(self) -> int:
        """How many more there are than shown."""
        return self.total - len(self.items)

    def groups(self) -> list[tuple[str, list[WorkItem]]]:
        """The items under their groups, empty groups left out."""
        by_group: dict[str, list[WorkItem]] = {}
        for item in self.items:
            by_group.setdefault(item.group, []).append(item)
        return [(group, by_group[group]) for group in GROUPS if group in by_group]


def open_steps(powers: Powers) -> QuerySet[Step]:
    """The open steps a person may do, the sooner due first."""
    mine = Q(holder__in=workable(powers))
    if powers.has("triage"):
        mine |= Q(case__responsible=None)
    return (
        Step.objects.filter(mine, done_at=None, case__state=CaseState.OPEN)
        .exclude(case__about_unit__in=powers.organisation_ids)
        .exclude(written_by=f"person:{powers.person_id}")  # a second person checks (审签)
        .annotate(sooner=SOONER)
        .select_related("case", "case__responsible", "case__edition", "holder", "assignee")
        .order_by(F("sooner").asc(nulls_last=True), "opened_at", "pk")
    )


def worklist(
    account: Account, now: dt.datetime, calendar: Calendar, *, kind: str = "", text: str = "", light: str = ""
) -> Worklist:
    """The account's open steps as items; at most `MOST` are shown, the soonest due first.

    `kind` is a procedure's code, `text` is looked for in number and title. Three queries, whatever is found.
    """
    steps = wanted_steps(account, now, calendar, kind=kind, text=text, light=light)
    items = items_of(steps[:MOST], now, calendar)
    total = len(items) if len(items) < MOST else steps.order_by().count()
    items.sort(key=lambda item: GROUPS.index(item.group))
    return Worklist(tuple(items), total)


def wanted_steps(
    account: Account, now: dt.datetime, calendar: Calendar, *, kind: str = "", text: str = "", light: str = ""
) -> QuerySet[Step]:
    """The account's open steps that a filter leaves, all of them; one query for the light, if one is asked for."""
    steps = open_steps(powers_of(account, calendar.local(now).date()))
    if kind:
        steps = steps.filter(case__procedure=kind)
    if text:
        steps = steps.filter(Q(case__number__icontains=text) | Q(case__title__icontains=text))
    if light:
        lights = lights_at(now, calendar)
        rows = steps.order_by().values_list("pk", SOONER, "case__procedure", "case__paused_at")
        shown = [
            pk
            for pk, due, code, paused in rows
            if lights.light(Case(state=CaseState.OPEN, procedure=code, paused_at=paused), due) == light
        ]
        steps = steps.filter(pk__in=shown)
    return steps


def next_item(
    account: Account, now: dt.datetime, calendar: Calendar, *, after: dt.datetime | None
) -> WorkItem | None:
    """What follows in the worklist once something due at `after` is done, else its first; what is paused waits."""
    far = dt.datetime.max.replace(tzinfo=dt.UTC)
    items = [item for item in worklist(account, now, calendar).items if item.group != PAUSED]
    following = (item for item in items if (item.due or far) >= (after or far))
    return next(following, items[0] if items else None)


def items_of(steps: Iterable[Step], now: dt.datetime, calendar: Calendar) -> list[WorkItem]:
    """Steps of `open_steps` as items."""
    return [_item(step, now, calendar) for step in steps]


def step_title(step: Step) -> str:
    """What the step is called by the edition its case runs (`case` and its edition must be loaded)."""
    return title_in(step.case.edition, step.path, step.code)


def title_in(edition: Edition, path: Sequence[str], code: str) -> str:
    """What an edition calls the step of that code on that path of its flow."""
    return str(body_of(edition).flow.at(Token(tuple(path), code).path).node(code).title)


def _item(step: Step, now: dt.datetime, calendar: Calendar) -> WorkItem:
    case, due = step.case, getattr(step, "sooner", None)
    light = lights_at(now, calendar).light(case, due)
    told = step if step.due is not None and step.due == due else case
    group = PAUSED if light == Light.PAUSED else _group(due, calendar.local(now))
    return WorkItem(step, case, step_title(step), due, light, sentence_of(told, now, calendar), group)


def _group(due: dt.datetime | None, now: dt.datetime) -> str:
    if due is None:
        return UNTIMED
    if due < now:
        return OVERDUE
    days = (due.astimezone(now.tzinfo).date() - now.date()).days
    if days <= 1:
        return TODAY if days == 0 else TOMORROW
    return WEEK if days <= 6 - now.weekday() else LATER
