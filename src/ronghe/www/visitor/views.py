"""我的诉求: signing in by phone code, and every case that is mine to follow."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from ronghe.casework.models import Case
from ronghe.casework.queries.clocks import sentence_of
from ronghe.casework.queries.followed import followed_by
from ronghe.casework.queries.lights import lights_at
from ronghe.core.worktime import Calendar, Light
from ronghe.definitions.queries import calendar
from ronghe.organisations.domain import visitors
from ronghe.organisations.exceptions import VisitorError
from ronghe.organisations.queries.visitors import spoken_for
from ronghe.www import limits
from ronghe.www.access import KEPT, PUBLIC, VISITOR, own_visitor, rule
from ronghe.www.visitor import session
from ronghe.www.visitor.forms import CodeForm, PhoneForm

ON_A_PAGE = 20


@rule(PUBLIC)
@never_cache
@require_http_methods(["GET", "POST"])
def sign_in(request: HttpRequest) -> HttpResponse:
    """A phone, then the code sent to it; whoever has both is in."""
    if request.method == "POST":
        return _enter(request) if request.POST.get("stage") == "enter" else _send(request)
    return _show(request, PhoneForm())


def _show(request: HttpRequest, form: PhoneForm | CodeForm, status: int = 200, **more: Any) -> HttpResponse:
    context = {
        "form": form,
        "next": request.POST.get("next") or request.GET.get("next", ""),
        "kept": KEPT in request.session,
        "test_channel": settings.DEMO and settings.TRANSPORT == "test",
        "demo_phones": settings.DEMO_PHONES if settings.DEMO else None,
        **more,
    }
    return render(request, "visitor/sign_in.html", context, status=422 if form.errors else status)


def _send(request: HttpRequest) -> HttpResponse:
    form, at = PhoneForm(request.POST), timezone.now()
    if not form.is_valid():
        return _show(request, form)
    refused = limits.code_refusal(request, at)
    if refused is not None:
        form.add_error(None, refused.says)
        return _show(request, form)
    phone, says = form.cleaned_data["phone"], ""
    try:
        visitors.send_code(phone, at=at)
        limits.count_code(request, at)
    except VisitorError as error:
        if error.code != "code-too-soon":
            form.add_error(None, error.message)
            return _show(request, form)
        says = error.message
    return _show(request, CodeForm(initial={"phone": phone}), phone=phone, says=says)


def _enter(request: HttpRequest) -> HttpResponse:
    form, at = CodeForm(request.POST), timezone.now()
    if form.has_error("phone"):
        return _show(request, PhoneForm(request.POST))
    phone = form.cleaned_data["phone"]
    if not form.is_valid():
        return _show(request, form, phone=phone)
    network = limits.network_of(request)
    refused = limits.try_refusal(network, at)
    if refused is not None:
        form.add_error(None, refused.says)
        return _show(request, form, phone=phone)
    try:
        visitor = visitors.sign_in(phone, form.cleaned_data["code"], at=at)
    except VisitorError as error:
        limits.count_wrong_code(network, at)
        form.add_error("code", error.message)
        return _show(request, form, phone=phone)
    session.begin(request, visitor)
    to = request.POST.get("next", "")
    is_ours = url_has_allowed_host_and_scheme(to, {request.get_host()}, require_https=request.is_secure())
    return redirect(to if is_ours else "my")


@rule(PUBLIC)
@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    """Only by a button, never by a link someone sends."""
    session.end(request)
    messages.success(request, gettext("已退出登录。"))
    return redirect("home")


@dataclass(frozen=True)
class Row:
    """One case of the list, as its requester needs it."""

    case: Case
    light: Light
    sentence: str
    is_open: bool


def _rows(cases: Iterable[Case], now: dt.datetime, days: Calendar) -> list[Row]:
    lights = lights_at(now, days)
    return [
        Row(
            case,
            lights.light(case, case.due),
            sentence_of(case, now, days) if case.state == "open" and case.due else "",
            case.state == "open",
        )
        for case in cases
    ]


@rule(VISITOR)
@never_cache
@require_GET
def show_mine(request: HttpRequest) -> HttpResponse:
    """Every case I may follow, the newest first."""
    visitor, now = own_visitor(request), timezone.localtime()
    page = Paginator(followed_by(visitor), ON_A_PAGE).get_page(request.GET.get("page"))
    context = {
        "page": page,
        "rows": _rows(page.object_list, now, calendar()),
        "enterprises": [claim.enterprise for claim in spoken_for(visitor)],
        "contact": visitors.contact_of(visitor),
    }
    return render(request, "visitor/my.html", context)
