"""专项行动: what came of a campaign, counted from the cases that belong to it."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, replace
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext, gettext_lazy as _
from django.views.decorators.http import require_GET

from ronghe.appraisal.enums import By
from ronghe.appraisal.queries import Question, Report
from ronghe.appraisal.queries.reckoning import reckon_splits
from ronghe.definitions import queries as definitions
from ronghe.definitions.enums import Kind
from ronghe.www.access import STAFF, rule
from ronghe.www.desk.views.desk import part_of
from ronghe.www.sheets import Column, Kind as Cells, Sheet, as_sheet, in_words
from ronghe.www.stats.behind import fewest_raters
from ronghe.www.stats.cells import cells_of
from ronghe.www.stats.forms import StatsForm
from ronghe.www.stats.sheet import OF_SPLITS, Line, Table, heads
from ronghe.www.stats.tables import columns_of, values_of
from ronghe.www.stats.views import FIRST_UNITS

LISTED = "programmes"


@dataclass(frozen=True)
class Programme:
    """A line of the city's list: who leads it, since when."""

    code: str
    title: str
    lead: str
    begins: dt.date | None


def _list_sheet(_request: HttpRequest) -> Sheet:
    columns = [Column(_("专项行动"), width=40), Column(_("牵头单位"), width=30), Column(_("开始"), Cells.DAY)]
    lines = [[one.title, one.lead, one.begins] for one in programmes_on(timezone.localdate())]
    return Sheet(_("专项行动"), columns, lines, "", len(lines))


def _sheets(request: HttpRequest, code: str) -> list[Sheet]:
    """The figures of one campaign by unit and by topic, the whole first."""
    programme, form, asked = _asked(request, code)
    if asked is None:
        raise Http404
    reports = reckon_splits(asked, By.ORGANISATION, By.TOPIC, fewest_raters=fewest_raters(request.user))
    found = []
    for report, head in zip(reports, (_("按承办单位"), _("按诉求类别")), strict=True):
        lines = [[gettext("合计"), *values_of(report.total, OF_SPLITS)]]
        lines += [[row.label, *values_of(row.measures, OF_SPLITS)] for row in report.rows]
        columns = [Column(report.question.by.label, width=36), *columns_of(OF_SPLITS)]
        found.append(Sheet(f"{programme.title}（{head}）", columns, lines, in_words(form), len(lines)))
    return found


def _asked(request: HttpRequest, code: str) -> tuple[Programme, StatsForm, Question | None]:
    now = timezone.localtime()
    programme = next((one for one in programmes_on(now.date()) if one.code == code), None)
    if programme is None:
        raise Http404
    form = StatsForm(request.GET, now=now)
    question = form.question()
    return programme, form, question and replace(question, by=By.ORGANISATION, kind="", programme=code)


@rule(STAFF)
@require_GET
@as_sheet(_list_sheet)
def list_programmes(request: HttpRequest) -> HttpResponse:
    """The campaigns of today's list."""
    return render(request, "stats/programmes.html", {"programmes": programmes_on(timezone.localdate())})


@rule(STAFF)
@require_GET
@as_sheet(_sheets)
def show_programme(request: HttpRequest, code: str) -> HttpResponse:
    """Its figures of a period in all, by unit and by topic; every number opens what it counts."""
    programme, form, asked = _asked(request, code)
    context: dict[str, Any] = {"form": form, "programme": programme}
    if asked:
        units, topics = reckon_splits(
            asked, By.ORGANISATION, By.TOPIC, fewest_raters=fewest_raters(request.user)
        )
        context |= {
            "question": asked,
            "is_running": asked.has_begun and asked.now < asked.period.end,
            "total": cells_of(asked, None, {measure: units.total[measure] for measure in OF_SPLITS}),
            "count": len(units.rows),
            "tables": [
                _table(units, gettext("按承办单位"), is_whole=bool(request.GET.get("all"))),
                _table(topics, gettext("按诉求类别")),
            ]
            if units.rows
            else [],
        }
    status = 200 if asked else 422
    return render(request, "stats/programme.html" + part_of(request, "numbers"), context, status=status)


def programmes_on(on: dt.date) -> list[Programme]:
    """The campaigns of the day's list, in its order."""
    found = definitions.find(Kind.LIST, LISTED, on)
    lines = [line.as_dict() for line in found.body.lines] if found else []
    return [
        Programme(
            str(line["code"]), str(line["title"]), str(line.get("lead") or ""), _day(line.get("begins"))
        )
        for line in lines
    ]


def _day(value: object) -> dt.date | None:
    if isinstance(value, dt.date):
        return value
    return dt.date.fromisoformat(value) if isinstance(value, str) and value else None


def _table(report: Report, title: str, *, is_whole: bool = True) -> Table:
    """The rows, most received first; a city has hundreds of units, so the rest wait behind a link."""
    shown = report.rows if is_whole else report.rows[:FIRST_UNITS]
    lines = [
        Line(
            row.label,
            cells_of(report.question, row.key, {measure: row.measures[measure] for measure in OF_SPLITS}),
        )
        for row in shown
    ]
    return Table(title, str(report.question.by.label), heads(OF_SPLITS), lines)
