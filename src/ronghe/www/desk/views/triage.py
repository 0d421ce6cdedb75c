"""分办台: where should it go? One case at a time, the most urgent first."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods

from ronghe.casework import domain as casework
from ronghe.casework.enums import CaseState
from ronghe.casework.exceptions import StaleRevision
from ronghe.casework.models import Step
from ronghe.casework.queries.listing import NOBODY
from ronghe.casework.queries.suggestions import handed_back, suggestions_for
from ronghe.casework.queries.worklist import items_of, open_steps
from ronghe.core.errors import RongheError
from ronghe.organisations.queries import powers_of
from ronghe.www.access import account_of, rule, take_typed
from ronghe.www.desk import exports
from ronghe.www.desk.forms import TriageForm
from ronghe.www.desk.page import CasePage
from ronghe.www.sheets import as_sheet

QUEUE = 10


def may_triage(user: Any) -> bool:
    """Whether somebody sits at a triage desk today."""
    return powers_of(user, timezone.localdate()).has("triage")


@rule(may_triage)
@require_http_methods(["GET", "POST"])
@as_sheet(exports.triage)
def show_triage(request: HttpRequest, number: str = "") -> HttpResponse:
    """The case in hand with its suggestions, and those that wait."""
    now = timezone.localtime()
    waiting = open_steps(powers_of(account_of(request), now.date())).filter(case__responsible=None)
    step = waiting.filter(case__number=number).first() if number else waiting.first()
    if step is None:
        return _none_in_hand(request, number)
    page = CasePage(step.case, account_of(request), now)
    return (
        _send(request, page, step, waiting)
        if request.method == "POST"
        else _show(request, page, step, waiting)
    )


def _none_in_hand(request: HttpRequest, number: str) -> HttpResponse:
    if number:
        messages.success(request, gettext("%(number)s 已经分办过了，下面是下一件。") % {"number": number})
        return redirect("triage")
    return render(request, "desk/triage.html", {})


def _form(page: CasePage, step: Step, **given: Any) -> tuple[TriageForm, list[Any]]:
    found = suggestions_for(page.case, page.powers, page.on)
    form = TriageForm(on=page.on, units=[one.unit for one in found], **given)
    return form, list(zip(form["suggested"], (one.reason for one in found), strict=False))


def _show(request: HttpRequest, page: CasePage, step: Step, waiting: Any, **more: Any) -> HttpResponse:
    if "form" not in more:
        typed = {key: values[0] for key, values in take_typed(request).items()}
        more["form"], more["suggested"] = _form(page, step, initial=typed)
    total = waiting.order_by().count()
    queue = items_of(waiting.exclude(pk=step.pk)[:QUEUE], page.now, page.calendar)
    context = {
        **page.context(step=step, handed_back=handed_back(page.case), **more),
        "queue": queue,
        "total": total,
        "rest": total - 1 - len(queue),
        "open": CaseState.OPEN,
        "nobody": NOBODY,
        "declining": next((c for acts in page.acts.steps for c in acts.choices if c.code == "decline"), None),
    }
    return render(request, "desk/triage.html", context, status=more.get("status", 200))


def _send(request: HttpRequest, page: CasePage, step: Step, waiting: Any) -> HttpResponse:
    form, suggested = _form(page, step, data=request.POST)
    sent = {"form": form, "suggested": suggested, "status": 422}
    if not form.is_valid():
        return _show(request, page, step, waiting, **sent)
    seen = request.POST.get("revision", "")
    by = casework.By(
        f"person:{account_of(request).person_id}",
        page.now,
        page.powers,
        int(seen) if seen.isdigit() else None,
    )
    unit, note = form.cleaned_data["unit"], form.cleaned_data["note"]
    try:
        casework.complete_step(page.case.pk, by, step=step.no, outcome="transfer", to=unit, note=note)
    except RongheError as error:
        form.add_error(None, error.message)
        stale = isinstance(error, StaleRevision)
        return _show(request, page, step, waiting, **{**sent, "status": 409 if stale else 422})
    told = format_html('<a href="{}">{}</a>', reverse("case", args=[page.case.number]), page.case.number)
    messages.success(request, format_html(gettext("{number} 已转给{unit}。"), number=told, unit=unit.name))
    return redirect("triage")
