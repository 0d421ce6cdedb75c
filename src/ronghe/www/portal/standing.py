"""Where a case stands, in sentences for the one who asked."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.utils.translation import gettext

from ronghe.casework.enums import CaseState
from ronghe.casework.models import Case
from ronghe.casework.queries.clocks import light_of, log_of, reading_of
from ronghe.core.worktime import Light, sentence
from ronghe.definitions.queries import calendar


@dataclass(frozen=True)
class Standing:
    """Who has it, the light and sentence of its clock (empty: no clock), and why it is due when it is."""

    where: str
    light: Light
    sentence: str
    why: tuple[str, ...]


def standing_of(case: Case, now: dt.datetime) -> Standing:
    """Where the case is now."""
    days = calendar()
    reading = reading_of(case, now, days)
    log = log_of(case)
    why = (log.explain_briefly(days, now),) if log and reading and reading.due else ()
    light = light_of(case, now, days)
    if reading is not None and reading.overdue and not reading.stopped:
        why = (*why, gettext("办理单位已经超期，系统会逐级催办、督办，您不用做什么。"))
    return Standing(_where(case), light, sentence(reading, now, days) if reading and reading.due else "", why)


def _where(case: Case) -> str:
    if case.state == CaseState.WITHDRAWN:
        return gettext("您已经撤回，不再办理。")
    unit = case.responsible.name if case.responsible else ""
    if case.state == CaseState.CLOSED:
        return gettext("%(unit)s已经答复。") % {"unit": unit} if unit else gettext("已经办结。")
    if not unit:
        return gettext("正在确定由哪个单位办理。")
    if case.accepted_at is None:
        return gettext("已经分给%(unit)s，等它接收。") % {"unit": unit}
    return gettext("%(unit)s正在办理。") % {"unit": unit}
