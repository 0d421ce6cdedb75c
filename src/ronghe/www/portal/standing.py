"""Where a case stands, in sentences for the one who asked."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext

from ronghe.casework.enums import CaseState
from ronghe.casework.models import Case, Step
from ronghe.casework.queries.clocks import light_of, log_of
from ronghe.casework.queries.steps import steps_of_case
from ronghe.core.procedure import steps_of
from ronghe.core.worktime import Calendar, Light, Reading, sentence
from ronghe.definitions import queries as definitions
from ronghe.definitions.queries import calendar


@dataclass(frozen=True)
class Standing:
    """Who has it, the light and sentence of its clock (empty: no clock), and why it is due when it is.

    `last_day`: the instant it is due, where that is today and the clock runs: from then on hours and minutes tell more.
    """

    where: str
    light: Light
    sentence: str
    why: tuple[str, ...]
    step: str = ""
    is_overdue: bool = False
    last_day: dt.datetime | None = None


def standing_of(case: Case, now: dt.datetime, steps: Sequence[Step] | None = None) -> Standing:
    """Where the case is now. `steps`: all of its steps with their holders, where they are known already."""
    days = calendar()
    log = log_of(case)
    reading = log.reading(days, now) if log else None
    told = bool(reading and reading.due) and case.state != CaseState.WITHDRAWN
    return Standing(
        _where(case),
        light_of(case, now, days),
        sentence(reading, now, days) if reading and told else "",
        (log.explain_briefly(days, now),) if log and told else (),
        _step(case, steps),
        bool(reading and reading.overdue and not reading.stopped),
        _last_day(reading, now, days),
    )


def _last_day(reading: Reading | None, now: dt.datetime, days: Calendar) -> dt.datetime | None:
    if reading is None or reading.due is None or reading.stopped or reading.overdue or reading.paused:
        return None
    return reading.due if reading.due.date() == days.local(now).date() else None


def _where(case: Case) -> str:
    if case.state == CaseState.WITHDRAWN:
        return gettext("您已经撤回，不再办理。")
    unit = case.responsible.name if case.responsible else ""
    if case.state == CaseState.CLOSED:
        return _ended(case, unit)
    if not unit:
        return gettext("正在确定由哪个单位办理。")
    if case.merged_into_id is not None:
        return gettext("%(unit)s正在办理，与同类事项一起答复。") % {"unit": unit}
    if case.accepted_at is None:
        return gettext("已经分给%(unit)s，等它接收。") % {"unit": unit}
    return gettext("%(unit)s正在办理。") % {"unit": unit}


def _ended(case: Case, unit: str) -> str:
    if case.result == "declined":
        return gettext("%(unit)s没有受理，原因写在下面。") % {"unit": unit} if unit else gettext("没有受理。")
    return gettext("%(unit)s已经答复。") % {"unit": unit} if unit else gettext("已经办结。")


def _step(case: Case, steps: Sequence[Step] | None) -> str:
    """The steps that stand open now, as their procedure calls them; other units that work on one are named."""
    if case.state != CaseState.OPEN:
        return ""
    open_steps = [step for step in (steps_of_case(case) if steps is None else steps) if step.done_at is None]
    placed = steps_of(definitions.by_edition(case.edition_id).body.flow)
    titles = {one.step.code: one.step.title for one in placed}
    told = [
        gettext("%(step)s（%(unit)s）") % {"step": titles.get(step.code, ""), "unit": step.holder.name}
        if step.holder and step.holder_id != case.responsible_id
        else titles.get(step.code, "")
        for step in open_steps
    ]
    return "、".join(dict.fromkeys(one for one in told if one))
