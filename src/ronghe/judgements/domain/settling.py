"""Contesting a rating, and deciding about one that is contested or doubted. What was done again meanwhile goes on."""

from __future__ import annotations

import datetime as dt

from django.db import transaction

from ronghe.judgements import rules
from ronghe.judgements.domain.telling import tell_appellant
from ronghe.judgements.enums import UPHOLDING, VOIDING, Ground, Standing
from ronghe.judgements.exceptions import DomainError
from ronghe.judgements.models import Judgement
from ronghe.ledger.domain import Draft, Touch, record_all
from ronghe.organisations.queries import Powers

LEAST, MOST = 10, 1000


def appeal_rating(rating_id: int, *, reason: str, powers: Powers, at: dt.datetime) -> Judgement:
    """The unit says that a bad rating does not fit what was done; the rating counts on until somebody else decides.

    Raises DomainError: `no-such-rating`, `not-yours` (another unit's, not a bad one, contested before), `reason-missing`.
    """
    with transaction.atomic():
        row = _locked(rating_id)
        if not rules.may_appeal(powers, row):
            raise DomainError("not-yours", "只有承办单位可以对本单位收到的差评申诉，每次评价申诉一次。")
        row.appeal = _reason(reason, "请写明申诉理由：办了什么、评价为什么与事实不符")
        row.appealed_at, row.appealed_by = at, f"person:{powers.person_id}"
        row.save(update_fields=["appeal", "appealed_at", "appealed_by"])
        record_all([_draft("judgement.appealed", row, row.appealed_by, at)])
    return row


def settle_rating(rating_id: int, *, ground: str, note: str, powers: Powers, at: dt.datetime) -> Judgement:
    """Decide about a doubted or contested rating: the ground says whether it counts again or is void.

    Raises DomainError: `no-such-rating`, `not-yours` (of the unit itself, the appellant, nothing to decide),
    `ground-missing`, `reason-missing`.
    """
    with transaction.atomic():
        row = _locked(rating_id)
        if not rules.may_settle(powers, row):
            raise DomainError(
                "not-yours", "这次评价不由您核实：要由督查人员、承办单位以外的人、申诉人以外的人决定。"
            )
        if ground not in (*UPHOLDING, *VOIDING):
            raise DomainError(
                "ground-missing", "还没有选核实结果，请选一项。", errors={"ground": "请选一项。"}
            )
        was_contested = rules.is_contested(row)
        is_voided = ground in VOIDING
        row.settled_note = _reason(note, "请写明怎样核实的、依据是什么")
        row.standing = Standing.VOIDED if is_voided else Standing.COUNTED
        row.settled_at, row.settled_by, row.settled_ground = at, f"person:{powers.person_id}", Ground(ground)
        row.save(update_fields=["standing", "settled_note", "settled_at", "settled_by", "settled_ground"])
        kind = "judgement.voided" if is_voided else "judgement.upheld"
        record_all([_draft(kind, row, row.settled_by, at, ground=ground)])
        if was_contested:
            tell_appellant(row, is_voided=is_voided, at=at)
    return row


def _locked(rating_id: int) -> Judgement:
    row = (
        Judgement.objects.select_for_update(of=("self",))
        .select_related("edition")
        .filter(pk=rating_id, draw=None, is_review=False, given_at__isnull=False)
        .first()
    )
    if row is None:
        raise DomainError("no-such-rating", "没有找到这次评价，请回到评价清单重新打开。")
    found: Judgement = row
    return found


def _reason(text: str, asked: str) -> str:
    text = text.strip()
    if not LEAST <= len(text) <= MOST:
        said = f"{asked}（{LEAST} 至 {MOST} 字）。"
        raise DomainError("reason-missing", said, errors={"reason": said})
    return text


def _draft(kind: str, row: Judgement, actor: str, at: dt.datetime, *, ground: str = "") -> Draft:
    return Draft(
        kind=kind,
        subject=("judgement", row.pk),
        actor=actor,
        at=at,
        organisation_id=row.organisation_id,
        touches=(Touch("of", row.subject_type, row.subject_id),),
        definition=row.edition.reference,
        edition=row.edition.edition,
        data={"round": row.round, **({"ground": ground} if ground else {})},
        origin="page",
    )
