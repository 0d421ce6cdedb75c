"""Who may read what now: asked when a stream begins and again at each event, for many readers at once.

Sessions, accounts, visitors and the sight of cases are asked of the database each time, by one statement for many readers.
Powers alone are remembered, until an entry of the ledger says that something which gives powers has changed.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Any

from django.contrib.auth import HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from django.contrib.sessions.models import Session
from django.utils import timezone
from django.utils.crypto import constant_time_compare

from ronghe.casework.models import Case
from ronghe.casework.queries.followed import followed_by
from ronghe.ledger.models import Entry
from ronghe.live.tokens import ACCOUNT, FOLLOWING, VISITOR, Reader
from ronghe.organisations.models import Account, Visitor
from ronghe.organisations.queries import Powers, powers_of
from ronghe.www.visitor.session import FOLLOWED, UNTIL_KEY, VISITOR_KEY

CHUNK = 500
OF_PERSONS = frozenset({"appointment", "person"})
OF_EVERYBODY = frozenset({"organisation", "post", "relationship", "definition"})
MOST_OPENED = 20_000  # sessions whose content is remembered
LONGEST = dt.timedelta(minutes=10)  # that powers are remembered, whatever the ledger says
Allowed = dict[Reader, frozenset[int]]


def chunks(things: Iterable[Any]) -> Iterator[list[Any]]:
    """In pieces that one statement takes."""
    waiting = list(things)
    for start in range(0, len(waiting), CHUNK):
        yield waiting[start : start + CHUNK]


class Readers:
    """Asks who may read what, and remembers powers."""

    def __init__(self) -> None:
        self._powers: dict[int, tuple[dt.datetime, int | None, Powers]] = {}
        self._opened: dict[str, tuple[str, dict[str, Any]]] = {}

    def allowed(self, wanted: Mapping[Reader, Collection[int]]) -> Allowed:
        """The cases each reader may read of those they want; readers who may read nothing at all any more are left out."""
        now = timezone.now()
        sessions = self._sessions({reader.session for reader in wanted}, now)
        present = [reader for reader in wanted if reader.session in sessions]
        accounts = self._accounts(present, sessions)
        visitors = _visitors(present, sessions, now)
        found: Allowed = {}
        by_powers: dict[object, list[Reader]] = defaultdict(list)
        for reader in present:
            if reader.kind == FOLLOWING:
                opened = sessions[reader.session].get(FOLLOWED) or {}
                found[reader] = frozenset(wanted[reader]) & frozenset(opened.values())
            elif reader.kind == VISITOR and (visitor := visitors.get(reader)):
                seen = followed_by(visitor).filter(pk__in=wanted[reader]).order_by()
                found[reader] = frozenset(seen.values_list("pk", flat=True))
            elif reader.kind == ACCOUNT and (account := accounts.get(reader)):
                by_powers[_sight(self.powers(account, now))].append(reader)
        for readers in by_powers.values():
            found |= self._seen(readers, accounts, wanted, now)
        return found

    def powers(self, account: Account, now: dt.datetime) -> Powers:
        """The powers of an account today, as remembered."""
        kept = self._powers.get(account.pk)
        day = timezone.localdate(now)
        if (
            kept is None
            or kept[2].on != day
            or now - kept[0] > LONGEST
            or not account.is_active
            or kept[1] != account.person_id
        ):
            kept = self._powers[account.pk] = (now, account.person_id, powers_of(account, day))
        return kept[2]

    def known_powers(self, reader: Reader) -> Powers | None:
        """The powers a reader had when they were last asked; None: not asked yet."""
        kept = self._powers.get(reader.ref)
        return None if kept is None else kept[2]

    def forget(self, marks: Iterable[tuple[str, int, int]]) -> None:
        """Forget the powers that entries of these subjects may have changed."""
        kinds = {kind for kind, _id, _seq in marks}
        if kinds & OF_EVERYBODY:
            self._powers.clear()
        elif kinds & OF_PERSONS:
            persons = _persons({(kind, ref) for kind, ref, _seq in marks if kind in OF_PERSONS})
            for account, kept in list(self._powers.items()):
                if kept[1] in persons:
                    del self._powers[account]

    def forget_all(self) -> None:
        """Forget all powers: entries may have been missed."""
        self._powers.clear()

    def _sessions(self, keys: Collection[str], now: dt.datetime) -> dict[str, dict[str, Any]]:
        """The sessions that have not ended, by key; what one holds is read anew only when it has changed."""
        rows = {
            key: data
            for some in chunks(keys)
            for key, data in Session.objects.filter(pk__in=some, expire_date__gt=now).values_list(
                "pk", "session_data"
            )
        }
        if len(self._opened) > MOST_OPENED:
            self._opened.clear()
        store = SessionStore()
        for key, data in rows.items():
            kept = self._opened.get(key)
            if kept is None or kept[0] != data:
                self._opened[key] = (data, store.decode(data))
        return {key: self._opened[key][1] for key in rows}

    def _accounts(
        self, readers: Iterable[Reader], sessions: Mapping[str, dict[str, Any]]
    ) -> dict[Reader, Account]:
        """The accounts that are signed in where they say, by the rules of Django's own sessions."""
        mine = [
            reader
            for reader in readers
            if reader.kind == ACCOUNT and sessions[reader.session].get(SESSION_KEY) == str(reader.ref)
        ]
        rows = {
            row.pk: row
            for some in chunks({reader.ref for reader in mine})
            for row in Account.objects.filter(pk__in=some, is_active=True)
        }
        return {
            reader: row
            for reader in mine
            if (row := rows.get(reader.ref))
            and constant_time_compare(
                sessions[reader.session].get(HASH_SESSION_KEY, ""), row.get_session_auth_hash()
            )
        }

    def _seen(
        self,
        readers: list[Reader],
        accounts: Mapping[Reader, Account],
        wanted: Mapping[Reader, Collection[int]],
        now: dt.datetime,
    ) -> Allowed:
        """What readers of like powers see: one statement."""
        asked = frozenset(case for reader in readers for case in wanted[reader])
        powers = self.powers(accounts[readers[0]], now)
        seen = {
            pk
            for some in chunks(asked)
            for pk in Case.objects.visible_with(powers).filter(pk__in=some).values_list("pk", flat=True)
        }
        return {reader: frozenset(wanted[reader]) & seen for reader in readers}


