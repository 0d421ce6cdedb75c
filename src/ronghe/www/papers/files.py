"""A paper as a file: .docx always, PDF where the machine can make one."""

from __future__ import annotations

import io
import re

from django.contrib import messages
from django.http import FileResponse, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from ronghe.bulletins import domain as bulletins
from ronghe.bulletins.enums import WRITING
from ronghe.text.paper import CONTENT_TYPE
from ronghe.www.access import STAFF, account_of, rule
from ronghe.www.papers.listing import powers_for
from ronghe.www.papers.page import PaperPage, page_or_404

_UNFIT = re.compile(r'[\\/:*?"<>|\s]+')


@rule(STAFF)
@require_GET
@never_cache
def download_docx(request: HttpRequest, pk: int) -> HttpResponseBase:
    """The paper for Word or WPS."""
    page = page_or_404(pk, powers_for(request))
    return _file(page.docx, _name(page, "docx"), CONTENT_TYPE)


@rule(STAFF)
@require_http_methods(["GET", "POST"])
@never_cache
def download_pdf(request: HttpRequest, pk: int) -> HttpResponseBase:
    """The PDF that was made; a POST has it made, and the page says how that goes."""
    page = page_or_404(pk, powers_for(request))
    if request.method == "POST":
        if page.has_pdf and page.pdf is None:
            actor = f"person:{account_of(request).person_id}"
            bulletins.ask_pdf(page.paper, page.docx, actor=actor, at=timezone.now())
        return redirect(reverse("paper", args=[pk]) + "#files")
    if page.pdf is not None:
        return _file(page.pdf.read_bytes(), _name(page, "pdf"), "application/pdf")
    says = (
        gettext("PDF 还没有制作，请点“制作 PDF”。")
        if page.has_pdf
        else gettext(
            "服务器没有安装 LibreOffice，只能下载 Word 文件（.docx）。需要 PDF 的，请下载后另存，或请管理员安装。"
        )
    )
    messages.error(request, says)
    return redirect("paper", pk)


@rule(STAFF)
@require_GET
@never_cache
def show_pdf(request: HttpRequest, pk: int) -> HttpResponse:
    """How the PDF of a paper goes: the part of its page that asks for itself while it is made."""
    page = page_or_404(pk, powers_for(request))
    if not request.htmx:  # type: ignore[attr-defined]
        return redirect(reverse("paper", args=[pk]) + "#files")
    return render(request, "papers/files.html", {"page": page, "paper": page.paper})


def _file(content: bytes, name: str, kind: str) -> FileResponse:
    return FileResponse(io.BytesIO(content), as_attachment=True, filename=name, content_type=kind)


def _name(page: PaperPage, ending: str) -> str:
    """What a file is called: its number and title; a draft says that it is one."""
    said = [gettext("拟稿")] if page.paper.state in WRITING else [page.paper.number]
    return f"{_UNFIT.sub(' ', ' '.join([*filter(None, said), page.printed.title]))}.{ending}"
