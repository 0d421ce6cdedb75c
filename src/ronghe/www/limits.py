"""How often the public may do something, so that a script gets nowhere and a full office behind one address does not notice.

By phone, by visitor and by session there is a most. By network there is none: many filings from one only make the next one
ask for a phone code. Whoever is refused reads when to try again and which other way there is.
"""

from __future__ import annotations

import datetime as dt
import ipaddress
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext

from ronghe.organisations.domain.identity import phone_indices
from ronghe.organisations.domain.tallies import count_up, counted, key_of, span_begins
from ronghe.www.access import STAFF, visitor_of

if TYPE_CHECKING:
    from django.http import HttpRequest

HOUR, TEN_MINUTES = dt.timedelta(hours=1), dt.timedelta(minutes=10)
MINUTE, FIVE_SECONDS = dt.timedelta(minutes=1), dt.timedelta(seconds=5)


@dataclass(frozen=True)
class Limit:
    """So many of `what` by one in a span."""

    what: str
    most: int
    span: dt.timedelta


FILED_BY_VISITOR = Limit("filed-visitor", 20, HOUR)
FILED_BY_PHONE = Limit("filed-phone", 10, HOUR)
FILED_BY_SESSION = Limit("filed-session", 10, HOUR)
FILED_BY_NETWORK = Limit("filed-network", 60, TEN_MINUTES)
CODES_BY_SESSION = Limit("codes-session", 10, HOUR)
CODES_BY_NETWORK = Limit("codes-network", 300, HOUR)
WRONG_BY_NETWORK = Limit("wrong-network", 50, HOUR)
WRONG_BY_NUMBER = Limit("wrong-number", 10, HOUR)


@dataclass(frozen=True)
class Refusal:
    """Not now. `by_code`: whoever signs in by phone code may go on at once."""

    says: str
    again: dt.datetime
    by_code: bool = False


def filing_refusal(request: HttpRequest, phone: str, at: dt.datetime) -> Refusal | None:
    """Why somebody may not file one more just now. A visitor answers for themselves, whoever else files from there.

    Staff are known by name and file for those who come to them.
    """
    visitor = visitor_of(request)
    if STAFF(request.user):
        return None
    if visitor is not None:
        again = _used_up(FILED_BY_VISITOR, str(visitor.pk), at)
        said = gettext("您这一小时提得太多了，这次没有提交，写的内容都在。%(when)s") % {"when": _when(again)}
        return Refusal(said, again) if again else None
    reached = [_used_up(limit, who, at) for limit, who in _filers(request, phone)]
    again = max((one for one in reached if one), default=None)
    said = gettext(
        "从这里提交的太多了，为防有人冒用，请先用手机验证码登录再提交，写的内容都在。不登录的话，%(when)s"
    ) % {"when": _when(again)}
    return Refusal(said, again, by_code=True) if again else None


def count_filing(request: HttpRequest, phone: str, at: dt.datetime) -> None:
    """One was filed."""
    visitor = visitor_of(request)
    if visitor is not None:
        _count(FILED_BY_VISITOR, str(visitor.pk), at)
    else:
        for limit, who in _filers(request, phone):
            _count(limit, who, at)


def _filers(request: HttpRequest, phone: str) -> list[tuple[Limit, str]]:
    indices = phone_indices(phone)
    by = [(FILED_BY_PHONE, indices[0] if indices else ""), (FILED_BY_SESSION, request.session.session_key)]
    return [(limit, who) for limit, who in (*by, (FILED_BY_NETWORK, network_of(request))) if who]


def code_refusal(request: HttpRequest, at: dt.datetime) -> Refusal | None:
    """Why no code is sent just now; each phone's own limit is the domain's. A crowded network waits seconds, not hours."""
    again = _used_up(CODES_BY_SESSION, request.session.session_key or "", at)
    return _refusal(again or _slowed(CODES_BY_NETWORK, network_of(request), FIVE_SECONDS, at))


def count_code(request: HttpRequest, at: dt.datetime) -> None:
    """A code was asked for."""
    for limit, who in (
        (CODES_BY_SESSION, request.session.session_key),
        (CODES_BY_NETWORK, network_of(request)),
    ):
        if who:
            _count(limit, who, at)


def try_refusal(network: str, at: dt.datetime) -> Refusal | None:
    """Why a phone code is not looked at just now: many wrong ones came from this network."""
    return _refusal(_slowed(WRONG_BY_NETWORK, network, MINUTE, at))


def count_wrong_code(network: str, at: dt.datetime) -> None:
    """A wrong phone code was tried."""
    if network:
        _count(WRONG_BY_NETWORK, network, at)


def follow_refusal(number: str, at: dt.datetime) -> Refusal | None:
    """Why a follow code is not looked at just now: after ten wrong ones for a number, one try a minute is left.

    Whoever filed it needs no try: they sign in with their phone.
    """
    again = _slowed(WRONG_BY_NUMBER, number, MINUTE, at)
    said = gettext(
        "这个编号的查询码错了太多次，现在每分钟只能试一次。%(when)s是您本人提的，可以用手机验证码登录，不用查询码。"
    ) % {"when": _when(again)}
    return Refusal(said, again, by_code=True) if again else None


def count_wrong_follow(number: str, at: dt.datetime) -> None:
    """A wrong follow code was tried for a number, whether there is a case of that number or not."""
    _count(WRONG_BY_NUMBER, number, at)


def network_of(request: HttpRequest) -> str:
    """The neighbourhood a request comes from: /24, or /56 of IPv6; empty when unknown. Only our own proxies are believed."""
    address = request.META.get("REMOTE_ADDR", "")
    if settings.PROXIES:
        named = [one for one in request.META.get("HTTP_X_FORWARDED_FOR", "").split(",") if one.strip()]
        address = named[-settings.PROXIES].strip() if len(named) >= settings.PROXIES else address
    try:
        known = ipaddress.ip_address(address)
    except ValueError:
        return ""
    return str(ipaddress.ip_network(f"{known}/{24 if known.version == 4 else 56}", strict=False))


def _count(limit: Limit, who: str, at: dt.datetime) -> None:
    count_up(key_of(limit.what, who), limit.span, at=at)


def _used_up(limit: Limit, who: str, at: dt.datetime) -> dt.datetime | None:
    """When it may be done again; None: now."""
    if not who or counted(key_of(limit.what, who), limit.span, at=at) < limit.most:
        return None
    return span_begins(limit.span, at) + limit.span


def _slowed(limit: Limit, who: str, pace: dt.timedelta, at: dt.datetime) -> dt.datetime | None:
    """As `_used_up`, but past the limit one try in each `pace` goes on."""
    if _used_up(limit, who, at) is None:
        return None
    is_first = count_up(key_of(f"{limit.what}-slow", who), pace, at=at) == 1
    return None if is_first else span_begins(pace, at) + pace


def _refusal(again: dt.datetime | None) -> Refusal | None:
    said = gettext("从这里试的人太多，这次没有处理。%(when)s") % {"when": _when(again)}
    return Refusal(said, again) if again else None


def _when(again: dt.datetime | None) -> str:
    """When to try again, and the other way."""
    if again is None:
        return ""
    said = gettext("请在 %(clock)s 以后再试；急事请打 12345，或到政务服务窗口办。")
    return said % {"clock": f"{timezone.localtime(again):%H:%M:%S}"}
