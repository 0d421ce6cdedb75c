"""Cases as rows of a list: light, sentence, and on whom each waits."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from ronghe.casework.models import Case, Step
from ronghe.casework.queries.clocks import sentence_of
from ronghe.casework.queries.lights import lights_at
from ronghe.casework.queries.worklist import step_title
from ronghe.core.worktime import Calendar, Light


@dataclass(frozen=True)
class CaseRow:
    """One case of a list. `waits`: the open steps as (title, unit, person)."""

    case: Case
    light: Light
    sentence: str
    waits: tuple[tuple[str, str, str], ...] = ()


def rows_of(cases: Iterable[Case], now: dt.datetime, calendar: Calendar) -> list[CaseRow]:
    """The rows of cases that came `with_units`; one query for the open steps of all."""
    found = list(cases)
    lights, by_id = lights_at(now, calendar), {case.pk: case for case in found}
    waits: dict[int, list[tuple[str, str, str]]] = defaultdict(list)
    steps = (
        Step.objects.filter(case__in=by_id, done_at=None).select_related("holder", "assignee").order_by("no")
    )
    for step in steps:
        step.case = by_id[step.case_id]
        waits[step.case_id].append((step_title(step), str(step.holder or ""), str(step.assignee or "")))
    return [
        CaseRow(case, lights.light(case, case.due), sentence_of(case, now, calendar), tuple(waits[case.pk]))
        for case in found
    ]
