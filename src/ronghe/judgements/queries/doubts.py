"""How a rating came about, as far as it is on record; no address of a device is kept."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

from django.db.models import Exists, OuterRef, QuerySet
from django.utils import timezone
from django.utils.translation import gettext

from ronghe.judgements.enums import Doubt, Standing
from ronghe.judgements.models import Judgement
from ronghe.judgements.queries.cases import closing_of
from ronghe.judgements.rules import BURST_WINDOW, PHONE_WINDOW, USUAL_WINDOW, Circumstances
from ronghe.ledger.models import Entry
from ronghe.organisations.models import Appointment
from ronghe.organisations.queries import live_on

FLAGGED, SETTLED = "judgement.flagged", ("judgement.upheld", "judgement.voided")


def circumstances_of(rating: Judgement, highest: int | None) -> Circumstances:
    """What is known of a rating just given; `highest` is the score that cannot be bettered."""
    assert rating.given_at is not None  # noqa: S101 - asked of what was given
    closing = closing_of(rating.subject_id, rating.round)
    phone = rating.identity.phone_index if rating.identity else ""
    tops: tuple[int, ...] = ()
    usual = Decimal(0)
    if rating.score is not None and rating.score == highest:
        tops, usual = _tops(rating)
    return Circumstances(
        seconds=(rating.given_at - closing.at).total_seconds() if closing else None,
        same_phone=_same_phone(rating, phone) if phone else (),
        is_officer=bool(phone) and _is_officers(rating, phone),
        tops=tops,
        usual=usual,
    )


def quarantined_ids() -> set[int]:
    """The ratings that somebody has still to look into: flagged and neither upheld nor voided since, by the ledger."""
    later = Entry.objects.filter(
        kind__in=SETTLED,
        subject_type="judgement",
        subject_id=OuterRef("subject_id"),
        seq__gt=OuterRef("seq"),
    )
    flagged = Entry.objects.filter(kind=FLAGGED, subject_type="judgement")
    return set(flagged.filter(~Exists(later)).values_list("subject_id", flat=True))


def doubt_in_words(doubt: dict[str, object]) -> str:
    """Why a rating is doubted, with the numbers that made it so."""
    numbers = doubt.get("numbers") or {}
    match doubt.get("code"):
        case Doubt.TOO_QUICK:
            return gettext("办结后 %(seconds)d 秒就作出了评价，来不及看答复。") % numbers
        case Doubt.OFFICER_PHONE:
            return gettext("评价人留的电话，与承办单位一名工作人员登记的电话相同。")
        case Doubt.SAME_PHONE:
            return gettext("同一个电话 24 小时内给这个单位作了 %(n)d 次同样的评价。") % numbers
        case Doubt.BURST:
            return (
                gettext("24 小时内这个单位收到 %(n)d 个最高评价，平时一天约 %(usual)s 个，明显不寻常。")
                % numbers
            )
    return ""


def _of_unit(rating: Judgement, since: dt.datetime) -> QuerySet[Judgement]:
    return (
        Judgement.objects.filter(
            judgement=rating.judgement,
            organisation=rating.organisation_id,
            organisation__isnull=False,
            given_at__gt=since,
            given_at__lte=rating.given_at,
            draw=None,
            is_review=False,
        )
        .exclude(pk=rating.pk)
        .exclude(standing=Standing.VOIDED)
    )


def _same_phone(rating: Judgement, phone: str) -> tuple[int, ...]:
    assert rating.given_at is not None  # noqa: S101 - asked of what was given
    same = _of_unit(rating, rating.given_at - PHONE_WINDOW).filter(
        identity__phone_index=phone, score=rating.score
    )
    return tuple(same.order_by("pk").values_list("pk", flat=True))


def _tops(rating: Judgement) -> tuple[tuple[int, ...], Decimal]:
    """The unit's highest ratings of the last day, and how many a day there were in the four weeks before."""
    assert rating.given_at is not None  # noqa: S101 - asked of what was given
    begun = rating.given_at - BURST_WINDOW
    now = _of_unit(rating, begun).filter(score=rating.score)
    before = _of_unit(rating, begun - USUAL_WINDOW).filter(score=rating.score, given_at__lte=begun)
    days = Decimal(USUAL_WINDOW.days)
    return tuple(now.order_by("pk").values_list("pk", flat=True)), Decimal(before.count()) / days


def _is_officers(rating: Judgement, phone: str) -> bool:
    assert rating.given_at is not None  # noqa: S101 - asked of what was given
    sitting = Appointment.objects.filter(
        live_on(timezone.localdate(rating.given_at)),
        post__organisation=rating.organisation_id,
        person__identity__phone_index=phone,
    )
    return sitting.exists()
