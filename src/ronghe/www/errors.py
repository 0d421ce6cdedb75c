"""What a person reads when a page cannot be given: what happened, what is kept, what to do next."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from django.core.exceptions import RequestDataTooBig, TooManyFieldsSent, TooManyFilesSent
from django.http import HttpResponse
from django.shortcuts import render
from django.template import loader
from django.utils.http import url_has_allowed_host_and_scheme

from ronghe.www.access import STAFF, keep_typed

if TYPE_CHECKING:
    from django.http import HttpRequest

TOO_LARGE = (RequestDataTooBig, TooManyFieldsSent, TooManyFilesSent)


def _layout(request: HttpRequest) -> dict[str, object]:
    """Staff stay at their desk: its head, and its ways on."""
    is_staff = STAFF(getattr(request, "user", None))
    return {"is_staff": is_staff, "layout": "layout/desk.html" if is_staff else "layout/portal.html"}


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """400, or 413 when it is the size that was refused."""
    if isinstance(exception, TOO_LARGE):
        return render(request, "errors/413.html", _layout(request), status=413)
    return render(request, "errors/400.html", _layout(request), status=400)


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """403: known, but not for this person."""
    return render(
        request, "errors/403.html", {"reason": str(exception or ""), **_layout(request)}, status=403
    )


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """404: absent, or hidden from this person; the page does not say which."""
    return render(request, "errors/404.html", _layout(request), status=404)


def failed(_request: HttpRequest) -> HttpResponse:
    """500: rendered without the request, because anything may be broken."""
    return HttpResponse(loader.get_template("errors/500.html").render(), status=500)


def csrf_failed(request: HttpRequest, reason: str = "") -> HttpResponse:
    """A form whose page grew too old. What was typed waits for the page it was typed on; a password is never kept."""
    is_kept = "password" not in request.POST
    if is_kept:
        keep_typed(request)
    back = request.headers.get("Referer", "")
    if not url_has_allowed_host_and_scheme(back, {request.get_host()}, require_https=request.is_secure()):
        back = request.path
    context = {"back": back, "is_kept": is_kept, **_layout(request)}
    return render(request, "errors/csrf.html", context, status=403)


class ReadableRefusals:
    """Django answers 405 with an empty page; people get one that says what to do."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if response.status_code != 405 or response.content:
            return response
        page = render(request, "errors/405.html", _layout(request), status=405)
        page["Allow"] = response.headers.get("Allow", "")
        return page
