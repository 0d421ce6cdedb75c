"""Deny by default, and a strict content policy on every answer."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied

from ronghe.core.memory import remembering
from ronghe.www.access import PUBLIC, TOKEN, VISITOR, keep_typed, rule_of, visitor_of
from ronghe.www.live import live_origin
from ronghe.www.pages_only import API

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse, HttpResponseBase

CONTENT_POLICY = (
    "default-src 'self'; img-src 'self' data:; style-src 'self'; script-src 'self'; object-src 'none'; "
    "base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)


class ContentPolicyMiddleware:
    """No inline script or style can run, whatever a text contains; a page reaches its own site and live events only."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        live = "" if request.path_info.startswith(API) else live_origin(request)
        connecting = f"; connect-src 'self' {live}" if live else ""
        response.headers.setdefault("Content-Security-Policy", CONTENT_POLICY + connecting)
        response.headers.setdefault("Referrer-Policy", "same-origin")
        return response


class AccessMiddleware:
    """Asks the rule each view declares (`access.rule`); a view without one answers nobody."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        with remembering():
            return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Callable[..., object], _args: object, _kwargs: object
    ) -> HttpResponseBase | None:
        declared = rule_of(view)
        if declared is None:
            raise PermissionDenied
        if declared in {PUBLIC, TOKEN}:
            return None
        if declared is VISITOR:
            return None if visitor_of(request) else _to_sign_in(request, "visitor-sign-in")
        if not request.user.is_authenticated:
            return _to_sign_in(request, None)
        if not declared(request.user):
            raise PermissionDenied
        return None


def _to_sign_in(request: HttpRequest, page: str | None) -> HttpResponseBase:
    """To the sign-in page and back here; what was being sent is kept."""
    keep_typed(request)
    return redirect_to_login(request.get_full_path() if request.method == "GET" else request.path, page)
