"""What becomes of a message after a try: told, tried again, a dead letter, or nothing more."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence

from ronghe.messages.enums import Channel, MessageState
from ronghe.messages.exceptions import TransportError
from ronghe.messages.models import Message
from ronghe.messages.rules import PERSON

LEASE = dt.timedelta(minutes=15)
WAITS = tuple(dt.timedelta(minutes=minutes) for minutes in (1, 5, 30, 120, 360, 360, 720))
URGENT_TRIES = 2  # after the first: what is urgent is of no use later
NOT_VISIBLE = "not-visible"
_KEPT = ["state", "trouble", "not_before", "sent_at", "transport", "digest"]


def settle(
    rows: Sequence[Message],
    took: Mapping[int, Sequence[str]],
    troubles: Mapping[int, Mapping[str, TransportError]],
    *,
    now: dt.datetime,
    why: str = "",
    for_ever: bool = False,
) -> int:
    """Keep how it went with each; give how many are told. `why`: what stood in the way before any channel was asked.

    A message is told once every channel it was to go by took it; one that never will is left out. `for_ever`: no dead letter.
    """
    told = 0
    for row in rows:
        taken, trouble = list(took.get(row.pk, ())), dict(troubles.get(row.pk, {}))
        again = [one for one in trouble.values() if one.again]
        if why and why != NOT_VISIBLE:
            again.append(TransportError(why, ""))
        row.trouble = next((one.code for one in [*again, *trouble.values()]), why)[:48]
        if again and (for_ever or _may_try(row)):
            row.state = MessageState.FAILED
            row.not_before = now + WAITS[min(row.tries, len(WAITS)) - 1]
        elif taken:
            _told(row, taken[0], now)
            told += 1
        elif trouble or again:
            row.state = MessageState.DEAD
        elif row.to_type == PERSON:  # nothing but the page
            _told(row, Channel.PAGE, now)
            told += 1
        else:
            row.state, row.trouble = MessageState.DROPPED, why or "no-address"
    Message.objects.bulk_update(rows, _KEPT, batch_size=100)
    return told


def _told(row: Message, channel: str, now: dt.datetime) -> None:
    row.state, row.transport, row.sent_at = MessageState.SENT, channel, now


def _may_try(row: Message) -> bool:
    return row.tries <= (URGENT_TRIES if row.urgent else len(WAITS))
