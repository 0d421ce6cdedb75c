"""Figures as tables for spreadsheets: a rate with its two numbers beside it; and the cases behind one number."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.http import Http404, HttpRequest
from django.utils import timezone
from django.utils.translation import gettext, gettext_lazy as _

from ronghe.appraisal.enums import Act, Measure
from ronghe.appraisal.queries import label_of, reckon
from ronghe.appraisal.rules import Figure
from ronghe.www.desk.exports import cases_sheet
from ronghe.www.sheets import Column, Kind, Sheet, in_words
from ronghe.www.stats.behind import behind_number, fewest_raters
from ronghe.www.stats.cells import HEADS, SHARES, head_of, worded
from ronghe.www.stats.forms import StatsForm


def columns_of(measures: Iterable[Measure | Act]) -> list[Column]:
    """A column for each measure; beside a share its two numbers."""
    columns = []
    for measure in measures:
        head = head_of(measure)
        columns.append(Column(head, Kind.SHARE if measure in SHARES else Kind.NUMBER, 14))
        if measure in SHARES:
            columns += [
                Column(gettext("%(head)s：分子") % {"head": head}, Kind.NUMBER, 14),
                Column(gettext("%(head)s：分母") % {"head": head}, Kind.NUMBER, 14),
            ]
    return columns


def values_of(measures: Mapping[Any, Figure], wanted: Sequence[Measure | Act]) -> list[Any]:
    """The numbers of one row in those columns; where there is none, the word that says why."""
    values: list[Any] = []
    for measure in wanted:
        figure = measures[measure]
        values.append(worded(measure, figure) if figure.value is None else float(figure.value))
        if measure in SHARES:
            values += [figure.numerator, figure.denominator]
    return values


def stats(request: HttpRequest) -> Sheet:
    """统计 of a period, every row of it, the whole first."""
    form = StatsForm(request.GET, now=timezone.localtime())
    question = form.question()
    if question is None:
        raise Http404
    report = reckon(question, fewest_raters=fewest_raters(request.user))
    wanted = list(HEADS)
    lines = [[gettext("合计"), *values_of(report.total, wanted)]]
    lines += [[row.label, *values_of(row.measures, wanted)] for row in report.rows]
    columns = [Column(question.by.label, width=36), *columns_of(wanted)]
    return Sheet(_("统计"), columns, lines, in_words(form), len(lines))


def entries(request: HttpRequest) -> Sheet:
    """The visible cases behind one number."""
    now = timezone.localtime()
    behind = behind_number(request, now)
    label = gettext("合计") if behind.key is None else label_of(behind.question, behind.key)
    words = {"period": behind.question.period.label, "row": label, "head": behind.measure.label}
    said = gettext("期间：%(period)s；%(row)s；%(head)s") % words
    return cases_sheet(_("数字背后的办件"), behind.cases, now, said)
