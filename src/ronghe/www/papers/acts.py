"""Signing a paper, handing it back, taking it down. A GET is somebody coming back from signing in again."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from ronghe.bulletins import domain as bulletins
from ronghe.bulletins.enums import State
from ronghe.core.errors import RongheError
from ronghe.www.access import STAFF, rule
from ronghe.www.forms import PageForm
from ronghe.www.papers.forms import ReasonForm, WithdrawForm
from ronghe.www.papers.listing import powers_for
from ronghe.www.papers.page import PaperPage, page_or_404
from ronghe.www.papers.views import show


class SignForm(PageForm):
    """Nothing is asked but that the paper is the one that was read."""

    def refuse(self, error: RongheError) -> None:
        """What was refused stands above."""
        self.add_error(None, error.message)


def _acting(
    name: str, form_class: type[Any], act: Callable[[HttpRequest, PaperPage, Any], str]
) -> Callable[[HttpRequest, int], HttpResponse]:
    @rule(STAFF)
    @require_http_methods(["GET", "POST"])
    @never_cache
    def view(request: HttpRequest, pk: int) -> HttpResponse:
        page = page_or_404(pk, powers_for(request))
        if request.method == "GET":
            return redirect("paper", pk)
        form = form_class(request.POST)
        if not form.is_valid():
            return show(request, page, status=422, **{name: form})
        try:
            messages.success(request, act(request, page, form))
        except RongheError as error:
            form.refuse(error)
            page.paper.refresh_from_db()
            return show(request, page_or_404(pk, page.powers), status=422, **{name: form})
        return redirect("paper", pk)

    return view


def _sign(request: HttpRequest, page: PaperPage, _form: SignForm) -> str:
    typed = request.POST.get("revision", "")
    revision = int(typed) if typed.isdigit() else 0
    paper = bulletins.sign(page.paper.pk, revision=revision, powers=page.powers, at=timezone.now())
    if paper.state == State.ISSUED:
        return gettext("已签发，文件已发布%(number)s。") % {
            "number": f"（{paper.number}）" if paper.number else ""
        }
    return gettext("已签，下一道会收到通知。")


def _return(_request: HttpRequest, page: PaperPage, form: ReasonForm) -> str:
    bulletins.return_(
        page.paper.pk, note_text=form.cleaned_data["note"], powers=page.powers, at=timezone.now()
    )
    return gettext("已退回修改，起草的人会收到您的意见。")


def _withdraw(_request: HttpRequest, page: PaperPage, form: WithdrawForm) -> str:
    given = form.cleaned_data
    bulletins.withdraw(
        page.paper.pk, ground=given["ground"], note_text=given["note"], powers=page.powers, at=timezone.now()
    )
    return gettext("已撤下，公开页上看不到了；这里留着原文和撤下的原因。")


sign = _acting("sign_form", SignForm, _sign)
return_ = _acting("return_form", ReasonForm, _return)
withdraw = _acting("withdraw_form", WithdrawForm, _withdraw)
