"""覆盖与缺口: how far services and branches reach on a day, and whom they do not reach."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_GET

from ronghe.definitions.enums import Kind
from ronghe.organisations.queries import names_on, parent_names
from ronghe.organisations.queries.accounts import NO_ACCOUNT, WantedUnits, account_reach, find_units
from ronghe.organisations.queries.coverage import (
    COMMISSIONER,
    NOWHERE,
    SERVICE_GROUP,
    STEWARD,
    Share,
    branches_of,
    districts_on,
    find_offices,
    office_share,
    served_by_district,
    served_by_group,
    served_share,
)
from ronghe.organisations.queries.directory import leaders_on, titles_of
from ronghe.www.access import STAFF, rule
from ronghe.www.registry import exports
from ronghe.www.registry.forms import CoverageForm
from ronghe.www.registry.shares import ShareCell, group_cell, keeper_cell, office_cell, served_cell
from ronghe.www.sheets import as_sheet

GROUPS, OFFICES, MUTE = 50, 50, 60


@rule(STAFF)
@require_GET
@as_sheet(exports.coverage)
def show_coverage(request: HttpRequest) -> HttpResponse:
    """Shares of a day, each of their numbers opening its list; the gaps below."""
    form = CoverageForm(request.GET, today=timezone.localdate())
    total = served_cell(form, served_share(form.wanted))
    context = {
        "form": form,
        "total": total,
        "keepers": _keepers(form),
        "districts": _districts(form),
        **_groups(form, total.share.whole, request.GET.get("groups")),
        "offices": office_cell(form, office_share(form.day)),
        **_offices(form, request.GET.get("page")),
        **_accounts(form),
    }
    return render(request, "registry/coverage.html", context, status=form.status)


def _keepers(form: CoverageForm) -> list[tuple[str, str, str, ShareCell]]:
    """企业管家 and 企业特派员: (title, the gap in words, no gap in words, share)."""
    told = (
        (STEWARD, gettext("企业管家"), gettext("家没有企业管家"), gettext("每一家都有企业管家。")),
        (COMMISSIONER, gettext("企业特派员"), gettext("家没有企业特派员"), gettext("每一家都有企业特派员。")),
    )
    return [
        (title, gap, none, keeper_cell(form, served_share(replace(form.wanted, by=kind)), kind))
        for kind, title, gap, none in told
    ]


def _districts(form: CoverageForm) -> list[tuple[str, ShareCell]]:
    names = {**districts_on(form.day), NOWHERE: gettext("没有登记区")}
    shares = served_by_district(form.wanted)
    gone = gettext("已不存在的区")
    return [
        (names.get(code, gone), served_cell(form, share, district=code)) for code, share in shares.items()
    ]


def _groups(form: CoverageForm, whole: int, number: str | None) -> dict[str, Any]:
    """The service groups, those that serve most first; the idle ones are counted."""
    counts = served_by_group(form.wanted)
    ranked = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    page = Paginator(ranked, GROUPS).get_page(number)
    ids = [group for group, _count in page.object_list]
    names, leaders = names_on(ids, form.day), leaders_on(dict.fromkeys(ids, SERVICE_GROUP), form.day)
    rows = [
        (group, names.get(group, ""), group_cell(form, Share(count, whole), group), leaders.get(group))
        for group, count in page.object_list
    ]
    idle = sum(not count for count in counts.values())
    return {"groups": page, "group_rows": rows, "idle": idle, "is_groups_open": number is not None}


def _offices(form: CoverageForm, number: str | None) -> dict[str, Any]:
    """The offices asked for; without a word those that have no branch."""
    has_branch = {"": False, "with": True, "all": None}[form.given("offices")]
    page = Paginator(find_offices(form.day, has_branch=has_branch), OFFICES).get_page(number)
    ids = [office.pk for office in page.object_list]
    names, parents, branches = (
        names_on(ids, form.day),
        parent_names(ids, form.day),
        branches_of(ids, form.day),
    )
    rows = [(pk, names.get(pk, ""), parents.get(pk, []), branches[pk]) for pk in ids]
    return {"page": page, "office_rows": rows, "which": form.given("offices")}


def _accounts(form: CoverageForm) -> dict[str, Any]:
    """Which kinds of unit have somebody who can sign in, and the first units that have nobody."""
    titles = titles_of(Kind.ORGANISATION, form.day)
    reach = [(titles.get(one.kind, ""), one) for one in account_reach(form.day)]
    mute = find_units(WantedUnits(form.day, lacks=NO_ACCOUNT))[:MUTE]
    rest = sum(one.can.gap for _title, one in reach)
    return {"reach": reach, "mute": mute, "mute_more": max(0, rest - MUTE)}
