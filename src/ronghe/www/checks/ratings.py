"""差评跟踪: what was rated badly and why, what was done since; contesting a rating, and deciding about one."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from ronghe.core.errors import RongheError
from ronghe.judgements import domain as judgements, rules
from ronghe.judgements.models import Judgement
from ronghe.judgements.queries import doubt_in_words
from ronghe.judgements.queries.lists import CONTESTED, DOUBTED, ratings_shown
from ronghe.organisations.queries import Powers
from ronghe.www.access import STAFF, rule
from ronghe.www.checks import exports
from ronghe.www.checks.forms import AppealForm, RatingsForm, ReasonedForm, SettleForm, ground_label
from ronghe.www.checks.rows import rating_rows
from ronghe.www.checks.views import PAGE, cases_of, powers_for
from ronghe.www.sheets import as_sheet


@rule(STAFF)
@require_GET
@as_sheet(exports.ratings)
def list_ratings(request: HttpRequest) -> HttpResponse:
    """Bad ratings of the cases the reader may see; never who gave them."""
    powers, form = powers_for(request), RatingsForm(request.GET)
    cases = cases_of(powers)
    page = Paginator(ratings_shown(cases, form.shown), PAGE).get_page(request.GET.get("page"))
    context = {
        "form": form,
        "shown": form.shown,
        "doubted": ratings_shown(cases, DOUBTED).count(),
        "contested": ratings_shown(cases, CONTESTED).count(),
        "page": page,
        "rows": rating_rows(page.object_list),
    }
    return render(request, "checks/ratings.html", context)


@rule(STAFF)
@require_GET
@never_cache
def show_rating(request: HttpRequest, pk: int) -> HttpResponse:
    """One rating: what was said, what is doubted and why, what the unit objects, what was decided."""
    powers = powers_for(request)
    return _show(request, _rating_or_404(powers, pk), powers)


def _rating_or_404(powers: Powers, pk: int) -> Judgement:
    given = Judgement.objects.filter(
        pk=pk,
        draw=None,
        is_review=False,
        given_at__isnull=False,
        subject_type="case",
        subject_id__in=cases_of(powers).order_by().values("pk"),
    )
    rating = given.select_related("organisation", "edition", "second_of").first()
    if rating is None:
        raise Http404
    found: Judgement = rating
    return found


def _show(request: HttpRequest, rating: Judgement, powers: Powers, **forms: Any) -> HttpResponse:
    context = {
        "row": rating_rows([rating])[0],
        "rating": rating,
        "doubts": [doubt_in_words(doubt) for doubt in rating.doubts],
        "ground": ground_label(rating.settled_ground),
        "is_open": rules.is_open(rating),
        "appeal_form": AppealForm() if rules.may_appeal(powers, rating) else None,
        "settle_form": SettleForm() if rules.may_settle(powers, rating) else None,
        **forms,
    }
    return render(request, "checks/rating.html", context, status=422 if forms else 200)


def _acting(
    name: str, form_class: type[ReasonedForm], act: Callable[[int, ReasonedForm, Powers], str]
) -> Callable[[HttpRequest, int], HttpResponse]:
    """A POST on a rating; a GET is somebody coming back from signing in again."""

    @rule(STAFF)
    @require_http_methods(["GET", "POST"])
    @never_cache
    def view(request: HttpRequest, pk: int) -> HttpResponse:
        powers = powers_for(request)
        rating = _rating_or_404(powers, pk)
        if request.method == "GET":
            return redirect("checks-rating", pk)
        form = form_class(request.POST)
        if not form.is_valid():
            return _show(request, rating, powers, **{name: form})
        try:
            messages.success(request, act(pk, form, powers))
        except RongheError as error:
            form.refuse(error)
            return _show(request, rating, powers, **{name: form})
        return redirect("checks-rating", pk)

    return view


def _appeal(pk: int, form: ReasonedForm, powers: Powers) -> str:
    judgements.appeal_rating(pk, reason=form.cleaned_data["reason"], powers=powers, at=timezone.now())
    return gettext("申诉已经提交，由督查人员核实，结果会通知您。")


def _settle(pk: int, form: ReasonedForm, powers: Powers) -> str:
    said = {"ground": form.cleaned_data["ground"], "note": form.cleaned_data["note"]}
    judgements.settle_rating(pk, **said, powers=powers, at=timezone.now())
    return gettext("核实结果已经记下。")


appeal = _acting("appeal_form", AppealForm, _appeal)
settle = _acting("settle_form", SettleForm, _settle)
