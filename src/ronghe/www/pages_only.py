"""What only pages need: a request of the API passes it by, for it knows no session, no cookie and no form."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib.auth.middleware import AuthenticationMiddleware
from django.contrib.messages.middleware import MessageMiddleware
from django.contrib.sessions.middleware import SessionMiddleware
from django.middleware.csrf import CsrfViewMiddleware

if TYPE_CHECKING:
    from django.http import HttpRequest

API = "/api/"


def pages_only(middleware: Any) -> Any:
    """The same middleware, which a request of the API does not meet."""

    class PagesOnly(middleware):
        def __call__(self, request: HttpRequest) -> Any:
            if request.path_info.startswith(API):
                return self.get_response(request)
            return super().__call__(request)

    return PagesOnly


Sessions = pages_only(SessionMiddleware)
Forms = pages_only(CsrfViewMiddleware)
Users = pages_only(AuthenticationMiddleware)
Messages = pages_only(MessageMiddleware)
