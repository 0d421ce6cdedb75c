"""Giving a review, and what follows from it by the definition: given, taken up again, told, a step of a case ended."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from contextlib import ExitStack
from functools import partial
from typing import Any

from django.db import transaction
from django.utils import timezone

from ronghe.definitions import queries as definitions
from ronghe.definitions.queries import Loaded
from ronghe.definitions.things import facts_of
from ronghe.enclosed import Enclosed, faults_of, keep_all, numbered
from ronghe.judgements.domain.following import REOPEN, Found, follow, reopens
from ronghe.judgements.domain.panelling import close_when_complete, lock_panel_of
from ronghe.judgements.domain.verdicts import cleaned, coded
from ronghe.judgements.exceptions import DomainError
from ronghe.judgements.models import Judgement, JudgementFile
from ronghe.judgements.queries.judges import bench_for
from ronghe.judgements.queries.subjects import Subject
from ronghe.ledger.domain import Draft, Touch, record_all
from ronghe.organisations.queries import Powers

UNNAMED = "system:review"
"""Who acts in other rooms where the definition hides who judged; the judgement itself knows."""


def give_review(
    review_id: int, *, values: Mapping[str, Any], powers: Powers, at: dt.datetime, origin: str = "page",
    files: Enclosed | None = None,
) -> Judgement:  # fmt: skip
    """Write what was found and let follow what the definition says, all in one transaction.

    Raises DomainError: `no-such-review`, `not-yours`, `given-before`, `invalid`, and what a verdict's giving raises.
    """
    with ExitStack() as undo, transaction.atomic():
        lock_panel_of(review_id)
        row = (
            Judgement.objects.select_for_update(of=("self",))
            .select_related("edition", "organisation", "panel")
            .filter(pk=review_id, is_review=True)
            .first()
        )
        if row is None:
            raise DomainError("no-such-review", "没有找到这次评判，请回到清单重新打开。")
        if row.given_at is not None:
            raise DomainError("given-before", "这一项已经评过了，评过的不能改。")
        if row.recused_at is not None or (row.panel is not None and row.panel.closed_at is not None):
            raise DomainError("panel-closed", "这次评审已经汇总，或者您已经回避，不能再评。")
        if not may_review(row, powers):
            raise DomainError("not-yours", "这一项没有请您评判。评判人由规定的岗位担任，请回到您的清单。")
        loaded = definitions.by_edition(row.edition_id)
        form, sent = loaded.body.form, files or {}
        if errors := faults_of(form, sent):
            raise DomainError("invalid", f"还没有填好：{next(iter(errors.values()))}", errors=errors)
        numbers = numbered(form, sent)
        clean = cleaned(loaded, form.with_files(values, numbers) if form else values, timezone.localdate(at))
        row.actor, row.given_at, row.values = f"person:{powers.person_id}", at, clean
        row.save(update_fields=["actor", "given_at", "values"])
        keep_all(
            partial(JudgementFile.objects.create, judgement=row),
            f"judgements/{row.pk}",
            numbers,
            sent,
            undo,
            at=at,
            actor=row.actor,
        )
        found = _found(row, origin)
        record_all([_draft(loaded, row, origin, is_reopened=row.panel_id is None and reopens(found, loaded))])
        if row.panel is not None:
            close_when_complete(row.panel, at, origin)
        else:
            follow(found, loaded)
    given: Judgement = row
    return given


def may_review(row: Judgement, powers: Powers) -> bool:
    """Whether this person may give this review: who was asked, or another whom the definition means as well."""
    if powers.person_id is None:
        return False
    if row.judge_id == powers.person_id:
        return row.recused_at is None
    if row.panel_id is not None:
        return False
    subject = Subject((row.subject_type, row.subject_id), row.round, row.organisation_id)
    facts = facts_of(subject.ref, powers.on)
    by = definitions.by_edition(row.edition_id).body.by
    return facts is not None and any(
        person.pk == powers.person_id for person in bench_for(by, facts, subject, powers.on).people
    )


def _found(row: Judgement, origin: str) -> Found:
    came_from = (row.came_from_type, row.came_from_id) if row.came_from_id is not None else None
    return Found(
        ref=("judgement", row.pk),
        subject=(row.subject_type, row.subject_id),
        organisation=row.organisation,
        actor=_named(row),
        at=row.given_at or row.asked_at,
        came_from=came_from,
        values=row.values,
        origin=origin,
    )


def _named(row: Judgement) -> str:
    """Who gave it, as others may know it."""
    body = definitions.by_edition(row.edition_id).body
    return UNNAMED if "judge" in (*body.hides, *body.combine.hides) else row.actor


def _draft(loaded: Loaded, row: Judgement, origin: str, *, is_reopened: bool) -> Draft:
    came_from = (Touch("because", row.came_from_type, row.came_from_id),) if row.came_from_id else ()
    drawn = (Touch("drawn-by", "draw", row.draw_id),) if row.draw_id else ()
    return Draft(
        kind="judgement.given",
        subject=("judgement", row.pk),
        actor=row.actor,
        at=row.given_at or row.asked_at,
        code=row.judgement,
        organisation_id=row.organisation_id,
        touches=(Touch("of", row.subject_type, row.subject_id), *came_from, *drawn),
        definition=loaded.edition.reference,
        edition=loaded.edition.edition,
        data={
            "round": row.round,
            "values": coded(loaded, row.values),
            **({"verdict": REOPEN} if is_reopened else {}),
        },
        origin=origin,
    )
