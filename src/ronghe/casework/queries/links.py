"""Links for the public that need no sign-in: each is for one thing of one round, and spent once that was given."""

from __future__ import annotations

import hashlib
import hmac
from base64 import b32encode
from dataclasses import dataclass
from typing import Literal, get_args

from django.conf import settings

Purpose = Literal["follow", "rate", "supplement"]
_SIGNED = 20  # characters of the signature: 100 bits


@dataclass(frozen=True)
class Link:
    """What a link is for."""

    case_id: int
    purpose: Purpose
    round: int


def link_token(case_id: int, purpose: Purpose, round_: int) -> str:
    """The token of a link: short enough for a text message, and nobody can make one up."""
    plain = f"{case_id:x}-{purpose[0]}{round_:x}"
    return f"{plain}-{_sign(plain)}"


def read_token(token: str) -> Link | None:
    """What the token is for; None when it was not made here."""
    plain, _, signed = token.strip().lower().rpartition("-")
    if not plain or not hmac.compare_digest(signed.encode(), _sign(plain).encode()):
        return None
    case, _, rest = plain.partition("-")
    purpose = next(word for word in get_args(Purpose) if word[0] == rest[0])
    return Link(int(case, 16), purpose, int(rest[1:], 16))


def _sign(plain: str) -> str:
    digest = hmac.digest(settings.SECRET_KEY.encode(), b"link:" + plain.encode(), hashlib.sha256)
    return b32encode(digest)[:_SIGNED].decode().lower()
