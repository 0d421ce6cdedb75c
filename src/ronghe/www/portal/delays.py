"""Why it takes as long as it takes, for the one who asked: each reason in a sentence, each unit with its time."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from django.utils import timezone
from django.utils.translation import gettext

from ronghe.casework.enums import RETURN, TRANSFER, CaseState
from ronghe.casework.models import Case, Step
from ronghe.casework.queries.handovers import Leg, hand_overs
from ronghe.casework.queries.timeline import TimelineLine
from ronghe.core.worktime import Limit
from ronghe.core.worktime.sentence import day_words
from ronghe.definitions import queries as definitions
from ronghe.definitions.enums import Power


@dataclass(frozen=True)
class Passage:
    """A unit that had it: how long, whether it passed it on, whether it had passed it on before."""

    unit: str
    took: str
    since: dt.datetime
    is_over: bool
    passed_on: bool
    again: bool


def delays_of(
    case: Case, lines: Sequence[TimelineLine], steps: Sequence[Step], *, is_overdue: bool
) -> list[str]:
    """The reasons of this round, the weightiest first. `lines`: the case's timeline as its requester reads it."""
    if case.state != CaseState.OPEN:
        return []
    told = list(_reasons(case, _of_round(lines), is_overdue=is_overdue))
    if passed := sum(map(_is_passed_on, steps)):
        told.append(gettext("在单位之间转过 %(n)d 次，期限没有因此变化。") % {"n": passed})
    return told


def _is_passed_on(step: Step) -> bool:
    """Whether a unit passed it on; that a triage desk hands it out is its work."""
    if step.path or step.outcome not in {TRANSFER, RETURN}:
        return False
    return Power.TRIAGE not in definitions.powers(step.post, timezone.localdate())


def _of_round(lines: Sequence[TimelineLine]) -> list[TimelineLine]:
    begun = [place for place, line in enumerate(lines) if line.kind == "case.reopened"]
    return list(lines[begun[-1] :] if begun else lines)


def _reasons(case: Case, lines: Sequence[TimelineLine], *, is_overdue: bool) -> Iterator[str]:
    if is_overdue:
        yield gettext("办理单位已经超期，系统会逐级催办、督办，您不用做什么。")
    if case.paused_at is not None:
        yield _paused(case, [line for line in lines if line.kind == "case.paused"])
    if case.merged_into_id is not None:
        yield gettext("与同类事项并案办理，期限不变，办好后同样给您答复。")
    for line in lines:
        if line.kind == "case.extended":
            yield _extended(line)
    urged = {line.title: line for line in lines if line.kind in {"case.urged", "case.reminded"}}
    for title, line in urged.items():
        yield gettext("%(day)s%(urged)s。") % {"day": _day(line.at), "urged": title}


def _paused(case: Case, pauses: Sequence[TimelineLine]) -> str:
    line = pauses[-1] if pauses else None
    ground = line.outcome if line else ""
    told = gettext("%(day)s起暂停计时") % {"day": _day(case.paused_at or timezone.now())}
    told += gettext("（%(ground)s）") % {"ground": ground} if ground else ""
    if case.paused_until is not None:
        told += gettext("，最迟%(day)s接着算") % {"day": _day(case.paused_until)}
    return told + gettext("。")


def _extended(line: TimelineLine) -> str:
    limit = Limit.parse(line.data["limit"])
    told = gettext("%(day)s经批准延期 %(limit)s") % {
        "day": _day(line.at),
        "limit": limit.unit.counted(limit.amount),
    }
    if line.due is not None:
        told += gettext("，到%(day)s") % {"day": _day(line.due)}
    return told + (gettext("，因为：%(why)s") % {"why": line.text} if line.text else gettext("。"))


def _day(instant: dt.datetime) -> str:
    return day_words(timezone.localtime(instant).date(), timezone.localdate())


def passages_of(steps: Sequence[Step], now: dt.datetime) -> list[Passage]:
    """Through whose hands this round went, in office hours; empty while one unit alone had it."""
    told = hand_overs(steps, now, definitions.calendar())
    if len({leg.unit.pk for leg in told.legs}) < 2:
        return []
    found: list[Passage] = []
    gone: set[int] = set()
    for leg in told.legs:
        found.append(_passage(leg, again=leg.unit.pk in gone))
        if leg.passed_on:
            gone.add(leg.unit.pk)
    return found


def _passage(leg: Leg, *, again: bool) -> Passage:
    hours, minutes = divmod(leg.minutes, 60)
    words = {"hours": hours, "minutes": minutes}
    took = gettext("%(hours)d 小时 %(minutes)d 分") if hours else gettext("%(minutes)d 分钟")
    return Passage(leg.unit.name, took % words, leg.since, leg.until is not None, leg.passed_on, again)
