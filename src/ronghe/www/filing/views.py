"""记一笔: file what somebody came, called or wrote about, and hand them a slip."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from ronghe.casework.queries.filable import filed_by
from ronghe.core.errors import RongheError
from ronghe.www.access import STAFF, account_of, rule, take_typed
from ronghe.www.activities.offers import offers_of
from ronghe.www.filing.lookup import enterprises_like, looks_like_code
from ronghe.www.filing.offers import DeskOffer, desk_offers
from ronghe.www.filing.page import FilingPage
from ronghe.www.filing.slip import FILED, Slip
from ronghe.www.portal.files import attach_all
from ronghe.www.portal.forms import submission_of
from ronghe.www.portal.submission import kept_initial

TOO_LARGE, INVALID = 413, 422


@rule(STAFF)
@require_GET
def list_kinds(request: HttpRequest) -> HttpResponse:
    """What may be filed and recorded here today; one kind only is opened at once."""
    found = desk_offers(account_of(request))
    kinds = offers_of(account_of(request), by_use=True).kinds
    if len(found) == 1 and not kinds:
        return redirect("file-kind", found[0].code)
    context = {"offers": found, "kinds": kinds, "filed": _filed_today(request)}
    return render(request, "filing/kinds.html", context)


def _filed_today(request: HttpRequest) -> list[dict[str, Any]]:
    """What this browser filed today, the last first."""
    today = timezone.localdate().isoformat()
    kept = request.session.get(FILED, {})
    return [{"number": number, **one} for number, one in reversed(kept.items()) if one["on"] == today]


@rule(STAFF)
@require_http_methods(["GET", "POST"])
@never_cache
def file_kind(request: HttpRequest, procedure: str) -> HttpResponse:
    """Ask what this kind needs, as the portal does, and file it."""
    offer = _offer_or_refuse(request, procedure)
    if request.method == "POST":
        submission = submission_of(request.POST.get("submission", ""))
        page = FilingPage(offer, account_of(request), submission, request.POST, request.FILES)
        return _send(request, page)
    typed = kept_initial(take_typed(request))
    asked = {"channel": request.GET.get("channel", ""), "credit_code": request.GET.get("about", "")[:100]}
    initial = {**asked, **typed}
    submission = submission_of(typed.get("submission", ""))
    return _ask(
        request, FilingPage(offer, account_of(request), submission, initial=initial), restored=bool(typed)
    )


def _offer_or_refuse(request: HttpRequest, code: str) -> DeskOffer:
    found = desk_offers(account_of(request))
    offer = next((offer for offer in found if offer.code == code), None)
    if offer is None:
        raise PermissionDenied(
            gettext("您的岗位不登记这类件。请转给登记它的窗口，或请对方在网上“提诉求”里自己提。")
        )
    return offer


def _ask(request: HttpRequest, page: FilingPage, *, status: int = 200, **more: Any) -> HttpResponse:
    return render(request, "filing/file.html", {"page": page, **more}, status=status)


def _send(request: HttpRequest, page: FilingPage) -> HttpResponse:
    if not page.is_valid():
        return _ask(request, page, status=TOO_LARGE if page.is_too_large else INVALID)
    now = timezone.now()
    try:
        opened = page.send_once(now, page.parts.cleaned_data.get("channel", ""))
    except RongheError as error:
        _refuse(page, error)
        return _ask(request, page, status=INVALID)
    case = opened.case
    lost = attach_all(case, page.parts.cleaned_data["photos"], page.actor)
    kept = {"on": timezone.localdate(now).isoformat(), "kind": page.offer.title, "lost": lost}
    request.session[FILED] = {**request.session.get(FILED, {}), case.number: kept}
    return redirect("file-slip", case.number)


def _refuse(page: FilingPage, error: RongheError) -> None:
    """Say what the domain refused beside its fields; a page used up before gets a new submission."""
    if error.code == "submission-taken":
        page.submission = submission_of("")
    errors = error.data.get("errors")
    if error.code in {"own-unit", "routed-to-complained-of"} and "about_unit" in page.parts.fields:
        page.parts.add_error("about_unit", error.message)
    else:
        page.answers.take_errors(errors if isinstance(errors, dict) else {"": error.message})


@rule(STAFF)
@require_GET
@never_cache
def show_slip(request: HttpRequest, number: str) -> HttpResponse:
    """The slip for the requester: to who filed it, on the day; afterwards it is nobody's (404)."""
    person = account_of(request).person_id
    case = filed_by(f"person:{person}", number, timezone.localdate()) if person else None
    if case is None:
        raise Http404
    kept = request.session.get(FILED, {}).get(number, {})
    slip = Slip(case, account_of(request), request.build_absolute_uri("/"), kept.get("lost", ""))
    return render(request, "filing/slip.html", {"slip": slip, "case": case})


@rule(STAFF)
@require_GET
def look_up_enterprise(request: HttpRequest) -> HttpResponse:
    """The enterprises that may be meant by what is being typed; the register's own data."""
    typed = request.GET.get("credit_code", "").strip()[:100]
    found = enterprises_like(typed, timezone.localdate()) if len(typed) > 1 else []
    context = {"alike": found, "typed": typed, "is_code": looks_like_code(typed)}
    return render(request, "filing/file.html#enterprise", context)
