"""我们要求基层填什么: forms, fields and minutes by unit and month; each number opens to what is behind it."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext, gettext_lazy as _
from django.views.decorators.http import require_GET

from ronghe.core.periods import Period
from ronghe.definitions import queries as definitions
from ronghe.definitions.enums import Kind as Definitions
from ronghe.definitions.queries.asking import cost_of, owing
from ronghe.definitions.things import titles_of, visible_of
from ronghe.duties import rules
from ronghe.duties.queries.burden import Asked, Burden, burden_of, fields_of, made_in, spent_by_unit
from ronghe.ledger.entries import KINDS
from ronghe.ledger.models import Entry
from ronghe.organisations.models import Organisation
from ronghe.organisations.queries import Powers, names_on, powers_of
from ronghe.www.access import STAFF, rule
from ronghe.www.burden.words import cadence_words, often_words, owner_words, publisher_words, rests_on
from ronghe.www.duties.forms import month_of
from ronghe.www.duties.month import own_units
from ronghe.www.sheets import Column, Kind, Sheet, as_sheet
from ronghe.www.things import link_of

MOST_UNITS, PAGE = 20, 50
FIRST, FIRST_UNITS = 8, 5
"""How many are shown at once; the others are folded away."""
ASKING = (
    Definitions.PROCEDURE,
    Definitions.ACTIVITY,
    Definitions.REGISTER,
    Definitions.JUDGEMENT,
    Definitions.BULLETIN,
)
COLUMNS = (
    Column(_("填什么"), width=30),
    Column(_("谁要的"), width=30),
    Column(_("依据"), width=40),
    Column(_("多久一次"), width=40),
    Column(_("栏目（个）"), Kind.NUMBER),
    Column(_("每次（秒）"), Kind.NUMBER),
    Column(_("应填者（个）"), Kind.NUMBER),
    Column(_("每月应填（分钟）"), Kind.NUMBER),
    Column(_("本月填了（次）"), Kind.NUMBER),
    Column(_("本月用时（分钟）"), Kind.NUMBER),
)


def _powers(request: HttpRequest) -> Powers:
    return powers_of(request.user, timezone.localdate())


def _period(request: HttpRequest) -> Period:
    return month_of(request.GET.get("period", ""), timezone.localdate())


def _unit(request: HttpRequest, pk: int) -> Organisation:
    """A unit whose burden may be seen: by its own people, who leads it, and who oversees the city."""
    if not rules.may_see(_powers(request), pk):
        raise Http404
    return get_object_or_404(Organisation, pk=pk)


def _sheet(request: HttpRequest, pk: int | None = None) -> Sheet:
    period = _period(request)
    if pk is None and not rules.sees_all(_powers(request)):
        raise Http404
    unit = None if pk is None else _unit(request, pk)
    burden = burden_of(None if pk is None else [pk], period, timezone.localdate())
    said = gettext("%(unit)s，%(month)s") % {
        "unit": unit.name if unit else gettext("全市"),
        "month": period.label,
    }
    return Sheet(_("要求基层填什么"), COLUMNS, (_cells(row) for row in burden.rows), said, len(burden.rows))


def _cells(row: Asked) -> list[Any]:
    return [
        row.edition.title,
        publisher_words(row.edition),
        rests_on(definitions.body_of(row.edition), owing(row.edition.kind, row.edition.code, dt.date.max)),
        _often(row),
        row.cost.fields,
        row.cost.seconds,
        row.holders,
        row.minutes,
        row.records,
        row.spent,
    ]


def _often(row: Asked) -> str:
    if not row.lines:
        return often_words(row.edition.kind, [])
    return "、".join(dict.fromkeys(f"{line.name} {cadence_words(line.every)}" for line in row.lines))


@rule(STAFF)
@as_sheet(_sheet)
@require_GET
def show_city(request: HttpRequest) -> HttpResponse:
    """The whole city for who oversees it; everybody else is shown their own unit."""
    powers, period = _powers(request), _period(request)
    if not rules.sees_all(powers):
        units = own_units(powers)
        if units:
            return redirect("burden-unit", units[0][0])
        return render(request, "burden/page.html", {"period": period, "burden": None})
    context = _context(burden_of(None, period, powers.on), powers, period)
    spent = spent_by_unit(period, MOST_UNITS)
    names = names_on([unit for unit, _records, _minutes in spent], powers.on)
    told = [(unit, names.get(unit, ""), records, minutes) for unit, records, minutes in spent]
    context |= {"spent": told[:FIRST_UNITS], "spent_more": told[FIRST_UNITS:]}
    return render(request, "burden/page.html", context)


@rule(STAFF)
@as_sheet(_sheet)
@require_GET
def show_unit(request: HttpRequest, pk: int) -> HttpResponse:
    """One unit and one month."""
    unit, powers, period = _unit(request, pk), _powers(request), _period(request)
    context = _context(burden_of([pk], period, powers.on), powers, period)
    others = [one for one in own_units(powers) if one[0] != pk]
    return render(request, "burden/page.html", context | {"unit": unit, "others": others})


def _context(burden: Burden, powers: Powers, period: Period) -> dict[str, Any]:
    this = month_of("", powers.on)
    rows = [(row, publisher_words(row.edition), _often(row)) for row in burden.rows]
    return {
        "burden": burden,
        "period": period,
        "before": period.previous(),
        "after": period.next() if period.first < this.first else None,
        "rows": rows[:FIRST],
        "more": rows[FIRST:],
        "sees_all": rules.sees_all(powers),
    }


@rule(STAFF)
@require_GET
def list_records(request: HttpRequest, pk: int) -> HttpResponse:
    """The records of a unit in a month under one definition, as far as the reader may see what they are of."""
    unit, powers, period = _unit(request, pk), _powers(request), _period(request)
    reference = request.GET.get("of", "")
    entries = made_in([pk], period)
    if reference:
        entries = entries.filter(definition=reference)
    page = Paginator(entries.order_by("-recorded_at", "-pk"), PAGE).get_page(request.GET.get("page"))
    kind, _colon, code = reference.partition(":")
    found = definitions.find(kind, code, period.last) if code else None
    context = {
        "unit": unit,
        "period": period,
        "page": page,
        "rows": _records(list(page), powers),
        "title": found.edition.title if found else "",
    }
    return render(request, "burden/records.html", context)


def _records(entries: list[Entry], powers: Powers) -> list[tuple[dt.datetime, str, str, str]]:
    """(when, what was done, of what, where it is shown); what may not be seen is counted and not named."""
    refs = {(one.subject_type, one.subject_id) for one in entries}
    seen = visible_of(refs, powers)
    titles = titles_of(seen)
    told = []
    for one in entries:
        ref = (one.subject_type, one.subject_id)
        link = link_of(ref) if ref in seen else ""
        told.append((one.recorded_at, str(KINDS[one.kind].sentence), titles.get(ref, ""), link))
    return told


@rule(STAFF)
@require_GET
def show_definition(request: HttpRequest, kind: str, code: str) -> HttpResponse:
    """What one definition asks: its fields with their seconds, who asks, on what basis, how often."""
    on = timezone.localdate()
    loaded = definitions.find(kind, code, on) if kind in ASKING else None
    if loaded is None:
        raise Http404
    lines = owing(kind, code, on)
    context = {
        "edition": loaded.edition,
        "owner": owner_words(loaded.edition),
        "basis": rests_on(loaded.body, lines),
        "often": often_words(kind, lines),
        "lines": [(one, cadence_words(one.every)) for one in lines],
        "cost": cost_of(loaded.body),
        "fields": list(fields_of(loaded.body)),
    }
    return render(request, "burden/definition.html", context)
