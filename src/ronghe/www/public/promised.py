"""我为群众办实事 and 揭榜: what was promised or called for in public, and what became of it."""

from __future__ import annotations

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from ronghe.casework.queries.called import called_before, calls_shown, taking_answers, told
from ronghe.casework.queries.deeds import STANDINGS, deed_of, deeds, standing_is, standings_of
from ronghe.www.access import PUBLIC, rule
from ronghe.www.public import exports
from ronghe.www.sheets import as_sheet

ON_A_PAGE = 20


@rule(PUBLIC)
@require_GET
@as_sheet(exports.all_deeds, is_public=True)
def show_deeds(request: HttpRequest) -> HttpResponse:
    """Every deed, or those that stand in one way; each number leads to its own list."""
    now, wanted = timezone.now(), request.GET.get("standing", "")
    found = deeds(timezone.localdate())
    if found is None:
        return render(request, "public/deeds.html", {"page": None})
    rows, shown = found
    counts = standings_of(rows, now)
    if wanted in STANDINGS:
        rows = rows.filter(standing_is(wanted, now))
    page = Paginator(rows, ON_A_PAGE).get_page(request.GET.get("page"))
    context = {
        "page": page,
        "deeds": [deed_of(case, shown, now) for case in page.object_list],
        "counts": [(name, STANDINGS[name], count) for name, count in counts.items() if count],
        "total": sum(counts.values()),
        "standing": wanted if wanted in STANDINGS else "",
    }
    return render(request, "public/deeds.html", context)


@rule(PUBLIC)
@require_GET
@as_sheet(exports.calls, is_public=True)
def show_calls(request: HttpRequest) -> HttpResponse:
    """The calls open now, then those that are over with who was chosen and how it ended."""
    now = timezone.now()
    shown = calls_shown(timezone.localdate())
    page = Paginator(called_before(shown, now), ON_A_PAGE).get_page(request.GET.get("page"))
    context = {
        "open": taking_answers(shown, now) if page.number == 1 else [],
        "page": page,
        "over": list(told(page.object_list, shown)),
    }
    return render(request, "public/calls.html", context)
