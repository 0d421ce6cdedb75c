"""Sign-ins: opened, closed, opened again, renamed. What they may do follows from appointments, so nothing is granted here."""

from __future__ import annotations

import datetime as dt
import secrets
from collections.abc import Callable, Sequence

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import transaction

from ronghe.ledger import domain as ledger
from ronghe.organisations.domain.accounts import end_sessions
from ronghe.organisations.domain.administrators import keeping_an_administrator
from ronghe.organisations.exceptions import OrganisationError, in_words
from ronghe.organisations.models import Account, Person

_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"  # none that can be taken for another
_GROUPS, _EACH = 4, 4


def open_account(
    person: Person,
    *,
    username: str,
    password: str,
    actor: str,
    at: dt.datetime,
    must_change: bool = False,
) -> Account:
    """Give a person a sign-in; `must_change`: the password is somebody else's choice and good for one sign-in.

    Raises OrganisationError `username-taken`, `has-account`, `person-left`, `weak-password` (saying what is wanted).
    """
    with transaction.atomic():
        row = Person.objects.select_for_update().get(pk=person.pk)
        name = _free_username(username, "没有开通")
        if Account.objects.filter(person=row).exists():
            raise OrganisationError(
                "has-account", f"{row.name} 已有账号，没有重复开通。忘记密码请重设密码。", person=row.pk
            )
        if row.left_on is not None:
            message = f"{row.name} 已于 {in_words(row.left_on)} 离任，没有开通账号。请核对人员。"
            raise OrganisationError("person-left", message, person=row.pk)
        _check_password(password, name)
        account: Account = Account.objects.create_account(name, password, person=row, must_change=must_change)
        _record("opened", account, actor, at)
    return account


def close_account(account: Account, *, actor: str, at: dt.datetime) -> Account:
    """Let a sign-in work no more; every place it is signed in ends. Nothing happens when already closed.

    Raises OrganisationError `last-administrator`.
    """
    with transaction.atomic(), keeping_an_administrator(at):
        return close(account, actor=actor, at=at)


def close(account: Account, *, actor: str, at: dt.datetime) -> Account:
    """The same for a caller who holds the transaction and looks after the administrators."""
    row: Account = Account.objects.select_for_update().get(pk=account.pk)
    if row.is_active:
        row.is_active = False
        row.save(update_fields=["is_active"])
        _record("closed", row, actor, at)
        end_sessions(row, actor=actor, at=at)
    return row


def reopen_account(account: Account, *, actor: str, at: dt.datetime) -> Account:
    """Let a closed sign-in work again, with the password it had. Nothing happens when it is open."""
    with transaction.atomic():
        rows = Account.objects.select_for_update(of=("self",)).select_related("person")
        row: Account = rows.get(pk=account.pk)
        if row.is_active:
            return row
        if row.person is not None and row.person.left_on is not None:
            message = f"{row.person.name} 已于 {in_words(row.person.left_on)} 离任，账号没有恢复。"
            raise OrganisationError("person-left", message, person=row.person_id)
        row.is_active = True
        row.save(update_fields=["is_active"])
        _record("reopened", row, actor, at)
    return row


def rename_account(account: Account, *, username: str, actor: str, at: dt.datetime) -> Account:
    """Give a sign-in another name. Nothing happens for the same name. Raises OrganisationError `username-taken`."""
    with transaction.atomic():
        row: Account = Account.objects.select_for_update().get(pk=account.pk)
        if username.strip() != row.username:
            row.username = _free_username(username, "没有改", but=row.pk)
            row.save(update_fields=["username"])
            _record("renamed", row, actor, at)
    return row


def first_password(choose: Callable[[Sequence[str]], str] = secrets.choice) -> str:
    """A password that can be read out on the phone: four groups of four letters and figures."""
    return "-".join("".join(choose(_LETTERS) for _ in range(_EACH)) for _ in range(_GROUPS))


def _free_username(username: str, what: str, but: int = 0) -> str:
    name = username.strip()
    if not name or Account.objects.filter(username__iexact=name).exclude(pk=but).exists():
        message = f"用户名“{name}”不能用（为空或已有人使用），{what}。请换一个用户名。"
        raise OrganisationError("username-taken", message)
    return name


def _check_password(password: str, username: str) -> None:
    try:
        validate_password(password)
    except ValidationError as error:
        message = f"密码不合要求，没有开通：{''.join(error.messages)}请换一个密码。"
        raise OrganisationError("weak-password", message, username=username) from error


def _record(what: str, account: Account, actor: str, at: dt.datetime) -> None:
    ledger.record(
        f"account.{what}",
        subject=("account", account.pk),
        actor=actor,
        at=at,
        data={"person": account.person_id},
    )
