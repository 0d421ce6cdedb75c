"""Which transports there are, and which of them this installation uses."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from django.conf import settings

from ronghe.messages.enums import Channel
from ronghe.messages.exceptions import MessageError
from ronghe.messages.transports.mail import MailTransport
from ronghe.messages.transports.parcels import TestTransport, Transport
from ronghe.messages.transports.sms import SmsTransport
from ronghe.messages.transports.webhook import WebhookTransport
from ronghe.messages.transports.wecom import WecomTransport

TRANSPORTS: Mapping[str, Callable[[], Transport]] = {
    Channel.WECOM: WecomTransport,
    Channel.SMS: SmsTransport,
    Channel.MAIL: MailTransport,
    Channel.WEBHOOK: WebhookTransport,
    Channel.TEST: TestTransport,
}


def in_force() -> list[str]:
    """The channels of this installation beside the page. Raises MessageError naming those there are."""
    words = [word.strip() for word in settings.TRANSPORT.split(",") if word.strip()]
    for word in words:
        if word not in TRANSPORTS and word != Channel.PAGE:
            known = "、".join([*sorted(TRANSPORTS), Channel.PAGE])
            message = f"RONGHE_TRANSPORT 写的“{word}”不认识，消息都还在，没有发送。请改成下面的一个或几个，用逗号隔开：{known}。"
            raise MessageError("unknown-transport", message, transport=word)
    return [str(name) for name in TRANSPORTS if name in words]


def chosen() -> list[Transport]:
    """The transports in force. Raises MessageError for a name that is not known, or a setting that is missing."""
    return [TRANSPORTS[name]() for name in in_force()]
