"""组织机构: the tree of a day, a name looked for, and the page of one unit."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.core.paginator import Paginator
from django.db.models import F
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.views.decorators.http import require_GET

from ronghe.appraisal.enums import By, Measure
from ronghe.casework.models import Case
from ronghe.definitions.enums import Kind, Tree
from ronghe.definitions.queries import calendar
from ronghe.organisations.models import Organisation
from ronghe.organisations.queries import Powers, powers_of, tree_on
from ronghe.organisations.queries.directory import ENTERPRISE, ended_in, leaders_on, titles_of
from ronghe.organisations.queries.found import find_units
from ronghe.organisations.rules import may_manage, may_set_up
from ronghe.www.access import STAFF, rule
from ronghe.www.desk.rows import rows_of
from ronghe.www.desk.views.desk import part_of
from ronghe.www.registers.units import UnitFigures
from ronghe.www.registry import exports
from ronghe.www.registry.decisions import DECISION, Decisions, decides, may_note
from ronghe.www.registry.forms import TREES, DayForm, TreeForm
from ronghe.www.registry.leaders import leadership_of
from ronghe.www.registry.page import UnitPage
from ronghe.www.registry.trees import drawn
from ronghe.www.sheets import as_sheet

ROOTS, MOST_FOUND, MOST_ENDED, DECISIONS = 200, 80, 60, 20


@rule(STAFF)
@require_GET
@as_sheet(exports.organisations)
def list_organisations(request: HttpRequest) -> HttpResponse:
    """One tree as it stood on a day, or the units that bear or bore a name."""
    form = TreeForm(request.GET, today=timezone.localdate())
    context = {"form": form, "trees": [(tree.value, title) for tree, title in TREES.items()]}
    context |= _found(form) if form.given("q") else _tree(form, request.GET.get("page"))
    page = "registry/organisations.html" + part_of(request, "units")
    return render(request, page, context, status=form.status)


def _found(form: TreeForm) -> dict[str, Any]:
    found = find_units(form.given("q"), form.day, MOST_FOUND)
    leaders = leaders_on({one.organisation.pk: one.organisation.kind for one in found}, form.day)
    kinds = titles_of(Kind.ORGANISATION, form.day)
    rows = [(one, kinds.get(one.organisation.kind, ""), leaders.get(one.organisation.pk)) for one in found]
    return {"found": rows, "is_cut": len(found) == MOST_FOUND, "is_search": True}


def _tree(form: TreeForm, number: str | None) -> dict[str, Any]:
    nodes = tree_on(form.chosen, form.day, without=[ENTERPRISE])
    page = Paginator([node.organisation_id for node in nodes if node.depth == 0], ROOTS).get_page(number)
    context = {
        "page": page,
        "count": len(nodes),
        "twigs": drawn(nodes, list(page.object_list), form.day),
        "ended": ended_in(form.chosen, form.day, MOST_ENDED),
    }
    if form.chosen == Tree.OTHERS:
        context["enterprises"] = Organisation.objects.live(form.day).filter(kind=ENTERPRISE).count()
    return context


@rule(STAFF)
@require_GET
def show_organisation(request: HttpRequest, pk: int) -> HttpResponse:
    """One unit: names and parents over time, who sits where on a day, what is below, what it is linked to."""
    unit = get_object_or_404(Organisation.objects.select_related("merged_into"), pk=pk)
    if unit.kind == ENTERPRISE:
        return redirect(f"{reverse('enterprise', args=[pk])}?{request.GET.urlencode()}")
    form = DayForm(request.GET, today=timezone.localdate())
    page, now = UnitPage(unit, form.day), timezone.localtime()
    powers = powers_of(request.user, now.date())
    context: dict[str, Any] = {"form": form, "page": page, "unit": unit}
    context["leadership"] = leadership_of(unit, page.seats, form.day, powers=powers, now=now)
    context["has_figures"] = bool(UnitFigures(unit, powers).kinds)
    context["decisions"] = _decisions(request, unit, powers, now)
    context |= _managing(unit, page, powers)
    context |= {str(measure): _numbers(unit, measure) for measure in (Measure.RECEIVED, Measure.CLOSED)}
    return render(request, "registry/organisation.html", context, status=form.status)


def _managing(unit: Organisation, page: UnitPage, powers: Powers) -> dict[str, Any]:
    """Whether who asks manages the unit, and the kinds of its posts they may fill and empty."""
    managed = may_manage(powers, unit.pk)
    kinds = {seat.post.kind for seat in page.seats.seats} if managed else set()
    settable = frozenset(kind for kind in kinds if may_set_up(powers, kind, unit.pk))
    return {"managed": managed, "settable": settable}


def _decisions(
    request: HttpRequest, unit: Organisation, powers: Powers, now: dt.datetime
) -> Decisions | None:
    """What a group that decides has decided, those still to be done first; of any other unit nothing."""
    procedure = decides(unit, now.date())
    if procedure is None:
        return None
    found = Case.objects.visible_with(powers).filter(about=unit, procedure=DECISION).with_units()
    order = (F("closed_at").desc(nulls_first=True), F("due").asc(nulls_last=True), "opened_at", "pk")
    page = Paginator(found.order_by(*order), DECISIONS).get_page(request.GET.get("page"))
    return Decisions(page, rows_of(page.object_list, now, calendar()), may_note(unit, procedure, powers))


def _numbers(unit: Organisation, measure: Measure) -> str:
    """What the page of numbers is asked for the cases of this year behind a unit's figure."""
    year = timezone.localdate().year
    asked = {"period": str(year), "by": str(By.ORGANISATION), "measure": str(measure), "row": unit.code}
    return urlencode(asked)
