"""Whose key something outside the pages shows."""

from __future__ import annotations

import datetime as dt
import hashlib

from django.db.models import Q, QuerySet

from ronghe.organisations.models import Account, Token
from ronghe.rows import Question

_GOOD = Question(
    lambda hash, now: Token.objects.select_related("account").filter(  # noqa: A006 - the field's name
        Q(expires_at=None) | Q(expires_at__gt=now), hash=hash, revoked_at=None, account__is_active=True
    ),
    hash=str,
    now=dt.datetime,
)


def hash_of(secret: str) -> str:
    """What is kept of a secret: it is as long as its hash, so that no salt is needed."""
    return hashlib.sha256(secret.encode()).hexdigest()


def token_of(secret: str, now: dt.datetime) -> Token | None:
    """The token of that secret while it is good: not revoked, not over, its account open. One query."""
    return _GOOD.first(hash=hash_of(secret), now=now)


def tokens_of(account: Account) -> QuerySet[Token, Token]:
    """All tokens of an account, those that still work first, then the newest."""
    return Token.objects.filter(account=account).order_by("revoked_at", "-issued_at", "-pk")


def is_live(token: Token, now: dt.datetime) -> bool:
    """Whether it still opens anything."""
    return token.revoked_at is None and (token.expires_at is None or token.expires_at > now)
