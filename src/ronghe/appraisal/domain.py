"""What appraisal does: it issues what was reckoned, and nothing it issued is changed."""

from __future__ import annotations

import datetime as dt

from django.db import IntegrityError, transaction
from django.utils.translation import gettext

from ronghe.appraisal.enums import Act, By, Measure
from ronghe.appraisal.exceptions import DomainError
from ronghe.appraisal.models import Bulletin
from ronghe.appraisal.queries import Question
from ronghe.appraisal.queries.bulletin import content_of, frozen, whole_content
from ronghe.core.periods import Every, Period
from ronghe.definitions.enums import Power
from ronghe.ledger.domain import record, sequence
from ronghe.organisations.queries import Powers

COUNTED = (Measure.RECEIVED, Act.ACCEPTED, Measure.CLOSED, Act.OVERDUE)


@transaction.atomic
def issue_bulletin(period: Period, *, powers: Powers, actor: str, at: dt.datetime) -> Bulletin:
    """Freeze the month's figures at the ledger's present position; issued again they are the next round.

    Raises DomainError: `may-not-issue`, `not-a-month`, `not-over`, `issued-before` (nothing changed since), `issued-meanwhile`.
    """
    if not powers.has(Power.OVERSEE):
        raise DomainError("may-not-issue", gettext("通报由督办全市的工作人员印发，您可以查看。"))
    if period.every != Every.MONTH:
        raise DomainError("not-a-month", gettext("通报按月印发，请选一个月。"))
    if at < period.end:
        message = gettext("%(month)s还没有过完，不能印发。过完以后再来，现在可以先看。")
        raise DomainError("not-over", message % {"month": period.label})
    question = Question(period=period, by=By.ORGANISATION, watermark=sequence(), now=at)
    content = whole_content(question)
    last = Bulletin.objects.filter(period=str(period)).order_by("round").last()
    if last is not None and content_of(last)["figures"] == content["figures"]:
        message = gettext("%(month)s的通报已经印发，台账里的数没有变化，不必再印发。")
        raise DomainError("issued-before", message % {"month": period.label})
    body, digest = frozen(question, content)
    bulletin = Bulletin(
        period=str(period),
        round=last.round + 1 if last else 1,
        watermark=question.watermark,
        at=at,
        actor=actor,
        body=body,
        hash=digest,
    )
    try:
        with transaction.atomic():
            bulletin.save()
    except IntegrityError as error:
        message = gettext("另一位同事刚刚印发了%(month)s的通报，请刷新页面查看。")
        raise DomainError("issued-meanwhile", message % {"month": period.label}) from error
    _record(bulletin, question)
    return bulletin


def _record(bulletin: Bulletin, question: Question) -> None:
    total = content_of(bulletin)["figures"]["total"]
    values = {one.value: total[one.value]["numerator"] for one in COUNTED}
    on_time = total[Measure.ON_TIME.value]
    record(
        "bulletin.issued",
        subject=("bulletin", bulletin.pk),
        actor=bulletin.actor,
        at=bulletin.at,
        code="handling",
        period=bulletin.period,
        data={
            "round": bulletin.round,
            "hash": bulletin.hash,
            "watermark": question.watermark,
            "values": values | {"on-time": on_time["numerator"], "timed": on_time["denominator"]},
        },
        origin="page",
    )
