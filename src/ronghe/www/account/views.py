"""Signing in and out."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout, views as auth
from django.contrib.auth.forms import AuthenticationForm
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from ronghe.casework.queries.worklist import open_steps
from ronghe.definitions.enums import Power
from ronghe.organisations.models import Account, Appointment
from ronghe.organisations.queries import powers_of
from ronghe.www.access import KEPT, PUBLIC, rule
from ronghe.www.account.forms import SignInForm


@rule(PUBLIC)
class SignIn(auth.LoginView):
    """Username and password; a demonstration names its accounts."""

    form_class = SignInForm
    template_name = "account/sign_in.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        context["kept"] = KEPT in self.request.session
        if settings.DEMO:
            context |= {"demo_accounts": demo_accounts(), "demo_password": settings.DEMO_PASSWORD}
        return context

    def get_default_redirect_url(self) -> str:
        return reverse(landing(self.request.user, timezone.localdate()))

    def form_invalid(self, form: AuthenticationForm) -> HttpResponse:
        response = super().form_invalid(form)
        response.status_code = 422
        return response


def landing(account: object, on: dt.date) -> str:
    """The name of the page to begin at: the board for those who oversee and have nothing waiting for themselves."""
    powers = powers_of(account, on)
    watches = powers.has(Power.OVERSEE) or powers.has(Power.ADMINISTER)
    return "board" if watches and not open_steps(powers).exists() else "desk"


def demo_accounts() -> list[dict[str, Any]]:
    """The accounts a demonstration offers, with the posts each holds today."""
    accounts = Account.objects.filter(username__startswith="demo-", is_active=True).select_related("person")
    today = timezone.localdate()
    posts: dict[int, list[str]] = {}
    held = (
        Appointment.objects.filter(person__account__in=accounts, begins__lte=today)
        .exclude(ends__lte=today)
        .select_related("post__organisation")
        .order_by("pk")
    )
    for appointment in held:
        post = appointment.post
        posts.setdefault(appointment.person_id, []).append(f"{post.organisation} {post.title}")
    return [
        {"username": account.username, "name": account.person, "posts": posts.get(account.person_id or 0, [])}
        for account in accounts.order_by("pk")
    ]


@rule(PUBLIC)
@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    """End the session; only by a button, never by a link someone sends."""
    logout(request)
    messages.success(request, _("已退出登录。"))
    return redirect("home")
