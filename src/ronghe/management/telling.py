"""What leaves the house is bounded by what its reader may see: messages know no cases, so their sight is handed in here."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping, Sequence

from django.utils import timezone

from ronghe.casework.models import Case
from ronghe.definitions.queries import calendar
from ronghe.messages.domain import deliver
from ronghe.messages.domain.feeding import feed_hooks
from ronghe.messages.models import Hook, Message
from ronghe.messages.rules import HOOK, PERSON, Address
from ronghe.organisations.models import Account, Person
from ronghe.organisations.queries import Powers, powers_of

CASE = "case"


def push(now: dt.datetime) -> int:
    """Write what is to be pushed to the subscriptions."""
    return feed_hooks(now, seen=numbers_seen)


def hand_over(now: dt.datetime) -> int:
    """Give the channels what is due, without what its reader may no longer see."""
    return deliver(now, calendar(), hidden=hidden)


def numbers_seen(account: Account, cases: Collection[int]) -> Mapping[int, str]:
    """The numbers of those of the cases that the account sees today."""
    return _numbers(powers_of(account, timezone.localdate()), cases)


def hidden(to: Address, rows: Sequence[Message]) -> set[int]:
    """Those of the messages that are about a case their reader does not see (any more). The public is told of its own."""
    about = {row.pk: row.about_id for row in rows if row.about_type == CASE and row.about_id is not None}
    if not about or to.type not in (PERSON, HOOK):
        return set()
    seen = _numbers(_powers(to), set(about.values()))
    return {pk for pk, case in about.items() if case not in seen}


def _powers(to: Address) -> Powers:
    on = timezone.localdate()
    if to.type == HOOK:
        return powers_of(Hook.objects.select_related("account").get(pk=to.ref).account, on)
    return powers_of(Person.objects.filter(pk=to.ref).first(), on)


def _numbers(powers: Powers, cases: Collection[int]) -> dict[int, str]:
    found = Case.objects.visible_with(powers).filter(pk__in=cases)
    return dict(found.values_list("pk", "number"))
