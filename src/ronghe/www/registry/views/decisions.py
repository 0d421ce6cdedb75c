"""记一项议定事项: what a leading group decided becomes a case about the group, with a unit and a day."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from ronghe.casework import domain as casework
from ronghe.casework.domain.on_behalf import open_on_behalf
from ronghe.core.errors import RongheError
from ronghe.definitions import queries as definitions
from ronghe.definitions.queries import Loaded
from ronghe.organisations.models import Organisation
from ronghe.organisations.queries import powers_of
from ronghe.www.access import STAFF, account_of, rule, take_typed
from ronghe.www.forms import DefinedForm, form_class
from ronghe.www.portal.forms import submission_of
from ronghe.www.portal.submission import kept_initial
from ronghe.www.references import references_of
from ronghe.www.registry.decisions import decides, may_note


@rule(STAFF)
@require_http_methods(["GET", "POST"])
@never_cache
def note_decision(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask what was decided, who carries it out and by when; the same page sent twice makes one case."""
    unit = get_object_or_404(Organisation, pk=pk)
    procedure = decides(unit, timezone.localdate())
    if procedure is None:
        raise Http404
    powers = powers_of(account_of(request), timezone.localdate())
    if not may_note(unit, procedure, powers):
        raise PermissionDenied(gettext("议定事项由这个机构的人员登记。请把会议议定的内容交给他们。"))
    typed = {} if request.method == "POST" else kept_initial(take_typed(request))
    form = _form(request, procedure, typed)
    submission = submission_of(str(request.POST.get("submission") or typed.get("submission", "")))
    if request.method == "POST" and form.is_valid():
        by = casework.By(f"person:{powers.person_id}", timezone.now(), powers)
        try:
            opened = open_on_behalf(
                procedure, by, values=form.values, files=form.enclosed, submission=submission, about=unit
            )
        except RongheError as error:
            errors = error.data.get("errors")
            form.take_errors(errors if isinstance(errors, dict) else {"": error.message})
        else:
            told = {"number": opened.case.number}
            messages.success(request, gettext("已经记下，编号 %(number)s，转给责任单位落实。") % told)
            return redirect("organisation", pk)
    context = {"form": form, "unit": unit, "submission": submission, "title": procedure.edition.title}
    return render(request, "registry/decide.html", context, status=422 if form.errors else 200)


def _form(request: HttpRequest, procedure: Loaded, typed: dict[str, object]) -> DefinedForm:
    definition = procedure.body.form
    built = form_class(procedure.edition.code, procedure.edition.edition, definition)
    today = timezone.localdate()
    return built(
        request.POST if request.method == "POST" else None,
        request.FILES if request.method == "POST" else None,
        initial=typed,
        lists=definitions.lists_of(definition, today),
        references=references_of(definition, today),
    )
