"""Excusing somebody from a duty for a while, by who leads or oversees, with a reason; and taking it back."""

from __future__ import annotations

import datetime as dt

from django.db import transaction

from ronghe.core.worktime import Calendar
from ronghe.definitions.things import Ref
from ronghe.duties import rules
from ronghe.duties.domain.checking import check_units
from ronghe.duties.exceptions import DomainError
from ronghe.duties.models import Excuse
from ronghe.duties.queries.lines import Line
from ronghe.ledger.domain import Touch, record
from ronghe.organisations.queries import Powers

MOST_DAYS = 5 * 366


def excuse(
    line: Line,
    holder: Ref,
    *,
    organisation: int,
    begins: dt.date,
    ends: dt.date,
    reason: str,
    document: str = "",
    powers: Powers,
    actor: str,
    at: dt.datetime,
    calendar: Calendar,
) -> Excuse:
    """Excuse a holder from a line from a day through another. Raises DomainError; then nothing was changed."""
    if not rules.may_excuse(powers, organisation):
        raise DomainError("not-yours", "只有上级单位领导或督查人员可以准予免除，没有保存。请把情况报给上级。")
    if ends < begins:
        raise DomainError("days-reversed", "结束日期早于开始日期，没有保存。请核对两个日期。", field="ends")
    if (ends - begins).days > MOST_DAYS:
        raise DomainError("too-long", "一次最多免除五年，没有保存。请改一个结束日期。", field="ends")
    if not reason.strip():
        raise DomainError("no-reason", "请写明为什么准予免除；其他内容已保留。", field="reason")
    with transaction.atomic():
        row = Excuse.objects.create(
            duty=line.duty,
            line=line.code,
            holder_type=holder[0],
            holder_id=holder[1],
            begins=begins,
            ends=ends,
            reason=reason.strip()[:200],
            document=document.strip()[:80],
            actor=actor,
            at=at,
        )
        record(
            "duty.excused",
            subject=("excuse", row.pk),
            actor=actor,
            at=at,
            organisation_id=organisation,
            code=line.duty,
            definition=line.edition.reference,
            edition=line.edition.edition,
            touches=(Touch("holder", *holder),),
            data={"excuse": row.pk, "until": ends.isoformat()},
            origin="page",
        )
        check_units([organisation], at, calendar)
    return row


def end_excuse(
    row: Excuse, *, organisation: int, powers: Powers, actor: str, at: dt.datetime, calendar: Calendar
) -> None:
    """Take an excuse back: what it covered is owed again. Once ended it stays so."""
    if not rules.may_excuse(powers, organisation):
        raise DomainError("not-yours", "只有上级单位领导或督查人员可以取消免除，没有改动。")
    with transaction.atomic():
        if not Excuse.objects.filter(pk=row.pk, ended_at=None).update(ended_at=at):
            raise DomainError("ended", "这次免除已经取消了，没有再改动。请刷新页面查看。")
        record(
            "duty.excuse-ended",
            subject=("excuse", row.pk),
            actor=actor,
            at=at,
            organisation_id=organisation,
            code=row.duty,
            touches=(Touch("holder", row.holder_type, row.holder_id),),
            data={"excuse": row.pk},
            origin="page",
        )
        check_units([organisation], at, calendar)
