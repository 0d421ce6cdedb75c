"""The files of a case: fetch one, add some."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from ronghe.casework import domain as casework
from ronghe.casework.queries.attachments import file_or_404
from ronghe.casework.queries.finding import find_visible_or_404
from ronghe.core.errors import RongheError
from ronghe.www.access import STAFF, account_of, rule
from ronghe.www.desk.files import AddFilesForm, files_on
from ronghe.www.desk.page import CasePage
from ronghe.www.desk.views.case import show_page
from ronghe.www.files import give

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse
    from django.http.response import HttpResponseBase

TOO_LARGE, INVALID = 413, 422


def _page(request: HttpRequest, number: str) -> CasePage:
    return CasePage(
        find_visible_or_404(account_of(request), number), account_of(request), timezone.localtime()
    )


@rule(STAFF)
@require_safe
@never_cache
def fetch(request: HttpRequest, number: str, no: int) -> HttpResponseBase:
    """One file of a case the person may see."""
    file = file_or_404(files_on(_page(request, number)), no)
    return give(request, file, back=reverse("case", args=[number]))


@rule(STAFF)
@require_http_methods(["GET", "POST"])
@never_cache
def add(request: HttpRequest, number: str) -> HttpResponse:
    """Add files to the case; the good ones are kept, each refused one is named with its reason."""
    page = _page(request, number)
    if request.method == "GET":  # coming back from signing in again
        messages.error(request, gettext("这次没有收到文件。如果是登录过期了，请重新选择一次。"))
        return redirect("case", number)
    if not page.acts.may_note:
        said = gettext("不能加文件：本件已经办完，或者不由您的岗位办理。确需补充，请联系承办单位或分办人员。")
        raise PermissionDenied(said)
    form = AddFilesForm(request.POST, request.FILES)
    status = _attach(request, page, form) if form.is_valid() else INVALID
    if not form.errors:
        return redirect("case", number)
    said = gettext("有文件没有收下，原因写在“{link}”下面。")
    link = format_html('<a href="#{}">{}</a>', form["chosen"].auto_id, gettext("加文件"))
    messages.error(request, format_html(said, link=link))
    page = _page(request, number)
    page.add_files = form
    return show_page(request, page, status=status)


def _attach(request: HttpRequest, page: CasePage, form: AddFilesForm) -> int:
    """Ask the domain for each file. Writes what was refused into the form; gives the answer's status."""
    by = casework.By(f"person:{account_of(request).person_id}", page.now, page.powers)
    revision = page.case.revision
    kept: list[str] = []
    known: list[str] = []
    refused: list[RongheError] = []
    for file in form.cleaned_data["chosen"]:
        try:
            case = casework.attach(page.case.pk, by, file=file)
        except RongheError as error:
            refused.append(error)
            continue
        (kept if case.revision > revision else known).append(str(file.name))
        revision = case.revision
    if kept:
        messages.success(request, gettext("已经加上：%(names)s。") % {"names": "、".join(kept)})
    if known:
        messages.info(
            request, gettext("内容和已有的文件一样，没有重复收：%(names)s。") % {"names": "、".join(known)}
        )
    for refusal in refused:
        form.add_error("chosen", refusal.message)
    return TOO_LARGE if any(refusal.code == "file-too-large" for refusal in refused) else INVALID
