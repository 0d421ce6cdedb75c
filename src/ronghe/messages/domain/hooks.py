"""Subscriptions: made, changed and ended by their owner; paused when they fail for a day, ended when the other side says so."""

from __future__ import annotations

import datetime as dt
import secrets
from collections.abc import Callable, Collection

from django.db import transaction

from ronghe.ledger import domain as ledger, queries as entries
from ronghe.messages.domain.writing import send
from ronghe.messages.enums import OVER, MessageState
from ronghe.messages.exceptions import HookError, TransportError
from ronghe.messages.models import Hook, Message
from ronghe.messages.rules import HOOK, PERSON, Address
from ronghe.messages.transports.webhook import GONE, check_url
from ronghe.organisations.domain import seal_text
from ronghe.organisations.models import Account

OVERLAP = dt.timedelta(hours=24)  # how long the other side has to take up a new secret
PATIENCE = dt.timedelta(days=1)
MOST = 20  # subscriptions of one account
NAME_MOST, URL_MOST = 60, 500
PAGE = "/desk/me/hooks/"
Draw = Callable[[int], str]


def make_hook(
    account: Account,
    *,
    name: str,
    url: str,
    kinds: Collection[str],
    actor: str,
    at: dt.datetime,
    draw: Draw = secrets.token_urlsafe,
) -> tuple[Hook, str]:
    """A new subscription from this instant on, and its secret, which is shown once. Raises HookError."""
    name, url = name.strip(), url.strip()
    _check(name, url, kinds)
    secret = draw(32)
    with transaction.atomic():
        Account.objects.select_for_update().get(pk=account.pk)
        if Hook.objects.filter(account=account, ended_at=None).count() >= MOST:
            raise HookError("too-many-hooks", f"一个账号最多 {MOST} 个推送，没有新增。请先结束不再用的。")
        hook = Hook.objects.create(
            account=account,
            name=name,
            url=url,
            sealed=seal_text(secret),
            kinds=sorted(kinds),
            position=entries.watermark(),
            made_at=at,
        )
        _record("hook.began", hook, actor=actor, at=at)
    return hook, secret


def _check(name: str, url: str, kinds: Collection[str]) -> None:
    if not 0 < len(name) <= NAME_MOST:
        raise HookError("name", f"请给推送起个名字，最多 {NAME_MOST} 个字。没有保存。")
    if not kinds:
        raise HookError("kinds", "请至少选一种要推送的事。没有保存。")
    try:
        check_url(url if len(url) <= URL_MOST else "")
    except TransportError as error:
        raise HookError("url", error.message) from None


def rotate_secret(hook: Hook, *, at: dt.datetime, draw: Draw = secrets.token_urlsafe) -> str:
    """A new secret, shown once; the one before signs beside it for as long as `OVERLAP`, one still older no more."""
    secret = draw(32)
    with transaction.atomic():
        row = _live(hook)
        row.former, row.former_until = row.sealed, at + OVERLAP
        row.sealed = seal_text(secret)
        row.save(update_fields=["sealed", "former", "former_until"])
    return secret


def drop_former(hook: Hook) -> Hook:
    """The secret before signs nothing from now on: it may have become known."""
    with transaction.atomic():
        row = _live(hook)
        row.former = row.former_until = None
        row.save(update_fields=["former", "former_until"])
    return row


def pause_hook(hook: Hook) -> Hook:
    """Nothing is sent until it is taken up again; what happens meanwhile is sent then."""
    return _set(hook, active=False, cause=Hook.Cause.OWN)


def resume_hook(hook: Hook, *, at: dt.datetime) -> Hook:
    """Go on where it was."""
    with transaction.atomic():
        row = _set(hook, active=True, cause="")
        waiting = Message.objects.filter(to_type=HOOK, to_id=row.pk).exclude(state__in=OVER)
        waiting.exclude(state=MessageState.HANDING).update(not_before=at, tries=0)
    return row


def end_hook(hook: Hook, *, actor: str, at: dt.datetime, cause: str = Hook.Cause.OWN) -> Hook:
    """For good: what still waits is not sent any more."""
    with transaction.atomic():
        row = _live(hook)
        _end(row, actor=actor, at=at, cause=cause)
    return row


def try_hook(hook: Hook, *, at: dt.datetime) -> Message:
    """Send a delivery that is about nothing, in its turn."""
    return send(
        Address(HOOK, hook.pk),
        kind="hook-trial",
        title="hook.trial",
        text=f'{{"kind": "hook.trial", "at": "{at.isoformat()}"}}',
        at=at,
    )


def note_outcome(hook_id: int, trouble: TransportError | None, *, now: dt.datetime) -> None:
    """How a delivery went: 410 ends the subscription, a day of trouble pauses it; its owner is told of both."""
    with transaction.atomic():
        row = Hook.objects.select_for_update().select_related("account").get(pk=hook_id)
        if trouble is None:
            if row.failing_since is not None:
                row.failing_since = None
                row.save(update_fields=["failing_since"])
            return
        if trouble.code == GONE:
            _end(row, actor="system:worker", at=now, cause=Hook.Cause.GONE)
            _tell(row, "hook-ended", "推送“{name}”已结束", "对方声明不再接收，以后不再推送。", now)
            return
        row.failing_since = row.failing_since or now
        if row.active and now - row.failing_since >= PATIENCE:
            row.active, row.cause = False, Hook.Cause.FAILING
            text = "对方连续一天没有收下，已经暂停，没有丢失。请核对地址和对方系统，恢复以后接着推送。"
            _tell(row, "hook-paused", "推送“{name}”已暂停", text, now)
        row.save(update_fields=["failing_since", "active", "cause"])


def _end(row: Hook, *, actor: str, at: dt.datetime, cause: str) -> None:
    row.active, row.cause, row.ended_at = False, cause, at
    row.save(update_fields=["active", "cause", "ended_at"])
    waiting = Message.objects.filter(to_type=HOOK, to_id=row.pk).exclude(state__in=OVER)
    waiting.update(state=MessageState.DROPPED)
    _record("hook.ended", row, actor=actor, at=at, ground=str(cause))


def _set(hook: Hook, *, active: bool, cause: str) -> Hook:
    with transaction.atomic():
        row = _live(hook)
        row.active, row.cause, row.failing_since = active, cause, None
        row.save(update_fields=["active", "cause", "failing_since"])
    return row


def _live(hook: Hook) -> Hook:
    row = Hook.objects.select_for_update().get(pk=hook.pk)
    if row.ended_at is not None:
        raise HookError("ended", "这个推送已经结束，没有改动。需要的话请新建一个。")
    return row


def _tell(row: Hook, kind: str, title: str, text: str, at: dt.datetime) -> None:
    person = row.account.person_id
    if person is not None:
        send(
            Address(PERSON, person), kind=kind, title=title.format(name=row.name), text=text, link=PAGE, at=at
        )


def _record(kind: str, row: Hook, *, actor: str, at: dt.datetime, ground: str = "") -> None:
    data: dict[str, object] = {"account": row.account_id}
    if ground:
        data["ground"] = ground
    ledger.record(kind, subject=(HOOK, row.pk), actor=actor, at=at, data=data)
