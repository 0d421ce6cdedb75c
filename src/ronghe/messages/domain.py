"""The one writer of messages: written in the transaction of the act, handed over by the worker, marked as read."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Sequence

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext

from ronghe.core.errors import RongheError
from ronghe.core.worktime.calendar import Calendar
from ronghe.messages.enums import MessageState
from ronghe.messages.exceptions import MessageError
from ronghe.messages.models import Message
from ronghe.messages.queries import words_of
from ronghe.messages.rules import (
    IDENTITY,
    PERSON,
    Address,
    public_may_be_disturbed,
    staff_may_be_disturbed,
)
from ronghe.messages.transports import Parcel, Transport, chosen
from ronghe.organisations.domain import open_text, seal_text

__all__ = ["Address", "deliver", "mark_all_read", "mark_read", "rotate_messages", "send", "wipe"]

LEASE = dt.timedelta(minutes=10)
WAITS = tuple(dt.timedelta(minutes=minutes) for minutes in (1, 5, 30, 120, 360))
PAGE = "page"
_ROUND = 200  # of those to be told in one round of the worker


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
    if to.type not in (PERSON, IDENTITY) or not title.strip() or not text.strip():
        raise MessageError("bad-message", "消息要有收件人、标题和内容，没有写入。请补全后再发。", kind=kind)
    words = {"title": title.strip(), "text": text.strip(), "link": link}
    return Message.objects.create(
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
        if row.state in (MessageState.WAITING, MessageState.FAILED):
            row.state, row.transport, row.sent_at = MessageState.SENT, PAGE, at
        row.save(update_fields=["read_at", "state", "transport", "sent_at"])


def mark_all_read(person_id: int, *, at: dt.datetime) -> int:
    """Somebody has seen all they were told; give how many were new."""
    unread = Message.objects.filter(to_type=PERSON, to_id=person_id, read_at=None)
    with transaction.atomic():
        waiting = unread.filter(state__in=(MessageState.WAITING, MessageState.FAILED))
        waiting.update(state=MessageState.SENT, transport=PAGE, sent_at=at)
        return unread.update(read_at=at)


def wipe(to: Address) -> int:
    """Take the words out of everything told to somebody whose identity is erased; give how many. The rows stay."""
    return Message.objects.filter(to_type=to.type, to_id=to.ref, sealed__isnull=False).update(sealed=None)


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
                message.sealed = seal_text(open_text(bytes(message.sealed or b"")))
            Message.objects.bulk_update(messages, ["sealed"])
        if not messages:
            return done
        done, last = done + len(messages), messages[-1].pk


def deliver(now: dt.datetime, calendar: Calendar, *, transport: Transport | None = None) -> int:
    """Hand what is due to the transport and give how many messages it took. Any number of workers may do this at once.

    Nothing that is not urgent disturbs the staff outside office hours of a working day, or the public at night;
    several for one of the staff are handed over as one digest. What a transport does not take is tried again.
    """
    due = _due(now, calendar)
    waiting = list(
        Message.objects.filter(due)
        .order_by("to_type", "to_id")
        .values_list("to_type", "to_id")
        .distinct()[:_ROUND]
    )
    if not waiting:
        return 0
    transport = transport or chosen()
    taken = 0
    for to_type, to_id in waiting:
        claimed = _claim(due & Q(to_type=to_type, to_id=to_id), now)
        taken += sum(_hand(group, transport, now) for group in _grouped(claimed))
    return taken


def _due(now: dt.datetime, calendar: Calendar) -> Q:
    allowed = Q(urgent=True)
    if staff_may_be_disturbed(now, calendar):
        allowed |= Q(to_type=PERSON)
    if public_may_be_disturbed(now, calendar):
        allowed |= Q(to_type=IDENTITY)
    return allowed & ~Q(state=MessageState.SENT) & Q(not_before__lte=now, sealed__isnull=False)


def _claim(due: Q, now: dt.datetime) -> list[Message]:
    """Take all that is due to one of them, for as long as the lease; whoever asks at the same time finds nothing left."""
    with transaction.atomic():
        rows = list(Message.objects.select_for_update().filter(due).order_by("pk"))
        for row in rows:
            row.state, row.not_before, row.tries = MessageState.HANDING, now + LEASE, row.tries + 1
        Message.objects.bulk_update(rows, ["state", "not_before", "tries"])
    return rows


def _grouped(messages: Sequence[Message]) -> list[list[Message]]:
    """What goes together: to the staff all that is not urgent; else each by itself."""
    together = [message for message in messages if message.to_type == PERSON and not message.urgent]
    single = [[message] for message in messages if message not in together]
    return [*single, together] if together else single


def _hand(group: Sequence[Message], transport: Transport, now: dt.datetime) -> int:
    """Hand a group over and keep how it went; give how many were taken."""
    try:
        transport.hand(_parcel(group))
    except (RongheError, OSError) as error:
        for message in group:
            message.state, message.trouble = MessageState.FAILED, getattr(error, "code", "unreachable")[:48]
            message.not_before = now + WAITS[min(message.tries, len(WAITS)) - 1]
        taken = 0
    else:
        for message in group:
            message.state, message.trouble, message.sent_at = MessageState.SENT, "", now
            message.transport = transport.name
            message.digest = group[0].pk if len(group) > 1 else None
        taken = len(group)
    Message.objects.bulk_update(
        group, ["state", "trouble", "not_before", "sent_at", "transport", "digest"], batch_size=100
    )
    return taken


def _parcel(group: Sequence[Message]) -> Parcel:
    first = group[0]
    to = Address(first.to_type, first.to_id)
    words = [words_of(message) for message in group]
    if len(group) == 1:
        return Parcel(f"message-{first.pk}", to, *words[0])
    title = gettext("您有 %(n)d 条提醒") % {"n": len(group)}
    return Parcel(f"digest-{first.pk}-{first.tries}", to, title, "\n".join(title for title, _, _ in words))
