"""Signing in and out."""

from __future__ import annotations

from typing import Any

from allauth.account.internal.flows.login import perform_login, record_authentication
from allauth.account.models import Login
from allauth.account.stages import LoginStageController
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout, views as auth
from django.contrib.auth.forms import AuthenticationForm
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from ronghe.organisations.models import Account, Appointment
from ronghe.organisations.queries.rolls import openly
from ronghe.www.access import KEPT, PUBLIC, rule
from ronghe.www.account import devices, providers
from ronghe.www.account.confirm import back_to
from ronghe.www.account.forms import CodeForm, SignInForm
from ronghe.www.account.landing import landing
from ronghe.www.account.stages import SecondStep
from ronghe.www.account.webauthn import asking_options, has_passkey, proved

__all__ = ["SignIn", "landing", "passkey_sign_in", "second_step", "sign_out"]


@rule(PUBLIC)
class SignIn(auth.LoginView):
    """Username and password; a demonstration names its accounts."""

    form_class = SignInForm
    template_name = "account/sign_in.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        context |= {"kept": KEPT in self.request.session, "providers": providers.apps()}
        if settings.DEMO:
            context |= {"demo_accounts": demo_accounts(), "demo_password": settings.DEMO_PASSWORD}
        return context

    def form_valid(self, form: AuthenticationForm) -> HttpResponse:
        account = form.get_user()
        record_authentication(self.request, account, "password")
        answer: HttpResponse = perform_login(
            self.request, Login(user=account, redirect_url=self.get_redirect_url() or None)
        )
        return answer

    def form_invalid(self, form: AuthenticationForm) -> HttpResponse:
        response = super().form_invalid(form)
        response.status_code = 422
        return response


@rule(PUBLIC)
@never_cache
@require_http_methods(["GET", "POST"])
def second_step(request: HttpRequest) -> HttpResponse:
    """A code or a passkey, after the password was right."""
    stage = LoginStageController.enter(request, SecondStep.key)
    account = stage.login.user if stage else None
    if stage is None or not isinstance(account, Account) or not account.is_active:
        messages.info(request, _("登录没有完成，或者隔得太久了。请重新登录。"))
        return redirect("sign-in")
    form = CodeForm(account, request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid() and form.factor is not None:
        record_authentication(request, account, "mfa", type=form.factor.type)
        answer: HttpResponse = stage.exit()
        _tell_left(request, form.factor)
        return answer
    context = {
        "form": form,
        "kept": KEPT in request.session,
        "options": asking_options(account) if has_passkey(account) else "",
    }
    return render(request, "account/second_step.html", context, status=422 if form.errors else 200)


def _tell_left(request: HttpRequest, factor: Authenticator) -> None:
    if factor.type == Authenticator.Type.RECOVERY_CODES:
        left = len(RecoveryCodes(factor).get_unused_codes())
        messages.info(
            request,
            _("您用掉了一个备用码，还剩 %(n)d 个。用完以前请在“我的 → 登录与安全”重新生成。") % {"n": left},
        )


@rule(PUBLIC)
@never_cache
@require_http_methods(["GET", "POST"])
def passkey_sign_in(request: HttpRequest) -> HttpResponse:
    """By a passkey alone: GET gives what the browser is asked, POST takes its answer."""
    if request.method == "GET":
        return HttpResponse(asking_options(None), content_type="application/json")
    factor = proved(request.POST.get("credential", ""), None)
    if factor is None or not isinstance(factor.user, Account):
        messages.error(request, _("这次通行密钥没有验证通过。请再试一次，或用账号密码登录。"))
        return redirect("sign-in")
    record_authentication(request, factor.user, "mfa", type=factor.type, passwordless=True)
    to = back_to(request, "sign-in") if request.POST.get("next") else None
    answer: HttpResponse = perform_login(request, Login(user=factor.user, redirect_url=to))
    return answer


def demo_accounts() -> list[dict[str, Any]]:
    """The accounts a demonstration offers, with the posts each holds today."""
    accounts = Account.objects.filter(username__startswith="demo-", is_active=True).select_related("person")
    today = timezone.localdate()
    posts: dict[int, list[str]] = {}
    held = (
        Appointment.objects.filter(person__account__in=accounts, begins__lte=today)
        .filter(openly(today))
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
    devices.forget(request)
    logout(request)
    messages.success(request, _("已退出登录。"))
    return redirect("home")
