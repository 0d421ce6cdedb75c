"""Which browser is signed in where: remembered at sign-in, and seen again every few minutes."""

from __future__ import annotations

import datetime as dt
import ipaddress
from collections import OrderedDict
from typing import TYPE_CHECKING

from allauth.usersessions.models import UserSession
from django.conf import settings
from django.utils import timezone

from ronghe.organisations.domain import devices as domain
from ronghe.organisations.models import Account
from ronghe.www.limits import network_of

if TYPE_CHECKING:
    from django.http import HttpRequest

SINCE = "signed-in-at"
SEEN_EVERY = dt.timedelta(minutes=5)
REMEMBERED = 10_000
UNKNOWN = "0.0.0.0"  # noqa: S104 - nothing is bound: an address nobody has
_seen: OrderedDict[str, dt.datetime] = (
    OrderedDict()
)  # by this process; two write twice as often, which is seldom


def begin(request: HttpRequest, account: Account, at: dt.datetime) -> None:
    """Remember the browser that just signed in; those of this account that have run out are forgotten."""
    oldest = at - dt.timedelta(seconds=settings.SESSION_COOKIE_AGE)
    request.session[SINCE] = at.timestamp()
    if request.session.session_key is None:
        request.session.save()
    key = str(request.session.session_key)
    browser = request.headers.get("User-Agent", "")
    domain.device_began(
        account, session=key, network=_network(request), browser=browser, at=at, oldest=oldest
    )
    _note(key, at)


def renew(request: HttpRequest, old_key: str) -> None:
    """The session goes on under a new key (a password was changed)."""
    request.session.save()
    domain.device_renewed(old_key, request.session.session_key)


def is_over(request: HttpRequest, at: dt.datetime) -> bool:
    """Whether the session is older than any may become, however busy it was."""
    since = request.session.get(SINCE)
    return since is not None and at.timestamp() >= since + settings.SESSION_COOKIE_AGE


def goes_on(request: HttpRequest, at: dt.datetime, *, is_used: bool) -> bool:
    """Whether the session goes on; it does not where nobody used the browser for longer than is allowed.

    That it is used is written down with one statement every five minutes, none in between; so it is never found idle too
    early, and at most five minutes late. `is_used` false: a page asked by itself.
    """
    key = request.session.session_key
    if key is None or SINCE not in request.session:
        return True
    noted = _seen.get(key)
    if noted is not None and dt.timedelta() <= at - noted < SEEN_EVERY:
        return True
    since = at - dt.timedelta(minutes=settings.SESSION_IDLE_MINUTES) - SEEN_EVERY
    oldest = since if settings.SESSION_IDLE_MINUTES else None
    if is_used and domain.device_seen(key, network=_network(request), at=at, oldest=oldest):
        _note(key, at)
        return True
    idle = UserSession.objects.filter(session_key=key, last_seen_at__lte=since)
    return oldest is None or not idle.exists()


def _note(key: str, at: dt.datetime) -> None:
    _seen[key] = at
    _seen.move_to_end(key)
    while len(_seen) > REMEMBERED:
        _seen.popitem(last=False)


def _network(request: HttpRequest) -> str:
    """The neighbourhood's first address: enough to know a place again, less than to know a desk."""
    network = network_of(request)
    return str(ipaddress.ip_network(network).network_address) if network else UNKNOWN


def devices_of(account: Account) -> list[UserSession]:
    """Where an account is signed in, last used first."""
    oldest = timezone.now() - dt.timedelta(seconds=settings.SESSION_COOKIE_AGE)
    return list(
        UserSession.objects.filter(user=account, last_seen_at__gte=oldest).order_by("-last_seen_at", "-pk")
    )


def forget(request: HttpRequest) -> None:
    """The browser signs out by itself."""
    if request.session.session_key and SINCE in request.session:
        domain.device_left(request.session.session_key)
