"""统计: the numbers of a period, and the cases behind each that the reader may see."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_GET

from ronghe.appraisal.enums import Act, By, Measure, Part
from ronghe.appraisal.exceptions import ReckoningError
from ronghe.appraisal.queries import Question, cases_behind, entries_behind, label_of, reckon
from ronghe.appraisal.queries.bulletin import as_issued
from ronghe.casework.models import Case
from ronghe.definitions.enums import Power
from ronghe.definitions.queries import calendar
from ronghe.organisations.models import Account
from ronghe.organisations.queries import powers_of
from ronghe.www.access import STAFF, rule
from ronghe.www.desk.rows import rows_of
from ronghe.www.desk.views.desk import part_of
from ronghe.www.stats.cells import HEADS, MAIN, RATINGS, cells_of
from ronghe.www.stats.forms import StatsForm

PAGE = 30
FEWEST_RATERS = 5
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
def show_entries(request: HttpRequest) -> HttpResponse:
    """The cases behind one number, cut to what the reader may see."""
    now = timezone.localtime()
    question = StatsForm(request.GET, now=now).question()
    measure, part, key = _opened(request)
    if question is None:
        raise Http404
    question = replace(question, programme=request.GET.get("programme", "")[:64])
    try:
        if request.GET.get("bulletin"):
            question = as_issued(question, request.GET["bulletin"])
        entries = entries_behind(question, measure, key, part)
        _refuse_too_few(request, question, measure, key)
        behind = cases_behind(question, measure, key, part)
    except ReckoningError as error:
        raise Http404 from error
    visible = Case.objects.visible_with(powers_of(request.user, now.date())).filter(pk__in=behind)
    page = Paginator(visible.with_units().order_by("-opened_at", "-pk"), PAGE).get_page(
        request.GET.get("page")
    )
    context: dict[str, Any] = {
        "question": question,
        "label": gettext("合计") if key is None else label_of(question, key),
        "measure": measure,
        "head": measure.label,
        "part": part.label if measure in HALVED else "",
        "issued": request.GET.get("bulletin"),
        # How many others said something is no business of who sees only some of it.
        "counted": None if measure in RATINGS and fewest_raters(request.user) else entries.count(),
        "page": page,
        "rows": rows_of(page.object_list, now, calendar()),
    }
    return render(request, "stats/entries.html", context)


def _opened(request: HttpRequest) -> tuple[Measure | Act, Part, str | None]:
    asked = request.GET.get("measure", "")
    try:
        measure = Act(asked) if asked in Act.values else Measure(asked)
        part = Part(request.GET.get("part", Part.NUMERATOR))
    except ValueError as error:
        raise Http404 from error
    return measure, part, request.GET.get("row")


def fewest_raters(user: Account | AnonymousUser) -> int:
    """From how many a result is shown: to whoever oversees the city any, to others five."""
    return 0 if powers_of(user, timezone.localdate()).has(Power.OVERSEE) else FEWEST_RATERS


def _refuse_too_few(
    request: HttpRequest, question: Question, measure: Measure | Act, key: str | None
) -> None:
    if measure not in RATINGS:
        return
    if entries_behind(question, measure, key, Part.DENOMINATOR).count() < fewest_raters(request.user):
        raise Http404
