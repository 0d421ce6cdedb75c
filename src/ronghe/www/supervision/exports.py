"""督办台 as a table: who was told, what they said, what comes next."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from ronghe.casework.models import Case
from ronghe.casework.queries.supervising import (
    EXPLAINED,
    SILENT,
    SUPERVISED,
    TODAY,
    Tally,
    Watch,
    sought,
    watched,
    watches,
)
from ronghe.definitions.queries import calendar
from ronghe.organisations.queries import powers_of
from ronghe.www.access import account_of
from ronghe.www.desk.exports import lit
from ronghe.www.sheets import Column, Kind, Sheet, by_parts, in_words
from ronghe.www.supervision.forms import BoardForm

GROUPS = {SILENT: _("超期未说明"), EXPLAINED: _("已说明"), SUPERVISED: _("督办中"), TODAY: _("今日到期")}
COLUMNS = (
    Column(_("标题"), width=40),
    Column(_("情况"), width=12),
    Column(_("时限"), width=10),
    Column(_("时限说明"), width=36),
    Column(_("编号"), width=18),
    Column(_("类别")),
    Column(_("承办单位")),
    Column(_("等谁"), width=30),
    Column(_("最近一次告诉"), Kind.MOMENT),
    Column(_("告诉了谁"), width=24),
    Column(_("说明时间"), Kind.MOMENT),
    Column(_("怎么说的"), width=50),
)


def watch_list(request: HttpRequest) -> Sheet:
    """The watched cases as filtered, the longest overdue first."""
    now, days = timezone.localtime(), calendar()
    powers = powers_of(account_of(request), now.date())
    cases = watched(powers, now, days)
    form = BoardForm(request.GET, tally=Tally.of(cases))
    wanted = form.wanted()
    found = sought(cases, wanted)

    def told(part: list[Case]) -> Iterable[list[Any]]:
        return [_line(one) for one in watches(part, powers, now, days)]

    words = in_words(form, group=str(GROUPS.get(wanted.group, "")))
    return Sheet(_("督办台"), COLUMNS, by_parts(found, told), words, found.order_by().count())


def _line(watch: Watch) -> list[Any]:
    case, last, said = watch.case, watch.last, watch.said
    return [
        case.title,
        str(GROUPS.get(getattr(case, "group", ""), "")),
        lit(watch.light),
        watch.sentence,
        case.number,
        case.edition.title,
        case.responsible.name if case.responsible else "",
        "；".join(" ".join(filter(None, (wait.unit, wait.person, wait.title))) for wait in watch.waits),
        last.at if last else None,
        "、".join(last.told) if last else "",
        said.at if said else None,
        said.text if said else "",
    ]
