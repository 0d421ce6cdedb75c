"""A case in words for its requester: what was asked, how it may be rated, how it was."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.utils import timezone

from ronghe.casework.models import Case, Reply
from ronghe.casework.queries.said import said_in, words_of
from ronghe.definitions import queries as definitions
from ronghe.definitions.queries import Loaded
from ronghe.judgements.domain.verdicts import verdict_of
from ronghe.judgements.enums import Standing
from ronghe.judgements.models import Judgement
from ronghe.judgements.queries import rating_for
from ronghe.rows import Question
from ronghe.www.forms import DefinedForm, form_class

__all__ = ["Grades", "Round", "rating_form", "rounds_of", "said_in", "scores", "words_of"]


class Grades(forms.RadioSelect):
    """Grades as rows for a thumb; those that ask for reasons say so to the style sheet."""

    def __init__(self, bad: frozenset[str]) -> None:
        super().__init__()
        self.bad = bad

    def create_option(self, name: str, value: Any, *args: Any, **kwargs: Any) -> dict[str, Any]:
        option = super().create_option(name, value, *args, **kwargs)
        if str(value) in self.bad:
            option["attrs"]["data-bad"] = True
        return option


def rating_form(case: Case, data: Any = None) -> DefinedForm | None:
    """The form of the rating that may be given for this kind of case today; None: none is asked."""
    today = timezone.localdate()
    loaded = rating_for(case.procedure, today)
    if loaded is None or loaded.body.form is None:
        return None
    built = form_class(f"judgement:{loaded.edition.code}", loaded.edition.edition, loaded.body.form)
    lists = definitions.lists_of(loaded.body.form, today)
    form = built(data, lists=lists, prefix="rate")
    for name, field in form.fields.items():
        # Boxes to tick are a kind of RadioSelect to Django.
        if type(field.widget) is forms.RadioSelect:
            choices = list(field.widget.choices)
            field.widget = Grades(frozenset(_bad(loaded, name, [code for code, _ in choices])))
            field.widget.choices = choices
    return form


def _bad(loaded: Loaded, name: str, codes: Sequence[Any]) -> list[str]:
    """The answers after which the case is done again."""
    today = timezone.localdate()
    return [str(code) for code in codes if verdict_of(loaded, {name: code}, today).reopens]


def scores(given: Sequence[Judgement]) -> list[dict[str, Any]]:
    """Each rating given: its round, the answers in words, and whether it was found not to count."""
    told = []
    for judgement in given:
        loaded = definitions.by_edition(judgement.edition_id)
        form = loaded.body.form
        lists = (
            definitions.lists_of(form, timezone.localdate(judgement.given_at)) if judgement.given_at else {}
        )
        answers = [
            (field.title, words_of(field, judgement.values[field.code], lists.get(field.source, ())))
            for field in (form.fields if form else ())
            if judgement.values.get(field.code) not in (None, "", [])
        ]
        told.append(
            {
                "round": judgement.round,
                "at": judgement.given_at,
                "answers": answers,
                "is_void": judgement.standing == Standing.VOIDED,
            }
        )
    return told


_SENT = Question(
    lambda case: (
        Reply.objects.filter(case=case, sent_at__isnull=False).select_related("organisation").order_by("-no")
    ),
    case=int,
)


@dataclass(frozen=True)
class Round:
    """One time the case was worked: what was answered and how that was rated."""

    no: int
    replies: list[Reply]
    ratings: list[dict[str, Any]]


def rounds_of(case: Case, given: Sequence[Judgement]) -> list[Round]:
    """Every round with an answer or a rating, the latest first."""
    replies = _SENT.all(case=case.pk)
    ratings = scores(given)
    numbers = {reply.round for reply in replies} | {rating["round"] for rating in ratings}
    return [
        Round(
            no,
            [reply for reply in replies if reply.round == no],
            [rating for rating in ratings if rating["round"] == no],
        )
        for no in sorted(numbers, reverse=True)
    ]
