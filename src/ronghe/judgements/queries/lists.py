"""Lists of checks and ratings. Whoever asks gives the cases they may see; nothing else is ever listed."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from typing import Any

from django.db.models import Count, Q, QuerySet
from django.db.models.functions import Coalesce

from ronghe.judgements.enums import Standing
from ronghe.judgements.models import Draw, Judgement
from ronghe.judgements.queries.asked import drawn_daily

BAD, DOUBTED, CONTESTED, DECIDED = "bad", "doubted", "contested", "decided"
OPEN_APPEAL = Q(appealed_at__isnull=False) & (
    Q(settled_at=None) | Q(settled_at__lt=Coalesce("appealed_at", "settled_at"))
)


def open_checks(person_id: int | None, cases: QuerySet[Any]) -> QuerySet[Judgement]:
    """What somebody has still to check, the sooner due first."""
    mine = Judgement.objects.filter(
        _about(cases), draw__isnull=False, is_review=False, given_at=None, judge=person_id
    )
    return mine.select_related("organisation", "draw").order_by("due", "pk")


def given_checks(
    cases: QuerySet[Any], start: dt.datetime, end: dt.datetime, grade: str = ""
) -> QuerySet[Judgement]:
    """The checks given from `start` and before `end`, the latest first."""
    given = Judgement.objects.filter(
        _about(cases), draw__isnull=False, is_review=False, given_at__gte=start, given_at__lt=end
    )
    if grade:
        given = given.filter(values__grade=grade)
    return given.select_related("organisation", "edition", "draw").order_by("-given_at", "-pk")


def grades_of(checks: QuerySet[Judgement]) -> Counter[str]:
    """How many were given each grade; one query."""
    rows = checks.order_by().values_list("values__grade").annotate(n=Count("pk"))
    return Counter({str(grade or ""): count for grade, count in rows})


def draws_between(first: dt.date, last: dt.date) -> QuerySet[Draw]:
    """The draws of these days with how many of the checks were given and how many nobody has, the latest first."""
    return (
        Draw.objects.filter(day__gte=first, day__lte=last)
        .select_related("edition")
        .annotate(
            given=Count("checks", filter=Q(checks__given_at__isnull=False)),
            nobody=Count("checks", filter=Q(checks__judge=None)),
        )
        .order_by("-day", "procedure", "judgement")
    )


def ratings_shown(cases: QuerySet[Any], show: str) -> QuerySet[Judgement]:
    """The bad ratings, or those somebody has to decide about or has decided about, good ones included; latest first."""
    given = Judgement.objects.filter(_about(cases), draw=None, is_review=False, given_at__isnull=False)
    wanted = {
        DOUBTED: Q(standing=Standing.QUARANTINED),
        CONTESTED: OPEN_APPEAL & ~Q(standing=Standing.VOIDED),
        DECIDED: Q(settled_at__isnull=False),
    }
    shown = given.filter(wanted.get(show, Q(satisfied=False)))
    return shown.select_related("organisation", "edition").order_by("-given_at", "-pk")


def seconds_of(ratings: list[Judgement]) -> dict[int, Judgement]:
    """Rating → the next one asked or given after the case was done again; one query."""
    later = Judgement.objects.filter(
        subject_type="case",
        subject_id__in=[rating.subject_id for rating in ratings],
        draw=None,
        is_review=False,
        round__gt=1,
    )
    by_case: dict[tuple[str, int], list[Judgement]] = {}
    for row in later.select_related("edition").order_by("round"):
        by_case.setdefault((row.judgement, row.subject_id), []).append(row)
    found = {}
    for rating in ratings:
        rows = by_case.get((rating.judgement, rating.subject_id), ())
        following = next((row for row in rows if row.round > rating.round), None)
        if following is not None:
            found[rating.pk] = following
    return found


def grade_order(on: dt.date) -> list[str]:
    """The grades that checks of the day may give, the best first as their definitions write them."""
    return [
        choice.code
        for loaded, _ in drawn_daily(on)
        for field in loaded.body.form.fields
        if field.code == "grade"
        for choice in field.choices
    ]


def _about(cases: QuerySet[Any]) -> Q:
    return Q(subject_type="case", subject_id__in=cases.order_by().values("pk"))
