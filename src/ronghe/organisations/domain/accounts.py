"""An account from day to day: its password, where it is signed in, which other system vouches for it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection

from allauth.socialaccount.models import SocialAccount
from allauth.usersessions.models import UserSession
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import transaction

from ronghe.ledger import domain as ledger
from ronghe.organisations.exceptions import OrganisationError
from ronghe.organisations.models import Account


def change_password(
    account: Account, *, password: str, actor: str, at: dt.datetime, keep: str | None = None
) -> Account:
    """Somebody's own new password; every other place they are signed in ends, `keep` is the session that goes on.

    Raises OrganisationError `weak-password`, `same-password`.
    """
    with transaction.atomic():
        row = _locked(account)
        _check(password, row)
        if row.check_password(password):
            message = "新密码和现在的一样，没有更改。请换一个没有用过的。"
            raise OrganisationError("same-password", message)
        _set(row, password, must_change=False, actor=actor, at=at)
        end_sessions(row, actor=actor, at=at, keep=keep)
    return row


def give_password(account: Account, *, password: str, actor: str, at: dt.datetime) -> Account:
    """An administrator's password for somebody who lost theirs: good for one sign-in, at which it must be changed.

    Every place they are signed in ends. Raises OrganisationError `weak-password`.
    """
    with transaction.atomic():
        row = _locked(account)
        _check(password, row)
        _set(row, password, must_change=True, actor=actor, at=at)
        end_sessions(row, actor=actor, at=at)
    return row


def end_sessions(
    account: Account,
    *,
    actor: str,
    at: dt.datetime,
    keep: str | None = None,
    only: Collection[int] | None = None,
) -> int:
    """Sign an account out at once, everywhere or in the places named by `only`, but not in session `keep`; give how many."""
    with transaction.atomic():
        rows = UserSession.objects.select_for_update().filter(user=account)
        if only is not None:
            rows = rows.filter(pk__in=only)
        ended = list(rows.exclude(session_key=keep) if keep else rows)
        for session in ended:
            session.end()
        if ended:
            ledger.record(
                "session.ended",
                subject=("account", account.pk),
                actor=actor,
                at=at,
                data={"account": account.pk, "rows": len(ended)},
            )
    return len(ended)


def link_provider(account: Account, *, provider: str, uid: str, actor: str, at: dt.datetime) -> SocialAccount:
    """From now on whom `provider` calls `uid` is this account. The same again is nothing.

    Raises OrganisationError `linked-elsewhere`, `other-link`.
    """
    with transaction.atomic():
        row = _locked(account)
        link = SocialAccount.objects.filter(provider=provider, uid=uid).first()
        if link is not None and link.user_id != row.pk:
            message = "那边的账号已经连到另一个人的账号，没有连接。请联系本单位管理员核对。"
            raise OrganisationError("linked-elsewhere", message)
        if link is not None:
            return link
        if SocialAccount.objects.filter(provider=provider, user=row).exists():
            message = "这个账号已经连着那边的另一个账号，没有连接。请先解除原来的，或联系本单位管理员核对。"
            raise OrganisationError("other-link", message)
        link = SocialAccount.objects.create(user=row, provider=provider, uid=uid)
        _record("factor.added", row, actor, at)
    return link


def unlink_provider(account: Account, link: SocialAccount, *, actor: str, at: dt.datetime) -> None:
    """The other system's word counts no more for this account. Nothing happens when it is gone already."""
    with transaction.atomic():
        row = _locked(account)
        done, _by_table = SocialAccount.objects.filter(user=row, pk=link.pk).delete()
        if done:
            _record("factor.removed", row, actor, at)


def _locked(account: Account) -> Account:
    found: Account = Account.objects.select_for_update().get(pk=account.pk)
    return found


def _check(password: str, account: Account) -> None:
    try:
        validate_password(password, account)
    except ValidationError as error:
        message = f"新密码不合要求，没有更改：{''.join(error.messages)}请换一个。"
        raise OrganisationError("weak-password", message) from error


def _set(account: Account, password: str, *, must_change: bool, actor: str, at: dt.datetime) -> None:
    account.set_password(password)
    account.must_change = must_change
    account.save(update_fields=["password", "must_change"])
    ledger.record(
        "password.given" if must_change else "password.changed",
        subject=("account", account.pk),
        actor=actor,
        at=at,
        data={"account": account.pk},
    )


def _record(kind: str, account: Account, actor: str, at: dt.datetime) -> None:
    ledger.record(
        kind,
        subject=("account", account.pk),
        actor=actor,
        at=at,
        code="provider",
        data={"account": account.pk},
    )
