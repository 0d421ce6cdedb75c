"""登录与安全: how I sign in, where I am signed in, my password."""

from __future__ import annotations

import re
from dataclasses import dataclass

from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.socialaccount.models import SocialAccount
from allauth.usersessions.models import UserSession
from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext, gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from ronghe.organisations.domain.accounts import change_password, end_sessions
from ronghe.organisations.exceptions import OrganisationError
from ronghe.organisations.models import Account
from ronghe.organisations.queries.factors import factors_of
from ronghe.www.access import STAFF, account_of, rule
from ronghe.www.account import devices, providers
from ronghe.www.account.confirm import back_to
from ronghe.www.account.duties import needs_factor
from ronghe.www.account.forms import PasswordForm

GO_ON = "account-go-on"
SYSTEMS = (
    (re.compile(r"HarmonyOS|OpenHarmony"), _("鸿蒙")),
    (re.compile(r"iPhone|iPad"), _("苹果手机或平板")),
    (re.compile(r"Android"), _("安卓手机")),
    (re.compile(r"Windows"), _("Windows 电脑")),
    (re.compile(r"Mac OS X|Macintosh"), _("苹果电脑")),
    (re.compile(r"Linux|X11"), _("Linux 电脑")),
)
BROWSERS = (
    (re.compile(r"MicroMessenger"), _("微信")),
    (re.compile(r"DingTalk"), _("钉钉")),
    (re.compile(r"Edg/"), _("Edge 浏览器")),
    (re.compile(r"Firefox/"), _("火狐浏览器")),
    (re.compile(r"HuaweiBrowser"), _("华为浏览器")),
    (re.compile(r"Chrome/|Chromium/"), _("谷歌内核浏览器")),
    (re.compile(r"Safari/"), _("Safari 浏览器")),
)


@dataclass(frozen=True)
class Device:
    """One place somebody is signed in, in words."""

    session: UserSession
    words: str
    network: str
    is_here: bool


@rule(STAFF)
@never_cache
@require_GET
def show(request: HttpRequest) -> HttpResponse:
    """What protects my sign-in; whoever has to set up a second factor first is told so, and led back afterwards."""
    account = account_of(request)
    if request.GET.get("next"):
        request.session[GO_ON] = back_to(request, "me")
    factors = factors_of(account)
    linked = {link.provider: link for link in SocialAccount.objects.filter(user=account)}
    recovery = next((one for one in factors if one.type == Authenticator.Type.RECOVERY_CODES), None)
    totp = next((one for one in factors if one.type == Authenticator.Type.TOTP), None)
    passkeys = [one for one in factors if one.type == Authenticator.Type.WEBAUTHN]
    context = {
        "totp": totp,
        "passkeys": passkeys,
        "recovery": recovery,
        "left": len(RecoveryCodes(recovery).get_unused_codes()) if recovery else 0,
        "must": needs_factor(account, timezone.localdate()) and not totp and not passkeys,
        "providers": [(app, linked.get(app.provider_id)) for app in providers.apps()],
        "devices": len(devices.devices_of(account)),
        "has_password": account.has_usable_password(),
    }
    return render(request, "account/overview.html", context)


@rule(STAFF)
@never_cache
@require_GET
def show_devices(request: HttpRequest) -> HttpResponse:
    """Where I am signed in."""
    rows = [_device(request, session) for session in devices.devices_of(account_of(request))]
    return render(
        request, "account/devices.html", {"rows": rows, "others": sum(not row.is_here for row in rows)}
    )


@rule(STAFF)
@require_POST
def end_device(request: HttpRequest, pk: int) -> HttpResponse:
    """Sign out one of them; what is not mine is not found."""
    account = account_of(request)
    if not end_sessions(
        account, actor=actor_of(account), at=timezone.now(), only=[pk], keep=request.session.session_key
    ):
        raise Http404
    messages.success(request, gettext("那台设备已经退出登录。"))
    return redirect("devices")


@rule(STAFF)
@require_POST
def end_others(request: HttpRequest) -> HttpResponse:
    """Sign out everywhere but here."""
    account = account_of(request)
    done = end_sessions(account, actor=actor_of(account), at=timezone.now(), keep=request.session.session_key)
    messages.success(request, gettext("其他 %(n)d 台设备都已退出登录。") % {"n": done})
    return redirect("devices")


@rule(STAFF)
@never_cache
@sensitive_post_parameters()
@require_http_methods(["GET", "POST"])
def change(request: HttpRequest) -> HttpResponse:
    """A new password; everywhere else I am signed out."""
    account = account_of(request)
    form = PasswordForm(account, request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        old_key = str(request.session.session_key)
        try:
            changed = change_password(
                account,
                password=form.cleaned_data["new"],
                actor=actor_of(account),
                at=timezone.now(),
                keep=old_key,
            )
        except OrganisationError as error:
            form.add_error("new", error.message)
        else:
            update_session_auth_hash(request, changed)
            devices.renew(request, old_key)
            messages.success(request, gettext("密码已更改，其他设备都已退出登录。"))
            return redirect(back_to(request, "account"))
    context = {"form": form, "next": back_to(request, "account"), "must": account.must_change}
    return render(request, "account/password.html", context, status=422 if form.errors else 200)


def actor_of(account: Account) -> str:
    """Who is written down as having done it."""
    return f"person:{account.person_id}" if account.person_id else "system:account"


def _device(request: HttpRequest, session: UserSession) -> Device:
    return Device(
        session=session,
        words=words_of(session.user_agent),
        network="" if session.ip == devices.UNKNOWN else session.ip.removesuffix(".0"),
        is_here=session.session_key == request.session.session_key,
    )


def words_of(agent: str) -> str:
    """A browser in words."""
    words = [
        next((str(word) for one, word in table if one.search(agent)), "") for table in (SYSTEMS, BROWSERS)
    ]
    return "，".join(filter(None, words)) or gettext("不认识的设备")
