"""What a visitor is asked: a phone, a code, an enterprise's code, a colleague's phone."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from ronghe.core import creditcode
from ronghe.core.errors import RongheError
from ronghe.organisations.domain.visitors import DIGITS, mobile
from ronghe.organisations.queries.visitors import REFUSALS
from ronghe.www.forms import PageForm


class PhoneField(forms.CharField):
    """A mobile number, plain once clean."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault(
            "widget", forms.TextInput({"type": "tel", "autocomplete": "tel", "inputmode": "tel"})
        )
        super().__init__(max_length=30, **kwargs)
        self.error_messages["required"] = _("请填写手机号。")
        self.error_messages["max_length"] = _("手机号太长了，请核对。")

    def clean(self, value: Any) -> str:
        typed: str = super().clean(value)
        try:
            return mobile(typed) if typed else ""
        except RongheError as error:
            raise forms.ValidationError(str(_("手机号应为 11 位数字，请核对。")), code=error.code) from error


class PhoneForm(PageForm):
    """Where the code goes."""

    phone = PhoneField(label=_("手机号"))


class CodeForm(PageForm):
    """The code that came."""

    phone = PhoneField(label=_("手机号"), widget=forms.HiddenInput())
    code = forms.CharField(
        label=_("短信验证码"),
        max_length=20,
        widget=forms.TextInput(
            {"inputmode": "numeric", "autocomplete": "one-time-code", "maxlength": DIGITS + 2}
        ),
        error_messages={"required": _("请填写收到的 6 位验证码。"), "max_length": _("验证码是 6 位数字。")},
    )


class ClaimForm(PageForm):
    """Which enterprise, and who says so."""

    credit_code = forms.CharField(
        label=_("统一社会信用代码"),
        help_text=_("营业执照上 18 位的代码。"),
        max_length=40,
        widget=forms.TextInput(
            {"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"}
        ),
        error_messages={
            "required": _("请填写统一社会信用代码。"),
            "max_length": _("代码是 18 位，请核对。"),
        },
    )
    name = forms.CharField(
        label=_("您的姓名"),
        help_text=_("核实时会问企业认不认识您。"),
        max_length=60,
        widget=forms.TextInput({"autocomplete": "name"}),
        error_messages={"required": _("请填写您的姓名。"), "max_length": _("姓名最多 60 个字。")},
    )

    def clean_credit_code(self) -> str:
        """Checked by its check digit."""
        try:
            return creditcode.check(self.cleaned_data["credit_code"])
        except RongheError as error:
            raise forms.ValidationError(error.message) from error


class DelegateForm(PageForm):
    """Whom an owner lets act for the enterprise."""

    name = forms.CharField(
        label=_("经办人姓名"),
        max_length=60,
        widget=forms.TextInput({"autocomplete": "off"}),
        error_messages={"required": _("请填写经办人姓名。"), "max_length": _("姓名最多 60 个字。")},
    )
    phone = PhoneField(
        label=_("经办人手机号"), widget=forms.TextInput({"type": "tel", "autocomplete": "off"})
    )


class RefuseForm(PageForm):
    """Why a claim is not confirmed."""

    ground = forms.ChoiceField(
        label=_("为什么不同意"),
        choices=[(ground.value, ground.label) for ground in REFUSALS],
        widget=forms.RadioSelect(),
        error_messages={"required": _("请选一个原因，申请人会看到。")},
    )
