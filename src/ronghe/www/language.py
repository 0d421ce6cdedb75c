"""Which language a page speaks: Chinese, unless this browser's user chose another on the page."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.middleware.locale import LocaleMiddleware
from django.utils import translation

from ronghe.www.pages_only import API

if TYPE_CHECKING:
    from django.http import HttpRequest


class ChosenLanguageMiddleware(LocaleMiddleware):
    """The choice kept by `set_language`; what the browser was installed in says nothing about its user.

    The API, which looks at no cookie, speaks Chinese.
    """

    def __call__(self, request: HttpRequest) -> Any:
        if request.path_info.startswith(API):
            translation.activate(settings.LANGUAGE_CODE)
            return self.get_response(request)
        return super().__call__(request)

    def process_request(self, request: HttpRequest) -> None:
        request.META.pop("HTTP_ACCEPT_LANGUAGE", None)
        super().process_request(request)
