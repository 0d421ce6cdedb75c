"""Handing over what is due: claimed in a short transaction, handed over outside any, then marked."""

from __future__ import annotations

import datetime as dt
import time
from collections import Counter
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field

from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext

from ronghe.core.errors import RongheError
from ronghe.core.worktime.calendar import Calendar
from ronghe.messages.domain.hooks import note_outcome
from ronghe.messages.domain.settling import LEASE, NOT_VISIBLE, settle
from ronghe.messages.enums import OVER, Channel, MessageState
from ronghe.messages.exceptions import TransportError
from ronghe.messages.groups import group_of
from ronghe.messages.models import Attempt, Hook, Message
from ronghe.messages.queries.readers import Reader, readers_of
from ronghe.messages.queries.reading import words_of
from ronghe.messages.rules import (
    HOOK,
    IDENTITY,
    PERSON,
    REACH,
    Address,
    next_daily,
    public_may_be_disturbed,
    quiet_until,
    staff_may_be_disturbed,
)
from ronghe.messages.transports import Parcel, Transport, chosen
from ronghe.messages.transports.webhook import GONE

Hidden = Callable[[Address, Sequence[Message]], Collection[int]]
_ROUND = 200  # of those to be told in one round of the worker
_AT_ONCE = 40  # messages to one of them: within the lease even if each takes its longest
_LONGEST = 20.0  # seconds of a round; what is left waits for the next
_PATIENCE = 3  # times in a row a channel may be out of reach before it rests until the next round
_AWAY = frozenset({"unreachable", "too-slow", "no-such-host"})


def deliver(
    now: dt.datetime,
    calendar: Calendar,
    *,
    transport: Transport | Sequence[Transport] | None = None,
    hidden: Hidden | None = None,
) -> int:
    """Hand what is due to the channels and give how many messages are told. Any number of workers may do this at once.

    Nothing that is not urgent disturbs the staff outside office hours of a working day, or the public at night; several for
    one of the staff are handed over as one digest. What a channel does not take is tried again, at last a dead letter.
    `hidden` gives those (ids) their reader may no longer read: they do not leave.
    """
    due = _due(now, calendar)
    waiting = [
        Address(to_type, ref)
        for to_type, ref in Message.objects.filter(due)
        .order_by("to_type", "to_id")
        .values_list("to_type", "to_id")
        .distinct()[:_ROUND]
    ]
    if not waiting:
        return 0
    given = chosen() if transport is None else transport
    transports = list(given) if isinstance(given, Sequence) else [given]
    turn = _Round(now, calendar, {one.name: one for one in transports}, hidden)
    readers = readers_of(waiting, calendar.local(now).date())
    until, told = time.monotonic() + _LONGEST, 0
    for to in waiting:
        if time.monotonic() < until:
            told += turn.tell(readers[to], due)
    return told


def _due(now: dt.datetime, calendar: Calendar) -> Q:
    allowed = Q(urgent=True) | Q(to_type=REACH)
    if staff_may_be_disturbed(now, calendar):
        allowed |= Q(to_type=PERSON)
    if public_may_be_disturbed(now, calendar):
        allowed |= Q(to_type=IDENTITY)
    allowed |= Q(to_type=HOOK, to_id__in=Hook.objects.filter(active=True).values("pk"))
    return allowed & ~Q(state__in=OVER) & Q(not_before__lte=now, sealed__isnull=False)


