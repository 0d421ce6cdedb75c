"""A paper as a file: .docx always, PDF where the machine can make one."""

from __future__ import annotations

import io
import re

from django.contrib import messages
from django.http import FileResponse, HttpRequest, HttpResponseBase
from django.shortcuts import redirect
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from ronghe.bulletins import printing
from ronghe.bulletins.enums import WRITING
from ronghe.core.errors import RongheError
from ronghe.text.paper import CONTENT_TYPE, docx_of
from ronghe.www.access import STAFF, rule
from ronghe.www.papers.listing import powers_for
from ronghe.www.papers.page import PaperPage, page_or_404

_UNFIT = re.compile(r'[\\/:*?"<>|\s]+')


@rule(STAFF)
@require_GET
@never_cache
def download_docx(request: HttpRequest, pk: int) -> HttpResponseBase:
    """The paper for Word or WPS."""
    page = page_or_404(pk, powers_for(request))
    return _file(docx_of(page.printed), _name(page, "docx"), CONTENT_TYPE)


@rule(STAFF)
@require_GET
@never_cache
def download_pdf(request: HttpRequest, pk: int) -> HttpResponseBase:
    """The paper as it prints; where it cannot be made, the page says so."""
    page = page_or_404(pk, powers_for(request))
    try:
        made = printing.pdf_of(docx_of(page.printed))
    except RongheError as error:
        messages.error(request, error.message)
        return redirect("paper", pk)
    return _file(made, _name(page, "pdf"), "application/pdf")


def _file(content: bytes, name: str, kind: str) -> FileResponse:
    return FileResponse(io.BytesIO(content), as_attachment=True, filename=name, content_type=kind)


def _name(page: PaperPage, ending: str) -> str:
    """What a file is called: its number and title; a draft says that it is one."""
    said = [gettext("拟稿")] if page.paper.state in WRITING else [page.paper.number]
    return f"{_UNFIT.sub(' ', ' '.join([*filter(None, said), page.printed.title]))}.{ending}"
