"""Giving judgements. A rating is one given by the requester, once for each round of a case."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import IntegrityError, transaction

from ronghe.casework import domain as casework
from ronghe.core.select import Change, Gives
from ronghe.definitions import queries as definitions
from ronghe.definitions.domain import freeze
from ronghe.definitions.queries import Loaded
from ronghe.judgements.exceptions import DomainError
from ronghe.judgements.models import Judgement
from ronghe.judgements.queries import rating_for
from ronghe.ledger.domain import Draft, Touch, record_all
from ronghe.organisations.queries import LineFacts, line_facts

BATCH = 500


@dataclass(frozen=True)
class Rated:
    """What is rated: a closed round of a case, and the unit that answered it."""

    case_id: int
    procedure: str
    round: int
    organisation_id: int | None


@dataclass(frozen=True)
class Verdicts:
    """What follows from a judgement's values: whether it satisfied, and whether the case is taken up again."""

    score: int | None
    is_satisfied: bool
    reopens: bool


def rate_case(
    rated: Rated,
    *,
    values: Mapping[str, Any],
    actor: str,
    at: dt.datetime,
    comment: str = "",
    origin: str = "page",
) -> Judgement:
    """Give the requester's rating of a closed round; a bad one takes the case up again in the same transaction.

    Raises DomainError: `not-asked` (nothing asks for a rating of this kind), `own-work` (staff do not rate), `not-closed`,
    `invalid`, `rated-before`. The default-good rating does not exist: what was not given is not counted.
    """
    if not actor.startswith(("requester:", "import:", "demo:")):
        raise DomainError("own-work", "评价只能由诉求人作出，工作人员不能代评。")
    loaded = rating_for(rated.procedure, at.date())
    if loaded is None:
        raise DomainError("not-asked", "这类件不请求评价。")
    clean = _cleaned(loaded, values, at.date())
    verdict = verdict_of(loaded, clean, at.date())
    with transaction.atomic():
        casework.check_closed(rated.case_id, rated.round)
        judgement = _row(loaded, rated, clean, verdict, at, actor, comment)
        try:
            with transaction.atomic():
                judgement.save()
        except IntegrityError as error:
            raise DomainError("rated-before", "本次办理已经评价过了，感谢您的反馈。") from error
        record_all([_draft(loaded, judgement, verdict, origin)])
        freeze(loaded.edition, at=at)
        if verdict.reopens:
            casework.reopen_case(
                rated.case_id, casework.By("system:rating", at, origin=origin), cause="rating"
            )
    return judgement


def rate_many(
    given: Sequence[tuple[Rated, Mapping[str, Any], str, dt.datetime]], *, origin: str, batch: str
) -> list[Judgement]:
    """Ratings of many cases for imports and the demonstration city; whoever calls reopens what `verdict_of` says."""
    made: list[tuple[Loaded, Judgement, Verdicts]] = []
    for rated, values, actor, at in given:
        loaded = rating_for(rated.procedure, at.date())
        if loaded is None:
            raise DomainError("not-asked", "这类件不请求评价。")
        clean = _cleaned(loaded, values, at.date())
        verdict = verdict_of(loaded, clean, at.date())
        made.append((loaded, _row(loaded, rated, clean, verdict, at, actor, ""), verdict))
    with transaction.atomic():
        rows = Judgement.objects.bulk_create([row for _, row, _ in made], batch_size=BATCH)
        record_all([_draft(loaded, row, verdict, origin, batch) for loaded, row, verdict in made])
        for edition, at in {loaded.edition: row.asked_at for loaded, row, _ in made}.items():
            freeze(edition, at=at)
    return rows


def verdict_of(loaded: Loaded, values: Mapping[str, Any], on: dt.date) -> Verdicts:
    """What the definition says follows: the points and `satisfied` of the chosen line, and its `verdict`s."""
    facts = _facts(loaded, values, on)
    scored = [
        line for line in facts.values() if isinstance(line, LineFacts) and line.get("points") is not None
    ]
    points = scored[0].get("points") if scored else None
    return Verdicts(
        score=int(str(points)) if points is not None else None,
        is_satisfied=bool(scored) and scored[0].get("satisfied") in (True, "true", "是"),
        reopens=any(
            verdict.where.matches(facts) and _reopens(verdict.gives) for verdict in loaded.body.verdict
        ),
    )


def _facts(loaded: Loaded, values: Mapping[str, Any], on: dt.date) -> dict[str, object]:
    """The values with each choice as the line of its list."""
    facts: dict[str, object] = {"today": on, **values}
    for field in loaded.body.form.fields if loaded.body.form else ():
        line = line_facts(field.source, str(values.get(field.code)), on) if field.source else None
        if line is not None:
            facts[field.code] = line
    return facts


def _reopens(gives: Gives | None) -> bool:
    return gives is not None and any(
        isinstance(give, Change) and give.act == "reopen" for give in gives.items
    )


def _cleaned(loaded: Loaded, values: Mapping[str, Any], on: dt.date) -> dict[str, Any]:
    form = loaded.body.form
    result = form.clean(values, lists=definitions.lists_of(form, on))
    if result.errors:
        first = next(iter(result.errors.values()))
        raise DomainError("invalid", f"评价还没有填好：{first}", errors=result.errors)
    return dict(result.values)


def _row(
    loaded: Loaded,
    rated: Rated,
    values: dict[str, Any],
    verdict: Verdicts,
    at: dt.datetime,
    actor: str,
    comment: str,
) -> Judgement:
    return Judgement(
        edition=loaded.edition,
        judgement=loaded.edition.code,
        subject_type="case",
        subject_id=rated.case_id,
        round=rated.round,
        organisation_id=rated.organisation_id,
        asked_at=at,
        given_at=at,
        actor=actor,
        score=verdict.score,
        values=values,
        comment=comment.strip()[:2000],
    )


def _draft(loaded: Loaded, row: Judgement, verdict: Verdicts, origin: str, batch: str = "") -> Draft:
    return Draft(
        kind="judgement.given",
        subject=("judgement", row.pk),
        actor=row.actor,
        at=row.asked_at,
        organisation_id=row.organisation_id,
        touches=(Touch("of", "case", row.subject_id),),
        quantity=verdict.score,
        definition=loaded.edition.reference,
        edition=loaded.edition.edition,
        data={"round": row.round, "satisfied": verdict.is_satisfied},
        origin=origin,
        batch=batch,
    )
