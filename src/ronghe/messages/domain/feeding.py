"""What happened to cases becomes deliveries of the subscriptions that want it: rows and position in one transaction."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable, Collection, Mapping, Sequence

from django.db import transaction
from django.utils import timezone

from ronghe.ledger.models import Entry, Position
from ronghe.ledger.queries import watermark
from ronghe.messages.domain.hooks import end_hook
from ronghe.messages.domain.writing import drafted
from ronghe.messages.enums import OVER
from ronghe.messages.models import Hook, Message
from ronghe.messages.rules import HOOK, Address
from ronghe.organisations.models import Account, Organisation

CASE = "case"
_AT_ONCE = 500  # entries looked at in one transaction
_BACKLOG = 2000  # deliveries that may wait for one subscription before no more are written
Seen = Callable[[Account, Collection[int]], Mapping[int, str]]


def feed_hooks(now: dt.datetime, *, seen: Seen) -> int:
    """Write what is to be delivered for the entries sequenced since the last time; give how many.

    `seen` gives the numbers of those of the cases (ids) that an account may see: nothing of the others is delivered.
    """
    last = watermark()
    hooks = Hook.objects.filter(active=True, position__lt=last).select_related("account").order_by("pk")
    written = 0
    for hook in hooks:
        if not hook.account.is_active:
            end_hook(hook, actor="system:worker", at=now, cause=Hook.Cause.CLOSED)
            continue
        written += _feed(hook, seen, now)
    return written


def _feed(hook: Hook, seen: Seen, now: dt.datetime) -> int:
    with transaction.atomic():
        row = Hook.objects.select_for_update().get(pk=hook.pk)
        waiting = Message.objects.filter(to_type=HOOK, to_id=row.pk).exclude(state__in=OVER)
        if not row.active or waiting.count() >= _BACKLOG:
            return 0
        after = Position.objects.filter(position__gt=row.position).order_by("position")
        places = list(after.select_related("entry")[:_AT_ONCE])
        if not places:
            return 0
        wanted = [one for one in places if one.entry.kind in row.kinds and one.entry.subject_type == CASE]
        numbers = seen(hook.account, {one.entry.subject_id for one in wanted}) if wanted else {}
        told = [one for one in wanted if one.entry.subject_id in numbers]
        Message.objects.bulk_create(_drafts(row, told, numbers, now))
        row.position = places[-1].position
        row.save(update_fields=["position"])
    return len(told)


def _drafts(
    hook: Hook, places: Sequence[Position], numbers: Mapping[int, str], now: dt.datetime
) -> list[Message]:
    units = Organisation.objects.in_bulk({one.entry.organisation_id for one in places} - {None})
    return [
        drafted(
            Address(HOOK, hook.pk),
            kind="hook",
            title=one.entry.kind,
            text=_body(one, numbers[one.entry.subject_id], units),
            about=(CASE, one.entry.subject_id),
            at=now,
        )
        for one in places
    ]


def _body(place: Position, number: str, units: Mapping[int, Organisation]) -> str:
    """Ids, codes and times; nothing anybody wrote and nobody's name."""
    entry: Entry = place.entry
    unit = units.get(entry.organisation_id or 0)
    return json.dumps(
        {
            "position": place.position,
            "kind": entry.kind,
            "at": timezone.localtime(entry.at).isoformat(),
            "case": {"id": entry.subject_id, "number": number, "seq": entry.seq},
            "unit": {"code": unit.code, "name": unit.name} if unit else None,
        },
        ensure_ascii=False,
    )
