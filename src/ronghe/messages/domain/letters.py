"""Dead letters: what no channel takes any more. Somebody sees to each: it is sent again, or not, with a reason."""

from __future__ import annotations

import datetime as dt

from django.db import transaction

from ronghe.ledger import domain as ledger
from ronghe.messages.enums import MessageState
from ronghe.messages.exceptions import MessageError
from ronghe.messages.models import Message

NOTE_LEAST, NOTE_MOST = 2, 200
MESSAGE = "message"


def take_letter(message: Message, person_id: int | None) -> Message:
    """Say who sees to it; None: nobody does. Raises MessageError `not-dead`."""
    with transaction.atomic():
        row = _dead(message)
        row.owner = person_id
        row.save(update_fields=["owner"])
    return row


def retry_letter(message: Message, *, actor: str, at: dt.datetime) -> Message:
    """Send it again from the first try on, by the channels that have not taken it. Raises MessageError `not-dead`, `wiped`."""
    with transaction.atomic():
        row = _dead(message)
        if row.sealed is None:
            raise MessageError(
                "wiped", "这条消息的内容已按规定清除，不能再发。可以写明理由，不再发送。", letter=row.pk
            )
        row.state, row.tries, row.not_before = MessageState.WAITING, 0, at
        row.save(update_fields=["state", "tries", "not_before"])
        ledger.record("message.retried", subject=(MESSAGE, row.pk), actor=actor, at=at)
    return row


def drop_letter(message: Message, *, actor: str, at: dt.datetime, note: str) -> Message:
    """It is not sent any more, and why. Raises MessageError `not-dead`, `note-needed`."""
    note = " ".join(note.split())
    if not NOTE_LEAST <= len(note) <= NOTE_MOST:
        said = f"请写明为什么不再发送（{NOTE_LEAST} 至 {NOTE_MOST} 字），这条消息没有改动。"
        raise MessageError("note-needed", said)
    with transaction.atomic():
        row = _dead(message)
        row.state, row.note = MessageState.DROPPED, note
        row.save(update_fields=["state", "note"])
        ledger.record("message.dropped", subject=(MESSAGE, row.pk), actor=actor, at=at)
    return row


def _dead(message: Message) -> Message:
    row = Message.objects.select_for_update().get(pk=message.pk)
    if row.state != MessageState.DEAD:
        raise MessageError(
            "not-dead", "这条消息已经有人处理了，没有再改。请刷新列表看它现在的样子。", letter=row.pk
        )
    return row
