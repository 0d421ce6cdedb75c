"""The lists of the registry as tables: organisations, enterprises, coverage, and the cases of one of them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Any

from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext, gettext_lazy as _

from ronghe.casework.models import Case
from ronghe.definitions.enums import Kind as Definitions
from ronghe.organisations.models import Organisation
from ronghe.organisations.queries import names_on, parent_names, powers_of, tree_on
from ronghe.organisations.queries.coverage import (
    NOWHERE,
    branches_of,
    districts_on,
    find_enterprises,
    find_offices,
    groups_of,
    served_by_district,
    served_by_group,
)
from ronghe.organisations.queries.directory import ENTERPRISE, leaders_on, search_names, titles_of
from ronghe.organisations.queries.found import find_units
from ronghe.www.access import account_of
from ronghe.www.desk.exports import cases_sheet
from ronghe.www.registry.forms import TREES, CoverageForm, EnterprisesForm, TreeForm, scale_choices
from ronghe.www.sheets import MOST, Column, Kind, Sheet, by_parts, in_words

UNITS = (
    Column(_("名称"), width=40),
    Column(_("类别")),
    Column(_("上级"), width=40),
    Column(_("第几级"), Kind.NUMBER),
    Column(_("负责岗位"), width=16),
    Column(_("负责人"), width=12),
)
ENTERPRISES = (
    Column(_("名称"), width=40),
    Column(_("统一社会信用代码"), width=22),
    Column(_("所在区"), width=14),
    Column(_("四上类别"), width=16),
    Column(_("服务小组"), width=30),
)
SHARE = (
    Column(_("有小组（家）"), Kind.NUMBER),
    Column(_("企业（家）"), Kind.NUMBER),
    Column(_("缺口（家）"), Kind.NUMBER),
)


def organisations(request: HttpRequest) -> Sheet:
    """A tree as it stood on a day, from the roots down; or the units found by a name."""
    form = TreeForm(request.GET, today=timezone.localdate())
    words = in_words(form, tree=str(TREES[form.chosen]))
    if form.given("q"):
        return Sheet(_("组织机构"), UNITS, _found_lines(form.given("q"), form.day), words)
    nodes = tree_on(form.chosen, form.day, without=[ENTERPRISE])
    kinds = titles_of(Definitions.ORGANISATION, form.day)
    names = {node.organisation_id: node.name for node in nodes}
    leaders = leaders_on({node.organisation_id: node.kind for node in nodes}, form.day)
    lines = (
        [
            node.name,
            kinds.get(node.kind, ""),
            names.get(node.parent_id or 0, ""),
            node.depth + 1,
            *_leader(leaders.get(node.organisation_id)),
        ]
        for node in nodes
    )
    return Sheet(_("组织机构"), UNITS, lines, words, len(nodes))


def _found_lines(text: str, day: dt.date) -> Iterable[list[Any]]:
    found = find_units(text, day, MOST) or search_names(text, day, MOST)
    kinds = titles_of(Definitions.ORGANISATION, day)
    above = parent_names([one.organisation.pk for one in found], day)
    leaders = leaders_on({one.organisation.pk: one.organisation.kind for one in found}, day)
    for one in found:
        unit = one.organisation
        parents = "、".join(above.get(unit.pk, []))
        yield [one.name, kinds.get(unit.kind, ""), parents, None, *_leader(leaders.get(unit.pk))]


def _leader(appointment: Any) -> list[str]:
    return [appointment.post.title, appointment.person.name] if appointment else ["", ""]


def enterprises(request: HttpRequest) -> Sheet:
    """企业名录 of a day, as filtered."""
    form = EnterprisesForm(request.GET, today=timezone.localdate())
    wanted = form.wanted
    found = find_enterprises(wanted)
    scales, districts = dict(scale_choices(wanted.on)), form.districts
    group = names_on([wanted.group], wanted.on).get(wanted.group, "") if wanted.group else ""

    def told(part: list[Organisation]) -> Iterable[list[Any]]:
        groups = groups_of([unit.pk for unit in part], wanted.on)
        for unit in part:
            yield [
                unit.name,
                unit.credit_code,
                districts.get(unit.values.get("district", ""), ""),
                scales.get(unit.values.get("scale-class") or "-", ""),
                "、".join(name for _pk, name in groups[unit.pk]) or gettext("没有服务小组"),
            ]

    return Sheet(
        _("企业名录"), ENTERPRISES, by_parts(found, told), in_words(form, group=group), found.count()
    )


def enterprise_cases(request: HttpRequest, pk: int) -> Sheet:
    """The cases of one enterprise that the reader may see."""
    unit = get_object_or_404(Organisation, pk=pk, kind=ENTERPRISE)
    now = timezone.localtime()
    powers = powers_of(account_of(request), now.date())
    found = Case.objects.visible_with(powers).filter(about=unit).with_units().order_by("-opened_at", "-pk")
    return cases_sheet(gettext("%(name)s的办件") % {"name": unit.name}, found, now)


def coverage(request: HttpRequest) -> list[Sheet]:
    """覆盖与缺口: the offices listed, then the shares by district and by service group."""
    form = CoverageForm(request.GET, today=timezone.localdate())
    words = in_words(form)
    names = {**districts_on(form.day), NOWHERE: gettext("没有登记区")}
    districts = [
        [names.get(code, gettext("已不存在的区")), share.part, share.whole, share.gap]
        for code, share in served_by_district(form.wanted).items()
    ]
    return [
        Sheet(
            _("科室与党支部"),
            [Column(_("科室"), width=36), Column(_("所属"), width=36), Column(_("党支部"), width=36)],
            _offices(form),
            words,
        ),
        Sheet(_("挂点服务按区"), [Column(_("区")), *SHARE], districts, words),
        Sheet(
            _("挂点服务按小组"),
            [
                Column(_("服务小组"), width=36),
                Column(_("负责人"), width=12),
                Column(_("服务的（家）"), Kind.NUMBER),
            ],
            _groups(form),
            words,
        ),
    ]


def _offices(form: CoverageForm) -> Iterable[list[Any]]:
    has_branch = {"": False, "with": True, "all": None}[form.given("offices")]

    def told(part: list[Organisation]) -> Iterable[list[Any]]:
        ids = [office.pk for office in part]
        names, parents = names_on(ids, form.day), parent_names(ids, form.day)
        branches = branches_of(ids, form.day)
        for pk in ids:
            yield [
                names.get(pk, ""),
                "、".join(parents.get(pk, [])),
                "、".join(name for _pk, name in branches[pk]) or gettext("没有党支部"),
            ]

    return by_parts(find_offices(form.day, has_branch=has_branch), told)


def _groups(form: CoverageForm) -> Iterable[list[Any]]:
    counts = served_by_group(form.wanted)
    names = names_on(list(counts), form.day)
    leaders = leaders_on(dict.fromkeys(counts, "service-group"), form.day)
    for group, count in sorted(counts.items(), key=lambda item: (-item[1], item[0])):
        yield [names.get(group, ""), _leader(leaders.get(group))[1] or gettext("空缺"), count]
