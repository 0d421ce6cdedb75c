"""经常任务: how every unit stands in a month, by line and by unit; each number opens the list of holders behind it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext, gettext_lazy as _
from django.views.decorators.http import require_GET

from ronghe.core.periods import Period
from ronghe.definitions.things import Ref, titles_of, visible_of
from ronghe.duties import rules
from ronghe.duties.enums import Standing
from ronghe.duties.models import Owed
from ronghe.duties.queries import coverage
from ronghe.duties.queries.lines import Line, current
from ronghe.organisations.models import Organisation
from ronghe.organisations.queries import Powers, powers_of
from ronghe.www.access import STAFF, account_of, rule
from ronghe.www.duties import words
from ronghe.www.duties.forms import GridForm, grid_form
from ronghe.www.sheets import Column, Kind, Sheet, as_sheet, by_parts
from ronghe.www.things import link_of

PAGE = 50
UnitCells = tuple[coverage.UnitRow, list[tuple[Line, coverage.Counted | None]], coverage.Counted]


@dataclass(frozen=True)
class Asking:
    """What is asked for, with the form that asks it."""

    form: GridForm
    asked: coverage.Asked
    below: Organisation | None

    @property
    def period(self) -> Period:
        return self.asked.period

    @property
    def said(self) -> str:
        """The filters in words."""
        parts = [self.period.label]
        if self.below is not None:
            parts.append(self.below.name)
        if self.asked.duty:
            parts.append(dict(self.form.fields["duty"].choices)[self.asked.duty])  # type: ignore[attr-defined]
        return "；".join(parts)


def asking_of(request: HttpRequest) -> Asking:
    """Read the address; a unit nobody may see is not found."""
    today = timezone.localdate()
    powers = powers_of(account_of(request), today)
    form = grid_form(request.GET.copy(), today)
    below = unit_of(request.GET.get("below", ""))
    number = below.pk if below else None
    return Asking(form, coverage.Asked(form.month(), powers, number, form.chosen()), below)


def unit_of(written: str) -> Organisation | None:
    """The unit of that number; none asked: none."""
    if not written:
        return None
    found = Organisation.objects.filter(pk=int(written)).first() if written.isdigit() else None
    if found is None:
        raise Http404
    return found


@dataclass(frozen=True)
class Cell:
    """One number of the page and what it opens."""

    head: Any
    count: int
    standing: str


HEADS = (
    (Standing.GAP, _("缺")),
    (Standing.MET, _("按时完成")),
    (Standing.LATE, _("逾期补做")),
    (Standing.OPEN, _("还没到期")),
    (Standing.EXCUSED, _("准予免除")),
)


def cells_of(counted: coverage.Counted) -> list[Cell]:
    """The numbers of one line, by standing."""
    return [Cell(head, counted.of(standing), standing.value) for standing, head in HEADS]


def _lines_sheet(request: HttpRequest) -> Sheet:
    asking = asking_of(request)
    found = coverage.by_line(asking.asked)
    columns = [
        Column(_("经常任务"), width=36), Column(_("多久一次"), width=24), Column(_("完成率"), Kind.SHARE), Column(_("已完成"), Kind.NUMBER),
        Column(_("应完成"), Kind.NUMBER), *(Column(head, Kind.NUMBER) for _standing, head in HEADS),
    ]  # fmt: skip
    lines = [
        [
            line.name,
            words.how_often(line),
            one.share,
            one.done,
            one.owed,
            *(cell.count for cell in cells_of(one)),
        ]
        for line, one in found
    ]
    return Sheet(_("经常任务"), columns, lines, asking.said, len(lines))


@rule(STAFF)
@require_GET
@as_sheet(_lines_sheet)
def show_duties(request: HttpRequest) -> HttpResponse:
    """Every line with its numbers, the weakest first; advice beneath."""
    asking = asking_of(request)
    found = coverage.by_line(asking.asked)
    found.sort(key=lambda one: (-one[1].gap, one[0].name))
    whole = coverage.Counted()
    for _line, one in found:
        for standing, count in one.by.items():
            whole.add(standing, count)
    context: dict[str, Any] = {
        **_shared(asking),
        "rows": [(line, words.how_often(line), one, cells_of(one)) for line, one in found],
        "whole": whole,
        "advised": [line for line in current(asking.asked.powers.on).values() if line.is_advice],
        "may_confirm": rules.may_confirm(asking.asked.powers),
    }
    return render(request, "duties/lines.html", context)


def _shared(asking: Asking) -> dict[str, Any]:
    return {
        "form": asking.form,
        "period": asking.period,
        "below": asking.below,
        "duty": asking.asked.duty,
        "checked": coverage.checked(),
        "heads": HEADS,
    }


def of_one_duty(asking: Asking) -> Asking:
    """The grid of units has the lines of one duty: of the one that most miss, when none is asked."""
    if asking.asked.duty:
        return asking
    found = coverage.by_line(asking.asked)
    worst = max(found, key=lambda one: (one[1].gap, one[1].owed), default=None)
    duty = worst[0].duty if worst else ""
    data: Any = asking.form.data
    data["duty"] = duty  # so that the page shows which one it is
    return replace(asking, asked=replace(asking.asked, duty=duty))


def _units_sheet(request: HttpRequest) -> Sheet:
    asking = of_one_duty(asking_of(request))
    lines, rows = coverage.by_unit(asking.asked)
    columns = [Column(_("单位"), width=34)]
    for line in lines:
        columns += [
            Column(gettext("%(line)s：已完成") % {"line": line.name}, Kind.NUMBER, 16),
            Column(gettext("%(line)s：应完成") % {"line": line.name}, Kind.NUMBER, 16),
            Column(gettext("%(line)s：缺") % {"line": line.name}, Kind.NUMBER, 16),
        ]
    told = [[row.name, *(number for line in lines for number in _numbers(row, line))] for row in rows]
    return Sheet(_("经常任务按单位"), columns, told, asking.said, len(told))


def _numbers(row: coverage.UnitRow, line: Line) -> list[int | None]:
    """Nobody of a unit owing a line is no nought."""
    cell = row.cells.get(line.key)
    return [cell.done, cell.owed, cell.gap] if cell and cell.owed else [None, None, None]


@rule(STAFF)
@require_GET
@as_sheet(_units_sheet)
def show_units(request: HttpRequest) -> HttpResponse:
    """Units against the lines of a duty: numerator and denominator in each cell."""
    asking = of_one_duty(asking_of(request))
    lines, rows = coverage.by_unit(asking.asked)
    page = Paginator(rows, PAGE).get_page(request.GET.get("page"))
    told = [(row, [(line, row.cells.get(line.key)) for line in lines], row.total) for row in page.object_list]
    context: dict[str, Any] = {
        **_shared(asking),
        "lines": lines,
        "page": page,
        "rows": told,
        "groups": grouped(told),
    }
    return render(request, "duties/units.html", context)


def grouped(rows: list[UnitCells]) -> list[tuple[str, list[UnitCells]]]:
    """Units with a gap, units that are not through yet, units that are: each with a heading, those without units left out."""
    groups = (
        (gettext("有缺的"), [one for one in rows if one[2].gap]),
        (
            gettext("没到期、还没做完的"),
            [one for one in rows if not one[2].gap and one[2].done < one[2].owed],
        ),
        (gettext("都做完的"), [one for one in rows if not one[2].gap and one[2].done == one[2].owed]),
    )
    return [(title, told) for title, told in groups if told]


@dataclass(frozen=True)
class HolderRow:
    """One holder behind a number, in words."""

    owed: Owed
    what: str
    who: str
    period: str
    left: str
    mark: str
    deed: str
    deed_title: str


def holder_rows(rows: Iterable[Owed], powers: Powers) -> list[HolderRow]:
    """Rows in words: names asked once for all of them; what it was done by is named to whoever may open it."""
    rows, on = list(rows), powers.on
    lines = current(on)
    refs: set[Ref] = {(row.holder_type, row.holder_id) for row in rows}
    seen = visible_of({(row.met_type, row.met_id) for row in rows if row.met_id is not None}, powers)
    refs |= seen
    titles = titles_of(refs)
    told = []
    for row in rows:
        line = lines.get((row.duty, row.line))
        met = (row.met_type, row.met_id or 0)
        told.append(
            HolderRow(
                row,
                line.name if line else row.duty,
                titles.get((row.holder_type, row.holder_id), row.organisation.name),
                words.period_words(row.period, row.begins, row.ends),
                words.left_words(row.ends, on),
                words.MARKS[Standing(row.standing)],
                link_of(met) if met in seen else "",
                titles.get(met, "") if met in seen else "",
            )
        )
    return told


@dataclass(frozen=True)
class Behind:
    """The holders asked for, and what was asked in words."""

    asking: Asking
    rows: Any
    line: Line | None
    standings: tuple[str, ...]
    unit: Organisation | None

    @property
    def said(self) -> str:
        parts = [self.asking.said]
        if self.line is not None and self.line.code:
            parts.append(self.line.title)
        if self.unit is not None:
            parts.append(self.unit.name)
        parts += [str(dict(HEADS)[Standing(one)]) for one in self.standings]
        return "；".join(parts)


def behind_number(request: HttpRequest) -> Behind:
    """Which number it is, from the address."""
    asking = asking_of(request)
    code = request.GET.get("line")
    standings = tuple(one for one in request.GET.getlist("standing") if one in Standing.values)
    unit = unit_of(request.GET.get("unit", ""))
    line = current(asking.asked.powers.on).get((asking.asked.duty, code or ""))
    rows = coverage.behind(asking.asked, line=code, standings=standings, unit=unit.pk if unit else None)
    return Behind(asking, rows, line, standings, unit)


def _holders_sheet(request: HttpRequest) -> Sheet:
    found = behind_number(request)
    powers = found.asking.asked.powers
    columns = [
        Column(_("由谁"), width=34), Column(_("单位"), width=34), Column(_("事项"), width=30), Column(_("期间"), width=20),
        Column(_("情况"), width=12), Column(_("到期"), Kind.DAY), Column(_("完成"), Kind.DAY), Column(_("凭什么算完成"), width=40),
        Column(_("连续缺几期"), Kind.NUMBER),
    ]  # fmt: skip

    def told(part: list[Owed]) -> list[list[Any]]:
        return [
            [
                row.who, row.owed.organisation.name, row.what, row.period, row.owed.get_standing_display(), row.owed.ends,
                row.owed.met_on, row.deed_title, row.owed.gaps,
            ]
            for row in holder_rows(part, powers)
        ]  # fmt: skip

    return Sheet(_("经常任务完成情况"), columns, by_parts(found.rows, told), found.said, found.rows.count())


@rule(STAFF)
@require_GET
@as_sheet(_holders_sheet)
def show_holders(request: HttpRequest) -> HttpResponse:
    """The holders behind one number, those who miss it longest first, with what they did it by."""
    found = behind_number(request)
    powers: Powers = found.asking.asked.powers
    page = Paginator(found.rows, PAGE).get_page(request.GET.get("page"))
    context: dict[str, Any] = {
        **_shared(found.asking),
        "said": found.said,
        "line": found.line,
        "page": page,
        "rows": [
            (row, rules.may_excuse(powers, row.owed.organisation_id))
            for row in holder_rows(page.object_list, powers)
        ],
    }
    return render(request, "duties/holders.html", context)
