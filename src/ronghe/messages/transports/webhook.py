"""推送: a signed POST to the address of a subscription. Where it may go is looked at when it goes.

The signature is HMAC-SHA256 over `<timestamp>.<body>` under the secret of the subscription, in hexadecimal; for a while
after a new secret was made there are two, separated by a blank, the new one first.
"""

from __future__ import annotations

import hashlib
import hmac
import ipaddress
import socket
import time
from collections.abc import Callable
from urllib.parse import urlsplit

from django.conf import settings

from ronghe.messages.exceptions import TransportError
from ronghe.messages.transports.asking import ask
from ronghe.messages.transports.parcels import Parcel

LOOPBACK = "127.0.0.1"
GONE = "gone"


class WebhookTransport:
    """Posts the parcel's text as it is."""

    name = "webhook"

    def __init__(self, clock: Callable[[], float] = time.time) -> None:
        self.clock = clock

    def hand(self, parcel: Parcel) -> None:
        """2xx: taken; 410: the other side wants no more; anything else is tried again."""
        check_url(parcel.reach)
        body, moment = parcel.text.encode(), str(int(self.clock()))
        headers = {
            "Content-Type": "application/json; charset=utf-8",
            "User-Agent": "Ronghe-Hook/1",
            "X-Ronghe-Event": parcel.title,
            "X-Ronghe-Delivery": parcel.key,
            "X-Ronghe-Timestamp": moment,
            "X-Ronghe-Signature": " ".join(
                f"sha256={signature(secret, moment, body)}" for secret in parcel.secrets
            ),
        }
        answer = ask(parcel.reach, body, headers, resolve=allowed_address)
        if answer.status == 410:
            raise TransportError(GONE, "对方声明不再接收。", again=False)
        if not 200 <= answer.status < 300:
            raise TransportError(f"http-{answer.status}", "对方没有收下，稍后再试。")


def signature(secret: str, moment: str, body: bytes) -> str:
    """What proves that a delivery is ours and was not changed."""
    return hmac.new(secret.encode(), moment.encode() + b"." + body, hashlib.sha256).hexdigest()


def check_url(url: str) -> None:
    """Raise TransportError `bad-url` unless it may be an address of a subscription: https, no user name, a host."""
    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        host, port, parts = "", None, urlsplit("")
    is_near = host == LOOPBACK and settings.LOOPBACK_HOOKS
    good = bool(host) and port != 0 and not (parts.username or parts.password)
    if not good or parts.scheme not in ({"https", "http"} if is_near else {"https"}):
        message = "推送地址要以 https:// 开头，写完整的域名，不带用户名和口令。没有保存，也没有发送。"
        raise TransportError("bad-url", message)


def allowed_address(host: str, port: int) -> str:
    """The address to connect to: every address of the host must be a public one, or of a network that is allowed.

    Raises TransportError `no-such-host`, `private-address`.
    """
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        raise TransportError("no-such-host", "找不到推送地址的域名，稍后再试。") from None
    addresses = [str(one[4][0]).partition("%")[0] for one in found]
    if not addresses or not all(_is_allowed(address) for address in addresses):
        message = "推送地址指向内部网络，没有发送。确需推送到内部网络的，请系统管理员在 RONGHE_HOOK_NETWORKS 里写明网段。"
        raise TransportError("private-address", message)
    return addresses[0]


def _is_allowed(written: str) -> bool:
    address = ipaddress.ip_address(written)
    plain = getattr(address, "ipv4_mapped", None) or address
    if str(plain) == LOOPBACK:
        return bool(settings.LOOPBACK_HOOKS)
    networks = [ipaddress.ip_network(network, strict=False) for network in settings.HOOK_NETWORKS]
    return (plain.is_global and not plain.is_multicast) or any(plain in network for network in networks)
