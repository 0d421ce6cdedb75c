"""没有做成的 PDF: papers that could not be made into PDF, who sees to it, trying anew or not."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext, gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from ronghe.bulletins import domain
from ronghe.bulletins.models import Printout
from ronghe.core.errors import RongheError
from ronghe.www.access import account_of, rule
from ronghe.www.administration.sections import ADMINISTERS

MOST = 50
TROUBLES = {"no-converter": _("服务器没有安装 LibreOffice"), "not-converted": _("转换程序没有转成")}


@rule(ADMINISTERS)
@require_GET
@never_cache
def show_printouts(request: HttpRequest) -> HttpResponse:
    """Those given up by the worker, the oldest first; what a paper says is not shown, for whoever administers may not read it."""
    rows = Printout.objects.filter(state=Printout.State.FAILED).select_related(
        "bulletin__organisation", "owner"
    )
    waiting = Printout.objects.filter(state=Printout.State.WAITING).count()
    told = [(row, TROUBLES.get(row.trouble, "")) for row in rows.order_by("asked_at", "pk")[:MOST]]
    return render(request, "administration/printouts.html", {"rows": told, "waiting": waiting})


@rule(ADMINISTERS)
@require_POST
@never_cache
def settle_printout(request: HttpRequest, pk: int) -> HttpResponse:
    """See to it oneself, try anew, or make it no more."""
    act = request.POST.get("act", "")
    try:
        if act == "take":
            domain.take_printout(pk, account_of(request).person_id or 0)
            said = gettext("已记下由您处理。")
        elif act == "retry":
            domain.retry_printout(pk, at=timezone.now())
            said = gettext("已放回，马上再试。")
        else:
            domain.drop_printout(pk)
            said = gettext("已记下不再制作，Word 文件照常能下载。")
    except RongheError as error:
        messages.error(request, error.message)
    else:
        messages.success(request, said)
    return redirect("admin-printouts")
