"""Giving out a kept file. Whoever calls has asked the permission of what it belongs to already."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.core.files.storage import default_storage
from django.http import FileResponse
from django.shortcuts import render

if TYPE_CHECKING:
    from django.http import HttpRequest
    from django.http.response import HttpResponseBase

    from ronghe.attaching import KeptFile

logger = logging.getLogger(__name__)
# The file comes from outside: in a tab of its own it runs nothing, loads nothing and belongs to no site.
SANDBOX = "default-src 'none'; sandbox; frame-ancestors 'none'"


@dataclass(frozen=True)
class FileLine:
    """A file as a page lists it: where it is fetched, who added it, and the question it answers (empty where that is plain)."""

    file: Any
    address: str
    who: str = ""
    under: str = ""


def give(request: HttpRequest, file: KeptFile, *, back: str) -> HttpResponseBase:
    """The content as a download, or with `?show=1` a picture to look at. A file that is lost is said to be; `back`: the
    page it belongs to.
    """
    try:
        content = default_storage.open(file.path)
    except OSError:
        logger.exception("The file %s is recorded but cannot be read", file.path)
        return render(request, "errors/file.html", {"file": file, "back": back}, status=404)
    is_shown = file.is_picture and "show" in request.GET
    answer = FileResponse(
        content, as_attachment=not is_shown, filename=file.name, content_type=file.content_type
    )
    answer["X-Content-Type-Options"] = "nosniff"
    answer["Content-Security-Policy"] = SANDBOX
    answer["Cross-Origin-Resource-Policy"] = "same-origin"
    return answer
