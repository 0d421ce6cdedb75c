"""Lists of reviews: what somebody is asked for, what was found about a thing."""

from __future__ import annotations

from django.db.models import QuerySet

from ronghe.definitions.things import Ref
from ronghe.judgements.models import Judgement


def open_reviews(person_id: int | None) -> QuerySet[Judgement]:
    """What somebody is asked to review and did not yet, the sooner due first."""
    mine = Judgement.objects.filter(
        is_review=True, given_at=None, judge=person_id, judge__isnull=False,
        recused_at=None, panel__closed_at=None,
    )  # fmt: skip
    return mine.select_related("organisation", "edition").order_by("due", "pk")


def reviews_of(subject: Ref) -> QuerySet[Judgement]:
    """The reviews given of a thing, the first first; those of a panel are the panel's to show."""
    given = Judgement.objects.filter(
        is_review=True, panel=None, given_at__isnull=False, subject_type=subject[0], subject_id=subject[1]
    )
    return given.select_related("edition", "judge").order_by("given_at", "pk")
