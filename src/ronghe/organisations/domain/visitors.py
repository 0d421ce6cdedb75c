"""Residents sign in by a code sent to their phone. Nothing here asks or tells whether a phone is known.

A code has 6 digits, is kept as a hash and is good for 5 minutes, 5 tries and one use; the newest one counts. A phone gets at
most 5 an hour and 10 a day, so that whoever guesses has at most 50 tries a day at one in a million.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import hmac
import re
import secrets
from collections.abc import Callable

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from ronghe.ledger import domain as ledger
from ronghe.messages import domain as messages
from ronghe.organisations.domain.identity import (
    Contact,
    open_contact,
    phone_indices,
    reseal,
    seal_identity,
)
from ronghe.organisations.exceptions import VisitorError
from ronghe.organisations.models import Identity, SignInCode, Visitor

DIGITS = 6
LASTS = dt.timedelta(minutes=5)
TRIES = 5
AGAIN = dt.timedelta(seconds=60)
MOST = ((5, dt.timedelta(hours=1)), (10, dt.timedelta(days=1)))
PORTAL = "system:portal"
_MOBILE = re.compile(r"1[3-9][0-9]{9}")
_BLANKS = re.compile(r"[\s\-－—()（）]")


def mobile(typed: str) -> str:
    """The mobile number that was typed, plain. Raises VisitorError `phone`."""
    digits = re.sub(r"^(\+|00)?86(?=1)", "", _BLANKS.sub("", typed).translate(_HALF))
    if not _MOBILE.fullmatch(digits):
        raise VisitorError("phone", "手机号应为 11 位数字，没有发送。请核对后再试。")
    return digits


_HALF = {ord("０") + number: str(number) for number in range(10)} | {ord("＋"): "+"}


@transaction.atomic
def send_code(phone: str, *, at: dt.datetime, draw: Callable[[int], int] = secrets.randbelow) -> SignInCode:
    """Send a code to the phone; earlier ones end. Raises VisitorError `phone`, `code-too-soon` or `too-many-codes` (`again`).

    What is done depends on the codes sent before and on nothing else: not on cases, not on whether somebody signs in with it.
    """
    plain = mobile(phone)
    indices = phone_indices(plain)
    codes = SignInCode.objects.select_for_update(of=("self",)).select_related("identity")
    sent = list(codes.filter(phone_index__in=indices).order_by("-sent_at", "-pk"))
    _check_often([code.sent_at for code in sent], at)
    reached = next((one for one in (code.identity for code in sent) if one and not one.erased_at), None)
    identity = reached or seal_identity(Contact(phone=plain), actor=PORTAL, at=at)
    digits = f"{draw(10**DIGITS):0{DIGITS}d}"
    code = SignInCode.objects.create(
        phone_index=indices[0],
        identity=identity,
        code_hash=_hash(identity, digits),
        sent_at=at,
        expires_at=at + LASTS,
    )
    old = [one.pk for one in sent if one.sent_at <= at - MOST[-1][1]]
    SignInCode.objects.filter(pk__in=old).delete()
    messages.send(
        messages.Address("identity", identity.pk),
        kind="sign-in-code",
        title="登录验证码",
        text=f"验证码 {digits}，5 分钟内有效，只能用一次。工作人员不会向您要验证码，请不要告诉任何人。",
        at=at,
        urgent=True,
    )
    return code


def _check_often(sent: list[dt.datetime], at: dt.datetime) -> None:
    """Newest first; refused while the phone had enough."""
    if sent and at < sent[0] + AGAIN:
        message = "刚发过一条验证码，没有再发。请先看看短信；一分钟后还没有收到，可以重新获取。"
        raise VisitorError("code-too-soon", message, again=sent[0] + AGAIN)
    for most, span in MOST:
        within = [one for one in sent if one > at - span]
        if len(within) >= most:
            again = within[most - 1] + span
            message = (
                f"这个手机号要的验证码太多了，没有再发。请在 {_clock(again, at)} 以后再试；"
                "查进度也可以用编号和查询码，急事请打 12345 或到政务服务窗口。"
            )
            raise VisitorError("too-many-codes", message, again=again)


def sign_in(phone: str, code: str, *, at: dt.datetime) -> Visitor:
    """Whoever has the newest code signs in; the first time they are registered (visitor.began).

    Raises VisitorError `wrong-code` (counted), `code-spent` after as many tries as are allowed, `code-expired`.
    """
    plain = mobile(phone)
    with transaction.atomic():
        codes = SignInCode.objects.select_for_update(of=("self",)).select_related("identity")
        newest = codes.filter(phone_index__in=phone_indices(plain)).order_by("-sent_at", "-pk").first()
        refused = _refused(newest, code, at)
        if refused is None and newest is not None:
            newest.used_at = at
            newest.save(update_fields=["used_at"])
            return _seen(visitor_for(plain, actor="", at=at, identity=newest.identity), at)
    assert refused is not None  # noqa: S101 - without a code there is a refusal
    raise refused


def _refused(newest: SignInCode | None, code: str, at: dt.datetime) -> VisitorError | None:
    """Why this try fails; a wrong one is counted. None: it is right."""
    identity = newest.identity if newest else None
    if newest is None or identity is None or identity.erased_at or newest.used_at or at >= newest.expires_at:
        return VisitorError("code-expired", "验证码已经用过或过期了，没有登录。请重新获取一个。")
    if newest.tries >= TRIES:
        return VisitorError("code-spent", "这个验证码填错的次数太多，已经作废。请重新获取一个。")
    digits = _BLANKS.sub("", code).translate(_HALF)
    if hmac.compare_digest(newest.code_hash, _hash(identity, digits)):
        return None
    newest.tries += 1
    newest.save(update_fields=["tries"])
    message = f"验证码不对，没有登录。请对照短信再填一次，还可以试 {TRIES - newest.tries} 次。"
    if newest.tries >= TRIES:
        message = "验证码不对，填错的次数太多，这个验证码已经作废。请重新获取一个。"
    return VisitorError("wrong-code", message)


def visitor_for(phone: str, *, actor: str, at: dt.datetime, identity: Identity | None = None) -> Visitor:
    """The visitor with this phone, registered when there is none; without `actor` they register themselves."""
    found = (
        Visitor.objects.select_related("identity")
        .filter(identity__phone_index__in=phone_indices(phone))
        .order_by("pk")
        .first()
    )
    if found is not None:
        return found
    with transaction.atomic():
        identity = identity or seal_identity(Contact(phone=phone), actor=actor or PORTAL, at=at)
        visitor = Visitor.objects.create(identity=identity, began_at=at)
        ledger.record(
            "visitor.began", subject=("visitor", visitor.pk), actor=actor or actor_of(visitor), at=at
        )
    return visitor


def _seen(visitor: Visitor, at: dt.datetime) -> Visitor:
    visitor.seen_at = at
    visitor.save(update_fields=["seen_at"])
    return visitor


def actor_of(visitor: Visitor) -> str:
    """How the ledger names a visitor."""
    return f"visitor:{visitor.pk}"


def contact_of(visitor: Visitor) -> Contact:
    """What a visitor told of themselves; empty once erased. For their own pages only."""
    return open_contact(visitor.identity)


def phones_of(visitor: Visitor) -> list[str]:
    """The blind indices of a visitor's phone under every key still listed; none once erased."""
    return phone_indices(contact_of(visitor).phone)


def learn_name(visitor: Visitor, name: str) -> None:
    """Keep the name a visitor gave with something they filed, so that it is not asked again."""
    contact = contact_of(visitor)
    if contact.phone and name.strip() and contact.name != name.strip():
        reseal(visitor.identity, Contact(name=name.strip(), phone=contact.phone))


def _hash(identity: Identity, digits: str) -> str:
    key = settings.SECRET_KEY.encode()
    return hmac.new(key, f"sign-in:{identity.pk}:{digits}".encode(), hashlib.sha256).hexdigest()


def _clock(again: dt.datetime, at: dt.datetime) -> str:
    """When, in words: 14:05, or 明天 14:05."""
    local, today = timezone.localtime(again), timezone.localtime(at).date()
    return f"{'' if local.date() == today else '明天 '}{local:%H:%M}"
