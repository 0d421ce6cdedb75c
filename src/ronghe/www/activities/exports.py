"""The list of activities as a table: the same rows under the same filters."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import IO, Any

from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from ronghe.activities.models import Activity
from ronghe.activities.queries.listing import ActivityRow, Wanted, find_activities, rows_of
from ronghe.organisations.queries import Powers, by_code, powers_of
from ronghe.www.access import account_of
from ronghe.www.activities.filling import MOST_ROWS, fill
from ronghe.www.activities.forms import ListForm, activity_kinds
from ronghe.www.sheets import Column, Kind as Cells, Sheet, by_parts, in_words

NOBODY = -1
COLUMNS = (
    Column(_("名称"), width=40),
    Column(_("类别")),
    Column(_("状态"), width=10),
    Column(_("开始"), Cells.MOMENT),
    Column(_("结束"), Cells.MOMENT),
    Column(_("地点"), width=30),
    Column(_("组织单位"), width=40),
    Column(_("参加人数"), Cells.NUMBER),
)


def found_by(request: HttpRequest, powers: Powers, on: dt.date) -> tuple[ListForm, QuerySet[Activity]]:
    """The filters of the address and what they find."""
    form = ListForm(request.GET, on=on, kinds=activity_kinds())
    unit = by_code(form.given("unit")) if form.given("unit") else None
    wanted = Wanted(
        text=form.given("q").strip(),
        kind=form.given("kind"),
        state=form.given("state"),
        organiser=(unit.pk if unit else NOBODY) if form.given("unit") else None,
        period=form.wanted_period,
        mine=bool(form.given("whose")),
    )
    return form, find_activities(powers, wanted)


def line_of(row: ActivityRow) -> list[Any]:
    """One activity in the columns `COLUMNS`; who took part by name is in no export."""
    activity = row.activity
    return [
        activity.title,
        activity.edition.title,
        activity.get_state_display(),
        activity.begins_at,
        activity.ends_at,
        activity.place,
        "、".join(row.organisers),
        activity.people,
    ]


def list_of_activities(request: HttpRequest) -> Sheet:
    """活动."""
    on = timezone.localdate()
    form, found = found_by(request, powers_of(account_of(request), on), on)

    def told(part: list[Activity]) -> Iterable[list[Any]]:
        return [line_of(row) for row in rows_of(part)]

    unit = by_code(form.given("unit")) if form.given("unit") else None
    words = in_words(form, unit=unit.name if unit else "")
    return Sheet(_("活动"), COLUMNS, by_parts(found, told), words, found.order_by().count())


def fill_template(request: HttpRequest, template: IO[bytes], made: IO[bytes]) -> int:
    """The list of the address in a table of somebody's own. Raises TemplateRefused."""
    on = timezone.localdate()
    powers = powers_of(account_of(request), on)
    _form, found = found_by(request, powers, on)
    rows = rows_of(found.prefetch_related("sides", "participants")[:MOST_ROWS])
    return fill(template, made, rows, powers)
