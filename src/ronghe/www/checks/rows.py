"""Checks and ratings as rows of a list, in words."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext

from ronghe.casework.enums import CaseState
from ronghe.casework.models import Case
from ronghe.casework.queries.clocks import sentence_of
from ronghe.core.forms import FieldType
from ronghe.definitions import queries as definitions
from ronghe.judgements.models import Draw, Judgement
from ronghe.judgements.queries.lists import seconds_of
from ronghe.www.portal.reading import scores
from ronghe.www.templatetags.ronghe import day


@dataclass(frozen=True)
class CheckRow:
    """A check and its case; `failed` are the points that were not met."""

    check: Judgement
    case: Case
    grade: str = ""
    failed: tuple[str, ...] = ()


@dataclass(frozen=True)
class RatingRow:
    """A rating and its case: the answers in words, what was done since, and what was said the second time."""

    rating: Judgement
    case: Case
    answers: tuple[tuple[str, str], ...]
    redo: str
    second: str


def check_rows(checks: Iterable[Judgement]) -> list[CheckRow]:
    """Checks with their cases; one query more."""
    found = list(checks)
    cases = _cases(found)
    return [CheckRow(check, cases[check.subject_id]) for check in found]


def given_rows(checks: Iterable[Judgement]) -> list[CheckRow]:
    """Given checks with what they found, in words."""
    found = list(checks)
    cases = _cases(found)
    return [
        CheckRow(check, cases[check.subject_id], str(check.values.get("grade", "")), _failed(check))
        for check in found
    ]


def titles_of(draws: Sequence[Draw]) -> dict[str, str]:
    """Procedure → its title on the day of the draws."""
    titles = {}
    for made in draws:
        kinds = ("procedure", "activity", "register")
        found = (definitions.find(kind, made.procedure, made.day) for kind in kinds)
        loaded = next((one for one in found if one is not None), None)
        if loaded is not None:
            titles[made.procedure] = loaded.edition.title
    return titles


def rating_rows(ratings: Iterable[Judgement]) -> list[RatingRow]:
    """Ratings with their cases and what followed; two queries more, whatever their number."""
    found = list(ratings)
    cases, seconds = _cases(found), seconds_of(found)
    return [
        RatingRow(
            rating,
            cases[rating.subject_id],
            tuple(scores([rating])[0]["answers"]),
            redo_in_words(rating, cases[rating.subject_id]),
            second_in_words(seconds.get(rating.pk)),
        )
        for rating in found
    ]


def redo_in_words(rating: Judgement, case: Case) -> str:
    """What the unit did after the rating."""
    if case.round <= rating.round:
        return ""
    if case.state == CaseState.OPEN and case.round == rating.round + 1:
        now = timezone.localtime()
        return gettext("重新办理中，%(sentence)s") % {
            "sentence": sentence_of(case, now, definitions.calendar())
        }
    if case.closed_at is not None and case.round == rating.round + 1:
        return gettext("已重新办理并再次答复（%(day)s）") % {"day": day(case.closed_at)}
    return gettext("已重新办理，后来又办了一次")


def second_in_words(second: Judgement | None) -> str:
    """What was said after the case had been done again."""
    if second is None:
        return ""
    if second.given_at is None:
        over = second.due is not None and second.due < timezone.now()
        return gettext("请了再评，到期没有评") if over else gettext("已请再评，还没有评")
    answers = scores([second])[0]["answers"]
    return str(answers[0][1]) if answers else ""


def _cases(judged: Sequence[Judgement]) -> dict[int, Case]:
    cases: Any = Case.objects.with_units().in_bulk([one.subject_id for one in judged])
    found: dict[int, Case] = cases
    return found


def _failed(check: Judgement) -> tuple[str, ...]:
    """The points of its form that were not met, by their titles of the day."""
    assert check.given_at is not None  # noqa: S101 - given checks only
    form = definitions.by_edition(check.edition_id).body.form
    lists = definitions.lists_of(form, timezone.localtime(check.given_at).date())
    return tuple(
        str(line["title"])
        for field in form.fields
        if field.type is FieldType.CHECKS
        for line in lists.get(field.source, ())
        if line["code"] not in check.values.get(field.code, [])
    )
