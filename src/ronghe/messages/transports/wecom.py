"""企业微信: an application's messages, by the person's 企业微信 user id.

Source: the provider's public documents of `gettoken` and `message/send`; an access token is good for two hours and is to be kept.
"""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable
from typing import Any
from urllib.parse import quote

from django.conf import settings

from ronghe.messages.exceptions import MessageError, TransportError
from ronghe.messages.transports.asking import ask
from ronghe.messages.transports.parcels import Parcel
from ronghe.messages.transports.wording import in_short

EXPIRED = frozenset({40001, 40014, 42001})
NO_SUCH_USER = frozenset({40003, 40031, 60111, 81013})  # neither now nor later
NEVER = frozenset({40013, 40056, 41001, 48002, 60011, 301002})  # our own settings are wrong
EARLY = 300  # seconds before its end a token is fetched anew
MOST = 600
_tokens: dict[tuple[str, str, str], tuple[str, float]] = {}
_lock = threading.Lock()


class WecomTransport:
    """One application of one enterprise; its token is shared by the threads of this process."""

    name = "wecom"

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self.clock = clock
        if not (settings.WECOM_CORP and settings.WECOM_SECRET and settings.WECOM_AGENT):
            message = "启用了企业微信通道，还要写 RONGHE_WECOM_CORP、RONGHE_WECOM_SECRET 和 RONGHE_WECOM_AGENT。消息都还在，没有发送。"
            raise MessageError("transport-settings", message, transport=self.name)

    def hand(self, parcel: Parcel) -> None:
        """Send it; with a token that is no longer good once more with a new one."""
        said = self._send(parcel, self._token())
        if _code(said) in EXPIRED:
            said = self._send(parcel, self._token(anew=True))
        code = _code(said)
        if code in NO_SUCH_USER or said.get("invaliduser"):
            message = "企业微信里没有这个成员，或不在应用的可见范围。请本人核对企业微信账号。"
            raise TransportError("no-such-user", message, again=False)
        _check(code)

    def _send(self, parcel: Parcel, token: str) -> dict[str, Any]:
        body = {
            "touser": parcel.reach,
            "msgtype": "text",
            "agentid": int(settings.WECOM_AGENT),
            "text": {"content": in_short(parcel, sign=settings.CITY, most=MOST)},
            "enable_duplicate_check": 1,
            "duplicate_check_interval": 3600,
        }
        return self._ask(f"message/send?access_token={quote(token)}", body)

    def _token(self, *, anew: bool = False) -> str:
        key = (settings.WECOM_URL, settings.WECOM_CORP, settings.WECOM_SECRET)
        with _lock:
            token, until = _tokens.get(key, ("", 0.0))
            if token and not anew and self.clock() < until:
                return token
            query = f"corpid={quote(settings.WECOM_CORP)}&corpsecret={quote(settings.WECOM_SECRET)}"
            said = self._ask(f"gettoken?{query}")
            _check(_code(said))
            token, lasts = str(said.get("access_token", "")), int(said.get("expires_in", 0))
            _tokens[key] = token, self.clock() + max(lasts - EARLY, 0)
        return token

    def _ask(self, path: str, body: dict[str, Any] | None = None) -> dict[str, Any]:
        sent = None if body is None else json.dumps(body, ensure_ascii=False).encode()
        headers = {"Content-Type": "application/json; charset=utf-8"} if sent else {}
        answer = ask(f"{settings.WECOM_URL.rstrip('/')}/cgi-bin/{path}", sent, headers)
        if answer.status != 200:
            raise TransportError(f"http-{answer.status}", "企业微信没有应答，稍后再试。")
        return answer.json()


def _code(said: dict[str, Any]) -> int:
    code = said.get("errcode", 0)
    return code if isinstance(code, int) else -1


def _check(code: int) -> None:
    if code:
        message = "企业微信没有收下。请对照它的错误码说明核对设置。"
        raise TransportError(f"wecom-{code}", message, again=code not in NEVER)
