"""Giving a review, and what follows from it by the definition: given, taken up again, told, a step of a case ended."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext

from ronghe.casework import domain as casework
from ronghe.casework.domain.giving import Giver, Together, give
from ronghe.core.select import Change, Choice, Facts, FirstOf, Gives, Name, Path, PathRef
from ronghe.definitions import queries as definitions
from ronghe.definitions.queries import Loaded
from ronghe.definitions.things import facts_of, titles_of
from ronghe.judgements.domain.verdicts import cleaned, coded, facts_of_answers
from ronghe.judgements.exceptions import DomainError
from ronghe.judgements.models import Judgement
from ronghe.judgements.queries.judges import bench_for
from ronghe.judgements.queries.subjects import Subject
from ronghe.ledger.domain import Draft, Touch, record_all
from ronghe.messages.domain import Address, send
from ronghe.organisations.models import Organisation
from ronghe.organisations.queries import OrganisationFacts, PersonFacts, Powers, heads_of

REOPEN = "reopen"
UNNAMED = "system:review"
"""Who acts in other rooms where the definition hides who judged; the judgement itself knows."""


def give_review(
    review_id: int, *, values: Mapping[str, Any], powers: Powers, at: dt.datetime, origin: str = "page"
) -> Judgement:
    """Write what was found and let follow what the definition says, all in one transaction.

    Raises DomainError: `no-such-review`, `not-yours`, `given-before`, `invalid`, and what a verdict's giving raises.
    """
    with transaction.atomic():
        row = (
            Judgement.objects.select_for_update(of=("self",))
            .select_related("edition", "organisation")
            .filter(pk=review_id, is_review=True)
            .first()
        )
        if row is None:
            raise DomainError("no-such-review", "没有找到这次评判，请回到清单重新打开。")
        if row.given_at is not None:
            raise DomainError("given-before", "这一项已经评过了，评过的不能改。")
        if not may_review(row, powers):
            raise DomainError("not-yours", "这一项没有请您评判。评判人由规定的岗位担任，请回到您的清单。")
        loaded = definitions.by_edition(row.edition_id)
        clean = cleaned(loaded, values, at.date())
        row.actor, row.given_at, row.values = f"person:{powers.person_id}", at, clean
        row.save(update_fields=["actor", "given_at", "values"])
        known = _facts(row, loaded, at.date())
        verdicts = [one for one in loaded.body.verdict if one.where.matches(known)]
        record_all([_draft(loaded, row, origin, reopens=any(_reopens(one.gives) for one in verdicts))])
        for number, verdict in enumerate(verdicts):
            give(verdict.gives, _giver(row, known, origin, f"verdict/{number}"))
            if verdict.tell is not None:
                _tell(row, loaded, verdict.tell, known)
        if row.came_from_type == "case" and row.came_from_id is not None:
            _report(row, origin)
    given: Judgement = row
    return given


def may_review(row: Judgement, powers: Powers) -> bool:
    """Whether this person may give this review: who was asked, or another whom the definition means as well."""
    if powers.person_id is None:
        return False
    if row.judge_id == powers.person_id:
        return True
    subject = Subject((row.subject_type, row.subject_id), row.round, row.organisation_id)
    facts = facts_of(subject.ref, powers.on)
    by = definitions.by_edition(row.edition_id).body.by
    return facts is not None and any(
        person.pk == powers.person_id for person in bench_for(by, facts, subject, powers.on).people
    )


def _facts(row: Judgement, loaded: Loaded, on: dt.date) -> Facts:
    """The answers first, then what is judged; `case`, `activity` and `entry` are that too."""
    subject = facts_of((row.subject_type, row.subject_id), on) or {}
    answers = facts_of_answers(loaded, row.values, on)
    named = {row.subject_type: subject, "form": answers}
    return Together(answers, Together(named, subject))


def _giver(row: Judgement, known: Facts, origin: str, key: str) -> Giver:
    about = known.get("about")
    return Giver(
        facts=known,
        source=("judgement", row.pk),
        actor=_named(row),
        at=row.given_at or row.asked_at,
        origin=origin,
        organisation=row.organisation,
        about=about.organisation if isinstance(about, OrganisationFacts) else _unit(row),
        thing=(row.subject_type, row.subject_id) if row.subject_type != "organisation" else None,
        title=titles_of({(row.subject_type, row.subject_id)}).get((row.subject_type, row.subject_id), ""),
        key=key,
    )


def _named(row: Judgement) -> str:
    """Who gave it, as others may know it."""
    body = definitions.by_edition(row.edition_id).body
    return UNNAMED if "judge" in (*body.hides, *body.combine.hides) else row.actor


def _unit(row: Judgement) -> Organisation | None:
    unit: Organisation | None = row.organisation
    return unit


def _reopens(gives: Gives | None) -> bool:
    return gives is not None and any(isinstance(one, Change) and one.act == REOPEN for one in gives.items)


def _tell(row: Judgement, loaded: Loaded, tell: Choice, known: Facts) -> None:
    """Tell whom the verdict means: persons, or whoever leads the unit on the path."""
    people = []
    for option in tell.options if isinstance(tell, FirstOf) else (tell,):
        path = (
            option.path
            if isinstance(option, PathRef)
            else Path.parse(option.text)
            if isinstance(option, Name)
            else None
        )
        for one in path.resolve(known) if path else ():
            if isinstance(one, PersonFacts):
                people.append(one.person)
            elif isinstance(one, OrganisationFacts):
                people += heads_of(one.organisation.pk, one.on)
        if people:
            break
    for person in dict.fromkeys(people):
        send(
            Address("person", person.pk),
            kind="review-given",
            title=gettext("“%(what)s”有了结果") % {"what": loaded.body.title},
            text=gettext("请查看评判意见，需要整改的按要求办理。"),
            link=reverse("review", args=[row.pk]),
            about=("judgement", row.pk),
            at=row.given_at or row.asked_at,
        )


def _report(row: Judgement, origin: str) -> None:
    """Say to the case whose step it runs that it was given."""
    casework.ran(
        row.came_from_id or 0,
        kind="judgement",
        code=row.judgement,
        ref=("judgement", row.pk),
        values=row.values,
        actor=_named(row),
        at=row.given_at or row.asked_at,
        origin=origin,
    )


def _draft(loaded: Loaded, row: Judgement, origin: str, *, reopens: bool) -> Draft:
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
            **({"verdict": REOPEN} if reopens else {}),
        },
        origin=origin,
    )
