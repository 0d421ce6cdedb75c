"""The acts of whoever administers the registry: asked, said in words, then done."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.contrib import messages
from django.contrib.auth.models import AnonymousUser
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from ronghe.core.errors import RongheError
from ronghe.core.memory import forget
from ronghe.definitions.enums import Power
from ronghe.organisations.models import Account, Organisation
from ronghe.organisations.queries import powers_of
from ronghe.www.access import rule, take_typed
from ronghe.www.registry.acts import ACTS as ON_UNITS, DATALIST, OF_A_ROW, ActForm
from ronghe.www.registry.keeping import AssignForm

ACTS: Mapping[str, type[ActForm]] = {**ON_UNITS, "assign": AssignForm}
CONFIRMED, BACK = "confirmed", "back"


def ADMINISTER(user: Account | AnonymousUser) -> bool:  # noqa: N802 - a rule, like STAFF
    """Whoever holds a post that administers."""
    return powers_of(user, timezone.localdate()).has(Power.ADMINISTER)


@rule(ADMINISTER)
@require_http_methods(["GET", "POST"])
@never_cache
def act(request: HttpRequest, pk: int, name: str, which: int | None = None) -> HttpResponse:
    """Ask; say what will happen, having tried it; do it once confirmed. What was typed is never lost."""
    unit = get_object_or_404(Organisation, pk=pk)
    if name not in ACTS or (name in OF_A_ROW) != (which is not None):
        raise Http404
    form = _form(request, unit, name, which)
    if not form.is_bound:
        return _show(request, form)
    step = request.POST.get("step", "")
    if not form.is_valid() or step == BACK:
        return _show(request, form, status=200 if form.is_valid() else 422)
    try:
        _do(form, request, is_trial=step != CONFIRMED)
    except RongheError as error:
        form.add_error(None, error.message)
        return _show(request, form, status=422)
    if step != CONFIRMED:
        return _show(request, form, said=form.sentence())
    messages.success(request, gettext("已经登记：%(said)s") % {"said": form.sentence()})
    return redirect("organisation", pk)


def _form(request: HttpRequest, unit: Organisation, name: str, which: int | None) -> ActForm:
    """The form of the act: as sent, as typed before the sign-in ran out, or blank."""
    data: Any = request.POST if request.method == "POST" else None
    kept = {key: values[-1] for key, values in take_typed(request).items()} if data is None else {}
    return ACTS[name](data, unit=unit, today=timezone.localdate(), which=which, initial=kept)


def _do(form: ActForm, request: HttpRequest, *, is_trial: bool) -> None:
    """Do it in one piece; a trial is undone again, and only tells whether it could be done."""
    with transaction.atomic():
        form.do(actor=f"person:{getattr(request.user, 'person_id', None)}", at=timezone.localtime())
        transaction.set_rollback(is_trial)
    forget()


def _show(request: HttpRequest, form: ActForm, *, said: str = "", status: int = 200) -> HttpResponse:
    context = {
        "form": form,
        "unit": form.unit,
        "said": said,
        "typed": [(key, value) for key, value in form.data.items() if key in form.fields] if said else [],
        "units": [] if said else form.units(),
        "datalist": DATALIST,
    }
    return render(request, "registry/act.html", context, status=status)
