"""督办台: what is overdue, who was told and what they said; urging one case or many from there."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext, gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from ronghe.casework import domain as casework
from ronghe.casework.domain.many import Outcomes, do_many
from ronghe.casework.models import Case
from ronghe.casework.queries.echo import was_done
from ronghe.casework.queries.supervising import (
    EXPLAINED,
    GROUPS,
    SILENT,
    SUPERVISED,
    TODAY,
    Tally,
    Watch,
    sought,
    watched,
    watches,
)
from ronghe.core.errors import RongheError
from ronghe.core.memory import remembering
from ronghe.definitions.queries import calendar
from ronghe.organisations.queries import Powers, powers_of
from ronghe.www.access import account_of, rule, take_typed
from ronghe.www.desk.views.desk import part_of
from ronghe.www.sheets import as_sheet
from ronghe.www.supervision import exports
from ronghe.www.supervision.forms import BoardForm, UrgeForm

PAGE, UNITS = 15, 6
GROUP_TITLES = {
    SILENT: _("超期未说明"),
    EXPLAINED: _("已说明"),
    SUPERVISED: _("督办中"),
    TODAY: _("今日到期"),
}
LEVEL_WORDS = {0: _("提醒"), 1: _("催办"), 2: _("督办")}


def OVERSEE(user: object) -> bool:  # noqa: N802 - a rule, named as the others
    """Whoever watches over the whole city."""
    return powers_of(user, timezone.localdate()).has("oversee")


@dataclass(frozen=True)
class Line:
    """One case on the page; `form`: what was sent for it alone and refused."""

    watch: Watch
    form: UrgeForm | None = None
    is_picked: bool = False


@rule(OVERSEE)
@require_GET
@never_cache
@as_sheet(exports.watch_list)
def show_supervision(request: HttpRequest) -> HttpResponse:
    """The board; what was typed before the sign-in ran out stands in its form again."""
    typed = take_typed(request, reverse("supervision-urge"))
    if not typed:
        return _show(request)
    data = {"note": (typed.get("note") or [""])[0]}
    return _show(
        request, UrgeForm(initial=data), picked=typed.get("pick", []), row=(typed.get("row") or [""])[0]
    )


def _show(
    request: HttpRequest,
    form: UrgeForm | None = None,
    *,
    picked: list[str] | None = None,
    row: str = "",
    status: int = 200,
) -> HttpResponse:
    now, days = timezone.localtime(), calendar()
    powers = powers_of(account_of(request), now.date())
    with remembering():
        cases = watched(powers, now, days)
        tally = Tally.of(cases)
        filters = BoardForm(request.GET, tally=tally)
        wanted = filters.wanted()
        counts = tally.groups(wanted)
        counted: Any = _Counted(sought(cases, wanted), counts, wanted.group)
        page: Any = Paginator(counted, PAGE).get_page(request.GET.get("page"))
        shown = list(page.object_list)
        numbers = {one.split(":")[0] for one in picked or ()}
        lines = [
            Line(
                one,
                form if one.case.number == row else None,
                is_picked=not row and one.case.number in numbers,
            )
            for one in watches(shown, powers, now, days)
        ]
    context: dict[str, Any] = {
        "form": filters,
        "wanted": wanted,
        "groups": [(group, GROUP_TITLES[group], counts[group]) for group in GROUPS],
        "all": sum(counts.values()),
        "units": [one for one in tally.units if one.late][:UNITS],
        "page": page,
        "lines": lines,
        "many": form if form is not None and not row else UrgeForm(),
        "levels": LEVEL_WORDS,
        "now": now,
    }
    part = "" if request.method == "POST" else part_of(request, "found")
    return render(request, "supervision/board.html" + part, context, status=status)


class _Counted:
    """Cases whose number is known already: a page of them needs no count of its own."""

    def __init__(self, cases: Any, counts: dict[str, int], group: str) -> None:
        self.cases = cases
        self.total = counts.get(group, 0) if group else sum(counts.values())

    def count(self) -> int:
        return self.total

    def __len__(self) -> int:
        return self.total

    def __getitem__(self, part: slice) -> Any:
        return self.cases[part]


@rule(OVERSEE)
@require_http_methods(["GET", "POST"])
@never_cache
def urge(request: HttpRequest) -> HttpResponse:
    """Urge those picked. A GET is somebody coming back from signing in again."""
    if request.method == "GET":
        return show_supervision(request)
    picked, row = request.POST.getlist("pick"), request.POST.get("row", "")
    form = UrgeForm(request.POST, auto_id=f"%s-{row}" if row else "id_%s")
    now = timezone.localtime()
    powers = powers_of(account_of(request), now.date())
    seen = {number: revision for number, _colon, revision in (one.partition(":") for one in picked)}
    cases = list(Case.objects.visible_with(powers).filter(number__in=seen))
    if not cases:
        form.add_error(None, gettext("还没有选中要督促的件，请先在前面打勾。"))
    if form.errors:
        return _show(request, form, picked=picked, row=row, status=422)
    revisions = {case.pk: int(seen[case.number]) if seen[case.number].isdigit() else 0 for case in cases}
    try:
        outcomes = _urge(form, powers, now, {case.pk: case for case in cases}, revisions)
    except RongheError as error:
        form.add_error(None, error.message)
        return _show(request, form, picked=picked, row=row, status=422)
    if not outcomes.done:
        form.add_error(None, _refusals(outcomes, cases))
        return _show(request, form, picked=picked, row=row, status=422)
    _tell(request, form, outcomes, cases)
    query = request.GET.urlencode()
    return redirect(reverse("supervision") + (f"?{query}" if query else ""))


def _urge(
    form: UrgeForm, powers: Powers, now: dt.datetime, cases: dict[int, Case], seen: dict[int, int]
) -> Outcomes:
    """Urge each; the same form sent a moment ago is done already, and an urge never collides with other acts."""
    level, note = form.cleaned_data["level"], form.cleaned_data["note"]
    actor = f"person:{powers.person_id}"

    def done(pk: int) -> bool:
        return was_done(
            cases[pk], since=seen[pk], actor=actor, kind="case.urged", data={"level": level}, note=note
        )

    def act(pk: int) -> Case:
        if seen[pk] < cases[pk].revision and done(pk):
            return cases[pk]
        by = casework.By(actor, now, powers, cases[pk].revision)
        return casework.urge_case(pk, by, level=level, note=note)

    return do_many(list(cases), act, was_done=done)


def _tell(request: HttpRequest, form: UrgeForm, outcomes: Outcomes, cases: list[Case]) -> None:
    words = {"n": len(outcomes.done), "act": LEVEL_WORDS[form.cleaned_data["level"]]}
    messages.success(request, gettext("%(act)s：%(n)d 件，承办人和单位已经通知。") % words)
    if outcomes.refused:
        messages.warning(request, _refusals(outcomes, cases))


def _refusals(outcomes: Outcomes, cases: list[Case]) -> str:
    numbers = {case.pk: case.number for case in cases}
    return " ".join(f"{numbers[one.id]}：{one.message}" for one in outcomes.refused)
