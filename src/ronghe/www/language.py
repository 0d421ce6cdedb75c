"""Which language a page speaks: Chinese, unless this browser's user chose another on the page."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.middleware.locale import LocaleMiddleware

if TYPE_CHECKING:
    from django.http import HttpRequest


class ChosenLanguageMiddleware(LocaleMiddleware):
    """The choice kept by `set_language`; what the browser was installed in says nothing about its user."""

    def process_request(self, request: HttpRequest) -> None:
        request.META.pop("HTTP_ACCEPT_LANGUAGE", None)
        super().process_request(request)
