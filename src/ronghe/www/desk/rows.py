"""Cases as rows of a list: light, sentence, and on whom each waits."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext

from ronghe.casework.models import Case, Step
from ronghe.casework.queries.clocks import sentence_of
from ronghe.casework.queries.lights import lights_at
from ronghe.casework.queries.worklist import title_in
from ronghe.core.worktime import Calendar, Light
from ronghe.definitions.queries import by_edition
from ronghe.rows import Question

STEP = ("case", "path", "code", "holder__short_name", "holder__name", "assignee__name")
PAD = 20
_OPEN_STEPS: Question[tuple[Any, ...]] = Question(
    lambda cases: Step.objects.filter(case__in=cases, done_at=None).order_by("no").values_list(*STEP),
    cases=tuple,
)


@dataclass(frozen=True)
class CaseRow:
    """One case of a list. `waits`: the open steps as (title, unit, person)."""

    case: Case
    light: Light
    sentence: str
    waits: tuple[tuple[str, str, str], ...] = ()

    @property
    def to_pick(self) -> str:
        """What the box that picks it is called."""
        return gettext("选中 %(title)s") % {"title": self.case.title}


def rows_of(cases: Iterable[Case], now: dt.datetime, calendar: Calendar) -> list[CaseRow]:
    """The rows of cases that came `as_rows` or `with_units`; one query for the open steps of all."""
    found = list(cases)
    for case in found:
        case.edition = by_edition(case.edition_id).edition
    lights, by_id = lights_at(now, calendar), {case.pk: case for case in found}
    waits: dict[int, list[tuple[str, str, str]]] = defaultdict(list)
    for case_id, path, code, short, name, person in _OPEN_STEPS.all(cases=_padded(list(by_id))):
        title = title_in(by_id[case_id].edition, path, code)
        waits[case_id].append((title, short or name or "", person or ""))
    return [
        CaseRow(case, lights.light(case, case.due), sentence_of(case, now, calendar), tuple(waits[case.pk]))
        for case in found
    ]


def _padded(ids: list[int]) -> tuple[int, ...]:
    """Ids filled up to a round number of them, so that few statements serve lists of any length."""
    return (*ids, *ids[-1:] * (-len(ids) % PAD))
