"""Somebody of the public in a browser's session: for 30 days, apart from any account of the staff in the same browser."""

from __future__ import annotations

import datetime as dt
import ipaddress
from collections.abc import Callable
from typing import TYPE_CHECKING

from django.contrib.auth import SESSION_KEY
from django.db.models import F
from django.utils import timezone
from django.utils.functional import SimpleLazyObject

from ronghe.organisations.domain import devices
from ronghe.organisations.models import Visitor
from ronghe.www.access import visitor_of
from ronghe.www.account.devices import UNKNOWN
from ronghe.www.account.sessions import SessionStore
from ronghe.www.limits import network_of
from ronghe.www.pages_only import pages_only

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

VISITOR_KEY, UNTIL_KEY, DEVICE_KEY = "visitor", "visitor-until", "visitor-device"
FOLLOWED = "followed"  # the cases this browser opened by code or link: number → id
LASTS = 30 * 24 * 3600
SEEN_EVERY = dt.timedelta(minutes=5)
THEIRS = (VISITOR_KEY, UNTIL_KEY, DEVICE_KEY, FOLLOWED, "receipts")


@pages_only
class VisitorMiddleware:
    """`request.visitor`: who is signed in by phone code, looked up when first asked for; empty (false) for nobody.

    A session that also carries an account of the staff ends as early as the account's would.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.visitor = SimpleLazyObject(lambda: _visitor(request))  # type: ignore[attr-defined]
        response = self.get_response(request)
        session = request.session
        if (
            session.accessed
            and VISITOR_KEY in session
            and SESSION_KEY in session
            and "_session_expiry" in session
        ):
            session.set_expiry(None)
        return response


def _visitor(request: HttpRequest) -> Visitor | None:
    pk = request.session.get(VISITOR_KEY)
    if pk is None:
        return None
    known, now = Visitor.objects.select_related("identity").filter(pk=pk), timezone.now()
    device = request.session.get(DEVICE_KEY)
    if device is not None:  # none where somebody signed in before devices were remembered
        known = known.filter(devices=device).annotate(here=F("devices__session"), used=F("devices__seen_at"))
    found: Visitor | None = known.first()
    is_over = now.timestamp() >= request.session.get(UNTIL_KEY, 0)
    if is_over or found is None or found.identity.erased_at is not None:
        return None
    if device is not None:
        _see(request, device, found, now)
    return found


def _see(request: HttpRequest, device: int, found: Visitor, now: dt.datetime) -> None:
    """Write down that the browser is in use: one statement every five minutes, and when its session has a new key."""
    key = str(request.session.session_key)
    if now - found.used >= SEEN_EVERY or found.here != key:  # type: ignore[attr-defined] # annotated above
        devices.visitor_seen(device, session=key, network=devices_network(request), at=now)


def begin(request: HttpRequest, visitor: Visitor) -> None:
    """Sign in; the session gets a new key, so that one known before is worth nothing."""
    now = timezone.now()
    request.session.cycle_key()
    request.session[VISITOR_KEY] = visitor.pk
    request.session[UNTIL_KEY] = now.timestamp() + LASTS
    device = devices.visitor_began(
        visitor,
        session=str(request.session.session_key),
        network=devices_network(request),
        browser=request.headers.get("User-Agent", ""),
        at=now,
        oldest=now - dt.timedelta(seconds=LASTS),
    )
    request.session[DEVICE_KEY] = device.pk
    if SESSION_KEY not in request.session:
        request.session.set_expiry(LASTS)
    request.visitor = visitor  # type: ignore[attr-defined]


def end(request: HttpRequest) -> None:
    """Sign out, and leave nothing of what this browser followed; an account of the staff stays signed in."""
    visitor, device = visitor_of(request), request.session.get(DEVICE_KEY)
    if visitor is not None and device is not None:
        devices.end_visitor_devices(visitor, only=device)
    for key in THEIRS:
        request.session.pop(key, None)
    request.session.set_expiry(None)
    request.session.cycle_key()
    request.visitor = None  # type: ignore[attr-defined]


def end_elsewhere(visitor: Visitor, *, only: int | None = None, keep: int | None = None) -> int:
    """Sign a visitor out of one browser, or of all but one; give how many. An account of the staff stays signed in there."""
    ended = devices.end_visitor_devices(visitor, only=only, keep=keep)
    for row in ended:
        session = SessionStore(row.session)
        if session.get(DEVICE_KEY) != row.pk:
            continue
        for key in THEIRS:
            session.pop(key, None)
        session.save(must_create=False)
    return len(ended)


def devices_network(request: HttpRequest) -> str:
    """The neighbourhood's first address, as with the devices of the staff."""
    network = network_of(request)
    return str(ipaddress.ip_network(network).network_address) if network else UNKNOWN
