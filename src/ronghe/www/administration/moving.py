"""改按新的一版办理: what moving the running cases of a procedure would change, and moving those that were chosen."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Sequence
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext, gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from ronghe.casework.domain import By
from ronghe.casework.domain.many import MOST
from ronghe.casework.domain.moving import LEAST_REASON, Plan, behind, move_cases, plans
from ronghe.casework.models import Case
from ronghe.core.errors import RongheError
from ronghe.core.memory import remembering
from ronghe.definitions.enums import Kind
from ronghe.definitions.models import Edition
from ronghe.definitions.queries.editions import Standing, changes, standing
from ronghe.organisations.queries import Powers, powers_of
from ronghe.www.access import account_of, rule
from ronghe.www.administration.sections import ADMINISTERS
from ronghe.www.forms import PageForm

EXAMINED = 300  # of the running cases, the oldest
SHOWN = 8  # of the ways dates would move, before the rest are one line
FIRST = 10  # of the cases, before the rest are folded away
ALL, CHOSEN = "all", "chosen"


class MoveForm(PageForm):
    """Why."""

    reason = forms.CharField(
        label=_("理由"),
        help_text=_("记进每一件的办理记录；期限有变化的，诉求人也看得到。"),
        max_length=500,
        min_length=LEAST_REASON,
        widget=forms.Textarea({"rows": 3, "maxlength": 500}),
        error_messages={
            "required": _("请写明为什么改按新的一版办理。"),
            "min_length": _("理由太短，请写明为什么改按新的一版办理。"),
        },
    )


@rule(ADMINISTERS)
@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def move_running(request: HttpRequest, code: str) -> HttpResponse:
    """What would change, case by case; POST moves those chosen, or all that can be."""
    known = _known(code)
    powers = powers_of(account_of(request), timezone.localdate())
    form = MoveForm(request.POST) if request.method == "POST" else MoveForm()
    if request.method == "POST" and form.is_valid():
        ids = _wanted(request, known.now, powers)
        if not ids:
            form.add_error(None, gettext("没有选中要改的件。请在下面勾选，或选“全部”。"))
        else:
            try:
                return _move(request, known.now, ids, form.cleaned_data["reason"], powers)
            except RongheError as error:
                form.add_error("reason", error.message)
    context = {"form": form, "code": code, "known": known, **_preview(known, powers)}
    context["picked"] = set(request.POST.getlist("pick")) if form.is_bound else None
    return render(request, "administration/move.html", context, status=422 if form.errors else 200)


def _known(code: str) -> Standing:
    found = standing(Kind.PROCEDURE, code, timezone.localdate())
    if found is None:
        raise Http404
    return found


def _wanted(request: HttpRequest, edition: Edition, powers: Powers) -> list[int]:
    """The cases meant: those ticked that who asks may see, or the first of all that can be moved."""
    if request.POST.get("which") == ALL:
        return [plan.case.pk for plan in _plans(edition) if not plan.refusal][:MOST]
    seen = Case.objects.visible_with(powers).filter(number__in=request.POST.getlist("pick")[:MOST])
    return list(behind(edition).filter(pk__in=seen.order_by().values("pk")).values_list("pk", flat=True))


def _move(
    request: HttpRequest, edition: Edition, ids: Sequence[int], reason: str, powers: Powers
) -> HttpResponse:
    by = By(f"person:{account_of(request).person_id}", timezone.localtime(), powers)
    moved = move_cases(ids, edition, by, reason=reason)
    messages.success(request, gettext("%(n)d 件已改按现行的一版办理。") % {"n": len(moved.done)})
    for one in moved.refused[:SHOWN]:
        messages.warning(request, one.message)
    return redirect("admin-definition-move", edition.code)


def _plans(edition: Edition) -> list[Plan]:
    with remembering():
        return list(plans(behind(edition)[:EXAMINED], edition))


def _preview(known: Standing, powers: Powers) -> dict[str, Any]:
    """How many cases hold to which edition, what the new one says otherwise, and what would become of each case."""
    now, found = timezone.now(), _plans(known.now)
    held = Counter(behind(known.now).order_by().values_list("edition", flat=True))
    with remembering():
        left = [(one, held[one.pk], changes(one, known.now)) for one in known.editions if held[one.pk]]
    free, stuck = [one for one in found if not one.refusal], [one for one in found if one.refusal]
    ways = Counter(way for plan in free if (way := _way(plan))).most_common()
    seen = set(
        Case.objects.visible_with(powers)
        .filter(pk__in=[plan.case.pk for plan in found])
        .order_by()
        .values_list("pk", flat=True)
    )
    rows = [plan for plan in free if plan.case.pk in seen]
    return {
        "left": left,
        "total": sum(held.values()),
        "examined": len(found),
        "free": len(free),
        "batch": min(len(free), MOST),
        "rows": rows[:FIRST],
        "more": rows[FIRST:MOST],
        "listed": len(rows),
        "late": sum(_is_late(plan, now) for plan in free),
        "steps": sum(change.step is not None for plan in free for change in plan.changes),
        "ways": [(*way, n) for way, n in ways[:SHOWN]],
        "other_ways": sum(n for _way_, n in ways[SHOWN:]),
        "stuck": len(stuck),
        "stuck_rows": [plan for plan in stuck if plan.case.pk in seen][:MOST],
        "hindrances": Counter(plan.refusal for plan in stuck).most_common(),
    }


def _way(plan: Plan) -> tuple[dt.date | None, dt.date | None] | None:
    """From which day to which the case's own due date moves."""
    own = plan.own
    if own is None or own.was == own.due:
        return None
    was, due = (timezone.localdate(one) if one else None for one in (own.was, own.due))
    return was, due


def _is_late(plan: Plan, now: dt.datetime) -> bool:
    """Whether the case is in time now and would not be any more."""
    own = plan.own
    return bool(own and own.due and own.due < now and (own.was is None or own.was >= now))
