"""Nothing below /api/ is ever answered with a page: whatever refuses a request before or after the API, in its words."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from ronghe.api.problems import CONTENT_TYPE, answer

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

PREFIX = "/api/"
_KEPT = ("Allow", "Retry-After", "WWW-Authenticate")


class ProblemsOnly:
    """Turns a refusal that is not a problem yet (an unknown address, a wrong method, a failure) into one."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not request.path_info.startswith(PREFIX):
            return self.get_response(request)
        if "\0" in request.path_info or "%00" in request.META.get("QUERY_STRING", ""):
            return answer(400)
        response = self.get_response(request)
        if response.status_code < 400:
            return response
        if response.headers.get("Content-Type", "") == CONTENT_TYPE:
            return response
        problem = answer(response.status_code)
        for name in _KEPT:
            if name in response.headers:
                problem[name] = response.headers[name]
        return problem
