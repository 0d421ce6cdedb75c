"""Cases as rows of a list: light, sentence, and on whom each waits."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from html import escape
from typing import Any
from urllib.parse import quote

from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext

from ronghe.casework.enums import CaseState
from ronghe.casework.models import Case, Step
from ronghe.casework.queries.clocks import sentence_of
from ronghe.casework.queries.lights import lights_at
from ronghe.casework.queries.worklist import title_in
from ronghe.core.worktime import Calendar, Light
from ronghe.definitions.queries import by_edition
from ronghe.rows import Question
from ronghe.www.templatetags.ronghe import day, light_mark

STEP = ("case", "path", "code", "holder__short_name", "holder__name", "assignee__name")
PAD = 20
PLACE = "~"
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

    def cells(self) -> SafeString:
        """Its cells in a table: title, light, on whom it waits, number, day.

        Written here, because a template takes ten times as long for it and the longest lists are made of nothing else.
        """
        case = self.case
        waits = "".join(
            f'{escape(unit)}{f" {escape(person)}" if person else ""}<span class="cell-more">{escape(step)}</span>'
            for step, unit, person in self.waits
        )
        return mark_safe(  # noqa: S308 - escaped here
            f'<td class="title"><a href="{_address().replace(PLACE, quote(case.number))}">{escape(case.title)}</a></td>'
            f'<td>{light_mark(self.light)}<span class="cell-more">{escape(self.sentence)}</span></td>'
            f"<td>{waits or escape(str(case.responsible or ''))}</td>"
            f'<td class="tabular nowrap">{escape(case.number)}'
            f'<span class="cell-more">{escape(case.edition.title)}</span></td>'
            f'<td class="tabular nowrap">{escape(day(case.opened_at))}</td>'
        )

    def box(self) -> SafeString:
        """The cell before them where cases are picked; only an open one can be."""
        if self.case.state != CaseState.OPEN:
            return mark_safe('<td class="pick"></td>')
        name = gettext("选中 %(title)s") % {"title": self.case.title}
        return mark_safe(  # noqa: S308 - escaped here
            f'<td class="pick"><input type="checkbox" name="pick" value="{escape(self.case.number)}" '
            f'data-bulk-item aria-label="{escape(name)}"></td>'
        )


@cache
def _address() -> str:
    """The address of a case, with a place for its number."""
    return reverse("case", args=[PLACE])


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
