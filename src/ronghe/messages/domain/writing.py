"""Writing a message in the caller's transaction, marking it as read, taking its words away, sealing it anew."""

from __future__ import annotations

import datetime as dt
import json

from django.db import transaction

from ronghe.messages.enums import Channel, MessageState
from ronghe.messages.exceptions import MessageError
from ronghe.messages.models import Hook, Message, Reach
from ronghe.messages.rules import KNOWN, PERSON, Address
from ronghe.organisations.domain import open_text, seal_text

_UNTOLD = (MessageState.WAITING, MessageState.FAILED, MessageState.DEAD)


def send(
    to: Address,
    *,
    kind: str,
    title: str,
    text: str,
    at: dt.datetime,
    link: str = "",
    about: tuple[str, int] | None = None,
    urgent: bool = False,
) -> Message:
    """Write what is to be told, in the caller's transaction; the worker hands it over. `link` is a path of ours.

    `urgent` is for what is of no use later: a sign-in code; it disturbs at any hour. Raises MessageError.
    """
    row = drafted(to, kind=kind, title=title, text=text, at=at, link=link, about=about, urgent=urgent)
    row.save()
    return row


def drafted(
    to: Address,
    *,
    kind: str,
    title: str,
    text: str,
    at: dt.datetime,
    link: str = "",
    about: tuple[str, int] | None = None,
    urgent: bool = False,
) -> Message:
    """The row of `send`, not yet written: for who writes many at once."""
    if to.type not in KNOWN or not title.strip() or not text.strip():
        raise MessageError("bad-message", "消息要有收件人、标题和内容，没有写入。请补全后再发。", kind=kind)
    words = {"title": title.strip(), "text": text.strip(), "link": link}
    return Message(
        kind=kind,
        to_type=to.type,
        to_id=to.ref,
        about_type=about[0] if about else "",
        about_id=about[1] if about else None,
        sealed=seal_text(json.dumps(words, ensure_ascii=False)),
        at=at,
        not_before=at,
        urgent=urgent,
    )


def mark_read(message: Message, *, at: dt.datetime) -> None:
    """Somebody opened what they were told; what still waited need not be sent any more. The first time counts."""
    with transaction.atomic():
        row = Message.objects.select_for_update().get(pk=message.pk)
        if row.read_at is not None:
            return
        row.read_at = at
        if row.state in _UNTOLD:
            row.state, row.transport, row.sent_at = MessageState.SENT, Channel.PAGE, at
        row.save(update_fields=["read_at", "state", "transport", "sent_at"])


def mark_all_read(person_id: int, *, at: dt.datetime) -> int:
    """Somebody has seen all they were told; give how many were new."""
    unread = Message.objects.filter(to_type=PERSON, to_id=person_id, read_at=None)
    with transaction.atomic():
        waiting = unread.filter(state__in=_UNTOLD)
        waiting.update(state=MessageState.SENT, transport=Channel.PAGE, sent_at=at)
        return unread.update(read_at=at)


def wipe(to: Address) -> int:
    """Take the words out of everything told to somebody whose identity is erased; give how many. The rows stay."""
    Reach.objects.filter(to_type=to.type, to_id=to.ref).delete()
    rows = Message.objects.filter(to_type=to.type, to_id=to.ref, sealed__isnull=False)
    return rows.update(sealed=None, note="")


def rotate_messages(*, batch_size: int = 500) -> int:
    """Seal everything anew under the newest key (as `rotate_identities`); give how many. Safe to stop and repeat."""
    done = last = 0
    while True:
        with transaction.atomic():
            rows = (
                Message.objects.select_for_update().filter(pk__gt=last, sealed__isnull=False).order_by("pk")
            )
            messages = list(rows[:batch_size])
            for message in messages:
                message.sealed = _anew(message.sealed)
            Message.objects.bulk_update(messages, ["sealed"])
        if not messages:
            return done + _rotate_addresses()
        done, last = done + len(messages), messages[-1].pk


def _rotate_addresses() -> int:
    """Addresses and the secrets of subscriptions: few enough for one transaction."""
    with transaction.atomic():
        reaches = list(Reach.objects.select_for_update())
        for reach in reaches:
            reach.sealed, reach.asked = _anew(reach.sealed), _anew(reach.asked)
        Reach.objects.bulk_update(reaches, ["sealed", "asked"], batch_size=100)
        hooks = list(Hook.objects.select_for_update())
        for hook in hooks:
            hook.sealed, hook.former = _anew(hook.sealed) or b"", _anew(hook.former)
        Hook.objects.bulk_update(hooks, ["sealed", "former"], batch_size=100)
    return len(reaches) + len(hooks)


def _anew(sealed: bytes | memoryview | None) -> bytes | None:
    return None if sealed is None else seal_text(open_text(bytes(sealed)))
