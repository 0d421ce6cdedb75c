"""The public lists as open data: what the pages show everybody, as tables."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest
from django.utils import timezone
from django.utils.translation import gettext, gettext_lazy as _

from ronghe.appraisal.enums import Measure
from ronghe.appraisal.queries.board import BoardRow, public_question, unit_board
from ronghe.casework.queries.called import Called, called_before, calls_shown, taking_answers, told
from ronghe.casework.queries.deeds import STANDINGS, Deed, deed_of, deeds, standing_is
from ronghe.casework.queries.public import Answer, answers_in
from ronghe.www.public.forms import BoardForm
from ronghe.www.public.seeking import found_answers
from ronghe.www.sheets import Column, Kind, Sheet, by_parts, in_words
from ronghe.www.stats.tables import columns_of, values_of

MEASURES = (
    Measure.RECEIVED,
    Measure.CLOSED,
    Measure.ON_TIME,
    Measure.RATED,
    Measure.SATISFIED_SHARE,
    Measure.MEDIAN_DAYS,
)


def answers(request: HttpRequest) -> Sheet:
    """公开答复, or those that hold some words."""
    form, found = found_answers(request)
    columns = [
        Column(_("标题"), width=40),
        Column(_("答复"), width=80),
        Column(_("单位")),
        Column(_("类别")),
        Column(_("答复时间"), Kind.DAY),
    ]
    lines = (
        map(_answer, found)
        if isinstance(found, list)
        else by_parts(found, lambda part: map(_answer, answers_in(part)))
    )
    return Sheet(_("公开答复"), columns, lines, in_words(form))


def _answer(one: Answer) -> list[Any]:
    return [one.title, one.reply, one.unit, one.kind, one.at]


def units(request: HttpRequest) -> Sheet:
    """各单位办理情况 of a period, every unit, the whole last."""
    now = timezone.localtime()
    form = BoardForm(request.GET, now=now)
    period = form.wanted()
    if period is None:
        raise Http404
    board = unit_board(public_question(period, now=now))
    form.offer_kinds(row.kind for row in board.rows)
    kind = form.cleaned_data["kind"]
    rows = [row for row in board.rows if not kind or row.kind == kind]
    columns = [
        Column(_("单位"), width=36),
        Column(_("受理（件）"), Kind.NUMBER),
        *columns_of(MEASURES),
        Column(_("在办（件）"), Kind.NUMBER),
        Column(_("超期未办结（件）"), Kind.NUMBER, 16),
    ]
    lines = [_unit(row, row.name) for row in rows]
    lines.append(_unit(board.total, gettext("合计（含未分办）")))
    return Sheet(_("各单位办理情况"), columns, lines, in_words(form), len(lines))


def _unit(row: BoardRow, name: str) -> list[Any]:
    return [name, row.accepted, *values_of(row.measures, MEASURES), row.open, row.overdue]


def all_deeds(request: HttpRequest) -> Sheet:
    """我为群众办实事, every deed or those that stand in one way."""
    now, wanted = timezone.now(), request.GET.get("standing", "")
    found = deeds(timezone.localdate())
    if found is None:
        raise Http404
    rows, shown = found
    if wanted in STANDINGS:
        rows = rows.filter(standing_is(wanted, now))
    columns = [
        Column(_("办什么"), width=40),
        Column(_("谁来办")),
        Column(_("类别")),
        Column(_("为谁办")),
        Column(_("承诺办成"), Kind.DAY),
        Column(_("办得怎样"), width=14),
        Column(_("结果"), width=40),
        Column(_("办结"), Kind.DAY),
    ]
    lines = by_parts(rows, lambda part: [_deed(deed_of(case, shown, now)) for case in part])
    return Sheet(_("我为群众办实事"), columns, lines, str(STANDINGS.get(wanted, "")), rows.count())


def _deed(deed: Deed) -> list[Any]:
    standing = STANDINGS.get(deed.standing, deed.standing)
    result = "；".join(filter(None, (str(deed.result), deed.outcome)))
    return [deed.title, deed.unit, deed.kind, deed.served, deed.promised, str(standing), result, deed.ended]


def calls(_request: HttpRequest) -> Sheet:
    """揭榜任务: those open now, then those that are over."""
    now = timezone.now()
    shown = calls_shown(timezone.localdate())
    columns = [
        Column(_("任务"), width=40),
        Column(_("发榜单位")),
        Column(_("内容"), width=50),
        Column(_("目标"), width=40),
        Column(_("要求完成"), Kind.DAY),
        Column(_("揭榜截止"), Kind.MOMENT),
        Column(_("中榜单位"), width=30),
        Column(_("结果"), width=16),
    ]
    lines = [_call(one) for one in taking_answers(shown, now)]
    lines += list(by_parts(called_before(shown, now), lambda part: [_call(one) for one in told(part, shown)]))
    return Sheet(_("揭榜任务"), columns, lines, "", len(lines))


def _call(one: Called) -> list[Any]:
    return [
        one.title,
        one.unit,
        one.detail,
        one.target,
        one.finish,
        one.until,
        "、".join(one.chosen),
        one.result,
    ]
