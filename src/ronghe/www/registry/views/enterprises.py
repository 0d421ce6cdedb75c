"""企业名录 and 逐户建档: the enterprises, and everything about one."""

from __future__ import annotations

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext
from django.views.decorators.http import require_GET

from ronghe.casework.models import Case
from ronghe.definitions.queries import calendar
from ronghe.organisations.models import Organisation
from ronghe.organisations.queries import names_on, powers_of
from ronghe.organisations.queries.coverage import find_enterprises, groups_of
from ronghe.organisations.queries.directory import ENTERPRISE
from ronghe.www.access import STAFF, account_of, rule
from ronghe.www.desk.rows import rows_of
from ronghe.www.desk.views.desk import part_of
from ronghe.www.filing.offers import desk_offers
from ronghe.www.registers.units import UnitFigures
from ronghe.www.registry import exports
from ronghe.www.registry.forms import DayForm, EnterprisesForm, scale_choices
from ronghe.www.registry.page import EnterprisePage
from ronghe.www.sheets import as_sheet

PAGE, CASES = 30, 20


@rule(STAFF)
@require_GET
@as_sheet(exports.enterprises)
def list_enterprises(request: HttpRequest) -> HttpResponse:
    """The enterprises of a day, filtered by the address, paged."""
    form = EnterprisesForm(request.GET, today=timezone.localdate())
    wanted = form.wanted
    page = Paginator(find_enterprises(wanted), PAGE).get_page(request.GET.get("page"))
    groups = groups_of([unit.pk for unit in page.object_list], wanted.on)
    scales = dict(scale_choices(wanted.on))
    rows = [
        (
            unit,
            form.districts.get(unit.values.get("district", ""), ""),
            scales.get(unit.values.get("scale-class") or "-", ""),
            groups[unit.pk],
        )
        for unit in page.object_list
    ]
    group = names_on([wanted.group], wanted.on).get(wanted.group, "") if wanted.group else ""
    context = {"form": form, "page": page, "rows": rows, "group": group}
    template = "registry/enterprises.html" + part_of(request, "found")
    return render(request, template, context, status=form.status)


@rule(STAFF)
@require_GET
@as_sheet(exports.enterprise_cases)
def show_enterprise(request: HttpRequest, pk: int) -> HttpResponse:
    """One enterprise: its facts, its service groups now and before, and those of its requests the reader may see."""
    found = Organisation.objects.filter(kind=ENTERPRISE).select_related("merged_into")
    unit = get_object_or_404(found, pk=pk)
    form = DayForm(request.GET, today=timezone.localdate())
    powers = powers_of(request.user, timezone.localdate())
    cases = Case.objects.visible_with(powers).filter(about=unit).with_units().order_by("-opened_at", "-pk")
    page = Paginator(cases, CASES).get_page(request.GET.get("page"))
    context = {
        "form": form,
        "page": EnterprisePage(unit, form.day),
        "unit": unit,
        "filings": _filings(request, unit),
        "has_figures": bool(UnitFigures(unit, powers).kinds),
        "cases": page,
        "rows": rows_of(page.object_list, timezone.localtime(), calendar()),
    }
    return render(request, "registry/enterprise.html", context, status=form.status)


def _filings(request: HttpRequest, unit: Organisation) -> list[tuple[str, str]]:
    """What the reader may file for this enterprise today: (words, address with the enterprise filled in)."""
    words = {
        "need": gettext("记一次需求"),
        "goods-filing": gettext("代报备"),
        "enterprise-request": gettext("代提诉求"),
    }
    offered = {offer.code for offer in desk_offers(account_of(request))} if unit.ends is None else set()
    about = urlencode({"about": unit.credit_code or unit.name})
    return [
        (said, f"{reverse('file-kind', args=[code])}?{about}")
        for code, said in words.items()
        if code in offered
    ]
