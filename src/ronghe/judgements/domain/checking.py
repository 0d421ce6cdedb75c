"""Giving a spot check: by who was drawn for it, never by anybody with a part in the case."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.utils import timezone

from ronghe.casework import domain as casework
from ronghe.core.errors import RongheError
from ronghe.definitions import queries as definitions
from ronghe.definitions.queries import Loaded
from ronghe.judgements import rules
from ronghe.judgements.domain.telling import tell_unit
from ronghe.judgements.domain.verdicts import cleaned, coded, verdict_of
from ronghe.judgements.exceptions import DomainError
from ronghe.judgements.models import Judgement
from ronghe.judgements.queries.cases import handled_by, openings_of
from ronghe.ledger.domain import Draft, Touch, record_all
from ronghe.organisations.queries import Powers

REOPEN = "reopen"


def give_check(
    check_id: int, *, values: Mapping[str, Any], powers: Powers, at: dt.datetime, origin: str = "page"
) -> Judgement:
    """Write what was found; where the definition's verdict says so, the case is done again and the unit is told.

    Raises DomainError: `no-such-check`, `not-yours`, `own-work`, `given-before`, `invalid`.
    """
    with transaction.atomic():
        row = (
            Judgement.objects.select_for_update(of=("self",))
            .select_related("edition")
            .filter(pk=check_id, draw__isnull=False, is_review=False)
            .first()
        )
        if row is None:
            raise DomainError("no-such-check", "没有找到这件抽查，请回到抽查清单重新打开。")
        check_may_give(row, powers)
        loaded = definitions.by_edition(row.edition_id)
        clean = cleaned(loaded, values, timezone.localdate(at))
        verdict = verdict_of(loaded, clean, timezone.localdate(at))
        row.actor, row.given_at, row.values = f"person:{powers.person_id}", at, clean
        row.save(update_fields=["actor", "given_at", "values"])
        reopens = verdict.reopens and _is_still_closed(row)
        record_all([_draft(loaded, row, origin, reopens=reopens)])
        if reopens:
            casework.reopen_case(
                row.subject_id, casework.By("system:check", at, origin=origin), cause="check"
            )
            tell_unit(row, cause="check", at=at)
    given: Judgement = row
    return given


def check_may_give(row: Judgement, powers: Powers) -> None:
    """Raise DomainError unless this person may give this check now."""
    if powers.person_id is None or row.judge_id != powers.person_id:
        raise DomainError("not-yours", "这件抽查没有分给您。每人只评分给自己的，请回到您的抽查清单。")
    if row.given_at is not None:
        raise DomainError("given-before", "这件已经评过了，评过的不能改。")
    opening = openings_of([row.subject_id]).get(row.subject_id)
    handled = handled_by([row.subject_id]).get(row.subject_id, set())
    about_unit = opening.about_unit if opening else None
    if not rules.may_check(powers, responsible=row.organisation_id, about_unit=about_unit, handled=handled):
        raise DomainError(
            "own-work", "您在承办单位任职，或经手过这件事，不能抽查它。下一个工作日会另分给别人。"
        )


def _is_still_closed(row: Judgement) -> bool:
    """Whether the round that was checked is the last and closed; one taken up again meanwhile is being redone anyway."""
    try:
        casework.check_closed(row.subject_id, row.round)
    except RongheError as error:
        if error.code != "not-closed":
            raise
        return False
    return True


def _draft(loaded: Loaded, row: Judgement, origin: str, *, reopens: bool) -> Draft:
    assert row.given_at is not None  # noqa: S101 - it was given just now
    return Draft(
        kind="judgement.given",
        subject=("judgement", row.pk),
        actor=row.actor,
        at=row.given_at,
        organisation_id=row.organisation_id,
        touches=(Touch("of", "case", row.subject_id), Touch("drawn-by", "draw", row.draw_id or 0)),
        definition=loaded.edition.reference,
        edition=loaded.edition.edition,
        data={
            "round": row.round,
            "values": coded(loaded, row.values),
            **({"verdict": REOPEN} if reopens else {}),
        },
        origin=origin,
    )
