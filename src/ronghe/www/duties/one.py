"""One duty: its words and source, how it stands with whom, what is missing, and how it went before."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext, gettext_lazy as _
from django.views.decorators.http import require_GET

from ronghe.core.periods import Every, Period
from ronghe.definitions.enums import Standing as Source
from ronghe.definitions.queries import body_of
from ronghe.definitions.things import titles_of
from ronghe.duties import rules
from ronghe.duties.enums import Standing
from ronghe.duties.models import Confirmation, Excuse, Owed
from ronghe.duties.queries import coverage
from ronghe.duties.queries.lines import Line, current
from ronghe.organisations.queries import Powers, powers_of
from ronghe.www.access import STAFF, account_of, rule
from ronghe.www.duties import words
from ronghe.www.duties.forms import ConfirmForm
from ronghe.www.duties.grid import HEADS, cells_of, holder_rows
from ronghe.www.sheets import Column, Kind, Sheet, as_sheet

MISSING, EXCUSED = 20, 20


@dataclass(frozen=True)
class LineView:
    """One line of the duty in words. `confirmed`: who says where it stands; `needed`: whether somebody has to say so."""

    line: Line
    often: str
    met_by: list[str]
    confirmed: Confirmation | None
    needed: bool
    history: list[tuple[str, coverage.Counted, list[Any]]]
    form: ConfirmForm | None = None


def lines_of(code: str, powers: Powers) -> list[Line]:
    """The lines of a duty of the day. Http404 when there is none of that name."""
    found = [line for line in current(powers.on).values() if line.duty == code]
    if not found:
        raise Http404
    return found


def views_of(code: str, powers: Powers, refused: tuple[str, ConfirmForm] | None = None) -> list[LineView]:
    """The lines in words, each with its last periods."""
    lines = lines_of(code, powers)
    said = {row.line: row for row in Confirmation.objects.filter(edition=lines[0].edition, ended_at=None)}
    past = coverage.history_of(code, powers)
    return [
        LineView(
            line,
            words.how_often(line),
            words.met_by(line, powers.on),
            said.get(line.code),
            line.is_advice,
            [(words.period_words(name, first, last) if ".." in name else _named(name), counted, cells_of(counted)) for name, first, last, counted in past.get(line.code, ())],
            refused[1] if refused and refused[0] == line.code else ConfirmForm(auto_id=f"id_{line.code}_%s"),
        )
        for line in lines
    ]  # fmt: skip


def _named(name: str) -> str:
    return Period.parse(name).label


def _sheet(request: HttpRequest, code: str) -> Sheet:
    powers = powers_of(account_of(request), timezone.localdate())
    columns = [
        Column(_("事项"), width=30), Column(_("期间"), width=22), Column(_("完成率"), Kind.SHARE), Column(_("已完成"), Kind.NUMBER),
        Column(_("应完成"), Kind.NUMBER), *(Column(head, Kind.NUMBER) for _standing, head in HEADS),
    ]  # fmt: skip
    lines = [
        [view.line.name, period, counted.share, counted.done, counted.owed, *(cell.count for cell in cells)]
        for view in views_of(code, powers)
        for period, counted, cells in view.history
    ]
    return Sheet(lines_of(code, powers)[0].duty_title, columns, lines, gettext("各期完成情况"), len(lines))


@rule(STAFF)
@require_GET
@as_sheet(_sheet)
def show_duty(request: HttpRequest, code: str) -> HttpResponse:
    """The duty's page."""
    return page(request, code)


def page(
    request: HttpRequest, code: str, refused: tuple[str, ConfirmForm] | None = None, status: int = 200
) -> HttpResponse:
    """The page; `refused`: the line and form of a confirmation that was not taken."""
    today = timezone.localdate()
    powers = powers_of(account_of(request), today)
    views = views_of(code, powers, refused)
    body = body_of(views[0].line.edition)
    month = Period.holding(today, Every.MONTH)
    missing = coverage.behind(coverage.Asked(month, powers, None, code), standings=[Standing.GAP])
    excused = Excuse.objects.filter(duty=code, ended_at=None, ends__gte=today).order_by("ends", "pk")
    context: dict[str, Any] = {
        "code": code,
        "title": views[0].line.duty_title,
        "edition": views[0].line.edition,
        "basis": body.basis,
        "views": views,
        "is_advice": any(view.needed for view in views),
        "month": month,
        "missing": holder_rows(missing[:MISSING], powers),
        "missing_count": missing.count(),
        "excuses": _excuses(list(excused[: EXCUSED * 5]), powers),
        "may_confirm": rules.may_confirm(powers),
        "memory": Source.ADVICE.value,
        "heads": HEADS,
        "since": views[0].line.since,
    }
    return render(request, "duties/duty.html", context, status=status)


def _excuses(rows: list[Excuse], powers: Powers) -> list[tuple[Excuse, str, bool]]:
    """The excuses of units that may be seen, and whether they may be ended."""
    names = titles_of({(row.holder_type, row.holder_id) for row in rows})
    answering = {
        (type_, number): unit
        for type_, number, unit in Owed.objects.filter(
            duty__in={row.duty for row in rows}, holder_id__in={row.holder_id for row in rows}
        ).values_list("holder_type", "holder_id", "organisation_id")
    }
    told = []
    for row in rows:
        ref = (row.holder_type, row.holder_id)
        unit = answering.get(ref)
        if unit is not None and rules.may_see(powers, unit):
            told.append((row, names.get(ref, ""), rules.may_excuse(powers, unit)))
    return told[:EXCUSED]
