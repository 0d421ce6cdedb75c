"""A unit's figures as the public reads them: a rate never without its two numbers, a nothing never without its reason."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext, gettext_lazy as _

from ronghe.appraisal.enums import Measure
from ronghe.appraisal.queries.board import Board, BoardRow
from ronghe.appraisal.rules import Figure
from ronghe.www.stats.cells import worded

HEADS = (
    _("受理"),
    _("办结"),
    _("按期"),
    _("满意"),
    _("用时中位（工作日）"),
    _("在办"),
    _("超期未办结"),
)
COLUMNS = (
    _("单位"),
    _("收到"),
    _("受理"),
    _("办结"),
    _("按期率"),
    _("按期办结"),
    _("应办结"),
    _("满意率"),
    _("评价满意"),
    _("评价"),
    _("用时中位（工作日）"),
    _("在办"),
    _("超期未办结"),
)
FORMULA = ("=", "+", "-", "@", "\t", "\r")


@dataclass(frozen=True)
class PublicCell:
    """`more`: the two numbers, in words or as 24/25."""

    head: str
    value: str
    has_value: bool = True
    more: str = ""
    is_main: bool = False


def cells_of(row: BoardRow) -> list[PublicCell]:
    """In the order of `HEADS`."""
    measures = row.measures
    on_time, satisfied = measures[Measure.ON_TIME], measures[Measure.SATISFIED_SHARE]
    rated = gettext("评价 %(rated)s / 办结 %(closed)s") % {
        "rated": worded(Measure.RATED, measures[Measure.RATED]),
        "closed": worded(Measure.CLOSED, measures[Measure.CLOSED]),
    }
    heads = [str(head) for head in HEADS]
    return [
        PublicCell(heads[0], str(row.accepted), is_main=True),
        _cell(heads[1], Measure.CLOSED, measures[Measure.CLOSED], "", is_main=True),
        _cell(heads[2], Measure.ON_TIME, on_time, _two(on_time), is_main=True),
        _cell(heads[3], Measure.SATISFIED_SHARE, satisfied, " ".join(filter(None, (_two(satisfied), rated)))),
        _cell(heads[4], Measure.MEDIAN_DAYS, measures[Measure.MEDIAN_DAYS], ""),
        PublicCell(heads[5], str(row.open)),
        PublicCell(heads[6], str(row.overdue)),
    ]


def table_of(board: Board) -> list[list[str]]:
    """The board as lines of a file: its columns, every unit, the whole last."""
    lines = [[str(column) for column in COLUMNS]]
    for row in [*board.rows, board.total]:
        name = row.name or gettext("合计（含未分办）")
        lines.append([_safe(name), *_numbers(row)])
    return lines


def _numbers(row: BoardRow) -> list[str]:
    measures = row.measures
    on_time, satisfied = measures[Measure.ON_TIME], measures[Measure.SATISFIED_SHARE]
    return [
        worded(Measure.RECEIVED, measures[Measure.RECEIVED]),
        str(row.accepted),
        worded(Measure.CLOSED, measures[Measure.CLOSED]),
        worded(Measure.ON_TIME, on_time),
        _plain(on_time.numerator),
        _plain(on_time.denominator),
        worded(Measure.SATISFIED_SHARE, satisfied),
        _plain(satisfied.numerator),
        worded(Measure.RATED, measures[Measure.RATED]),
        worded(Measure.MEDIAN_DAYS, measures[Measure.MEDIAN_DAYS]),
        str(row.open),
        str(row.overdue),
    ]


def _plain(number: int | None) -> str:
    return "" if number is None else str(number)


def _safe(text: str) -> str:
    """A name that a spreadsheet would take for a formula is kept as text."""
    return f"'{text}" if text.startswith(FORMULA) else text


def _cell(head: str, measure: Measure, figure: Figure, more: str, *, is_main: bool = False) -> PublicCell:
    return PublicCell(head, worded(measure, figure), figure.value is not None, more, is_main)


def _two(figure: Figure) -> str:
    return f"{figure.numerator}/{figure.denominator}" if figure.denominator else ""
