"""Who asks: a token, good for what the operation needs, not too often. No cookie is ever looked at."""

from __future__ import annotations

import datetime as dt
from functools import cached_property
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.utils import timezone
from ninja.security import HttpBearer

from ronghe.api.pace import Pace
from ronghe.api.problems import Problem
from ronghe.casework.domain import By
from ronghe.core.worktime import SHANGHAI
from ronghe.organisations.domain import TOKEN_SCOPES
from ronghe.organisations.domain.tokens import note_use
from ronghe.organisations.queries import Powers, powers_of
from ronghe.organisations.queries.tokens import token_of

if TYPE_CHECKING:
    from django.http import HttpRequest

    from ronghe.organisations.models import Account, Token

ORIGIN = "api"
pace = Pace()


class Needs(HttpBearer):
    """A token with one of these scopes. Raises Problem 401, 403, 429."""

    def __init__(self, *scopes: str) -> None:
        super().__init__()
        self.scopes = scopes

    def __call__(self, request: HttpRequest) -> Any:
        if not request.headers.get(self.header, "").strip():
            raise _unknown("no-token", "")
        token = super().__call__(request)
        if token is None:
            raise _unknown(
                "token-unknown", "密钥不对、已经停用或过了有效期。请核对，或请账号的主人重新签发。"
            )
        return token

    def authenticate(self, request: HttpRequest, token: str) -> Token | None:
        now = timezone.localtime()
        found = token_of(token.strip(), now)
        if found is None:
            return None
        again = pace.refuses(f"token:{found.pk}", settings.API_RATE, now)
        if again is not None:
            seconds = max(1, round((again - now).total_seconds()))
            said = f"这个密钥一分钟最多 {settings.API_RATE} 个请求。请在 {seconds} 秒后再试。"
            raise Problem(429, "too-many", said).with_header("Retry-After", str(seconds))
        if not set(self.scopes) & set(found.scopes):
            wanted = "、".join(str(TOKEN_SCOPES[scope]).split("：")[0] for scope in self.scopes)
            raise Problem(
                403,
                "scope-missing",
                f"这个密钥不能“{wanted}”。请换一个有这项权限的密钥。",
                scopes=list(self.scopes),
            )
        note_use(found, at=now)
        request.asker = Asker(found, now)  # type: ignore[attr-defined]
        return found


def _unknown(code: str, detail: str) -> Problem:
    return Problem(401, code, detail).with_header("WWW-Authenticate", 'Bearer realm="ronghe"')


class Asker:
    """Whoever the token acts for, at one moment."""

    def __init__(self, token: Token, now: dt.datetime) -> None:
        self.token, self.now = token, now

    @property
    def account(self) -> Account:
        return self.token.account

    @cached_property
    def on(self) -> dt.date:
        """The office's day."""
        return self.now.astimezone(SHANGHAI).date()

    @cached_property
    def powers(self) -> Powers:
        """What the account may do today."""
        return powers_of(self.account, self.on)

    @property
    def actor(self) -> str:
        """How the ledger names them. Raises Problem where the account is no person's."""
        if self.account.person_id is None:
            raise Problem(403, "no-person", "这个账号没有对应的人员，不能办理。请用有岗位的账号的密钥。")
        return f"person:{self.account.person_id}"

    def by(self, revision: int | None = None) -> By:
        """They act, having seen this revision."""
        return By(self.actor, self.now, self.powers, revision, ORIGIN)


def asker_of(request: HttpRequest) -> Asker:
    """Who asks, once the token was looked at."""
    found: Asker = request.asker  # type: ignore[attr-defined]
    return found
