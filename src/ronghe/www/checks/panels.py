"""评审组: how far a panel is, for who organises it; closed, the one figure and what it was made of. No score before that."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from django.contrib import messages
from django.db.models import Count, Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext, gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from ronghe.core.draw import commitment
from ronghe.core.errors import RongheError
from ronghe.core.panels import Method, ranked, rounded
from ronghe.definitions import queries as definitions
from ronghe.definitions.things import Ref, titles_of, visible_of
from ronghe.judgements import domain as judgements
from ronghe.judgements.models import Judgement, Panel
from ronghe.judgements.queries.panels import (
    Combined,
    closed_panels,
    combined_of,
    least_of,
    may_organise,
    panels_for,
    seats_of,
)
from ronghe.organisations.queries import Powers, powers_of
from ronghe.www.access import STAFF, account_of, rule
from ronghe.www.portal.reading import scores
from ronghe.www.sheets import Column, Kind as SheetKind, Sheet, as_sheet
from ronghe.www.things import link_of

JUDGE = "judge"
MOST = 200
TABLE = (
    Column(_("评什么"), width=30),
    Column(_("对象"), width=40),
    Column(_("名次"), SheetKind.NUMBER),
    Column(_("并列"), width=8),
    Column(_("得分"), SheetKind.NUMBER),
    Column(_("已评（人）"), SheetKind.NUMBER),
    Column(_("请了（人）"), SheetKind.NUMBER),
    Column(_("请在此前评好"), SheetKind.DAY),
)


@dataclass(frozen=True)
class Figure:
    """One combined figure in words: how it was made, of which scores."""

    title: str
    unit: str
    figure: str
    method: str
    scores: Sequence[tuple[int, str]]


@dataclass(frozen=True)
class Member:
    """One seat: who sits there where that may be known, whether they gave, and after closing what."""

    review: Judgement
    name: str
    answers: Sequence[tuple[str, str]]


@dataclass(frozen=True)
class Place:
    """One panel of a list: its place among those of the same judgement, with whom it shares it."""

    panel: Panel
    title: str
    place: int
    is_tied: bool
    figure: str
    given: int
    asked: int


def method_words(method: Method) -> str:
    """How scores become one."""
    return {
        Method.MEAN: gettext("平均"),
        Method.TRIMMED: gettext("去掉一个最高、一个最低，其余平均"),
        Method.MEDIAN: gettext("取中位数"),
    }[method]


def figures(panel: Panel) -> list[Figure]:
    """The figures of a closed panel, made anew from the ledger."""
    return [_figure(one) for one in combined_of(panel, definitions.by_edition(panel.edition_id))]


def _figure(one: Combined) -> Figure:
    told = [
        (score.review, _plain(score.figure)) for score in sorted(one.scores, key=lambda score: score.figure)
    ]
    figure = "" if one.figure is None else str(rounded(one.figure))
    return Figure(one.field.title, one.field.unit, figure, method_words(one.method), told)


def _plain(figure: Fraction) -> str:
    return f"{rounded(figure, 2).normalize():f}"


def _powers(request: HttpRequest) -> Powers:
    return powers_of(account_of(request), timezone.localdate())


def table(request: HttpRequest) -> Sheet:
    """The same panels as rows: those still giving have neither place nor figure."""
    waiting, groups = _panels(_powers(request))
    closed = [row for _, rows in groups for row in rows]
    told = [
        [
            row.panel.edition.title,
            row.title,
            row.place or None,
            gettext("并列") if row.is_tied else "",
            float(row.figure) if row.figure else None,
            row.given,
            row.asked,
            row.panel.due,
        ]
        for row in (*waiting, *closed)
    ]
    return Sheet(_("评审组"), TABLE, told, "", len(told))


@rule(STAFF)
@require_GET
@never_cache
@as_sheet(table)
def list_panels(request: HttpRequest) -> HttpResponse:
    """The panels one organises: those still giving, and what the others found, by place; equal figures share one."""
    waiting, groups = _panels(_powers(request))
    context = {"waiting": waiting, "groups": groups, "now": timezone.now()}
    return render(request, "checks/panels.html", context)


def _panels(powers: Powers) -> tuple[list[Place], list[tuple[str, list[Place]]]]:
    """Those still giving, and the closed ones of each judgement by place."""
    found = list(
        panels_for(powers).annotate(
            given=Count("reviews", filter=Q(reviews__given_at__isnull=False)),
            asked=Count("reviews", filter=Q(reviews__recused_at=None, reviews__judge__isnull=False)),
        )[:MOST]
    )
    titles = titles_of({(one.subject_type, one.subject_id) for one in found})
    waiting = [_place(one, titles, 0, tied=False) for one in found if one.closed_at is None]
    groups = defaultdict(list)
    for one in found:
        if one.closed_at is not None:
            groups[one.edition.title].append(one)
    return waiting, [(title, _ranked(rows, titles)) for title, rows in groups.items()]


def _first(panel: Panel) -> Fraction | None:
    fields = definitions.by_edition(panel.edition_id).body.combine.fields
    said = next((panel.values[code] for code in fields if code in panel.values), None)
    return None if said is None else Fraction(said)


def _ranked(rows: Iterable[Panel], titles: dict[Ref, str]) -> list[Place]:
    """By place; those without a figure last, without one."""
    known = {one.pk: one for one in rows}
    order = ranked({pk: _first(one) for pk, one in known.items()})
    places = [place for place, _ in order]
    found = [_place(known[pk], titles, place, tied=places.count(place) > 1) for place, pk in order]
    ranks = {pk for _, pk in order}
    return found + [_place(one, titles, 0, tied=False) for pk, one in known.items() if pk not in ranks]


def _place(panel: Any, titles: dict[Ref, str], place: int, *, tied: bool) -> Place:
    figure = _first(panel)
    return Place(
        panel,
        titles.get((panel.subject_type, panel.subject_id), ""),
        place,
        tied,
        "" if figure is None else str(rounded(figure)),
        panel.given,
        panel.asked,
    )


@rule(STAFF)
@require_GET
@never_cache
def show_panel(request: HttpRequest, pk: int) -> HttpResponse:
    """One panel, for who may see it."""
    powers = _powers(request)
    panel = Panel.objects.select_related("edition", "organisation", "organiser").filter(pk=pk).first()
    if panel is None or not judgements.may_see_panel(panel, powers):
        raise Http404
    loaded = definitions.by_edition(panel.edition_id)
    rows, ref = seats_of(panel), (panel.subject_type, panel.subject_id)
    given = [row for row in rows if row.given_at is not None]
    is_hidden = JUDGE in {*loaded.body.hides, *loaded.body.combine.hides}
    is_closed = panel.closed_at is not None
    names = not is_hidden or (may_organise(panel, powers) and not is_closed)
    if is_hidden and is_closed:  # in another order than while names stood there
        rows = sorted(rows, key=lambda row: commitment(f"{panel.seed}:{row.pk}"))
    shown = [row for row in rows if row.judge_id is not None or not is_closed]
    context = {
        "panel": panel,
        "title": titles_of({ref}).get(ref, ""),
        "link": link_of(ref) if ref in visible_of({ref}, powers) else "",
        "figures": figures(panel) if panel.closed_at else [],
        "members": _members(shown, names=names, is_closed=is_closed),
        "given": len(given),
        "asked": sum(row.judge_id is not None for row in rows),
        "least": least_of(loaded),
        "may_close": not is_closed and may_organise(panel, powers) and len(given) >= least_of(loaded),
        "now": timezone.now(),
    }
    return render(request, "checks/panel.html", context)


def _members(rows: Sequence[Judgement], *, names: bool, is_closed: bool) -> list[Member]:
    given = [row for row in rows if row.given_at is not None] if is_closed else []
    told = {row.pk: one["answers"] for row, one in zip(given, scores(given), strict=True)}
    return [Member(row, str(row.judge or "") if names else "", told.get(row.pk, ())) for row in rows]


@rule(STAFF)
@require_POST
def close_panel(request: HttpRequest, pk: int) -> HttpResponse:
    """Make one figure of what was given."""
    try:
        panel = judgements.close_panel(pk, powers=_powers(request), at=timezone.now())
    except RongheError as error:
        if error.code == "no-such-panel":
            raise Http404 from error
        messages.error(request, error.message)
    else:
        messages.success(
            request, gettext("“%(what)s”已经汇总，按规定往下办。") % {"what": panel.edition.title}
        )
    return redirect("panel", pk)


@rule(STAFF)
@require_POST
def recuse(request: HttpRequest, pk: int) -> HttpResponse:
    """Step aside from a panel one was drawn for."""
    try:
        judgements.recuse(pk, powers=_powers(request), at=timezone.now())
    except RongheError as error:
        if error.code in {"no-such-review", "not-yours"}:
            raise Http404 from error
        messages.error(request, error.message)
    else:
        messages.success(request, gettext("已经记下您回避，系统另请他人评审。"))
    return redirect("checks")


def panels_of(subject: Ref) -> list[Panel]:
    """What panels found about a thing."""
    return list(closed_panels(subject))
