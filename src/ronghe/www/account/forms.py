"""The forms of signing in and of what protects it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib.auth.forms import AuthenticationForm
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from ronghe.organisations.domain import lockout
from ronghe.organisations.domain.factors import use_code
from ronghe.organisations.models import Account
from ronghe.www.access import account_of
from ronghe.www.account.webauthn import proved
from ronghe.www.account.words import wait
from ronghe.www.forms import PageForm, dress
from ronghe.www.limits import network_of

if TYPE_CHECKING:
    from allauth.mfa.models import Authenticator
    from django.http import HttpRequest

FILL = _("请填写。")


class SignInForm(AuthenticationForm):
    """Username and password. One message for a wrong name and a wrong password, so that neither is given away."""

    error_messages = {
        "invalid_login": _("账号或密码不对。请核对大小写和输入法后再试；忘了密码，请联系本单位管理员重设。"),
        "inactive": _("这个账号已经停用。如需恢复，请联系本单位管理员。"),
    }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["username"].label = _("账号")
        self.fields["password"].label = _("密码")
        for name in ("username", "password"):
            self.fields[name].error_messages["required"] = FILL
        dress(self)

    def clean(self) -> dict[str, Any]:
        name, password = (self.cleaned_data.get(key) for key in ("username", "password"))
        if not name or not password or self.request is None:
            return super().clean()
        at, network = timezone.now(), network_of(self.request)
        until = lockout.begin_try(lockout.PASSWORD, name, at=at, network=network)
        if until is not None:
            raise forms.ValidationError(wait(until), code="wait")
        try:
            cleaned = super().clean()
        except forms.ValidationError:
            account = Account.objects.filter(username=name).first()
            until = lockout.fail(lockout.PASSWORD, name, at=at, account=account, network=network)
            if until is not None:
                raise forms.ValidationError(wait(until), code="wait") from None
            raise
        lockout.succeed(lockout.PASSWORD, name)
        return cleaned


class CodeForm(PageForm):
    """A code of the app or a recovery code, or the answer of a passkey; wrong ones are counted for the account."""

    code = forms.CharField(
        label=_("动态码或备用码"),
        help_text=_("手机验证器上现在显示的 6 位数字；手机不在身边，填一个没用过的备用码。"),
        max_length=20,
        required=False,
        widget=forms.TextInput({"inputmode": "numeric", "autocomplete": "one-time-code"}),
    )
    credential = forms.CharField(required=False, widget=forms.HiddenInput)
    factor: Authenticator | None = None

    def __init__(self, account: Account, *args: Any, **kwargs: Any) -> None:
        self.account = account
        super().__init__(*args, **kwargs)

    def clean(self) -> dict[str, Any]:
        given = super().clean() or self.cleaned_data
        code, answer = given.get("code", ""), given.get("credential", "")
        if not code and not answer:
            self.add_error("code", FILL)
            return given
        at, who = timezone.now(), str(self.account.pk)
        until = lockout.begin_try(lockout.CODE, who, at=at)
        if until is None:
            self.factor = proved(answer, self.account) if answer else use_code(self.account, code, at=at)
            if self.factor is not None:
                lockout.succeed(lockout.CODE, who)
                return given
            until = lockout.fail(lockout.CODE, who, at=at, account=self.account)
        if until is not None:
            self.add_error(None, wait(until))
        elif answer:
            self.add_error(None, _("这次通行密钥没有验证通过。请再试一次，或改用动态码、备用码。"))
        else:
            self.add_error(
                "code", _("这个码不对，或者已经用过。请等手机上换了新数字再填；备用码每个只能用一次。")
            )
        return given


class ConfirmForm(CodeForm):
    """It is still them: the password, or what their second step is."""

    password = forms.CharField(
        label=_("密码"),
        required=False,
        widget=forms.PasswordInput({"autocomplete": "current-password"}),
    )

    def __init__(self, request: HttpRequest, *args: Any, has_factor: bool, **kwargs: Any) -> None:
        self.has_factor = has_factor
        super().__init__(account_of(request), *args, **kwargs)
        for name in ("password",) if has_factor else ("code", "credential"):
            del self.fields[name]
        if not has_factor:
            self.fields["password"].required = True
            self.fields["password"].error_messages["required"] = FILL

    def clean(self) -> dict[str, Any]:
        if self.has_factor:
            return super().clean()
        password = self.cleaned_data.get("password")
        if password:
            said = refuse_password(self.account, password)
            if said:
                self.add_error("password", said)
        return self.cleaned_data


class PasswordForm(PageForm):
    """The password one has, and the one one wants. The first is named as everywhere, so that none is ever kept as typed."""

    password = forms.CharField(
        label=_("现在的密码"), widget=forms.PasswordInput({"autocomplete": "current-password"})
    )
    new = forms.CharField(
        label=_("新密码"),
        help_text=_("至少 10 个字符，不要用常见的词或自己的账号名。几个不相干的词连起来，又好记又难猜。"),
        max_length=200,
        strip=False,
        widget=forms.PasswordInput({"autocomplete": "new-password"}),
    )
    again = forms.CharField(
        label=_("再输一遍新密码"),
        strip=False,
        widget=forms.PasswordInput({"autocomplete": "new-password"}),
    )

    def __init__(self, account: Account, *args: Any, **kwargs: Any) -> None:
        self.account = account
        super().__init__(*args, **kwargs)
        self.fields["password"].strip = False  # type: ignore[attr-defined]
        for field in self.fields.values():
            field.error_messages["required"] = FILL

    def clean(self) -> dict[str, Any]:
        given = super().clean() or self.cleaned_data
        if given.get("new") and given.get("again") and given["new"] != given["again"]:
            self.add_error("again", _("两遍不一样，请重新输入。"))
        elif len(given) == len(self.fields):
            said = refuse_password(self.account, given["password"])
            if said:
                self.add_error("password", said)
        return given


def refuse_password(account: Account, password: str) -> str:
    """Why a password somebody signed in gives for themselves is not taken; empty: it is right."""
    at, name = timezone.now(), account.username
    until = lockout.begin_try(lockout.PASSWORD, name, at=at)
    if until is None:
        if account.check_password(password):
            lockout.succeed(lockout.PASSWORD, name)
            return ""
        until = lockout.fail(lockout.PASSWORD, name, at=at, account=account)
    return wait(until) if until is not None else str(_("密码不对。请核对大小写和输入法后再试。"))


class TotpForm(PageForm):
    """The first code of an app that was just given the secret."""

    code = forms.CharField(
        label=_("动态码"),
        help_text=_("扫码以后，手机上显示的 6 位数字。"),
        max_length=10,
        error_messages={"required": FILL},
        widget=forms.TextInput({"inputmode": "numeric", "autocomplete": "one-time-code"}),
    )


class PasskeyForm(PageForm):
    """What to call a passkey, and what the browser made."""

    name = forms.CharField(
        label=_("给它起个名字"),
        help_text=_("例如：办公室电脑、我的手机。"),
        max_length=30,
        required=False,
    )
    credential = forms.CharField(required=False, widget=forms.HiddenInput)
