"""What is asked of everybody signed in before they go on: a session not too old, a password of their own, a second factor."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout
from django.http import HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext

from ronghe.organisations.models import Account
from ronghe.www.access import keep_typed
from ronghe.www.account import devices
from ronghe.www.account.duties import owed

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse, HttpResponseBase

HERE = "ronghe.www.account"
BY_ITSELF = frozenset({"desk-now", "desk-live", "case-now", "case-live", "paper-pdf-state"})
"""What an open page asks by itself: nobody is there for all that."""
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
        user = getattr(request, "user", None)
        if not isinstance(user, Account):
            return None
        now = timezone.now()
        if devices.is_over(request, now):
            logout(request)
            return _by_way_of(request, "sign-in")
        match = request.resolver_match
        if not devices.goes_on(request, now, is_used=match is None or match.url_name not in BY_ITSELF):
            return _end_idle(request)
        if getattr(view, "__module__", "").startswith(HERE) or (match and match.url_name in ALWAYS):
            return None
        page = owed(request, user, timezone.localdate(now))
        return _by_way_of(request, page) if page else None


def _end_idle(request: HttpRequest) -> HttpResponseRedirect:
    """Nobody was there for too long: signed out, told so where they sign in again, and what was being sent is kept."""
    devices.forget(request)
    logout(request)
    minutes = settings.SESSION_IDLE_MINUTES
    messages.info(
        request,
        gettext("您有 %(n)d 分钟以上没有操作，已经自动退出登录。写到一半的内容留着，登录以后接着写。")
        % {"n": minutes},
    )
    return _by_way_of(request, "sign-in")


def _by_way_of(request: HttpRequest, page: str) -> HttpResponseRedirect:
    keep_typed(request)
    back = request.get_full_path() if request.method == "GET" else request.path
    return HttpResponseRedirect(f"{reverse(page)}?{urlencode({'next': back})}")
