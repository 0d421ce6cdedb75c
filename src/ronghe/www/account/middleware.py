"""What is asked of everybody signed in before they go on: a session not too old, a password of their own, a second factor."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from django.contrib.auth import logout
from django.http import HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone

from ronghe.organisations.models import Account
from ronghe.www.access import keep_typed
from ronghe.www.account import devices
from ronghe.www.account.duties import owed

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse, HttpResponseBase

HERE = "ronghe.www.account"
ALWAYS = frozenset({"set-language", "sign-out", "sign-in"})


class SignedInMiddleware:
    """Leads to the page where the thing is done, and back; what was being sent is kept."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Callable[..., object], _args: object, _kwargs: object
    ) -> HttpResponseBase | None:
        if not isinstance(getattr(request, "user", None), Account):
            return None
        now = timezone.now()
        if devices.is_over(request, now):
            logout(request)
            return _by_way_of(request, "sign-in")
        devices.see(request, now)
        match = request.resolver_match
        if getattr(view, "__module__", "").startswith(HERE) or (match and match.url_name in ALWAYS):
            return None
        page = owed(request, request.user, timezone.localdate(now))
        return _by_way_of(request, page) if page else None


def _by_way_of(request: HttpRequest, page: str) -> HttpResponseRedirect:
    keep_typed(request)
    back = request.get_full_path() if request.method == "GET" else request.path
    return HttpResponseRedirect(f"{reverse(page)}?{urlencode({'next': back})}")
