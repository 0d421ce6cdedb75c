"""The lists of the desk as tables: the same rows and the same filters as the pages."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator
from typing import Any

from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext, gettext_lazy as _

from ronghe.casework.models import Case
from ronghe.casework.queries.listing import (
    LIGHTS,
    NOBODY,
    BoardRow,
    board_by_kind,
    board_by_unit,
    find_cases,
)
from ronghe.casework.queries.search import hits, narrowed
from ronghe.casework.queries.worklist import WorkItem, items_of, open_steps, wanted_steps
from ronghe.core.worktime import Light
from ronghe.definitions.queries import calendar
from ronghe.organisations.queries import by_code, powers_of
from ronghe.www.access import account_of
from ronghe.www.desk.forms import CasesForm, FilterForm
from ronghe.www.desk.rows import CaseRow, rows_of
from ronghe.www.desk.seeking import SearchForm
from ronghe.www.sheets import Column, Kind, Sheet, by_parts, in_words
from ronghe.www.templatetags.ronghe import light_word, shape

CASES = (
    Column(_("标题"), width=40),
    Column(_("时限"), width=10),
    Column(_("时限说明"), width=36),
    Column(_("到期"), Kind.MOMENT),
    Column(_("等谁"), width=30),
    Column(_("编号"), width=18),
    Column(_("类别")),
    Column(_("状态"), width=10),
    Column(_("承办单位")),
    Column(_("提出"), Kind.DAY),
    Column(_("办结"), Kind.DAY),
)
STEPS = (
    Column(_("标题"), width=40),
    Column(_("时限"), width=10),
    Column(_("时限说明"), width=36),
    Column(_("到期"), Kind.MOMENT),
    Column(_("编号"), width=18),
    Column(_("类别")),
    Column(_("环节"), width=16),
    Column(_("单位")),
    Column(_("经办人"), width=12),
    Column(_("提出"), Kind.DAY),
)


def lit(light: Light) -> str:
    """A light in words, its shape before them."""
    return f"{shape(light)} {light_word(light)}"


def case_line(row: CaseRow) -> list[Any]:
    """One case in the columns `CASES`."""
    case = row.case
    waits = "；".join(" ".join(filter(None, (unit, person, step))) for step, unit, person in row.waits)
    return [
        case.title,
        lit(row.light),
        row.sentence,
        case.due,
        waits,
        case.number,
        case.edition.title,
        case.get_state_display(),
        case.responsible.name if case.responsible else gettext("待分办"),
        case.opened_at,
        case.closed_at,
    ]


def case_lines(cases: Any, now: dt.datetime) -> Iterator[list[Any]]:
    """A queryset of cases (`with_units`) as lines, a part at a time."""
    days = calendar()

    def told(part: list[Case]) -> Iterable[list[Any]]:
        return [case_line(row) for row in rows_of(part, now, days)]

    return by_parts(cases, told)


def cases_sheet(title: Any, cases: Any, now: dt.datetime, filters: str = "") -> Sheet:
    """Any list of cases."""
    return Sheet(title, CASES, case_lines(cases, now), filters, cases.order_by().count())


def list_of_cases(request: HttpRequest) -> Sheet:
    """全部办件."""
    now = timezone.localtime()
    form = CasesForm(request.GET, on=now.date())
    found = find_cases(powers_of(account_of(request), now.date()), form.wanted(), now, calendar()).as_rows()
    code = form.given("unit")
    unit = by_code(code) if code and code != NOBODY else None
    return cases_sheet(_("全部办件"), found, now, in_words(form, unit=unit.name if unit else ""))


def list_found(request: HttpRequest) -> Sheet:
    """检索 finds cases; only they are a list."""
    now, form = timezone.localtime(), SearchForm(request.GET)
    wanted, powers = form.wanted(""), powers_of(account_of(request), now.date())
    visible = Case.objects.visible_with(powers)
    found = narrowed(hits(visible, wanted.text, now), wanted).with_units().order_by("-opened_at", "-pk")
    return cases_sheet(_("检索到的办件"), found, now, gettext("找：%(text)s") % {"text": wanted.text})


def _item_line(item: WorkItem) -> list[Any]:
    case, step = item.case, item.step
    return [
        case.title,
        lit(item.light),
        item.sentence,
        item.due,
        case.number,
        case.edition.title,
        item.title,
        str(step.holder or "") if case.responsible_id else gettext("待分办"),
        str(step.assignee or ""),
        case.opened_at,
    ]


def _steps_sheet(title: Any, steps: Any, now: dt.datetime, filters: str = "") -> Sheet:
    days = calendar()
    lines = by_parts(steps, lambda part: map(_item_line, items_of(part, now, days)))
    return Sheet(title, STEPS, lines, filters, steps.order_by().count())


def worklist(request: HttpRequest) -> Sheet:
    """我的待办, all of it."""
    now = timezone.localtime()
    form = FilterForm(request.GET, on=now.date())
    steps = wanted_steps(
        account_of(request),
        now,
        calendar(),
        kind=form.given("kind"),
        text=form.given("q").strip(),
        light=form.given("light"),
    )
    return _steps_sheet(_("我的待办"), steps, now, in_words(form))


def triage(request: HttpRequest, **_of: Any) -> Sheet:
    """分办台: all that waits to be sent to a unit."""
    now = timezone.localtime()
    steps = open_steps(powers_of(account_of(request), now.date())).filter(case__responsible=None)
    return _steps_sheet(_("待分办"), steps, now)


def board(request: HttpRequest) -> list[Sheet]:
    """单位看板: by kind and by unit."""
    now, days = timezone.localtime(), calendar()
    powers = powers_of(account_of(request), now.date())
    lights = [Column(lit(light), Kind.NUMBER) for light in LIGHTS]

    def told(title: Any, head: Any, rows: list[BoardRow]) -> Sheet:
        lines = [
            [row.title or gettext("待分办"), *(count for _light, count in row.cells()), row.total]
            for row in rows
        ]
        columns = [Column(head, width=36), *lights, Column(_("在办（件）"), Kind.NUMBER)]
        return Sheet(title, columns, lines, "", len(lines))

    return [
        told(_("单位看板（按类别）"), _("类别"), board_by_kind(powers, now, days)),
        told(_("单位看板（按单位）"), _("单位"), board_by_unit(powers, now, days)),
    ]
