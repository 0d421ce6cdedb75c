"""By what each of those to be told is reached, and what they chose; a few queries for all of them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from django.conf import settings
from django.db.models import Q

from ronghe.core.errors import RongheError
from ronghe.messages.enums import REACHED, Channel
from ronghe.messages.groups import Group
from ronghe.messages.models import Hook, Preference, Reach
from ronghe.messages.rules import HOOK, IDENTITY, PERSON, REACH, Address, mobile_of
from ronghe.organisations.domain import open_contact, open_text
from ronghe.organisations.models import Identity, Person, Visitor

_NEEDS_ADDRESS = frozenset({*REACHED, Channel.WEBHOOK})


@dataclass(frozen=True)
class Reader:
    """Somebody to be told. `reached`: channel → where; `signing`: secrets, each with until when it signs; `repr` says neither."""

    to: Address
    reached: Mapping[str, str] = field(default_factory=dict, repr=False)
    preference: Preference | None = None
    is_gone: bool = False
    signing: Sequence[tuple[str, dt.datetime | None]] = field(default=(), repr=False)
    trouble: str = ""

    def secrets(self, now: dt.datetime) -> tuple[str, ...]:
        """What deliveries are signed with now, the newest first."""
        return tuple(secret for secret, until in self.signing if until is None or now < until)

    def where(self, channel: str) -> str | None:
        """Where they are reached by the channel; None: not at all; empty: it needs no address."""
        if channel not in _NEEDS_ADDRESS:
            return ""
        return self.reached.get(channel)

    def ways(self, group: Group, in_force: Sequence[str]) -> list[str]:
        """The channels by which they are told: as chosen, of those in force that reach them. What is a duty keeps one."""
        if self.is_gone:
            return []
        open_ways = [name for name in in_force if self.where(name) is not None]
        if self.to.type in (HOOK, REACH):
            named = [name for name in open_ways if name in self.reached]
            return named or [name for name in open_ways if name not in _NEEDS_ADDRESS]
        open_ways = [name for name in open_ways if name != Channel.WEBHOOK]
        ways = [name for name in open_ways if self.wants(group, name)]
        keeps_one = group.duty or (self.to.type == IDENTITY and self._chose(group) is None)
        return ways or (open_ways[:1] if keeps_one else [])

    def wants(self, group: Group, channel: str) -> bool:
        """Whether the channel is ticked for the group; without a choice those of the installation are, and what needs no
        address.
        """
        chosen = self._chose(group)
        if chosen is not None:
            return channel in chosen
        return (
            channel in settings.MESSAGE_DEFAULTS.get(group.code, "").split() or channel not in _NEEDS_ADDRESS
        )

    def is_daily(self, group: Group) -> bool:
        """Whether they want it once a day."""
        return bool(self._of(group).get("daily"))

    def _chose(self, group: Group) -> Sequence[str] | None:
        chosen = self._of(group).get("channels")
        return chosen if isinstance(chosen, list) else None

    def _of(self, group: Group) -> Mapping[str, object]:
        found = self.preference.choices.get(group.code) if self.preference else None
        return found if isinstance(found, dict) else {}


def readers_of(addresses: Collection[Address], on: dt.date) -> dict[Address, Reader]:
    """Each with where they are reached and what they chose."""
    of_type = {kind: {one.ref for one in addresses if one.type == kind} for kind in (PERSON, IDENTITY)}
    found = _people(of_type[PERSON], on) | _public(of_type[IDENTITY])
    hooks = Hook.objects.in_bulk({one.ref for one in addresses if one.type == HOOK})
    for hook in hooks.values():
        address = Address(HOOK, hook.pk)
        signing = [(open_text(bytes(hook.sealed)), None), *_former(hook)]
        found[address] = Reader(address, {Channel.WEBHOOK: hook.url}, signing=signing)
    for reach in Reach.objects.in_bulk({one.ref for one in addresses if one.type == REACH}).values():
        address, asked = Address(REACH, reach.pk), reach.asked
        found[address] = Reader(address, {reach.channel: open_text(bytes(asked))} if asked else {})
    return {one: found.get(one, Reader(one)) for one in addresses}


def _former(hook: Hook) -> list[tuple[str, dt.datetime | None]]:
    if hook.former is None or hook.former_until is None:
        return []
    return [(open_text(bytes(hook.former)), hook.former_until)]


def reader(to: Address, on: dt.date) -> Reader:
    """One of them."""
    return readers_of([to], on)[to]


def _people(ids: Collection[int], on: dt.date) -> dict[Address, Reader]:
    if not ids:
        return {}
    gone = Q(left_on__lte=on) | Q(account__is_active=False)
    left = set(Person.objects.filter(gone, pk__in=ids).values_list("pk", flat=True))
    chosen = {one.to_id: one for one in Preference.objects.filter(to_type=PERSON, to_id__in=ids)}
    reached = _reached(PERSON, ids)
    return {
        Address(PERSON, pk): Reader(Address(PERSON, pk), reached.get(pk, {}), chosen.get(pk), pk in left)
        for pk in ids
    }


def _public(ids: Collection[int]) -> dict[Address, Reader]:
    """By the phone and mail they gave; who signed in with that phone may have chosen otherwise."""
    if not ids:
        return {}
    identities = list(Identity.objects.filter(pk__in=ids))
    indices = {one.phone_index for one in identities if one.phone_index}
    visitors = Visitor.objects.filter(identity__phone_index__in=indices).select_related("identity")
    of_phone = {one.identity.phone_index: one.identity_id for one in visitors.order_by("-pk")}
    own = set(of_phone.values()) | set(ids)
    chosen = {one.to_id: one for one in Preference.objects.filter(to_type=IDENTITY, to_id__in=own)}
    verified = _reached(IDENTITY, own)
    found = {}
    for identity in identities:
        address, visitor = Address(IDENTITY, identity.pk), of_phone.get(identity.phone_index, identity.pk)
        try:
            contact = open_contact(identity)
        except RongheError as error:  # of one of them; the others are told
            found[address] = Reader(address, trouble=error.code)
            continue
        given = {Channel.SMS: mobile_of(contact.phone), Channel.MAIL: contact.email}
        reached = {str(name): where for name, where in given.items() if where} | verified.get(visitor, {})
        found[address] = Reader(address, reached, chosen.get(visitor))
    return found


def _reached(to_type: str, ids: Iterable[int]) -> dict[int, dict[str, str]]:
    rows = Reach.objects.filter(to_type=to_type, to_id__in=ids, sealed__isnull=False)
    found: dict[int, dict[str, str]] = {}
    for row in rows:
        found.setdefault(row.to_id, {})[row.channel] = open_text(bytes(row.sealed or b""))
    return found
