"""Ratings: given by who asked, once for each round of a case; a bad one has the case done again."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone

from ronghe.casework import domain as casework
from ronghe.definitions.domain import freeze
from ronghe.definitions.queries import Loaded
from ronghe.judgements.domain.doubting import doubt_if_odd
from ronghe.judgements.domain.telling import tell_unit
from ronghe.judgements.domain.verdicts import (
    Verdicts,
    check_reasons,
    cleaned,
    coded,
    verdict_of,
)
from ronghe.judgements.exceptions import DomainError
from ronghe.judgements.models import Judgement
from ronghe.judgements.queries.asked import rating_for
from ronghe.judgements.queries.cases import openings_of
from ronghe.judgements.rules import RATERS
from ronghe.ledger.domain import Draft, Touch, record_all

BATCH = 500


@dataclass(frozen=True)
class Rated:
    """What is rated: a closed round of a case, and the unit that answered it."""

    case_id: int
    procedure: str
    round: int
    organisation_id: int | None


def rate_case(
    rated: Rated,
    *,
    values: Mapping[str, Any],
    actor: str,
    at: dt.datetime,
    comment: str = "",
    origin: str = "page",
    is_staff: bool = False,
) -> Judgement:
    """Give the requester's rating of a closed round; a bad one takes the case up again in the same transaction.

    `is_staff`: somebody signed in at a desk holds the link. Raises DomainError: `not-asked` (nothing asks for a rating of
    this kind), `own-work` (staff do not rate), `not-closed`, `invalid`, `rated-before`, `too-late`. The default-good
    rating does not exist: what was not given is not counted.
    """
    if is_staff or not actor.startswith(RATERS):
        raise DomainError("own-work", "评价只能由诉求人作出，工作人员不能代评。请退出登录，由诉求人自己评。")
    loaded = rating_for(rated.procedure, timezone.localdate(at))
    if loaded is None:
        raise DomainError("not-asked", "这类件不请求评价。")
    clean = cleaned(loaded, values, timezone.localdate(at))
    verdict = verdict_of(loaded, clean, timezone.localdate(at))
    check_reasons(loaded, clean, verdict)
    with transaction.atomic():
        casework.check_closed(rated.case_id, rated.round)
        judgement = _asked_or_new(loaded, rated, at)
        _give(loaded, judgement, clean, verdict, actor, at, comment)
        try:
            with transaction.atomic():
                judgement.save()
        except IntegrityError as error:
            raise _rated_before() from error
        record_all([_draft(loaded, judgement, verdict, origin)])
        freeze(loaded.edition, at=at)
        doubt_if_odd(loaded, judgement, at=at, origin=origin)
        if verdict.reopens:
            casework.reopen_case(
                rated.case_id, casework.By("system:rating", at, origin=origin), cause="rating"
            )
            tell_unit(judgement, cause="rating", at=at)
    return judgement


def rate_many(
    given: Sequence[tuple[Rated, Mapping[str, Any], str, dt.datetime]], *, origin: str, batch: str
) -> list[Judgement]:
    """Ratings of many cases for imports and the demonstration city; whoever calls reopens what `verdict_of` says."""
    made: list[tuple[Loaded, Judgement, Verdicts]] = []
    for rated, values, actor, at in given:
        loaded = rating_for(rated.procedure, timezone.localdate(at))
        if loaded is None:
            raise DomainError("not-asked", "这类件不请求评价。")
        clean = cleaned(loaded, values, timezone.localdate(at))
        verdict = verdict_of(loaded, clean, timezone.localdate(at))
        row = _row(loaded, rated, at)
        _give(loaded, row, clean, verdict, actor, at, "")
        made.append((loaded, row, verdict))
    with transaction.atomic():
        rows = Judgement.objects.bulk_create([row for _, row, _ in made], batch_size=BATCH)
        record_all([_draft(loaded, row, verdict, origin, batch) for loaded, row, verdict in made])
        for edition, at in {loaded.edition: row.asked_at for loaded, row, _ in made}.items():
            freeze(edition, at=at)
    return rows


def _asked_or_new(loaded: Loaded, rated: Rated, at: dt.datetime) -> Judgement:
    """The rating as it was asked for, or a new one; a later round's follows the one of the round before."""
    mine = Judgement.objects.filter(
        judgement=loaded.edition.code,
        subject_type="case",
        subject_id=rated.case_id,
        draw=None,
        is_review=False,
    )
    found = mine.select_for_update(of=("self",)).filter(round=rated.round).first()
    if found is None:
        new = _row(loaded, rated, at)
        opening = openings_of([rated.case_id]).get(rated.case_id)
        new.identity_id = opening.identity if opening else None
        new.second_of = mine.filter(round__lt=rated.round, given_at__isnull=False).order_by("-round").first()
        return new
    if found.given_at is not None:
        raise _rated_before()
    if found.due is not None and found.due < at:
        raise DomainError(
            "too-late", "请求评价的期限已经过了，这次没有计入。事情还没有解决的，可以再提一次，会重新办理。"
        )
    asked: Judgement = found
    return asked


def _rated_before() -> DomainError:
    return DomainError("rated-before", "本次办理已经评价过了，感谢您的反馈。")


def _row(loaded: Loaded, rated: Rated, at: dt.datetime) -> Judgement:
    return Judgement(
        edition=loaded.edition,
        judgement=loaded.edition.code,
        subject_type="case",
        subject_id=rated.case_id,
        round=rated.round,
        organisation_id=rated.organisation_id,
        asked_at=at,
    )


def _give(
    loaded: Loaded,
    row: Judgement,
    values: dict[str, Any],
    verdict: Verdicts,
    actor: str,
    at: dt.datetime,
    comment: str,
) -> None:
    row.edition, row.actor, row.given_at = loaded.edition, actor, at
    row.values, row.comment = values, comment.strip()[:2000]
    row.score, row.satisfied = verdict.score, verdict.is_satisfied


def _draft(loaded: Loaded, row: Judgement, verdict: Verdicts, origin: str, batch: str = "") -> Draft:
    assert row.given_at is not None  # noqa: S101 - it was given just now
    second = (Touch("second-of", "judgement", row.second_of_id),) if row.second_of_id else ()
    return Draft(
        kind="judgement.given",
        subject=("judgement", row.pk),
        actor=row.actor,
        at=row.given_at,
        organisation_id=row.organisation_id,
        touches=(Touch("of", "case", row.subject_id), *second),
        quantity=verdict.score,
        definition=loaded.edition.reference,
        edition=loaded.edition.edition,
        data={
            "round": row.round,
            "satisfied": verdict.is_satisfied,
            "values": coded(loaded, row.values),
        },
        origin=origin,
        batch=batch,
    )
