"""统计: the numbers of a period, and the cases behind each that the reader may see."""

from __future__ import annotations

from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_GET

from ronghe.appraisal.enums import By, Measure
from ronghe.appraisal.queries import label_of, reckon
from ronghe.definitions.queries import calendar
from ronghe.www.access import STAFF, rule
from ronghe.www.desk.rows import rows_of
from ronghe.www.desk.views.desk import part_of
from ronghe.www.sheets import as_sheet
from ronghe.www.stats import tables
from ronghe.www.stats.behind import behind_number, fewest_raters
from ronghe.www.stats.cells import HEADS, MAIN, RATINGS, cells_of
from ronghe.www.stats.forms import StatsForm

PAGE = 30
HALVED = (
    Measure.ON_TIME,
    Measure.MEDIAN_DAYS,
    Measure.P90_DAYS,
    Measure.MEAN_RATING,
    Measure.SATISFIED_SHARE,
)
FIRST_UNITS = 20  # a city has hundreds


@rule(STAFF)
@require_GET
@as_sheet(tables.stats)
def show_stats(request: HttpRequest) -> HttpResponse:
    """The table; whoever oversees the city sees every figure, others none that fewer than five people gave."""
    now = timezone.localtime()
    form = StatsForm(request.GET, now=now)
    context: dict[str, Any] = {
        "form": form,
        "heads": [(head, measure in MAIN) for measure, head in HEADS.items()],
    }
    if question := form.question():
        report = reckon(question, fewest_raters=fewest_raters(request.user))
        is_cut = question.by == By.ORGANISATION and not request.GET.get("all")
        shown = report.rows[:FIRST_UNITS] if is_cut else report.rows
        context |= {
            "question": question,
            "is_running": question.has_begun and question.now < question.period.end,
            "rows": [(row, cells_of(question, row.key, row.measures)) for row in shown],
            "hidden": len(report.rows) - len(shown),
            "count": len(report.rows),
            "total": cells_of(question, None, report.total),
            "all_columns": request.GET.get("columns") == "all",
        }
    status = 200 if question else 422
    return render(request, "stats/page.html" + part_of(request, "numbers"), context, status=status)


@rule(STAFF)
@require_GET
@as_sheet(tables.entries)
def show_entries(request: HttpRequest) -> HttpResponse:
    """The cases behind one number, cut to what the reader may see."""
    now = timezone.localtime()
    behind = behind_number(request, now)
    question, measure, key = behind.question, behind.measure, behind.key
    page = Paginator(behind.cases, PAGE).get_page(request.GET.get("page"))
    context: dict[str, Any] = {
        "question": question,
        "label": gettext("合计") if key is None else label_of(question, key),
        "measure": measure,
        "head": measure.label,
        "part": behind.part.label if measure in HALVED else "",
        "issued": request.GET.get("bulletin"),
        # How many others said something is no business of who sees only some of it.
        "counted": None if measure in RATINGS and fewest_raters(request.user) else behind.entries.count(),
        "page": page,
        "rows": rows_of(page.object_list, now, calendar()),
    }
    return render(request, "stats/entries.html", context)
