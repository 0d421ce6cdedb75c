"""Somebody of the public in a browser's session: for 30 days, apart from any account of the staff in the same browser."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from django.contrib.auth import SESSION_KEY
from django.utils import timezone
from django.utils.functional import SimpleLazyObject

from ronghe.organisations.models import Visitor
from ronghe.www.pages_only import pages_only

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

VISITOR_KEY, UNTIL_KEY = "visitor", "visitor-until"
FOLLOWED = "followed"  # the cases this browser opened by code or link: number → id
LASTS = 30 * 24 * 3600


@pages_only
class VisitorMiddleware:
    """`request.visitor`: who is signed in by phone code, looked up when first asked for; empty (false) for nobody.

    A session that also carries an account of the staff ends as early as the account's would.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.visitor = SimpleLazyObject(lambda: _visitor(request))  # type: ignore[attr-defined]
        response = self.get_response(request)
        session = request.session
        if (
            session.accessed
            and VISITOR_KEY in session
            and SESSION_KEY in session
            and "_session_expiry" in session
        ):
            session.set_expiry(None)
        return response


def _visitor(request: HttpRequest) -> Visitor | None:
    pk = request.session.get(VISITOR_KEY)
    if pk is None:
        return None
    found: Visitor | None = Visitor.objects.select_related("identity").filter(pk=pk).first()
    is_over = timezone.now().timestamp() >= request.session.get(UNTIL_KEY, 0)
    return None if is_over or found is None or found.identity.erased_at is not None else found


def begin(request: HttpRequest, visitor: Visitor) -> None:
    """Sign in; the session gets a new key, so that one known before is worth nothing."""
    request.session.cycle_key()
    request.session[VISITOR_KEY] = visitor.pk
    request.session[UNTIL_KEY] = timezone.now().timestamp() + LASTS
    if SESSION_KEY not in request.session:
        request.session.set_expiry(LASTS)
    request.visitor = visitor  # type: ignore[attr-defined]


def end(request: HttpRequest) -> None:
    """Sign out, and leave nothing of what this browser followed; an account of the staff stays signed in."""
    for key in (VISITOR_KEY, UNTIL_KEY, FOLLOWED, "receipts"):
        request.session.pop(key, None)
    request.session.set_expiry(None)
    request.session.cycle_key()
    request.visitor = None  # type: ignore[attr-defined]
