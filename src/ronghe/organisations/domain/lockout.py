"""Wrong tries at signing in: after every fifth the name waits, longer each time; a network waits only after very many.

Names that exist and names that do not are counted alike, so a wait tells nothing. One name adds at most five wrong tries a
day to its network's count: whoever forgot a password never keeps the whole office waiting.
"""

from __future__ import annotations

import datetime as dt

from django.db import transaction

from ronghe.ledger import domain as ledger
from ronghe.organisations.domain.tallies import count_up, key_of
from ronghe.organisations.models import Account, Tally

EACH = 5
OF_A_NETWORK = 100
WAITS = tuple(dt.timedelta(minutes=minutes) for minutes in (1, 5, 15, 60, 240))
DAY, HOUR = dt.timedelta(days=1), dt.timedelta(hours=1)
PASSWORD, CODE, NETWORK = "sign-in", "second-step", "sign-in-network"


def begin_try(what: str, who: str, *, at: dt.datetime, network: str = "") -> dt.datetime | None:
    """Count one more try before it is looked at, so that many at once gain nothing; give until when to wait, or None.

    Whoever has to wait is not looked at, even with the right word.
    """
    until = waits_until(what, who, at=at)
    if network and what == PASSWORD:
        until = max(filter(None, (until, waits_until(NETWORK, network, at=at))), default=None)
    if until is None:
        with transaction.atomic():
            count = count_up(_key(what, who), DAY, at=at.astimezone(dt.UTC))
            if count % EACH == 0:
                _lock(what, who, count // EACH, at)
    return until


def fail(
    what: str, who: str, *, at: dt.datetime, account: Account | None, network: str = ""
) -> dt.datetime | None:
    """The try was wrong. Gives until when the name now waits; for an account that exists the ledger says so."""
    with transaction.atomic():
        if network and _count_of(what, who, at) <= EACH:
            count = count_up(_key(NETWORK, network), HOUR, at=at.astimezone(dt.UTC))
            if count % OF_A_NETWORK == 0:
                _lock(NETWORK, network, count // OF_A_NETWORK, at)
        until = waits_until(what, who, at=at)
        if until is not None and account is not None:
            ledger.record(
                "account.locked",
                subject=("account", account.pk),
                actor="system:sign-in",
                at=at,
                code=what,
                data={"account": account.pk, "until": until.isoformat()},
            )
    return until


def succeed(what: str, who: str) -> None:
    """The try was right: earlier mistakes are forgotten."""
    Tally.objects.filter(key__in=(_key(what, who), _lock_key(what, who))).delete()


def waits_until(what: str, who: str, *, at: dt.datetime) -> dt.datetime | None:
    """Until when no try is looked at; None: now."""
    rows = Tally.objects.filter(key=_lock_key(what, who), ends__gt=at).order_by("-ends")
    return rows.values_list("ends", flat=True).first()


def locked_until(account: Account, *, at: dt.datetime) -> dt.datetime | None:
    """Until when an account waits, after wrong passwords or wrong codes; None: it may sign in."""
    untils = (
        waits_until(PASSWORD, account.username, at=at),
        waits_until(CODE, str(account.pk), at=at),
    )
    return max(filter(None, untils), default=None)


def lift_lock(account: Account, *, actor: str, at: dt.datetime) -> bool:
    """An administrator lets an account try again at once; False: it was not waiting."""
    with transaction.atomic():
        row = Account.objects.select_for_update().get(pk=account.pk)
        was_locked = locked_until(row, at=at) is not None
        succeed(PASSWORD, row.username)
        succeed(CODE, str(row.pk))
        if was_locked:
            ledger.record(
                "account.unlocked",
                subject=("account", row.pk),
                actor=actor,
                at=at,
                data={"account": row.pk},
            )
    return was_locked


def _lock(what: str, who: str, times: int, at: dt.datetime) -> None:
    wait = WAITS[min(times, len(WAITS)) - 1]
    Tally.objects.get_or_create(
        key=_lock_key(what, who), begins=at, defaults={"ends": at + wait, "count": times}
    )


def _count_of(what: str, who: str, at: dt.datetime) -> int:
    rows = Tally.objects.filter(key=_key(what, who), begins__lte=at, ends__gt=at)
    return rows.values_list("count", flat=True).first() or 0


def _key(what: str, who: str) -> str:
    return key_of(what, who.casefold())


def _lock_key(what: str, who: str) -> str:
    return key_of(f"{what}-wait", who.casefold())
