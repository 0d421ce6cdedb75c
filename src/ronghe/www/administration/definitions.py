"""定义: all of them by kind; one as the paper it comes from, beside its other editions; trying one with an example."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from ronghe.casework.domain.moving import behind
from ronghe.casework.domain.trying import try_out
from ronghe.casework.exceptions import DomainError
from ronghe.casework.queries.pinned import Pinned, pinned
from ronghe.core.memory import remembering
from ronghe.definitions import queries
from ronghe.definitions.enums import Kind, Power
from ronghe.definitions.models import Edition
from ronghe.definitions.queries import Loaded, body_of
from ronghe.definitions.queries.calendars import calendar
from ronghe.definitions.queries.editions import Standing, catalogue, changes, paper, standing
from ronghe.organisations.models import Organisation
from ronghe.organisations.queries import powers_of
from ronghe.www.access import account_of, rule
from ronghe.www.administration.calendars_files import names_of
from ronghe.www.administration.sections import ADMINISTERS, WATCHES
from ronghe.www.filing.lookup import enterprises_like
from ronghe.www.forms import DefinedForm, form_class
from ronghe.www.references import references_of


@rule(WATCHES)
@require_GET
def show_definitions(request: HttpRequest) -> HttpResponse:
    """Every definition by kind: its title, the edition in force, since when, from which pack, how many cases use it."""
    today = timezone.localdate()
    powers = powers_of(account_of(request), today)
    used = pinned(powers)
    kinds = [
        (kind, kind.chinese, [(one, _sum(one, used)) for one in rows]) for kind, rows in catalogue(today)
    ]
    order = {Kind.PROCEDURE: 0, Kind.JUDGEMENT: 1, Kind.LIST: 2}
    kinds.sort(key=lambda group: order.get(group[0], 9))
    context = {
        "kinds": kinds,
        "may_write": ADMINISTERS(request.user),
        "sees_cases": powers.has(Power.OVERSEE),
    }
    return render(request, "administration/definitions.html", context)


def _sum(one: Standing, used: dict[int, Pinned]) -> Pinned:
    found = [used[edition.pk] for edition in one.editions if edition.pk in used]
    return Pinned(sum(row.open for row in found), sum(row.all for row in found))


@rule(WATCHES)
@require_GET
def show_definition(request: HttpRequest, kind: str, code: str) -> HttpResponse:
    """One edition to read, and what it says otherwise than the one before (or another that is asked for)."""
    today = timezone.localdate()
    known = _standing(kind, code, today)
    chosen = _edition(known, request.GET.get("edition", "")) or known.now
    place = known.editions.index(chosen)
    before = _edition(known, request.GET.get("with", "")) or (known.editions[place - 1] if place else None)
    powers = powers_of(account_of(request), today)
    sees_cases = kind == Kind.PROCEDURE and powers.has(Power.OVERSEE)
    used = pinned(powers, code) if sees_cases else {}
    signers = names_of(edition.signed_by for edition in known.editions)
    with remembering():
        context: dict[str, Any] = {
            "kind": kind,
            "kind_title": Kind(kind).chinese,
            "known": known,
            "chosen": chosen,
            "paper": paper(chosen),
            "before": before,
            "changes": changes(before, chosen) if before else [],
            "editions": [
                (one, used.get(one.pk, Pinned()), signers.get(one.signed_by, "")) for one in known.editions
            ],
            "older": sum(used[one.pk].open for one in known.editions[:place] if one.pk in used),
            "is_coming": chosen in known.coming,
            "sees_cases": sees_cases,
            "may_try": kind == Kind.PROCEDURE,
            "behind": _behind(known, kind) if ADMINISTERS(request.user) else 0,
        }
    return render(request, "administration/definition.html", context)


def _behind(known: Standing, kind: str) -> int:
    """How many running cases hold to an edition before the one in force; of all the city, for they are only counted."""
    return behind(known.now).count() if kind == Kind.PROCEDURE and known.past else 0


def _standing(kind: str, code: str, on: dt.date) -> Standing:
    found = standing(kind, code, on) if kind in set(Kind) else None
    if found is None:
        raise Http404
    return found


def _edition(known: Standing, label: str) -> Edition | None:
    return next((one for one in known.editions if one.edition == label), None)


@rule(WATCHES)
@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def try_definition(request: HttpRequest, code: str) -> HttpResponse:
    """Fill in an example and see where it would go and when it would be due; nothing is written."""
    known = _standing(Kind.PROCEDURE, code, timezone.localdate())
    chosen = _edition(known, request.GET.get("edition", "")) or known.now
    loaded = Loaded(chosen, body_of(chosen), min(known.editions[0].effective, timezone.localdate()))
    return trial_page(request, loaded, {"chosen": chosen, "to_definition": True})


def trial_page(request: HttpRequest, loaded: Loaded, more: dict[str, Any]) -> HttpResponse:
    """The form of an edition with what would become of the answers; of a signed edition or one still to be signed."""
    form, firm = _form(request, loaded), request.POST.get("about", "").strip()[:100]
    context: dict[str, Any] = {"form": form, "asks_firm": bool(loaded.body.about), "about": firm, **more}
    if request.method == "POST" and (form is None or form.is_valid()):
        about, said = _firm(firm)
        context["about_error"] = said
        try:
            if not said:
                days, now = calendar(), timezone.localtime()
                values = form.values if form else {}
                context["trial"] = try_out(loaded, values, about=about, calendar=days, at=now)
        except DomainError as error:
            if form is not None:
                errors: Any = error.data.get("errors") or {"": error.message}
                form.take_errors(errors)
    has_errors = bool((form and form.errors) or context.get("about_error"))
    return render(request, "administration/try.html", context, status=422 if has_errors else 200)


def _form(request: HttpRequest, loaded: Loaded) -> DefinedForm | None:
    """The edition's own form; files are not asked for in a trial."""
    definition = loaded.body.form
    if definition is None:
        return None
    today = timezone.localdate()
    build = form_class(f"{loaded.edition.code}/try", loaded.edition.edition, definition)
    more: dict[str, Any] = {
        "lists": queries.lists_of(definition, today),
        "references": references_of(definition, today),
        "without": frozenset(field.code for field in definition.fields if field.type == "files"),
    }
    return build(request.POST if request.method == "POST" else None, **more)


def _firm(typed: str) -> tuple[Organisation | None, str]:
    """The enterprise meant, or what to write instead."""
    if not typed:
        return None, ""
    found = enterprises_like(typed, timezone.localdate())
    if len(found) == 1 or (found and typed == found[0].name):
        return found[0], ""
    return None, gettext("没有找到这家企业，请写统一社会信用代码或完整的名称。") if not found else gettext(
        "有几家企业名称相近，请写完整的名称。"
    )
