"""A figure as a cell of a table: its words, its two numbers, and where each opens."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext, gettext_lazy as _

from ronghe.appraisal.enums import Act, Measure, Part, Status
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
ACT_HEADS = {
    Act.ACCEPTED: _("受理"),
    Act.OVERDUE: _("超期未办结"),
    Act.EXTENDED: _("延期"),
    Act.PAUSED: _("暂停"),
    Act.REOPENED: _("差评重办"),
    Act.TRANSFERRED: _("转出"),
    Act.RETURNED: _("退回"),
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


def cells_of(
    question: Question,
    key: str | None,
    measures: Mapping[Measure, Figure] | Mapping[Measure | Act, Figure],
    issued: int = 0,
) -> list[Cell]:
    """One row's cells; `key` None: of the total. `issued`: of that bulletin, whose numbers open as they were then."""
    start = _start(question, issued)
    return [_cell(start, key, measure, figure) for measure, figure in measures.items()]


def head_of(measure: Measure | Act) -> str:
    """How the column is called."""
    return str(HEADS[measure] if isinstance(measure, Measure) else ACT_HEADS[measure])


def _cell(start: str, key: str | None, measure: Measure | Act, figure: Figure) -> Cell:
    head = remembered(("stats-head", measure), lambda: head_of(measure))
    is_main = measure in MAIN
    if figure.denominator is None:
        to = _address(start, key, measure, Part.NUMERATOR) if figure.numerator else ""
        return Cell(head, worded(measure, figure), figure.value is not None, is_main, to)
    parts = tuple(
        (number, _address(start, key, measure, part) if number else "")
        for part, number in ((Part.NUMERATOR, figure.numerator), (Part.DENOMINATOR, figure.denominator))
        if number is not None
    )
    # Without anything to divide by, the two noughts say nothing more than the word does.
    return Cell(
        head,
        worded(measure, figure),
        figure.value is not None,
        is_main,
        parts=parts if figure.denominator else (),
    )


def worded(measure: Measure | Act, figure: Figure) -> str:
    if figure.value is None:
        return remembered(("stats-nothing", figure.status), lambda: _nothing(figure.status))
    if measure in SHARES:
        return f"{figure.value:.1%}"
    return f"{figure.value:.2f}" if measure == Measure.MEAN_RATING else f"{figure.value}"


def _nothing(status: Status) -> str:
    return gettext("人数太少") if status == Status.WITHHELD else str(status.label)


def _address(start: str, key: str | None, measure: Measure | Act, part: Part) -> str:
    row = "" if key is None else "&" + urlencode({"row": key})
    return f"{start}&measure={measure.value}&part={part.value}{row}"


def _start(question: Question, issued: int) -> str:
    """What the addresses of a page's hundreds of numbers have in common."""
    return remembered(("stats-entries", question, issued), lambda: _written(question, issued))


def _written(question: Question, issued: int) -> str:
    asked = {"period": str(question.period), "by": question.by.value}
    if question.kind:
        asked["kind"] = question.kind
    if question.programme:
        asked["programme"] = question.programme
    if issued:
        asked["bulletin"] = str(issued)
    return f"{reverse('stats-entries')}?{urlencode(asked)}"