def _sight(powers: Powers) -> object:
    """What tells powers apart that let see different cases."""
    return powers.on, frozenset(powers.held.items()), powers.led, powers.organisation_ids, powers.member_only


def _visitors(
    readers: Iterable[Reader], sessions: Mapping[str, dict[str, Any]], now: dt.datetime
) -> dict[Reader, Visitor]:
    mine = [
        reader
        for reader in readers
        if reader.kind == VISITOR
        and sessions[reader.session].get(VISITOR_KEY) == reader.ref
        and now.timestamp() < sessions[reader.session].get(UNTIL_KEY, 0)
    ]
    rows = {
        row.pk: row
        for some in chunks({reader.ref for reader in mine})
        for row in Visitor.objects.select_related("identity").filter(pk__in=some, identity__erased_at=None)
    }
    return {reader: rows[reader.ref] for reader in mine if reader.ref in rows}


def _persons(subjects: Collection[tuple[str, int]]) -> set[int]:
    """The people whom the entries of these subjects name."""
    found = {ref for kind, ref in subjects if kind == "person"}
    for kind in OF_PERSONS:
        entries = Entry.objects.filter(
            subject_type=kind, subject_id__in=[ref for one, ref in subjects if one == kind]
        )
        for data in entries.values_list("data", flat=True):
            found.add(data.get("person", 0))
    return found
