"""Which judgement a subject may still be given, and what it was given."""

from __future__ import annotations

import datetime as dt

from django.db.models import QuerySet

from ronghe.core.select import Kinds, Name
from ronghe.definitions import queries as definitions
from ronghe.definitions.queries import Loaded
from ronghe.judgements.models import Judgement


def rating_for(procedure: str, on: dt.date) -> Loaded | None:
    """The live judgement by the requester of that procedure, asked when it closes; None when there is none."""
    for loaded in definitions.live("judgement", on):
        judged = {(choice.kind, choice.name) for choice in loaded.body.judges if isinstance(choice, Kinds)}
        if ("procedure", procedure) in judged and loaded.body.by == Name("requester"):
            return loaded
    return None


def given_to(subject: tuple[str, int]) -> QuerySet[Judgement]:
    """The judgements given to a subject, by round."""
    return Judgement.objects.filter(
        subject_type=subject[0], subject_id=subject[1], given_at__isnull=False
    ).order_by("round", "given_at")
