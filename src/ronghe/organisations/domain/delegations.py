"""代办: while somebody is away, another does what they may, in their name."""

from __future__ import annotations

import datetime as dt

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from ronghe.core.memory import forget
from ronghe.ledger import domain as ledger
from ronghe.organisations.exceptions import OrganisationError, in_words
from ronghe.organisations.models import Delegation, Person
from ronghe.organisations.queries.delegations import possible_takers

LONGEST = 92
REASON_MOST = 200


def delegate(
    giver: Person,
    taker: Person,
    *,
    begins: dt.date,
    ends: dt.date,
    reason: str,
    actor: str,
    at: dt.datetime,
) -> Delegation:
    """Let the taker do what the giver may from `begins` on and before `ends`; writes delegation.began.

    What the giver does for others is not handed on. Raises OrganisationError; then nothing was changed.
    """
    today = timezone.localdate(at)
    _check_days(begins, ends, today)
    if giver.pk == taker.pk:
        raise OrganisationError("delegate-self", "不能请自己代办，没有保存。请另选一位同事。")
    if len(reason) > REASON_MOST:
        message = f"代办事由最多 {REASON_MOST} 字，现有 {len(reason)} 字，没有保存。请写短一些。"
        raise OrganisationError("reason-long", message)
    with transaction.atomic():
        Person.objects.select_for_update().get(pk=giver.pk)
        if not possible_takers(giver.pk, today).filter(pk=taker.pk).exists():
            message = (
                f"{taker.name} 今天在本单位及其上级、下级单位都没有在任的岗位，不能代办；没有保存。"
                "请在本单位或上下级单位里另选一位在任的同事。"
            )
            raise OrganisationError("taker-elsewhere", message, taker=taker.pk)
        _check_overlap(giver, begins, ends)
        forget()
        delegation = Delegation.objects.create(
            giver=giver, taker=taker, begins=begins, ends=ends, reason=" ".join(reason.split())
        )
        _record("began", delegation, begins, actor, at, ends=ends.isoformat())
    return delegation


def end_delegation(delegation: Delegation, *, actor: str, at: dt.datetime) -> Delegation:
    """End it today: from now on the taker may no more. One still to come never begins; an ended one stays as it was."""
    today = timezone.localdate(at)
    with transaction.atomic():
        row = Delegation.objects.select_for_update().get(pk=delegation.pk)
        if row.ends is not None and (row.ends <= today or row.ends == row.begins):
            return row
        forget()
        row.ends = max(today, row.begins)
        row.save(update_fields=["ends"])
        _record("ended", row, row.ends, actor, at)
    return row


def _check_days(begins: dt.date, ends: dt.date, today: dt.date) -> None:
    if begins < today:
        message = f"代办不能从过去的 {in_words(begins)} 开始，没有保存。请从今天或以后的日子起。"
        raise OrganisationError("begins-past", message, day=begins)
    if ends <= begins:
        raise OrganisationError("ends-before-begin", "代办的最后一天早于第一天，没有保存。请改日期。")
    if (ends - begins).days > LONGEST:
        message = f"一次代办最长 {LONGEST} 天，这次有 {(ends - begins).days} 天，没有保存。请缩短；到期仍需要时再办一次。"
        raise OrganisationError("delegation-long", message, days=(ends - begins).days)


def _check_overlap(giver: Person, begins: dt.date, ends: dt.date) -> None:
    """One acts for somebody at a time: else nobody knows who must."""
    running = Delegation.objects.filter(giver=giver, begins__lt=ends, ends__gt=begins).exclude(
        ends=F("begins")
    )
    other = running.select_related("taker").order_by("begins").first()
    if other is not None and other.ends is not None:
        message = (
            f"{in_words(other.begins)}至{in_words(other.ends - dt.timedelta(days=1))}已请 {other.taker.name} 代办，"
            "日子有重叠，没有保存。请先结束那一次，或改日期。"
        )
        raise OrganisationError("delegation-overlaps", message, delegation=other.pk)


def _record(
    what: str, delegation: Delegation, day: dt.date, actor: str, at: dt.datetime, **more: str
) -> None:
    ledger.record(
        f"delegation.{what}",
        subject=("person", delegation.giver_id),
        actor=actor,
        at=at,
        data={"person": delegation.taker_id, "day": day.isoformat(), **more},
        touches=(ledger.Touch("taker", "person", delegation.taker_id),),
    )
