"""短信: an HTTP gateway that takes JSON. What it calls its fields is a setting (`RONGHE_SMS_BODY`)."""

from __future__ import annotations

import json
import re
from string import Template
from typing import Any

from django.conf import settings

from ronghe.messages.exceptions import MessageError, TransportError
from ronghe.messages.transports.asking import ask
from ronghe.messages.transports.parcels import Parcel
from ronghe.messages.transports.wording import in_short

_CODE = re.compile(r"[A-Za-z_.-]{0,24}[0-9]{0,7}")
_GOOD = {"", "0", "200", "ok", "success", "none"}
_NEVER = frozenset({400, 404, 405, 413, 415, 422})  # the same again would be refused again


class SmsTransport:
    """Posts one text message; `key` in it tells the gateway repeats by."""

    name = "sms"

    def __init__(self) -> None:
        if not settings.SMS_URL or not settings.SMS_SIGN:
            message = "启用了短信通道，还要写 RONGHE_SMS_URL 和 RONGHE_SMS_SIGN。消息都还在，没有发送。"
            raise MessageError("transport-settings", message, transport=self.name)

    def hand(self, parcel: Parcel) -> None:
        """Give the text to the gateway; it took it when it answers 2xx and names no trouble."""
        text = in_short(parcel, sign=settings.SMS_SIGN, most=settings.SMS_MOST)
        words = {"phone": parcel.reach, "text": text, "sign": settings.SMS_SIGN, "key": parcel.key}
        headers = {"Content-Type": "application/json; charset=utf-8"}
        if settings.SMS_KEY:
            headers["Authorization"] = f"Bearer {settings.SMS_KEY}"
        answer = ask(settings.SMS_URL, json.dumps(_filled(words), ensure_ascii=False).encode(), headers)
        if not 200 <= answer.status < 300:
            again = answer.status not in _NEVER
            raise TransportError(f"http-{answer.status}", "短信网关没有收下。请核对短信设置。", again=again)
        if answer.body.strip():
            _check(answer.json())


def _filled(words: dict[str, str]) -> Any:
    """The body the gateway wants: each text of the setting with $phone, $text, $sign and $key put in."""

    def fill(value: Any) -> Any:
        if isinstance(value, dict):
            return {name: fill(inner) for name, inner in value.items()}
        if isinstance(value, list):
            return [fill(inner) for inner in value]
        return Template(value).safe_substitute(words) if isinstance(value, str) else value

    return fill(json.loads(settings.SMS_BODY))


def _check(said: dict[str, Any]) -> None:
    """Gateways say trouble in `code`, whatever their status."""
    code = str(said.get("code", "")).strip()
    if code.lower() in _GOOD:
        return
    named = code if _CODE.fullmatch(code) else "refused"  # never a number or a text of somebody
    raise TransportError(f"sms-{named}", "短信网关没有收下，稍后再试。请对照网关的错误说明。")
