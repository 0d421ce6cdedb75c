"""A figure as a cell of a table: its words, its two numbers, and where each opens."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext, gettext_lazy as _

from ronghe.appraisal.enums import Measure, Part, Status
from ronghe.appraisal.queries import Question
from ronghe.appraisal.rules import Figure
from ronghe.core.memory import remembered

HEADS = {
    Measure.RECEIVED: _("收到"),
    Measure.CLOSED: _("办结"),
    Measure.ON_TIME: _("按期"),
    Measure.MEDIAN_DAYS: _("用时中位（工作日）"),
    Measure.P90_DAYS: _("九成不超过（工作日）"),
    Measure.RATED: _("评价"),
    Measure.MEAN_RATING: _("平均分"),
    Measure.SATISFIED_SHARE: _("满意"),
}
MAIN = (Measure.RECEIVED, Measure.CLOSED, Measure.ON_TIME)  # what a phone shows in its two lines
SHARES = (Measure.ON_TIME, Measure.SATISFIED_SHARE)
RATINGS = (Measure.MEAN_RATING, Measure.SATISFIED_SHARE)


@dataclass(frozen=True)
class Cell:
    """`value` is worded; `parts` are the two numbers with their addresses (empty: opens nothing), none for a count."""

    head: str
    value: str
    has_value: bool
    is_main: bool
    to: str = ""
    parts: tuple[tuple[int, str], ...] = ()


def cells_of(question: Question, key: str | None, measures: Mapping[Measure, Figure]) -> list[Cell]:
    """One row's cells; `key` None: of the total."""
    return [_cell(question, key, measure, figure) for measure, figure in measures.items()]


def _cell(question: Question, key: str | None, measure: Measure, figure: Figure) -> Cell:
    head, is_main = str(HEADS[measure]), measure in MAIN
    if figure.denominator is None:
        to = _address(question, key, measure, Part.NUMERATOR) if figure.numerator else ""
        return Cell(head, _worded(measure, figure), figure.value is not None, is_main, to)
    parts = tuple(
        (number, _address(question, key, measure, part) if number else "")
        for part, number in ((Part.NUMERATOR, figure.numerator), (Part.DENOMINATOR, figure.denominator))
        if number is not None
    )
    # Without anything to divide by, the two noughts say nothing more than the word does.
    return Cell(
        head,
        _worded(measure, figure),
        figure.value is not None,
        is_main,
        parts=parts if figure.denominator else (),
    )


def _worded(measure: Measure, figure: Figure) -> str:
    if figure.value is None:
        return gettext("人数太少") if figure.status == Status.WITHHELD else str(figure.status.label)
    if measure in SHARES:
        return f"{figure.value:.1%}"
    return f"{figure.value:.2f}" if measure == Measure.MEAN_RATING else f"{figure.value}"


def _address(question: Question, key: str | None, measure: Measure, part: Part) -> str:
    row = "" if key is None else "&" + urlencode({"row": key})
    return f"{_start(question)}&measure={measure.value}&part={part.value}{row}"


def _start(question: Question) -> str:
    """What the addresses of a page's hundreds of numbers have in common."""
    return remembered(("stats-entries", question), lambda: _written(question))


def _written(question: Question) -> str:
    asked = {"period": str(question.period), "by": question.by.value}
    if question.kind:
        asked["kind"] = question.kind
    return f"{reverse('stats-entries')}?{urlencode(asked)}"
