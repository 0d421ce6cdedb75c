"""我的待办: what must I do now, in what order."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import conditional_page, require_GET

from ronghe.casework.queries import worklist as work
from ronghe.casework.queries.finding import find_visible_or_404
from ronghe.definitions.queries import calendar
from ronghe.organisations.queries import powers_of
from ronghe.www.access import STAFF, account_of, rule
from ronghe.www.desk import exports
from ronghe.www.desk.forms import FilterForm
from ronghe.www.desk.page import CasePage
from ronghe.www.live import watch_worklist
from ronghe.www.sheets import as_sheet

GROUP_TITLES = {
    work.OVERDUE: _("已超期"),
    work.TODAY: _("今天"),
    work.TOMORROW: _("明天"),
    work.WEEK: _("本周"),
    work.LATER: _("之后"),
    work.UNTIMED: _("无时限"),
    work.PAUSED: _("等别人"),
}
WORKERS = ("handle", "lead", "triage", "oversee")


def part_of(request: HttpRequest, part: str) -> str:
    """The named part of a template when HTMX asks for it; the whole page otherwise, and when going back."""
    htmx = request.htmx  # type: ignore[attr-defined]
    return f"#{part}" if htmx and not htmx.history_restore_request else ""


@rule(STAFF)
@require_GET
@as_sheet(exports.worklist)
def show_desk(request: HttpRequest) -> HttpResponse:
    """My open steps, by due instant. Whoever works on no case goes to what they look after instead."""
    now = timezone.localtime()
    powers = powers_of(account_of(request), now.date())
    if not any(powers.has(power) for power in WORKERS):
        return redirect("organisations" if powers.has("administer") else "me")
    context = {**_listed(request, now), "live": watch_worklist(request)}
    return render(request, "desk/desk.html" + part_of(request, "worklist"), context)


@rule(STAFF)
@require_GET
@conditional_page
def show_worklist(request: HttpRequest) -> HttpResponse:
    """The list alone as it stands now, for the page that has it open; unchanged it is 304."""
    answer = render(request, "desk/desk.html#worklist", _listed(request, timezone.localtime()))
    answer["Cache-Control"] = "private, no-cache"
    return answer


def _listed(request: HttpRequest, now: dt.datetime) -> dict[str, Any]:
    form = FilterForm(request.GET, on=now.date())
    found = work.worklist(
        account_of(request),
        now,
        calendar(),
        kind=form.given("kind"),
        text=form.given("q").strip(),
        light=form.given("light"),
    )
    groups = [(group, GROUP_TITLES[group], items) for group, items in found.groups()]
    return {"form": form, "found": found, "groups": groups}


@rule(STAFF)
@require_GET
def preview_case(request: HttpRequest, number: str) -> HttpResponse:
    """A case beside the list; asked without HTMX it is the case itself."""
    if not part_of(request, "preview"):
        return redirect("case", number)
    case = find_visible_or_404(account_of(request), number)
    return render(
        request,
        "desk/preview.html",
        {"page": CasePage(case, account_of(request), timezone.localtime()), "case": case},
    )
