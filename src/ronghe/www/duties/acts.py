"""Acts on duties: excuse and take it back, confirm where something stands written and take that back."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_POST

from ronghe.core.errors import RongheError
from ronghe.definitions.queries import calendar
from ronghe.definitions.things import titles_of
from ronghe.duties import domain, rules
from ronghe.duties.models import Excuse, Owed
from ronghe.duties.queries.lines import current
from ronghe.organisations.queries import Powers, powers_of
from ronghe.www.access import STAFF, account_of, rule, take_typed
from ronghe.www.duties import one, words
from ronghe.www.duties.forms import ConfirmForm, ExcuseForm


def _owed(request: HttpRequest, powers: Powers) -> Owed:
    """The row an excuse is asked for. Http404 where it may not be seen, 403 where nobody here may excuse it."""
    number = request.GET.get("owed", "")
    rows = Owed.objects.visible_with(powers).select_related("organisation")
    found = rows.filter(pk=int(number)).first() if number.isdigit() else None
    if found is None or (found.duty, found.line) not in current(powers.on):
        raise Http404
    if not rules.may_excuse(powers, found.organisation_id):
        raise PermissionDenied
    return found


@rule(STAFF)
@require_http_methods(["GET", "POST"])
def excuse(request: HttpRequest) -> HttpResponse:
    """Excuse a holder from a line, by its row in a list."""
    now = timezone.localtime()
    powers = powers_of(account_of(request), now.date())
    owed = _owed(request, powers)
    line = current(powers.on)[owed.duty, owed.line]
    typed = {key: values[0] for key, values in take_typed(request).items() if values}
    initial = {"begins": owed.begins, "ends": owed.ends, **typed}
    form = ExcuseForm(request.POST) if request.method == "POST" else ExcuseForm(initial=initial)
    if form.is_bound and form.is_valid():
        try:
            domain.excuse(
                line, (owed.holder_type, owed.holder_id), organisation=owed.organisation_id,
                powers=powers, actor=f"person:{powers.person_id}", at=now, calendar=calendar(), **form.cleaned_data,
            )  # fmt: skip
        except RongheError as error:
            field = error.data.get("field")
            form.add_error(field if field in form.fields else None, error.message)
        else:
            messages.success(request, gettext("已准予免除，免除期内不再提醒，也不算缺。"))
            return redirect("duty", code=owed.duty)
    ref = (owed.holder_type, owed.holder_id)
    context: dict[str, Any] = {
        "form": form,
        "owed": owed,
        "line": line,
        "who": titles_of([ref]).get(ref, owed.organisation.name),
        "period": words.period_words(owed.period, owed.begins, owed.ends),
    }
    return render(request, "duties/excuse.html", context, status=422 if form.errors else 200)


@rule(STAFF)
@require_POST
def end_excuse(request: HttpRequest, pk: int) -> HttpResponse:
    """Take an excuse back."""
    now: dt.datetime = timezone.localtime()
    powers = powers_of(account_of(request), now.date())
    row = Excuse.objects.filter(pk=pk).first()
    known = Owed.objects.visible_with(powers)
    owed = (
        known.filter(duty=row.duty, holder_type=row.holder_type, holder_id=row.holder_id).first()
        if row
        else None
    )
    if row is None or owed is None:
        raise Http404
    try:
        domain.end_excuse(
            row, organisation=owed.organisation_id, powers=powers, actor=f"person:{powers.person_id}", at=now,
            calendar=calendar(),
        )  # fmt: skip
        messages.success(request, gettext("已取消免除，从现在起照常要求。"))
    except RongheError as error:
        messages.error(request, error.message)
    return redirect("duty", code=row.duty)


@rule(STAFF)
@require_http_methods(["GET", "POST"])
def confirm(request: HttpRequest, code: str) -> HttpResponse:
    """Say where a line stands written, or take it back. A GET is somebody coming back from signing in again."""
    if request.method == "GET":
        return redirect("duty", code=code)
    now = timezone.localtime()
    powers = powers_of(account_of(request), now.date())
    line = current(powers.on).get((code, request.POST.get("line", "")))
    if line is None:
        raise Http404
    if not rules.may_confirm(powers):
        raise PermissionDenied
    actor = f"person:{powers.person_id}"
    form = ConfirmForm(request.POST, auto_id=f"id_{line.code}_%s")
    try:
        if request.POST.get("act") == "withdraw":
            domain.withdraw(line, powers=powers, actor=actor, at=now)
            messages.success(request, gettext("已撤回。这一项又只供参考，不计入统计，也不提醒。"))
            return redirect("duty", code=code)
        if form.is_valid():
            domain.confirm(line, document=form.cleaned_data["document"], powers=powers, actor=actor, at=now)
            messages.success(request, gettext("已核实，从下一次检查起计入统计，到期前会提醒。"))
            return redirect("duty", code=code)
    except RongheError as error:
        form.add_error("document", error.message)
    return one.page(request, code, (line.code, form), status=422)
