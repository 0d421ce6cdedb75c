"""Setting up and taking away second steps: codes of an app, passkeys, recovery codes."""

from __future__ import annotations

import time

from allauth.mfa.adapter import get_adapter
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import clear_totp_secret, get_totp_secret
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from ronghe.organisations.domain import factors
from ronghe.organisations.exceptions import OrganisationError
from ronghe.organisations.models import Account
from ronghe.organisations.queries.factors import PRIMARY, factors_of
from ronghe.www.access import STAFF, account_of, rule
from ronghe.www.account.confirm import confirmed, to_confirm
from ronghe.www.account.duties import FACTOR, needs_factor
from ronghe.www.account.forms import PasskeyForm, TotpForm
from ronghe.www.account.overview import GO_ON, actor_of
from ronghe.www.account.webauthn import made, making_options
from ronghe.www.qr import qr_svg

SHOWN_UNTIL = "recovery-shown-until"
SHOWN_FOR = 10 * 60  # seconds in which new recovery codes can be read and taken down


@rule(STAFF)
@never_cache
@require_http_methods(["GET", "POST"])
@confirmed
def set_up_codes(request: HttpRequest) -> HttpResponse:
    """Scan, then show that the app has it by its first code."""
    account = account_of(request)
    form = TotpForm(request.POST if request.method == "POST" else None)
    secret = get_totp_secret()
    had_recovery = _has(account, Authenticator.Type.RECOVERY_CODES)
    if form.is_bound and form.is_valid():
        try:
            factors.add_totp(
                account,
                secret=secret,
                code=form.cleaned_data["code"],
                actor=actor_of(account),
                at=timezone.now(),
            )
        except OrganisationError as error:
            form.add_error("code", error.message)
        else:
            clear_totp_secret(request)
            return _added(request, gettext("动态码已开通，下次登录就会问。"), is_first=not had_recovery)
    elif _has(account, Authenticator.Type.TOTP):
        return redirect("account")
    address = get_adapter().build_totp_url(account, secret)
    context = {
        "form": form,
        "qr": qr_svg(address, title=gettext("用手机验证器扫的二维码")),
        "secret": " ".join(secret[at : at + 4] for at in range(0, len(secret), 4)),
    }
    return render(request, "account/set_up_codes.html", context, status=422 if form.errors else 200)


@rule(STAFF)
@never_cache
@require_http_methods(["GET", "POST"])
def remove(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask for it no more, after asking whether it is meant; a passkey may be given another name here."""
    account = account_of(request)
    factor = next((one for one in factors_of(account) if one.pk == pk and one.type in PRIMARY), None)
    if factor is None:
        raise Http404
    if asked := to_confirm(request):
        return asked
    others = [one for one in factors_of(account) if one.type in PRIMARY and one.pk != pk]
    is_needed = not others and needs_factor(account, timezone.localdate())
    form = PasskeyForm(request.POST if request.method == "POST" else None, initial=factor.data)
    if request.method == "POST" and "rename" in request.POST and form.is_valid():
        factors.rename_passkey(factor, name=form.cleaned_data["name"])
        messages.success(request, gettext("已改名。"))
        return redirect("account")
    if request.method == "POST" and "remove" in request.POST and not is_needed:
        factors.remove_factor(account, factor, actor=actor_of(account), at=timezone.now())
        request.session.pop(FACTOR, None)
        messages.success(request, gettext("已停用，登录时不再问。"))
        return redirect("account")
    context = {"factor": factor, "form": form, "is_needed": is_needed, "is_last": not others}
    return render(request, "account/factor.html", context, status=422 if request.method == "POST" else 200)


@rule(STAFF)
@never_cache
@require_http_methods(["GET", "POST"])
@confirmed
def add_passkey(request: HttpRequest) -> HttpResponse:
    """The browser makes one; we keep what shows that it did."""
    account = account_of(request)
    form = PasskeyForm(request.POST if request.method == "POST" else None)
    had_recovery = _has(account, Authenticator.Type.RECOVERY_CODES)
    if form.is_bound and form.is_valid():
        credential = made(form.cleaned_data["credential"])
        if credential is None:
            form.add_error(None, gettext("没有收到浏览器做好的通行密钥，没有添加。请再按一次“添加”。"))
        else:
            try:
                factors.add_passkey(
                    account,
                    name=form.cleaned_data["name"],
                    credential=credential,
                    actor=actor_of(account),
                    at=timezone.now(),
                )
            except OrganisationError as error:
                form.add_error(None, error.message)
            else:
                done = gettext("通行密钥已添加，下次登录可以直接用它。")
                return _added(request, done, is_first=not had_recovery)
    context = {"form": form, "options": making_options(account)}
    return render(request, "account/add_passkey.html", context, status=422 if form.errors else 200)


@rule(STAFF)
@never_cache
@require_http_methods(["GET", "POST"])
@confirmed
def recovery(request: HttpRequest) -> HttpResponse:
    """Recovery codes: shown for some minutes after they were made, never again; POST makes new ones."""
    account = account_of(request)
    if request.method == "POST":
        try:
            factors.renew_recovery(account, actor=actor_of(account), at=timezone.now())
        except OrganisationError as error:
            messages.error(request, error.message)
            return redirect("account")
        request.session[SHOWN_UNTIL] = time.time() + SHOWN_FOR
        messages.success(request, gettext("已生成新的备用码，原来的都作废了。"))
        return redirect("recovery")
    if not _has(account, Authenticator.Type.RECOVERY_CODES):
        return redirect("account")
    context = {"codes": _shown(request, account), "go_on": request.session.get(GO_ON, "")}
    return render(request, "account/recovery.html", context)


@rule(STAFF)
@never_cache
@require_GET
@confirmed
def recovery_file(request: HttpRequest) -> HttpResponse:
    """The same as a text to keep, as long as they are shown."""
    account = account_of(request)
    codes = _shown(request, account)
    if not codes:
        raise Http404
    head = gettext("%(name)s 的登录备用码，每个只能用一次，请放在别人拿不到的地方。") % {
        "name": account.username
    }
    text = "\r\n".join([head, "", *codes, ""])
    return HttpResponse(
        text.encode("utf-8-sig"),
        headers={
            "Content-Type": "text/plain; charset=utf-8",
            "Content-Disposition": 'attachment; filename="recovery-codes.txt"',
        },
    )


def _added(request: HttpRequest, done: str, *, is_first: bool) -> HttpResponse:
    request.session[FACTOR] = True
    messages.success(request, done)
    if is_first:
        request.session[SHOWN_UNTIL] = time.time() + SHOWN_FOR
        return redirect("recovery")
    return redirect("account")


def _has(account: Account, kind: Authenticator.Type) -> bool:
    return any(one.type == kind for one in factors_of(account))


def _shown(request: HttpRequest, account: Account) -> list[str]:
    if time.time() >= request.session.get(SHOWN_UNTIL, 0):
        return []
    found = next((one for one in factors_of(account) if one.type == Authenticator.Type.RECOVERY_CODES), None)
    return RecoveryCodes(found).get_unused_codes() if found else []
