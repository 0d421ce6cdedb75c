"""各单位办理情况: every unit's figures and what it answered, for everybody; nothing that names a person."""

from __future__ import annotations

import csv
import datetime as dt
import io
from collections.abc import Sequence
from typing import Any

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import get_language, gettext
from django.views.decorators.http import condition, require_GET

from ronghe import __version__
from ronghe.appraisal.enums import Measure
from ronghe.appraisal.queries.board import (
    Board,
    BoardRow,
    figures_of_unit,
    months_of,
    public_question,
    unit_board,
)
from ronghe.appraisal.queries.question import Question
from ronghe.casework.queries.public import public_answers
from ronghe.definitions import queries as definitions
from ronghe.definitions.enums import Kind
from ronghe.ledger.queries import watermark
from ronghe.organisations.queries import by_code
from ronghe.text.masking import mask
from ronghe.www.access import PUBLIC, rule
from ronghe.www.public import exports
from ronghe.www.public.cells import HEADS, cells_of, table_of
from ronghe.www.public.forms import RATE, BoardForm
from ronghe.www.sheets import as_sheet
from ronghe.www.stats.charts import charts_of

FRESH = dt.timedelta(minutes=5)  # the figures of a running period are at most this old
PAGE = 20
# What it received says little of a unit: most of it comes before it is sorted to one.
OF_A_UNIT = (Measure.CLOSED, Measure.ON_TIME, Measure.SATISFIED_SHARE)
FIRST_UNITS = 20  # a city has hundreds
CLOSED_TO_ALL = ("enterprise",)  # kinds of organisation that ask and never answer


def _now() -> dt.datetime:
    """Now, to whole five minutes, so that who asks again within them is answered the same."""
    now = timezone.localtime().replace(second=0, microsecond=0)
    return now - dt.timedelta(minutes=now.minute % 5)


def _tag(request: HttpRequest, **_of: Any) -> str:
    """Changes when anything on the page may have: an entry, five minutes, the language, who is signed in."""
    parts = (watermark(), _now().timestamp(), get_language(), request.user.pk, __version__)
    return '"{}-{:.0f}-{}-{}-{}"'.format(*parts)


@rule(PUBLIC)
@require_GET
@condition(etag_func=_tag)
@as_sheet(exports.units, is_public=True)
def show(request: HttpRequest) -> HttpResponse:
    """The units that had anything, as filtered and sorted; the whole is always of all."""
    now = _now()
    form = BoardForm(request.GET, now=now)
    context: dict[str, Any] = {"form": form}
    if period := form.wanted():
        board = unit_board(public_question(period, now=now))
        form.offer_kinds(row.kind for row in board.rows)
        rows = _arranged(board, form)
        shown = rows if request.GET.get("all") else rows[:FIRST_UNITS]
        context |= {
            "question": board.question,
            "is_running": now < period.end,
            "heads": [(head, place < len(HEADS[:3])) for place, head in enumerate(HEADS)],
            "rows": [(row, cells_of(row), _place(row)) for row in shown],
            "count": len(rows),
            "hidden": len(rows) - len(shown),
            "received": board.total.measures[Measure.RECEIVED].value,
            "total": cells_of(board.total),
            "kinds": _kind_titles(board.question),
        }
    return _fresh(render(request, "public/board.html", context, status=200 if period else 422))


@rule(PUBLIC)
@require_GET
@condition(etag_func=_tag)
def download(request: HttpRequest) -> HttpResponse:
    """The same figures as a table for spreadsheets, of every unit."""
    form = BoardForm(request.GET, now=_now())
    period = form.wanted()
    if period is None:
        raise Http404
    written = io.StringIO()
    csv.writer(written).writerows(table_of(unit_board(public_question(period, now=_now()))))
    # The mark in front tells spreadsheets that this is UTF-8.
    answer = HttpResponse("\ufeff" + written.getvalue(), content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="units-{period}.csv"'
    return _fresh(answer)


@rule(PUBLIC)
@require_GET
@condition(etag_func=_tag)
def show_unit(request: HttpRequest, code: str) -> HttpResponse:
    """One unit: its figures, its twelve months, and what it answered of what everybody may know."""
    now, unit = _now(), by_code(code)
    if unit is None or unit.kind in CLOSED_TO_ALL:
        raise Http404
    form = BoardForm(request.GET, now=now)
    context: dict[str, Any] = {"form": form, "unit": unit}
    if period := form.wanted():
        question = public_question(period, now=now)
        months = [
            {
                "key": str(month),
                "measures": {name.value: figure.as_json() for name, figure in measures.items()},
            }
            for month, measures in months_of(question, unit.pk)
        ]
        answered = (
            public_answers(now.date())
            .select_related(None)
            .filter(responsible=unit, closed_at__gte=period.start, closed_at__lt=question.cut)
        )
        page = Paginator(answered.only("title", "closed_at", "due"), PAGE).get_page(request.GET.get("page"))
        context |= {
            "question": question,
            "is_running": now < period.end,
            "cells": cells_of(figures_of_unit(question, unit)),
            "charts": charts_of(months, OF_A_UNIT),
            "page": page,
            "answered": [(mask(case.title), case.closed_at) for case in page.object_list],
            "kinds": _kind_titles(question),
        }
    return _fresh(render(request, "public/board_unit.html", context, status=200 if period else 422))


def _arranged(board: Board, form: BoardForm) -> Sequence[BoardRow]:
    kind = form.cleaned_data["kind"]
    rows = [row for row in board.rows if not kind or row.kind == kind]
    return sorted(rows, key=lambda row: row.sinking) if form.cleaned_data["sort"] == RATE else rows


def _place(row: BoardRow) -> str:
    if row.place is None:
        return gettext("件数不足，不排名")
    words = gettext("并列第 %(place)d") if row.is_tied else gettext("第 %(place)d")
    return words % {"place": row.place}


def _kind_titles(question: Question) -> list[str]:
    """What is counted, in words."""
    live = definitions.live(Kind.PROCEDURE, min(question.period.last, question.now.date()))
    return [one.edition.title for one in live if one.edition.code in (question.kinds or ())]


def _fresh(answer: HttpResponse) -> HttpResponse:
    """Kept by the reader's browser and asked for again with its tag; no cache between may keep who is signed in."""
    answer["Cache-Control"] = "private, no-cache"
    return answer
