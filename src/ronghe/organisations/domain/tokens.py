"""Tokens: keys with which something outside the pages acts for an account, within the scopes it was given."""

from __future__ import annotations

import datetime as dt
import secrets
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from ronghe.ledger import domain as ledger
from ronghe.organisations.exceptions import OrganisationError
from ronghe.organisations.models import Account, Token
from ronghe.organisations.queries.tokens import hash_of

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

# What a token may be good for, in the order pages list it.
TOKEN_SCOPES: Mapping[str, StrOrPromise] = {
    "cases.read": _("查看办件：本账号看得到的件、进展、答复和附件"),
    "cases.write": _("登记办件：代来电、来访、来信的人登记，补充附件"),
    "desk": _("办理：受理、转办、答复、暂停、延期等本账号在页面上能做的事"),
    "requests": _("代诉求人提交和跟进：供对外的小程序、公众号、热线系统使用"),
    "reveal": _("查看受保护的身份：本账号有专门授权的件，每次写明理由，留下记录"),
    "activities.read": _("查看活动：本账号看得到的活动"),
    "activities.write": _("登记活动：替本账号登记的单位安排、登记、更正、取消活动，写明谁参加"),
    "calendar": _("日历订阅：把到期的件放进自己的日历"),
    "hooks": _("接收推送：办件有变化时通知外部系统"),
}
MOST_LIVE = 30
NAME_LENGTH = 60
SEEN_EVERY = dt.timedelta(hours=1)
PREFIX = "rh_"


def issue_token(
    account: Account,
    *,
    name: str,
    scopes: Sequence[str],
    actor: str,
    at: dt.datetime,
    expires_at: dt.datetime | None = None,
) -> tuple[Token, str]:
    """Give an account a token, and its secret: told once, kept only as a hash; writes token.issued.

    Raises OrganisationError `token-name`, `token-scopes`, `token-over`, `tokens-many`, `account-closed`; then nothing was changed.
    """
    name = " ".join(name.split())
    if not name or len(name) > NAME_LENGTH:
        message = f"密钥要有一个不超过 {NAME_LENGTH} 字的名称，没有签发。请写明给哪个系统用。"
        raise OrganisationError("token-name", message)
    wanted = [scope for scope in TOKEN_SCOPES if scope in scopes]
    if not wanted or set(scopes) - set(wanted):
        raise OrganisationError("token-scopes", "没有选可以做什么，或选了没有的项，没有签发。请至少选一项。")
    if expires_at is not None and expires_at <= at:
        raise OrganisationError("token-over", "失效日期已经过了，没有签发。请选今天以后的日期，或不填。")
    secret = PREFIX + secrets.token_urlsafe(32)
    with transaction.atomic():
        locked = Account.objects.select_for_update().get(pk=account.pk)
        if not locked.is_active:
            raise OrganisationError("account-closed", "这个账号已经停用，没有签发。请先恢复账号。")
        live = Q(expires_at=None) | Q(expires_at__gt=at)
        if Token.objects.filter(live, account=locked, revoked_at=None).count() >= MOST_LIVE:
            message = f"一个账号最多同时有 {MOST_LIVE} 个密钥，没有签发。请先停用不用的。"
            raise OrganisationError("tokens-many", message)
        token = Token.objects.create(
            account=locked,
            name=name,
            hash=hash_of(secret),
            scopes=wanted,
            issued_at=at,
            expires_at=expires_at,
        )
        ledger.record(
            "token.issued",
            subject=("token", token.pk),
            actor=actor,
            at=at,
            data={"account": locked.pk, "until": expires_at.isoformat() if expires_at else None},
        )
    return token, secret


def revoke_token(token: Token, *, actor: str, at: dt.datetime) -> Token:
    """Let a token open nothing more, from the next request on; writes token.revoked. One revoked before stays as it was."""
    with transaction.atomic():
        row: Token = Token.objects.select_for_update().get(pk=token.pk)
        if row.revoked_at is not None:
            return row
        row.revoked_at = at
        row.save(update_fields=["revoked_at"])
        ledger.record(
            "token.revoked", subject=("token", row.pk), actor=actor, at=at, data={"account": row.account_id}
        )
    return row


def note_use(token: Token, *, at: dt.datetime) -> None:
    """Keep when it was last used, to the hour: not every request may cost a write."""
    if token.used_at is None or at - token.used_at >= SEEN_EVERY:
        Token.objects.filter(pk=token.pk).update(used_at=at)
        token.used_at = at
