"""支部本月: what do we owe this month, what is planned, what is done, one tap to record."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext, gettext_lazy as _
from django.views.decorators.http import require_GET

from ronghe.core.periods import Period
from ronghe.definitions.queries import calendar
from ronghe.definitions.things import Ref, visible_of
from ronghe.duties import rules
from ronghe.duties.enums import Standing
from ronghe.duties.queries.month import Month, Plan, month_of, seconds_of
from ronghe.duties.queries.reckoning import Stand
from ronghe.organisations.models import Organisation
from ronghe.organisations.queries import Powers, powers_of
from ronghe.www.access import STAFF, account_of, rule
from ronghe.www.duties import words
from ronghe.www.duties.forms import MonthForm
from ronghe.www.sheets import Column, Kind, Sheet, as_sheet
from ronghe.www.things import link_of

MOST_UNITS = 60


@dataclass(frozen=True)
class Row:
    """One line of the page: the words, the light of day it is done by, and where to record or see it."""

    stand: Stand
    who: str
    period: str
    left: str
    mark: str
    record: str
    word: str
    deed: str
    deed_title: str
    plan: Plan | None
    plan_link: str
    minutes: int


@dataclass(frozen=True)
class Asked:
    """Whose month is asked for: the unit, the others that may be chosen, and the month."""

    form: MonthForm
    unit: Organisation | None
    powers: Powers
    month: Month | None


def own_units(powers: Powers) -> list[tuple[int, str]]:
    """The units whose month somebody may look at, their own first; a city has too many to choose from."""
    own = powers.organisation_ids
    ids = own | powers.scope("lead")
    rows = Organisation.objects.filter(pk__in=ids).live(powers.on).exclude(kind="enterprise")
    found = sorted(rows.values_list("pk", "name"), key=lambda one: (one[0] not in own, one[1]))
    return [(pk, name) for pk, name in found][:MOST_UNITS]


def asked(request: HttpRequest) -> Asked:
    """What is asked for; a unit nobody may see is no unit."""
    today = timezone.localdate()
    powers = powers_of(account_of(request), today)
    units = own_units(powers)
    wanted = request.GET.get("unit", "")
    number = int(wanted) if wanted.isdigit() else (units[0][0] if units else 0)
    unit = (
        Organisation.objects.filter(pk=number).first() if number and rules.may_see(powers, number) else None
    )
    if unit is not None and unit.pk not in dict(units):
        units.append((unit.pk, unit.name))
    data = request.GET.copy()
    data["unit"] = str(unit.pk) if unit else ""
    form = MonthForm(data, units=units, today=today)
    month = month_of(unit.pk, form.month(), today, calendar()) if unit else None
    return Asked(form, unit, powers, month)


def row_of(stand: Stand, month: Month, unit: str, seen: set[Ref]) -> Row:
    """A line of the page in words; what it was done by is named to whoever may open it."""
    today = timezone.localdate()
    window, deed = stand.window, stand.deed
    record, word = words.record_link(stand.line, unit)
    plan = month.plan_of(stand) if deed is None else None
    return Row(
        stand,
        month.titles.get(stand.holder.ref, ""),
        words.period_words(window.name, window.first, window.due),
        words.left_words(window.due, today),
        words.MARKS[stand.standing],
        record,
        word,
        link_of(deed.ref) if deed and deed.ref in seen else "",
        month.titles.get(deed.ref, "") if deed and deed.ref in seen else "",
        plan,
        link_of(plan.ref) if plan and plan.ref in seen else "",
        -(-seconds_of(stand) // 60),
    )


def seen_of(asking: Asked) -> set[Ref]:
    """What was done and planned in the month, as far as who asks may open it."""
    month = asking.month
    refs = (
        {one.deed.ref for one in month.stands if one.deed} | {plan.ref for plan in month.plans}
        if month
        else set()
    )
    return visible_of(refs, asking.powers)


def _sheet(request: HttpRequest) -> Sheet:
    asking = asked(request)
    columns = [
        Column(_("事项"), width=30), Column(_("由谁"), width=26), Column(_("期间"), width=20), Column(_("情况"), width=12),
        Column(_("到期"), Kind.DAY), Column(_("完成"), Kind.DAY), Column(_("凭什么算完成"), width=40),
        Column(_("连续缺几期"), Kind.NUMBER),
    ]  # fmt: skip
    lines: list[list[Any]] = []
    if asking.month is not None and asking.unit is not None:
        month, name, seen = asking.month, asking.unit.name, seen_of(asking)
        for one in [*month.to_do, *month.done, *month.excused, *month.missed]:
            row = row_of(one, month, asking.unit.code, seen)
            done = one.deed.day if one.deed else None
            lines.append(
                [
                    one.line.name,
                    row.who or name,
                    row.period,
                    one.standing.label,
                    one.window.due,
                    done,
                    row.deed_title,
                    one.gaps,
                ]
            )
    said = gettext("%(unit)s，%(month)s") % {
        "unit": asking.unit.name if asking.unit else "",
        "month": asking.form.month().label,
    }
    return Sheet(_("支部本月"), columns, lines, said, len(lines))


@rule(STAFF)
@require_GET
@as_sheet(_sheet)
def show_month(request: HttpRequest) -> HttpResponse:
    """The month of one unit, reckoned now."""
    asking = asked(request)
    context: dict[str, Any] = {"form": asking.form, "unit": asking.unit, "period": asking.form.month()}
    if asking.month is not None and asking.unit is not None:
        month, unit, seen = asking.month, asking.unit.code, seen_of(asking)
        period: Period = month.period
        counting = [*month.to_do, *month.done]
        context |= {
            "month": month,
            "to_do": [row_of(one, month, unit, seen) for one in month.to_do],
            "done": [row_of(one, month, unit, seen) for one in month.done],
            "excused": [row_of(one, month, unit, seen) for one in month.excused],
            "advised": [row_of(one, month, unit, seen) for one in month.advised],
            "missed": [row_of(one, month, unit, seen) for one in month.missed],
            "counts": (len(month.done), len(counting)),
            "gaps": sum(one.standing == Standing.GAP for one in month.to_do),
            "before": period.previous(),
            "after": period.next(),
            "is_now": period.contains(timezone.localdate()),
            "may_excuse": rules.may_excuse(asking.powers, asking.unit.pk),
        }
    return render(request, "duties/month.html", context)
