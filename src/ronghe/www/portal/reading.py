"""A case in words for its requester: what was asked, how it may be rated, how it was."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext

from ronghe.casework.models import Case, Reply
from ronghe.core.forms import Choice, Field, FieldType
from ronghe.definitions import queries as definitions
from ronghe.definitions.queries import Loaded
from ronghe.judgements.domain.verdicts import verdict_of
from ronghe.judgements.enums import Standing
from ronghe.judgements.models import Judgement
from ronghe.judgements.queries import rating_for
from ronghe.organisations.queries import by_code
from ronghe.www.forms import DefinedForm, form_class


def said_in(case: Case, procedure: Loaded) -> list[tuple[str, str]]:
    """The answers the requester gave, as (title, words)."""
    form = procedure.body.form
    lists = definitions.lists_of(form, case.opened_at.date())
    return [
        (field.title, words_of(field, case.values[field.code], lists.get(field.source, ())))
        for field in (form.fields if form else ())
        if case.values.get(field.code) not in (None, "", [])
    ]


def words_of(field: Field, value: Any, lines: Sequence[Any] = ()) -> str:
    """One stored answer as people read it."""
    match field.type:
        case FieldType.YES_NO:
            return gettext("是") if value else gettext("否")
        case FieldType.CHOICE | FieldType.CHOICES | FieldType.CHECKS:
            titles = _titles([*field.choices, *lines])
            return "、".join(
                titles.get(str(code), str(code)) for code in (value if isinstance(value, list) else [value])
            )
        case FieldType.REFERENCE:
            unit = by_code(str(value))
            return unit.name if unit else str(value)
        case FieldType.PLACE:
            return str(value.get("address", "")) if isinstance(value, dict) else str(value)
        case FieldType.ROWS:
            inner = field.form.fields if field.form else ()
            rows = [
                "，".join(words_of(one, row[one.code]) for one in inner if one.code in row) for row in value
            ]
            return "\n".join(rows)
        case _:
            return f"{value} {field.unit}".strip()


def _titles(lines: Sequence[Any]) -> dict[str, str]:
    return {
        (line.code if isinstance(line, Choice) else str(line["code"])): (
            line.title if isinstance(line, Choice) else str(line["title"])
        )
        for line in lines
    }


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
        lists = definitions.lists_of(form, judgement.given_at.date()) if judgement.given_at else {}
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


@dataclass(frozen=True)
class Round:
    """One time the case was worked: what was answered and how that was rated."""

    no: int
    replies: list[Reply]
    ratings: list[dict[str, Any]]


def rounds_of(case: Case, given: Sequence[Judgement]) -> list[Round]:
    """Every round with an answer or a rating, the latest first."""
    replies = list(case.replies.exclude(sent_at=None).select_related("organisation").order_by("-no"))
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
