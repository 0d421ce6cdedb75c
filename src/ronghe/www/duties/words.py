"""How duties are worded: how often, until when, by what it is met, and where it is recorded."""

from __future__ import annotations

import datetime as dt
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext, gettext_lazy as _

from ronghe.core.errors import DefinitionError
from ronghe.core.periods import Period
from ronghe.core.worktime import Unit
from ronghe.definitions import queries as definitions
from ronghe.duties.enums import Standing
from ronghe.duties.queries.lines import Line
from ronghe.www.templatetags.ronghe import day

EACH = {
    "day": _("每个工作日一次"),
    "week": _("每周一次"),
    "month": _("每月一次"),
    "quarter": _("每季度一次"),
    "half-year": _("每半年一次"),
    "year": _("每年一次"),
}
MARKS = {Standing.MET: "✓", Standing.LATE: "✓", Standing.GAP: "✕", Standing.OPEN: "○", Standing.EXCUSED: "—"}


def how_often(line: Line) -> str:
    """每季度一次；每 6 个月一次，从上一次算起."""
    if line.every.each:
        often = str(EACH[str(line.every.each)])
        if line.within is not None:
            return gettext("%(often)s，开始后 %(within)s内") % {
                "often": often,
                "within": line.within.unit.counted(line.within.amount),
            }
        return often
    if line.every.length is None:
        return gettext("每届任期一次，从上一次算起")
    lasts = line.every.length
    words = Unit(lasts.unit).counted(lasts.amount)
    if lasts.unit is Unit.MONTH and lasts.amount % 12 == 0:
        words = gettext("%(n)d 年") % {"n": lasts.amount // 12}
    return gettext("每 %(length)s一次，从上一次算起") % {"length": words}


def met_by(line: Line, on: dt.date) -> list[str]:
    """What meets it, by its titles."""
    return [found.edition.title for kind, code in line.records if (found := definitions.find(kind, code, on))]


def period_words(name: str, first: dt.date, due: dt.date) -> str:
    """2026年第一季度; of a length, from when to when."""
    if ".." in name:
        return gettext("%(first)s至%(due)s") % {"first": day(first), "due": day(due)}
    try:
        return Period.parse(name).label
    except DefinitionError:
        return name


def left_words(due: dt.date, today: dt.date) -> str:
    """还剩 5 天（3月31日 周二）; 已过 3 天."""
    days = (due - today).days
    if days > 0:
        return gettext("还剩 %(n)d 天（%(day)s前）") % {"n": days, "day": day(due)}
    if days == 0:
        return gettext("今天到期")
    return gettext("已过 %(n)d 天（%(day)s到期）") % {"n": -days, "day": day(due)}


def record_link(line: Line, unit: str) -> tuple[str, str]:
    """Where somebody records what meets it in one tap, for the unit of that code, and the word for it; empty: it comes of other work."""
    kind, code = line.records[0] if line.records else ("", "")
    if kind == "activity":
        return f"{reverse('activity-new', args=[code])}?{urlencode({'organiser': unit})}", gettext("记一次")
    if kind == "register":
        return reverse("register-new", args=[code]), gettext("登记")
    if kind == "procedure":
        return reverse("file-kind", args=[code]), gettext("去办理")
    return "", ""


def counts(counted: Any) -> str:
    """23/25."""
    return f"{counted.done}/{counted.owed}"
