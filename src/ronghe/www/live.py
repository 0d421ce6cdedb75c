"""What a page needs to stay true by itself: where live events come from, and the token that opens them."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from django.conf import settings
from django.core.exceptions import DisallowedHost
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.http.request import split_domain_port
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from ronghe.casework.queries.finding import find_visible_or_404
from ronghe.live.tokens import ACCOUNT, FOLLOWING, VISITOR, Reader, Ticket, write
from ronghe.organisations.models import Account
from ronghe.www.access import PUBLIC, STAFF, account_of, rule, visitor_of
from ronghe.www.portal.followed import followed, is_remembered

if TYPE_CHECKING:
    from ronghe.casework.models import Case

EVERY = 15  # seconds between two questions of a page that hears nothing


def live_origin(request: HttpRequest) -> str:
    """The origin of the process of live events as this browser reaches it; empty: there is none."""
    if not settings.LIVE_PORT:
        return ""
    if settings.LIVE_URL:
        parts = urlsplit(settings.LIVE_URL)
        return f"{parts.scheme}://{parts.netloc}"
    try:
        name, _port = split_domain_port(request.get_host())
    except DisallowedHost:
        return ""
    return f"{request.scheme}://{name}:{settings.LIVE_PORT}"


def follow_case(request: HttpRequest, case: Case) -> dict[str, object]:
    """What the page of a case hands to its script, for its requester."""
    renew, part = reverse("follow-live", args=[case.number]), reverse("follow-now", args=[case.number])
    return _page(
        request, _followers_token(request, case), renew, f"{part}?seen={case.revision}", case.revision
    )


def work_on_case(request: HttpRequest, case: Case) -> dict[str, object]:
    """The same for somebody at a desk."""
    renew, part = reverse("case-live", args=[case.number]), reverse("case-now", args=[case.number])
    return _page(request, _desk_token(request, case), renew, f"{part}?seen={case.revision}", case.revision)


def watch_worklist(request: HttpRequest) -> dict[str, object]:
    """The same for the worklist, under the filters it was asked with."""
    query = request.GET.urlencode()
    part = reverse("desk-now") + (f"?{query}" if query else "")
    return _page(request, _desk_token(request, None), reverse("desk-live"), part, 0)


def _page(request: HttpRequest, token: str, renew: str, part: str, after: int) -> dict[str, object]:
    base = settings.LIVE_URL or live_origin(request)
    events = f"{base}/events" if base and token else ""
    return {"events": events, "token": token, "renew": renew, "part": part, "after": after, "every": EVERY}


@rule(PUBLIC)
@require_GET
@never_cache
def renew_followers(request: HttpRequest, number: str) -> HttpResponse:
    """A fresh token for the requester's page; hidden and absent look the same."""
    case = followed(request, number)
    if case is None:
        raise Http404
    return JsonResponse({"token": _followers_token(request, case)})


@rule(STAFF)
@require_GET
@never_cache
def renew_case(request: HttpRequest, number: str) -> HttpResponse:
    """A fresh token for the page of a case at a desk."""
    return JsonResponse({"token": _desk_token(request, find_visible_or_404(account_of(request), number))})


@rule(STAFF)
@require_GET
@never_cache
def renew_desk(request: HttpRequest) -> HttpResponse:
    """A fresh token for the worklist."""
    return JsonResponse({"token": _desk_token(request, None)})


def _followers_token(request: HttpRequest, case: Case) -> str:
    """Whoever opened the case here by code or link reads as that; else the visitor who is signed in."""
    if is_remembered(request, case):
        return _token(request, FOLLOWING, 0, case.pk)
    visitor = visitor_of(request)
    return _token(request, VISITOR, visitor.pk, case.pk) if visitor else ""


def _desk_token(request: HttpRequest, case: Case | None) -> str:
    account = request.user if isinstance(request.user, Account) else None
    return _token(request, ACCOUNT, account.pk, case.pk if case else None) if account else ""


def _token(request: HttpRequest, kind: str, ref: int, case: int | None) -> str:
    session = request.session.session_key
    return write(Ticket(Reader(kind, ref, session), case)) if session and settings.LIVE_PORT else ""
