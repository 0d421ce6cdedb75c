"""Registering an entry, changing it from a day on, confirming and ending it."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from ronghe.casework.domain.drafts import end_draft
from ronghe.core.errors import RongheError
from ronghe.organisations.queries import Powers, powers_of
from ronghe.registers import domain
from ronghe.registers.models import Entry
from ronghe.registers.queries import find_visible_or_404
from ronghe.registers.rules import keepers, may_keep
from ronghe.www.access import STAFF, account_of, rule, take_typed
from ronghe.www.portal.forms import submission_of
from ronghe.www.registers.asking import EntryAsked, units_offered
from ronghe.www.registers.forms import EndForm
from ronghe.www.registers.reading import my_powers
from ronghe.www.registers.shelf import Shelf

INVALID = 422


@rule(STAFF)
@require_http_methods(["GET", "POST"])
@never_cache
def begin(request: HttpRequest, code: str) -> HttpResponse:
    """Register something."""
    powers = my_powers(request)
    shelf = Shelf(code, powers, powers.on)
    if not shelf.may_add:
        raise PermissionDenied(gettext("这本台账不由您的单位登记。请把要登记的内容告诉登记它的单位。"))
    typed = {key: values[-1] for key, values in take_typed(request).items()}
    data = request.POST if request.method == "POST" else None
    submission = submission_of((data or typed).get("submission", ""))
    units = units_offered(keepers(shelf.body, powers))
    asked = EntryAsked(shelf, data, files=request.FILES or None, units=units, initial=typed)
    if data is None or not asked.is_valid():
        return _show(request, asked, submission=submission, restored=bool(typed))
    try:
        entry = _begin_once(asked, request, powers, submission)
    except RongheError as error:
        return _show(request, asked.refused(error), submission=submission)
    end_draft(actor_of(request), asked.place)
    messages.success(request, gettext("已登记：%(title)s。") % {"title": entry.title})
    return redirect("register-entry", entry.pk)


def _begin_once(asked: EntryAsked, request: HttpRequest, powers: Powers, submission: uuid.UUID) -> Entry:
    """When the very same page is being sent twice at once, both give the one entry."""
    given: dict[str, Any] = asked.given | {
        "organisation": asked.unit,
        "submission": submission,
        "powers": powers,
    }
    when: dict[str, Any] = {"actor": actor_of(request), "at": timezone.localtime()}
    try:
        return domain.begin_entry(asked.shelf.body.code, **given, **when).entry
    except IntegrityError:
        return domain.begin_entry(asked.shelf.body.code, **given, **when).entry


@rule(STAFF)
@require_http_methods(["GET", "POST"])
@never_cache
def change(request: HttpRequest, pk: int) -> HttpResponse:
    """Let an entry say something else from a day on."""
    entry, powers = kept_entry(request, pk)
    shelf = Shelf(entry.register, powers, powers.on)
    typed = {key: values[-1] for key, values in take_typed(request).items()}
    data = request.POST if request.method == "POST" else None
    initial = {**_said(entry), **typed}
    asked = EntryAsked(shelf, data, files=request.FILES or None, units=[], entry=entry, initial=initial)
    if data is None or not asked.is_valid():
        return _show(request, asked, restored=bool(typed))
    try:
        domain.change_entry(
            entry.pk, **asked.given, revision=asked.revision, powers=powers,
            actor=actor_of(request), at=timezone.localtime(),
        )  # fmt: skip
    except RongheError as error:
        return _show(request, asked.refused(error))
    end_draft(actor_of(request), asked.place)
    messages.success(request, gettext("已保存。从前的日子仍是原来的内容。"))
    return redirect("register-entry", entry.pk)


@rule(STAFF)
@require_POST
def confirm(request: HttpRequest, pk: int) -> HttpResponse:
    """Say that it is still so."""
    entry, powers = kept_entry(request, pk)
    domain.confirm_entry(entry.pk, powers=powers, actor=actor_of(request), at=timezone.localtime())
    messages.success(request, gettext("已记下：核对无误。"))
    return redirect("register-entry", entry.pk)


@rule(STAFF)
@require_http_methods(["GET", "POST"])
@never_cache
def end(request: HttpRequest, pk: int) -> HttpResponse:
    """Take an entry off, with its reason."""
    entry, powers = kept_entry(request, pk)
    form = EndForm(request.POST if request.method == "POST" else None, today=powers.on)
    if form.is_bound and form.is_valid():
        try:
            domain.end_entry(
                entry.pk, because=form.cleaned_data["because"], on=form.cleaned_data["on"], powers=powers,
                actor=actor_of(request), at=timezone.localtime(),
            )  # fmt: skip
        except RongheError as error:
            told = error.data.get("errors")
            for name, said in (told if isinstance(told, dict) else {"": error.message}).items():
                form.add_error(name if name in form.fields else None, str(said))
        else:
            messages.success(request, gettext("已注销：%(title)s。") % {"title": entry.title})
            return redirect("register-entry", entry.pk)
    context = {"entry": entry, "form": form, "back": reverse("register-entry", args=[entry.pk])}
    return render(request, "registers/end.html", context, status=INVALID if form.errors else 200)


def kept_entry(request: HttpRequest, pk: int) -> tuple[Entry, Powers]:
    """An entry the reader keeps and that still holds."""
    powers = powers_of(request.user, timezone.localdate())
    entry = find_visible_or_404(powers, pk)
    shelf = Shelf(entry.register, powers, powers.on)
    if not may_keep(powers, shelf.body, entry.organisation_id):
        raise PermissionDenied(gettext("这一条由登记它的单位更改。请把要改的内容告诉他们。"))
    return entry, powers


def _said(entry: Entry) -> Mapping[str, Any]:
    """What the form is filled with; of a place its address."""
    places = {code: value["address"] for code, value in entry.values.items() if _is_place(value)}
    return {**entry.values, **places, "title": entry.title}


def _is_place(value: Any) -> bool:
    return isinstance(value, Mapping) and "address" in value


def actor_of(request: HttpRequest) -> str:
    """Who acts, as the ledger names them."""
    return f"person:{account_of(request).person_id}"


def _show(request: HttpRequest, asked: EntryAsked, **more: Any) -> HttpResponse:
    return render(
        request, "registers/form.html", {"asked": asked, **more}, status=INVALID if asked.is_wrong else 200
    )
