"""The page on which several chosen cases are done together, and what came of it."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from ronghe.casework.domain.many import MOST
from ronghe.casework.queries.many import Together
from ronghe.organisations.queries import powers_of
from ronghe.www.access import account_of, rule, take_typed
from ronghe.www.desk.bulk import ManyPage

INVALID = 422


def may_do_many(user: Any) -> bool:
    """Whether somebody works on cases at all."""
    powers = powers_of(user, timezone.localdate())
    return any(powers.has(power) for power in ("handle", "lead", "triage"))


@rule(may_do_many)
@require_http_methods(["GET", "POST"])
@never_cache
def do_together(request: HttpRequest, act: str) -> HttpResponse:
    """Choose, look at each, then do it: what was refused stays chosen, with its reason."""
    if act not in set(Together):
        raise Http404
    typed = take_typed(request) if request.method == "GET" else {}
    given = request.POST if request.method == "POST" else request.GET
    picked = typed["pick"] if "pick" in typed else given.getlist("pick")
    page = ManyPage(Together(act), account_of(request), timezone.localtime(), _chosen(picked))
    if request.method == "GET":
        page.initial = {name: values[0] for name, values in typed.items()}
        return _show(request, page)
    page.data = request.POST
    if not page.form.is_valid():
        return _show(request, page, status=INVALID)
    if request.POST.get("stage") == "look":
        return _show(request, page, is_looked_at=True)
    return _do(request, page)


def _chosen(picked: list[str]) -> dict[str, int | None]:
    """`number:revision` of each, no more than may be done at once; a list gives the number alone."""
    found: dict[str, int | None] = {}
    for one in picked:
        number, _, seen = one.partition(":")
        found[number] = int(seen) if seen.isdigit() else None
    return dict(list(found.items())[:MOST])


def _show(request: HttpRequest, page: ManyPage, *, status: int = 200, **more: Any) -> HttpResponse:
    lines = page.lines()
    context = {
        "page": page,
        "lines": lines,
        "barred": [line for line in lines if line.pick.why],
        "most": MOST,
        "is_full": len(page.chosen) == MOST,
        **more,
    }
    return render(request, "desk/bulk.html", context, status=status)


def _do(request: HttpRequest, page: ManyPage) -> HttpResponse:
    outcomes = page.do()
    done = [pick.case for pick in page.picks if pick.case.pk in outcomes.done]
    left = {
        number: seen for number, seen in page.chosen.items() if number not in {case.number for case in done}
    }
    refused = {one.id: one.message for one in outcomes.refused}
    again = ManyPage(page.act, page.account, page.now, left, page.data, refused=refused)
    return _show(request, again, status=200 if done else INVALID, done=done, is_done=True)
