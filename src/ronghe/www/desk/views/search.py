"""检索: one box finds cases by their words, units, people and enterprises by name; each within what may be seen."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET

from ronghe.casework.models import Case
from ronghe.casework.queries.search import Found, search_cases
from ronghe.core.worktime import Calendar
from ronghe.definitions.enums import Kind
from ronghe.definitions.queries import calendar
from ronghe.organisations.queries import powers_of
from ronghe.organisations.queries.directory import titles_of
from ronghe.organisations.queries.found import find_enterprises, find_people, find_units
from ronghe.www.access import STAFF, account_of, rule
from ronghe.www.desk import exports
from ronghe.www.desk.rows import rows_of
from ronghe.www.desk.seeking import SearchForm
from ronghe.www.sheets import as_sheet

MOST_NAMED = 8
EXCERPT_TITLES = {"number": _("编号"), "said": _("诉求内容"), "reply": _("答复"), "names": _("单位")}


@rule(STAFF)
@require_GET
@as_sheet(exports.list_found)
def search(request: HttpRequest) -> HttpResponse:
    """What was found, in groups; the whole number of a case that may be seen goes to it."""
    form, now = SearchForm(request.GET), timezone.localtime()
    wanted = form.wanted(request.GET.get("before", ""))
    powers = powers_of(account_of(request), now.date())
    exact = Case.objects.visible_with(powers).filter(number=wanted.text.upper()).first()
    if exact is not None and not request.GET.get("stay"):
        return redirect("case", exact.number)
    found = search_cases(powers, wanted, now)
    form.offer(found.facets)
    context: dict[str, Any] = {
        "form": form,
        "wanted": wanted,
        "found": found,
        "is_further": bool(wanted.before),
    }
    context |= _cases(found, now, calendar())
    context |= {} if wanted.before else _named(wanted.text, now.date())
    return render(request, "desk/search.html", context)


def _cases(found: Found, now: dt.datetime, days: Calendar) -> dict[str, Any]:
    rows = rows_of([hit.case for hit in found.hits], now, days)
    told = [
        [(EXCERPT_TITLES[what], pieces) for what, pieces in hit.excerpts if what in EXCERPT_TITLES]
        for hit in found.hits
    ]
    return {"hits": list(zip(found.hits, rows, told, strict=True))}


def _named(text: str, on: dt.date) -> dict[str, Any]:
    kinds = titles_of(Kind.ORGANISATION, on)
    units = [(one, kinds.get(one.organisation.kind, "")) for one in find_units(text, on, MOST_NAMED)]
    return {
        "units": units,
        "people": find_people(text, on, MOST_NAMED),
        "enterprises": find_enterprises(text, on, MOST_NAMED),
        "most": MOST_NAMED,
    }
