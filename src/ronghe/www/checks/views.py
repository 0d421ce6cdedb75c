"""抽查: my checks one after the other, and the record of what was drawn and found."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from ronghe.casework.models import Case
from ronghe.core.errors import RongheError
from ronghe.definitions import queries as definitions
from ronghe.definitions.things import Ref, titles_of as titles_of_things, visible_of
from ronghe.judgements import domain as judgements
from ronghe.judgements.domain.drawing import drawn_again
from ronghe.judgements.models import Draw, Judgement
from ronghe.judgements.queries.lists import (
    draws_between,
    given_checks,
    grade_order,
    grades_of,
    open_checks,
)
from ronghe.judgements.queries.panels import panels_for
from ronghe.judgements.queries.reviews import open_reviews
from ronghe.organisations.queries import Powers, powers_of
from ronghe.www.access import STAFF, account_of, rule
from ronghe.www.checks import exports
from ronghe.www.checks.forms import CheckForm, RecordForm
from ronghe.www.checks.reviews import review_rows
from ronghe.www.checks.rows import check_rows, given_rows, titles_of
from ronghe.www.portal.reading import said_in
from ronghe.www.sheets import as_sheet
from ronghe.www.things import link_of

PAGE = 20
MOST_REVIEWS = 100


def powers_for(request: HttpRequest) -> Powers:
    """What who asks may do today."""
    return powers_of(account_of(request), timezone.localdate())


def cases_of(powers: Powers) -> QuerySet[Case]:
    """The cases they may see."""
    visible: QuerySet[Case] = Case.objects.visible_with(powers)
    return visible


@rule(STAFF)
@require_GET
@never_cache
@as_sheet(exports.mine)
def list_checks(request: HttpRequest) -> HttpResponse:
    """What was drawn for me and is not checked yet."""
    powers = powers_for(request)
    page = Paginator(open_checks(powers.person_id, cases_of(powers)), PAGE).get_page(request.GET.get("page"))
    context = {
        "page": page,
        "rows": check_rows(page.object_list),
        "reviews": review_rows(open_reviews(powers.person_id)[:MOST_REVIEWS]),
        "has_panels": panels_for(powers).exists(),
        "now": timezone.now(),
    }
    return render(request, "checks/list.html", context)


@rule(STAFF)
@require_http_methods(["GET", "POST"])
@never_cache
def show_check(request: HttpRequest, pk: int) -> HttpResponse:
    """What was asked, the reply as it was sent, and what is to be found; the next one opens."""
    powers = powers_for(request)
    check = open_checks(powers.person_id, cases_of(powers)).select_related("edition").filter(pk=pk).first()
    if check is None:
        raise Http404
    loaded = definitions.by_edition(check.edition_id)
    form = CheckForm(loaded, timezone.localdate(), request.POST or None)
    if request.method == "POST" and form.is_valid() and _give(request, check, form, powers):
        return _onwards(request, powers)
    return render(
        request, "checks/check.html", _context(check, form, powers), status=422 if form.errors else 200
    )


def _give(request: HttpRequest, check: Judgement, form: CheckForm, powers: Powers) -> bool:
    try:
        given = judgements.give_check(check.pk, values=form.values(), powers=powers, at=timezone.now())
    except RongheError as error:
        form.refuse(error)
        return False
    case = Case.objects.get(pk=given.subject_id)
    said = (
        gettext("%(number)s：已经评好，本件退回重新办理，承办单位会收到通知。")
        if case.round > given.round
        else gettext("%(number)s：已经评好。")
    )
    messages.success(request, said % {"number": case.number})
    return True


def _onwards(request: HttpRequest, powers: Powers) -> HttpResponse:
    following = open_checks(powers.person_id, cases_of(powers)).first()
    return redirect("check", following.pk) if following else redirect("checks")


def _context(check: Judgement, form: CheckForm, powers: Powers) -> dict[str, Any]:
    case = Case.objects.with_units().get(pk=check.subject_id)
    reply = case.replies.filter(no=check.reply).select_related("organisation").first()
    return {
        "check": check,
        "form": form,
        "case": case,
        "reply": reply,
        "said": said_in(case, definitions.by_edition(case.edition_id)),
        "left": open_checks(powers.person_id, cases_of(powers)).count(),
        "now": timezone.now(),
    }


@rule(STAFF)
@require_GET
@as_sheet(exports.record)
def show_record(request: HttpRequest) -> HttpResponse:
    """Of a month: what was drawn each day and from how many, and what was found, as far as the reader may see the case."""
    form = RecordForm(request.GET, today=timezone.localdate())
    period, grade = form.period(), request.GET.get("grade", "")
    cases = cases_of(powers_for(request))
    every = given_checks(cases, period.start, period.end)
    shown = given_checks(cases, period.start, period.end, grade) if grade else every
    page = Paginator(shown, PAGE).get_page(request.GET.get("page"))
    draws = list(draws_between(period.first, period.last))
    titles = titles_of(draws)
    grades, order = grades_of(every), grade_order(period.last)
    context = {
        "form": form,
        "period": period,
        "grade": grade,
        "grades": sorted(grades.items(), key=lambda one: order.index(one[0]) if one[0] in order else 99),
        "count": sum(grades.values()),
        "page": page,
        "rows": given_rows(page.object_list),
        "draws": [(one, titles.get(one.procedure, one.procedure)) for one in draws],
    }
    return render(request, "checks/record.html", context)


@rule(STAFF)
@require_GET
def show_draw(request: HttpRequest, pk: int) -> HttpResponse:
    """One draw with its seed, repeated now from the ledger: the same ones must come out."""
    made = Draw.objects.select_related("edition").filter(pk=pk).first()
    if made is None:
        raise Http404
    powers = powers_for(request)
    refs = {(one.subject_type, one.subject_id) for one in made.checks.all()}
    visible = cases_of(powers).filter(pk__in=[number for kind, number in refs if kind == "case"])
    context = {
        "made": made,
        "title": titles_of([made]).get(made.procedure, made.procedure),
        "again": drawn_again(made),
        "cases": visible.with_units().order_by("number"),  # type: ignore[attr-defined]
        "things": _others({ref for ref in refs if ref[0] != "case"}, powers),
    }
    return render(request, "checks/draw.html", context)


def _others(refs: set[Ref], powers: Powers) -> list[tuple[str, str]]:
    """What was drawn that is no case, as far as the reader may open it: what it is called, and its page."""
    seen = visible_of(refs, powers)
    return sorted((title, link_of(ref)) for ref, title in titles_of_things(seen).items())
