"""What somebody reads who has to wait."""

from __future__ import annotations

import datetime as dt

from django.utils import timezone
from django.utils.translation import gettext


def wait(until: dt.datetime) -> str:
    """When to try again, and who can help."""
    clock = f"{timezone.localtime(until):%H:%M:%S}"
    return gettext(
        "连续输错的次数太多，为防有人试密码，暂停登录。请在 %(clock)s 以后再试；急用请联系本单位管理员解除。"
    ) % {"clock": clock}
