"""Setting odd ratings aside until somebody has looked into them. Nothing is ever voided by a rule."""

from __future__ import annotations

import datetime as dt

from django.utils import timezone

from ronghe.definitions.queries import Loaded
from ronghe.judgements.domain.verdicts import highest_score
from ronghe.judgements.enums import Standing
from ronghe.judgements.models import Judgement
from ronghe.judgements.queries.doubts import circumstances_of
from ronghe.judgements.rules import Odd, doubts_about
from ronghe.ledger.domain import Draft, Touch, record_all

CLOCK = "system:clock"


def doubt_if_odd(loaded: Loaded, rating: Judgement, *, at: dt.datetime, origin: str) -> None:
    """Quarantine a rating just given, and those it is odd together with, for reasons that are kept in words.

    In the caller's transaction. One somebody already decided about stays as decided.
    """
    for odd in doubts_about(circumstances_of(rating, highest_score(loaded, timezone.localdate(at)))):
        others = Judgement.objects.select_for_update(of=("self",)).filter(pk__in=odd.others, settled_at=None)
        _flag([rating, *others.order_by("pk")], odd, at=at, origin=origin)


def _flag(ratings: list[Judgement], odd: Odd, *, at: dt.datetime, origin: str) -> None:
    fresh = [rating for rating in ratings if odd.code not in {doubt["code"] for doubt in rating.doubts}]
    for rating in fresh:
        rating.doubts = [*rating.doubts, odd.as_json()]
        rating.standing = Standing.QUARANTINED
    Judgement.objects.bulk_update(fresh, ["doubts", "standing"])
    record_all(
        Draft(
            kind="judgement.flagged",
            subject=("judgement", rating.pk),
            actor=CLOCK,
            at=at,
            organisation_id=rating.organisation_id,
            touches=(Touch("of", rating.subject_type, rating.subject_id),),
            definition=rating.edition.reference,
            edition=rating.edition.edition,
            data={"ground": odd.code.value, "round": rating.round},
            origin=origin,
        )
        for rating in fresh
    )
