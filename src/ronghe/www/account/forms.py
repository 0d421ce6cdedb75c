"""The sign-in form."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.forms import AuthenticationForm
from django.utils.translation import gettext_lazy as _

from ronghe.www.forms import dress


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
            self.fields[name].error_messages["required"] = _("请填写。")
        dress(self)
