"""全部办件: every case that may be seen; and 单位看板: how many, in which light, on whom."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from ronghe.casework.enums import CaseState
from ronghe.casework.queries.listing import (
    LIGHTS,
    Wanted,
    board_by_kind,
    board_by_unit,
    find_cases,
    first_rows,
    oldest_overdue,
)
from ronghe.casework.queries.supervising import urged_here
from ronghe.core.worktime import Light
from ronghe.definitions.queries import calendar
from ronghe.organisations.queries import Powers, by_code, powers_of
from ronghe.www.access import STAFF, account_of, rule
from ronghe.www.desk import exports
from ronghe.www.desk.forms import CasesForm
from ronghe.www.desk.rows import rows_of
from ronghe.www.desk.views.desk import part_of
from ronghe.www.long_pages import LongPage, long_page, page_of
from ronghe.www.sheets import as_sheet

PAGE = 20
OLDEST = 5
URGED = 5
UNITS = 10
PICKERS = ("handle", "lead", "triage")


@rule(STAFF)
@require_GET
@as_sheet(exports.list_of_cases)
def list_cases(request: HttpRequest) -> HttpResponse:
    """The visible cases, filtered by the address, paged."""
    now, days = timezone.localtime(), calendar()
    form = CasesForm(request.GET, on=now.date())
    powers = powers_of(account_of(request), now.date())
    page = _first_page(request, powers, form.wanted())
    if page is None:
        found = find_cases(powers, form.wanted(), now, days).as_rows()
        page = long_page(found, PAGE, request.GET.get("page"), counted="count" in request.GET)
    context: dict[str, Any] = {"form": form, "page": page, "rows": rows_of(page.object_list, now, days)}
    context["may_pick"] = any(powers.has(power) for power in PICKERS)
    context["unit"] = by_code(form.given("unit")) if form.given("unit") else None
    return render(request, "desk/cases.html" + part_of(request, "found"), context)


def _first_page(request: HttpRequest, powers: Powers, wanted: Wanted) -> LongPage | None:
    """The page most often asked for; None: another one was."""
    if request.GET.get("page", "1") != "1" or "count" in request.GET:
        return None
    rows = first_rows(powers, wanted, PAGE + 1)
    return None if rows is None else page_of(rows, 1, PAGE)


@rule(STAFF)
@require_GET
@as_sheet(exports.board)
def show_board(request: HttpRequest) -> HttpResponse:
    """Open cases by unit and kind and light, each number a link to its list; the longest overdue first."""
    now, days = timezone.localtime(), calendar()
    powers = powers_of(account_of(request), now.date())
    units, kinds = board_by_unit(powers, now, days), board_by_kind(powers, now, days)
    urged = urged_here(powers, URGED)
    totals = [(light, sum(row.counts[light] for row in kinds)) for light in LIGHTS]
    overdue = dict(totals)[Light.RED]
    context = {
        "urged": list(zip(rows_of([one.case for one in urged], now, days), urged, strict=True)),
        "units": units[:UNITS],
        "rest": units[UNITS:],
        "kinds": kinds,
        "lights": LIGHTS,
        "totals": totals,
        "overdue": overdue,
        "more_overdue": overdue > OLDEST,
        "oldest": rows_of(oldest_overdue(powers, now, days, OLDEST), now, days),
        "open": CaseState.OPEN,
    }
    return render(request, "desk/board.html", context)
