"""Where somebody is reached: they enter it, type the code that was sent there, and only then it is used."""

from __future__ import annotations

import datetime as dt
import hashlib
import hmac
import re
import secrets
from collections.abc import Callable

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction

from ronghe.messages.domain.writing import send
from ronghe.messages.enums import REACHED, Channel
from ronghe.messages.exceptions import ReachError
from ronghe.messages.models import Reach
from ronghe.messages.rules import REACH, Address, mobile_of
from ronghe.organisations.domain import open_text, seal_text
from ronghe.organisations.domain.tallies import count_up, counted, key_of

DIGITS, TRIES = 6, 5
LASTS = dt.timedelta(minutes=10)
AGAIN = dt.timedelta(seconds=60)
MOST, SPAN = 10, dt.timedelta(days=1)
_USER_ID = re.compile(r"[A-Za-z0-9_.@-]{1,64}")
_MASKED = 2  # letters shown of a user id


def plain_address(channel: str, typed: str) -> str:
    """What was typed as the channel wants it. Raises ReachError `address`."""
    typed = typed.strip()
    if channel == Channel.SMS:
        plain, wanted = mobile_of(typed), "手机号应为 11 位数字"
    elif channel == Channel.MAIL:
        plain, wanted = _mail(typed), "电子邮箱要写成 name@example.gov.cn 的样子"
    else:
        found = _USER_ID.fullmatch(typed)
        plain, wanted = (
            found[0] if found else "",
            "企业微信账号是字母、数字和 . _ - @ 组成的，可在企业微信的个人信息里看到",
        )
    if not plain or channel not in REACHED:
        raise ReachError("address", f"{wanted}，没有发送验证码。请核对后再试。")
    return plain


def _mail(typed: str) -> str:
    try:
        validate_email(typed)
    except ValidationError:
        return ""
    return typed if len(typed) <= 200 else ""


def ask_code(
    to: Address,
    channel: str,
    typed: str,
    *,
    at: dt.datetime,
    draw: Callable[[int], int] = secrets.randbelow,
) -> Reach:
    """Send a code over the channel to the address; an earlier verified one stays in force until it is typed.

    Raises ReachError `address`, `too-soon`, `too-many`.
    """
    plain = plain_address(channel, typed)
    key = key_of(f"reach-{channel}", f"{to.type}:{to.ref}")
    digits = f"{draw(10**DIGITS):0{DIGITS}d}"
    with transaction.atomic():
        row, _new = Reach.objects.select_for_update().get_or_create(
            to_type=to.type, to_id=to.ref, channel=channel
        )
        if row.asked_at is not None and at < row.asked_at + AGAIN:
            message = "刚发过一条验证码，没有再发。请先看看有没有收到；一分钟以后可以重新获取。"
            raise ReachError("too-soon", message)
        if counted(key, SPAN, at=at) >= MOST:
            raise ReachError("too-many", "今天要的验证码太多了，没有再发。请明天再试。")
        count_up(key, SPAN, at=at)
        row.asked, row.asked_at, row.tries, row.code_hash = seal_text(plain), at, 0, _hash(row.pk, digits)
        row.save(update_fields=["asked", "asked_at", "tries", "code_hash"])
        send(
            Address(REACH, row.pk),
            kind="reach-code",
            title="核对联系方式",
            text=f"验证码 {digits}，10 分钟内有效。填到“消息设置”里，以后的消息就发到这里；不是您本人操作的，请不用理会。",
            at=at,
            urgent=True,
        )
    return row


def confirm(to: Address, channel: str, code: str, *, at: dt.datetime) -> Reach:
    """The address counts from now on. Raises ReachError `wrong-code` (counted), `code-spent`, `code-expired`."""
    with transaction.atomic():
        row = Reach.objects.select_for_update().filter(to_type=to.type, to_id=to.ref, channel=channel).first()
        refused = _refused(row, code, at)
        if refused is None and row is not None:
            row.sealed, row.verified_at = row.asked, at
            row.asked, row.asked_at, row.code_hash, row.tries = None, None, "", 0
            row.save()
            return row
    assert refused is not None  # noqa: S101 - without a row there is a refusal
    raise refused


def _refused(row: Reach | None, code: str, at: dt.datetime) -> ReachError | None:
    if row is None or row.asked is None or row.asked_at is None or at >= row.asked_at + LASTS:
        return ReachError("code-expired", "验证码已经用过或过期了，没有保存。请重新获取一个。")
    if row.tries >= TRIES:
        return ReachError("code-spent", "这个验证码填错的次数太多，已经作废。请重新获取一个。")
    typed = re.sub(r"\s", "", code).translate({ord("０") + number: str(number) for number in range(10)})
    if hmac.compare_digest(row.code_hash, _hash(row.pk, typed)):
        return None
    row.tries += 1
    row.save(update_fields=["tries"])
    return ReachError(
        "wrong-code", f"验证码不对，没有保存。请对照收到的再填一次，还可以试 {TRIES - row.tries} 次。"
    )


def forget(to: Address, channel: str) -> None:
    """Nothing is sent there any more."""
    Reach.objects.filter(to_type=to.type, to_id=to.ref, channel=channel).delete()


def masked_address(channel: str, plain: str) -> str:
    """As it is shown, also to its owner: 138****0000, w***@example.gov.cn."""
    if channel == Channel.SMS:
        return f"{plain[:3]}****{plain[-4:]}"
    name, at, domain = plain.partition("@")
    return f"{name[:1] if at else name[:_MASKED]}***{at}{domain}"


def shown(row: Reach) -> str:
    """The verified address, masked; empty without one."""
    return masked_address(row.channel, open_text(bytes(row.sealed))) if row.sealed else ""


def shown_asked(row: Reach) -> str:
    """The address that is being verified, masked; empty without one."""
    return masked_address(row.channel, open_text(bytes(row.asked))) if row.asked else ""


def _hash(reach: int, digits: str) -> str:
    key = settings.SECRET_KEY.encode()
    return hmac.new(key, f"reach:{reach}:{digits}".encode(), hashlib.sha256).hexdigest()
