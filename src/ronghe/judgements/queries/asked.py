"""Which judgement a subject may still be given, and what it was given."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from django.db.models import QuerySet

from ronghe.core.select import Kinds, Name
from ronghe.definitions import queries as definitions
from ronghe.definitions.queries import Loaded
from ronghe.judgements.enums import RatingLink
from ronghe.judgements.models import Judgement
from ronghe.rows import Question


def rating_for(procedure: str, on: dt.date) -> Loaded | None:
    """The live judgement by the requester of that procedure, asked when it closes; None when there is none."""
    for loaded in definitions.live("judgement", on):
        judged = {(choice.kind, choice.name) for choice in loaded.body.judges if isinstance(choice, Kinds)}
        if ("procedure", procedure) in judged and loaded.body.by == Name("requester"):
            return loaded
    return None


def drawn_daily(on: dt.date) -> Iterator[tuple[Loaded, Kinds]]:
    """The judgements of the day of which a part is drawn each day, with each kind of case they judge."""
    for loaded in definitions.live("judgement", on):
        when = loaded.body.when
        if when is not None and str(when.each) == "day" and when.draw is not None:
            for choice in loaded.body.judges:
                if isinstance(choice, Kinds) and choice.kind == "procedure":
                    yield loaded, choice


_GIVEN = Question(
    lambda kind, ref: Judgement.objects.filter(
        subject_type=kind, subject_id=ref, given_at__isnull=False, draw=None, is_review=False
    ).order_by("round", "given_at"),
    kind=str,
    ref=int,
)


def given_to(subject: tuple[str, int]) -> list[Judgement]:
    """The ratings given to a subject by who asked, by round; spot checks are not among them."""
    return _GIVEN.all(kind=subject[0], ref=subject[1])


def checks_of(subject: tuple[str, int]) -> QuerySet[Judgement]:
    """The spot checks given to a subject, by round."""
    return Judgement.objects.filter(
        subject_type=subject[0],
        subject_id=subject[1],
        given_at__isnull=False,
        draw__isnull=False,
        is_review=False,
    ).order_by("round", "given_at")


def rating_link(
    case_id: int, round_: int, at: dt.datetime, *, is_closed: bool, case_round: int, is_staff: bool = False
) -> RatingLink:
    """What a link asking for the rating of a round may still do; `is_closed` and `case_round` are the case's own."""
    asked = Judgement.objects.filter(
        subject_type="case", subject_id=case_id, round=round_, draw=None, judge=None, is_review=False
    ).first()
    if is_staff:
        return RatingLink.STAFF
    if asked is not None and asked.given_at is not None:
        return RatingLink.SPENT
    if not is_closed or case_round != round_:
        return RatingLink.OVER
    if asked is not None and asked.due is not None and asked.due < at:
        return RatingLink.EXPIRED
    return RatingLink.OPEN
