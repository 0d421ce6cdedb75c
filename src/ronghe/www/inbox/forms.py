"""What the settings of messages and subscriptions ask."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django import forms
from django.utils.translation import gettext, gettext_lazy as _

from ronghe.ledger.entries import kind_of
from ronghe.messages.domain.hooks import NAME_MOST, URL_MOST
from ronghe.www.forms import PageForm

# What may be pushed of a case, in the order of its life.
PUSHED = (
    "case.opened",
    "case.accepted",
    "case.transferred",
    "case.returned",
    "case.paused",
    "case.resumed",
    "case.extended",
    "case.reminded",
    "case.urged",
    "case.answered",
    "case.closed",
    "case.reopened",
    "case.withdrawn",
)
HINTS = {
    "wecom": _("在企业微信“我”里点头像可以看到。"),
    "sms": _("11 位手机号。"),
    "mail": _("建议用工作邮箱。"),
}


class QuietForm(PageForm):
    """From when to when nobody is disturbed; both or neither."""

    quiet_from = forms.TimeField(
        label=_("从"), required=False, widget=forms.TimeInput({"type": "time"}, format="%H:%M")
    )
    quiet_until = forms.TimeField(
        label=_("到"), required=False, widget=forms.TimeInput({"type": "time"}, format="%H:%M")
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            field.error_messages["invalid"] = _("请写成 22:00 这样的时间。")

    def clean(self) -> dict[str, Any]:
        """One without the other says nothing."""
        given = super().clean() or self.cleaned_data
        if not self.errors and (given.get("quiet_from") is None) != (given.get("quiet_until") is None):
            missing = "quiet_from" if given.get("quiet_from") is None else "quiet_until"
            self.add_error(missing, gettext("请把起止时间都填上，或者都留空。"))
        return given

    @property
    def span(self) -> tuple[dt.time, dt.time] | None:
        """The hours, once valid."""
        begins, ends = self.cleaned_data.get("quiet_from"), self.cleaned_data.get("quiet_until")
        return (begins, ends) if begins is not None and ends is not None and begins != ends else None


class ReachForm(PageForm):
    """Where somebody wants to be reached by a channel."""

    address = forms.CharField(max_length=200, error_messages={"required": _("请填写要核对的地址。")})

    def __init__(self, *args: Any, label: object, channel: str, **kwargs: Any) -> None:
        super().__init__(*args, auto_id=f"{channel}_%s", **kwargs)
        field = self.fields["address"]
        field.label, field.help_text = str(label), HINTS[channel]
        kinds = {"sms": ("tel", "tel"), "mail": ("email", "email"), "wecom": ("text", "off")}
        mode, complete = kinds[channel]
        field.widget.attrs |= {"inputmode": mode, "autocomplete": complete, "data-draft-skip": True}


class CodeForm(PageForm):
    """The code that was sent there."""

    code = forms.CharField(
        label=_("验证码"), max_length=12, error_messages={"required": _("请填写收到的 6 位验证码。")}
    )

    def __init__(self, *args: Any, channel: str, **kwargs: Any) -> None:
        super().__init__(*args, auto_id=f"{channel}_%s", **kwargs)
        self.fields["code"].widget.attrs |= {"inputmode": "numeric", "autocomplete": "one-time-code"}


class HookForm(PageForm):
    """A new subscription: its name, where it goes, what it wants."""

    name = forms.CharField(
        label=_("名称"),
        max_length=NAME_MOST,
        help_text=_("给自己看的，例如“区工单系统”。"),
        error_messages={"required": _("请给推送起个名字。")},
    )
    url = forms.CharField(
        label=_("推送到"),
        max_length=URL_MOST,
        help_text=_("对方系统的完整地址，以 https:// 开头。"),
        error_messages={"required": _("请填写对方系统的地址。")},
    )
    kinds = forms.MultipleChoiceField(
        label=_("推送哪些事"),
        widget=forms.CheckboxSelectMultiple({"class": "choices"}),
        error_messages={"required": _("请至少选一种要推送的事。")},
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        chosen = self.fields["kinds"]
        assert isinstance(chosen, forms.MultipleChoiceField)  # noqa: S101 - said above
        chosen.choices = [(code, str(kind_of(code).sentence)) for code in PUSHED]
        self.fields["url"].widget.attrs |= {"inputmode": "url", "autocomplete": "off"}
