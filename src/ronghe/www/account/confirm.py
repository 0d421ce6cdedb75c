"""Asking once more who it is, before anything about signing in is changed."""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import wraps
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from allauth.account.internal.flows.login import get_authentication_records, record_authentication
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from ronghe.organisations.queries.factors import PRIMARY, factors_of
from ronghe.www.access import STAFF, account_of, rule
from ronghe.www.account.forms import ConfirmForm
from ronghe.www.account.webauthn import asking_options, has_passkey

if TYPE_CHECKING:
    from ronghe.organisations.models import Account

LASTS = 10 * 60  # seconds after a sign-in or a confirmation

View = Callable[..., HttpResponse]


def confirmed(view: View) -> View:
    """Only for who showed just now, by password, code or passkey, that it is still them."""

    @wraps(view)
    def ask(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return to_confirm(request) or view(request, *args, **kwargs)

    return ask


def to_confirm(request: HttpRequest) -> HttpResponse | None:
    """The way to showing it; None: they did just now. For views that first look for what is theirs."""
    if is_recent(request):
        return None
    back = request.get_full_path() if request.method == "GET" else reverse("account")
    return HttpResponseRedirect(f"{reverse('confirm')}?{urlencode({'next': back})}")


def is_recent(request: HttpRequest) -> bool:
    """Whether this session signed in or confirmed within the last minutes."""
    shown = get_authentication_records(request, account_of(request))
    return any(0 <= time.time() - one["at"] < LASTS for one in shown)


def note(request: HttpRequest, account: Account, method: str) -> None:
    """They showed it just now."""
    record_authentication(request, account, method, reauthenticated=True)


@rule(STAFF)
@never_cache
@require_http_methods(["GET", "POST"])
def confirm(request: HttpRequest) -> HttpResponse:
    """The password; for those who have a second factor a code or a passkey instead."""
    account = account_of(request)
    has_factor = any(one.type in PRIMARY for one in factors_of(account))
    form = ConfirmForm(request, request.POST if request.method == "POST" else None, has_factor=has_factor)
    if form.is_bound and form.is_valid():
        note(request, account, "mfa" if has_factor else "password")
        return redirect(back_to(request, "account"))
    context = {
        "form": form,
        "next": back_to(request, "account"),
        "has_factor": has_factor,
        "can": has_factor or account.has_usable_password(),
        "options": asking_options(account) if has_factor and has_passkey(account) else "",
    }
    return render(request, "account/confirm.html", context, status=422 if form.errors else 200)


def back_to(request: HttpRequest, otherwise: str) -> str:
    """Where the page was asked to lead back to, on this site only."""
    to = request.POST.get("next") or request.GET.get("next") or ""
    is_ours = url_has_allowed_host_and_scheme(to, {request.get_host()}, require_https=request.is_secure())
    return to if is_ours else reverse(otherwise)
