"""Relationships of an entry: begun with a unit, and ended."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from ronghe.core.errors import RongheError
from ronghe.registers import domain
from ronghe.www.access import STAFF, rule
from ronghe.www.desk.forms import UNITS
from ronghe.www.references import units_of
from ronghe.www.registers.forms import RelateForm, UnrelateForm
from ronghe.www.registers.keeping import INVALID, actor_of, kept_entry
from ronghe.www.registers.page import EntryPage, relatable


@rule(STAFF)
@require_http_methods(["GET", "POST"])
@never_cache
def relate(request: HttpRequest, pk: int) -> HttpResponse:
    """Relate an entry to a unit."""
    entry, powers = kept_entry(request, pk)
    kinds = relatable(entry.register, powers.on)
    form = RelateForm(request.POST if request.method == "POST" else None, kinds=kinds, today=powers.on)
    if form.is_bound and form.is_valid():
        clean = form.cleaned_data
        try:
            domain.relate_entry(
                entry.pk, kind=clean["kind"], other=clean["unit"], on=clean["on"], powers=powers,
                actor=actor_of(request), at=timezone.localtime(),
            )  # fmt: skip
        except RongheError as error:
            form.add_error(None, error.message)
        else:
            messages.success(request, gettext("已建立关系。"))
            return redirect("register-entry", entry.pk)
    units = [name for _code, name in units_of(powers.on)]
    context = {"entry": entry, "form": form, "kinds": kinds, "units": units, "datalist": UNITS}
    return render(request, "registers/relate.html", context, status=INVALID if form.errors else 200)


@rule(STAFF)
@require_http_methods(["GET", "POST"])
@never_cache
def unrelate(request: HttpRequest, pk: int, tie: int) -> HttpResponse:
    """End a relationship from a day on; of past days it stays."""
    entry, powers = kept_entry(request, pk)
    page = EntryPage(entry, powers, powers.on)
    shown = next((one for one in page.ties if one.edge.pk == tie), None)
    if shown is None:
        raise Http404
    form = UnrelateForm(request.POST if request.method == "POST" else None, today=powers.on)
    if form.is_bound and form.is_valid():
        try:
            domain.unrelate_entry(
                entry.pk, tie, on=form.cleaned_data["on"], powers=powers,
                actor=actor_of(request), at=timezone.localtime(),
            )  # fmt: skip
        except RongheError as error:
            form.add_error("on" if error.code == "ends-before-begin" else None, error.message)
        else:
            messages.success(request, gettext("关系已结束。从前的日子仍查得到。"))
            return redirect("register-entry", entry.pk)
    context = {"entry": entry, "form": form, "tie": shown}
    return render(request, "registers/unrelate.html", context, status=INVALID if form.errors else 200)
