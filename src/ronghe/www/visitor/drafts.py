"""Drafts of whoever is signed in, so that what was typed here is there on another device. Nobody signed in: nothing is kept."""

from __future__ import annotations

import json

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from ronghe.casework.domain import drafts
from ronghe.core.errors import RongheError
from ronghe.organisations.models import Account
from ronghe.www.access import PUBLIC, rule, visitor_of


def owners_of(request: HttpRequest) -> list[str]:
    """The actors whose drafts these are, the one they are kept for first; none for nobody."""
    owners = []
    if isinstance(request.user, Account) and request.user.person_id:
        owners.append(f"person:{request.user.person_id}")
    visitor = visitor_of(request)
    return [*owners, f"visitor:{visitor.pk}"] if visitor else owners


@rule(PUBLIC)
@never_cache
@require_http_methods(["GET", "POST"])
def keep(request: HttpRequest) -> HttpResponse:
    """GET: the draft of `place`. POST: keep `values` (JSON: name → list) there; empty ones end it. 204: there is none."""
    owners, at = owners_of(request), timezone.now()
    if not owners:
        return HttpResponse(status=204)
    if request.method == "GET":
        kept = drafts.take_draft(owners, request.GET.get("place", ""), at)
        if kept is None:
            return HttpResponse(status=204)
        return JsonResponse({"at": _milliseconds(kept.at.timestamp()), "values": kept.values})
    values = _read(request.POST.get("values", ""))
    if values is None:
        return HttpResponse(status=400)
    try:
        saved = drafts.save_draft(owners[0], request.POST.get("place", ""), values, at)
    except RongheError as error:
        return JsonResponse({"says": error.message}, status=422)
    return JsonResponse({"at": _milliseconds(saved.timestamp())})


def _milliseconds(seconds: float) -> int:
    return int(seconds * 1000)


def _read(text: str) -> dict[str, list[str]] | None:
    try:
        values = json.loads(text)
    except ValueError:
        return None
    sound = isinstance(values, dict) and all(
        isinstance(given, list) and all(isinstance(one, str) for one in given) for given in values.values()
    )
    return values if sound else None
