"""Where something was sent, in words: the channel, when, and why it was not taken."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from ronghe.messages.enums import Channel
from ronghe.messages.models import Attempt

TROUBLES = {
    "unreachable": _("通道连不上"),
    "too-slow": _("通道没有及时应答"),
    "resting": _("通道连不上"),
    "no-such-host": _("找不到对方地址"),
    "no-such-user": _("对方没有这个账号"),
    "refused-recipient": _("收件地址被拒收"),
    "bad-address": _("收件地址不能用"),
    "private-address": _("地址指向内部网络"),
    "bad-url": _("地址不合要求"),
    "redirected": _("对方要转到别的地址"),
    "gone": _("对方声明不再接收"),
    "identity-key": _("内容打不开"),
    "no-channel": _("没有启用这个通道"),
}
OTHERS = _("对方没有收下")


@dataclass(frozen=True)
class Sent:
    """One try: by what, when, and what went wrong (empty: it was taken)."""

    channel: object
    at: dt.datetime
    trouble: object


def sent_of(attempts: Iterable[Attempt]) -> list[Sent]:
    """The tries in words, as they happened."""
    names = {str(name): label for name, label in Channel.choices}
    return [
        Sent(
            names.get(one.channel, one.channel),
            one.at,
            "" if one.ok else TROUBLES.get(one.trouble, OTHERS),
        )
        for one in attempts
    ]


def last_by_channel(attempts: Iterable[Attempt]) -> list[Sent]:
    """How the last try by each channel went, for a line of a list."""
    return sent_of({one.channel: one for one in attempts}.values())