@dataclass
class _Round:
    """One round of a worker: the channels, and which of them were out of reach."""

    now: dt.datetime
    calendar: Calendar
    transports: dict[str, Transport]
    hidden: Hidden | None
    away: Counter[str] = field(default_factory=Counter)

    def tell(self, reader: Reader, due: Q) -> int:
        """Claim what is due to one of them and hand it over; give how many of these are told now."""
        claimed = self._claim(reader, due & Q(to_type=reader.to.type, to_id=reader.to.ref))
        if not claimed:
            return 0
        if self.hidden is not None and (unseen := set(self.hidden(reader.to, claimed))):
            settle([one for one in claimed if one.pk in unseen], {}, {}, now=self.now, why=NOT_VISIBLE)
            claimed = [one for one in claimed if one.pk not in unseen]
        if reader.to.type == HOOK:
            return self._push(reader, claimed)
        return self._hand_over(reader, claimed)

    def _claim(self, reader: Reader, due: Q) -> list[Message]:
        """Take what is due to one of them, for as long as the lease; whoever asks at the same time finds nothing left."""
        with transaction.atomic():
            if reader.to.type == HOOK and not _is_its_turn(reader.to.ref, self.now):
                return []
            rows = list(Message.objects.select_for_update().filter(due).order_by("pk")[:_AT_ONCE])
            taken = []
            for row in rows:
                later = None if row.tries else self._later(reader, row)
                if later is not None:
                    row.not_before = later
                    continue
                row.state, row.not_before, row.tries = MessageState.HANDING, self.now + LEASE, row.tries + 1
                taken.append(row)
            Message.objects.bulk_update(rows, ["state", "not_before", "tries"])
        return taken

    def _later(self, reader: Reader, row: Message) -> dt.datetime | None:
        """When it may go, if its reader chose not now: once a day, or quiet hours. Neither holds for what is urgent."""
        if row.urgent or reader.preference is None:
            return None
        group = group_of(row.to_type, row.kind)
        if reader.is_daily(group) and self.now < (daily := next_daily(row.at, self.calendar)):
            return daily
        if group.duty:
            return None
        quiet = reader.preference.quiet_from, reader.preference.quiet_until
        return quiet_until(self.now, *quiet, self.calendar)

    def _hand_over(self, reader: Reader, claimed: Sequence[Message]) -> int:
        """By each of the ways that have not taken it yet; what goes together goes together."""
        before = _taken_before(claimed)
        names = list(self.transports)
        ways = {row.pk: reader.ways(group_of(row.to_type, row.kind), names) for row in claimed}
        troubles: dict[int, dict[str, TransportError]] = {row.pk: {} for row in claimed}
        took: dict[int, list[str]] = {
            row.pk: [way for way in before.get(row.pk, []) if way in ways[row.pk]] for row in claimed
        }
        for name in names:
            wanting = [row for row in claimed if name in ways[row.pk] and name not in took[row.pk]]
            for group in _grouped(wanting):
                trouble = self._hand(reader, name, group)
                for row in group:
                    if trouble is None:
                        took[row.pk].append(name)
                        row.digest = group[0].pk if len(group) > 1 else row.digest
                    else:
                        troubles[row.pk][name] = trouble
        return settle(claimed, took, troubles, now=self.now, why=reader.trouble)

    def _push(self, reader: Reader, claimed: Sequence[Message]) -> int:
        """One after the other, in their order; after the first that is not taken the others wait with it."""
        ways, before = reader.ways(group_of(HOOK, ""), list(self.transports)), _taken_before(claimed)
        told = 0
        for number, row in enumerate(claimed):
            known = bool(before.get(row.pk))
            trouble = None if known else self._hand(reader, ways[0], [row]) if ways else _no_way()
            note_outcome(reader.to.ref, trouble, now=self.now)
            if trouble is not None and trouble.code == GONE:
                break  # it is over: nothing is left to settle
            took, troubles = (
                ({row.pk: ways}, {}) if trouble is None else ({}, {row.pk: {str(Channel.WEBHOOK): trouble}})
            )
            told += settle([row], took, troubles, now=self.now, for_ever=True)
            if trouble is not None:
                _release(claimed[number + 1 :], row.not_before)
                break
        return told

    def _hand(self, reader: Reader, name: str, group: Sequence[Message]) -> TransportError | None:
        """Hand a group to a channel and keep how it went. A channel that is out of reach rests until the next round."""
        began, trouble = time.monotonic(), None
        try:
            if self.away[name] >= _PATIENCE:
                raise TransportError("resting", "通道一直连不上，这一轮不再试，稍后再发。")
            self.transports[name].hand(_parcel(group, reader, name, self.now))
        except (RongheError, OSError) as error:
            code = getattr(error, "code", "unreachable")[:48]
            trouble = error if isinstance(error, TransportError) else TransportError(code, "")
        if name != Channel.WEBHOOK:
            self.away[name] = self.away[name] + 1 if trouble and trouble.code in {*_AWAY, "resting"} else 0
        _note(group, name, trouble, began)
        return trouble


def _is_its_turn(hook: int, now: dt.datetime) -> bool:
    """Whether the first of what a subscription still waits for is due: nothing overtakes it. Holds the subscription's row."""
    row = Hook.objects.select_for_update().get(pk=hook)
    first = Message.objects.filter(to_type=HOOK, to_id=hook).exclude(state__in=OVER).order_by("pk").first()
    return row.active and first is not None and first.not_before <= now


def _release(rows: Sequence[Message], until: dt.datetime) -> None:
    for row in rows:
        row.state, row.not_before, row.tries = MessageState.WAITING, until, row.tries - 1
    Message.objects.bulk_update(rows, ["state", "not_before", "tries"])


def _taken_before(rows: Sequence[Message]) -> dict[int, list[str]]:
    """By which channels an earlier try already told it."""
    again = [row.pk for row in rows if row.tries > 1 or row.trouble]
    found: dict[int, list[str]] = {}
    if again:
        for pk, channel in Attempt.objects.filter(message__in=again, ok=True).values_list(
            "message", "channel"
        ):
            found.setdefault(pk, []).append(channel)
    return found


def _grouped(messages: Sequence[Message]) -> list[list[Message]]:
    """What goes together: to the staff all that is not urgent; else each by itself."""
    together = [message for message in messages if message.to_type == PERSON and not message.urgent]
    single = [[message] for message in messages if message not in together]
    return [*single, together] if together else single


def _note(group: Sequence[Message], name: str, trouble: TransportError | None, began: float) -> None:
    took = int((time.monotonic() - began) * 1000)
    code = trouble.code[:48] if trouble else ""
    Attempt.objects.bulk_create(
        Attempt(message=row, channel=name, at=timezone.now(), ok=trouble is None, trouble=code, took_ms=took)
        for row in group
    )


def _no_way() -> TransportError:
    return TransportError("no-channel", "没有启用推送通道，消息都还在。")


def _parcel(group: Sequence[Message], reader: Reader, name: str, now: dt.datetime) -> Parcel:
    first, reach = group[0], reader.where(name) or ""
    words = [words_of(message) for message in group]
    if len(group) == 1:
        return Parcel(f"message-{first.pk}", reader.to, *words[0], reach=reach, secrets=reader.secrets(now))
    title = gettext("您有 %(n)d 条提醒") % {"n": len(group)}
    text = "\n".join(title for title, _, _ in words)
    return Parcel(f"digest-{first.pk}-{first.tries}", reader.to, title, text, "/desk/inbox/", reach)
