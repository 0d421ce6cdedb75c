"""评判: look-backs, verifications, advice. Whoever is asked sees what it is about and writes what they found, once."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from ronghe.casework.models import Case
from ronghe.core.errors import RongheError
from ronghe.definitions import queries as definitions
from ronghe.definitions.queries import Loaded
from ronghe.definitions.things import Ref, titles_of, visible_of
from ronghe.judgements import domain as judgements
from ronghe.judgements.models import Judgement, JudgementFile, Panel
from ronghe.judgements.queries import open_reviews, reviews_of
from ronghe.judgements.queries.panels import closed_panels
from ronghe.organisations.queries import Powers, powers_of
from ronghe.www.access import STAFF, account_of, rule
from ronghe.www.checks.forms import errors_of
from ronghe.www.files import FileLine, give
from ronghe.www.forms import DefinedForm, form_class
from ronghe.www.portal.reading import said_in, scores
from ronghe.www.references import references_of
from ronghe.www.things import link_of

if TYPE_CHECKING:
    from django.http.response import HttpResponseBase

UNIT = frozenset({"lane", "responsible", "organiser", "organisation", "holder"})
"""Words of `hides` that mean: who judges does not learn whose work it is."""
JUDGE = "judge"


@dataclass(frozen=True)
class ReviewRow:
    """A review that is asked for, and what of."""

    review: Judgement
    what: str
    title: str
    unit: str


def review_rows(reviews: Iterable[Judgement]) -> list[ReviewRow]:
    """Reviews with what they are of; what is blind is not named."""
    rows = list(reviews)
    titles = titles_of({(row.subject_type, row.subject_id) for row in rows})
    return [
        ReviewRow(
            row,
            row.edition.title,
            gettext("隐去名称") if _is_blind(row) else titles.get((row.subject_type, row.subject_id), ""),
            "" if _is_blind(row) else str(row.organisation or ""),
        )
        for row in rows
    ]


def _hidden(loaded: Loaded) -> frozenset[str]:
    return frozenset(loaded.body.hides) | frozenset(loaded.body.combine.hides)


def _is_blind(row: Judgement) -> bool:
    return bool(_hidden(definitions.by_edition(row.edition_id)) & UNIT)


@dataclass(frozen=True)
class ShownReview:
    """A review that was given, or what a panel found, in words; `judge` is empty where the definition hides who judged."""

    at: dt.datetime | None
    title: str
    answers: list[tuple[str, str]]
    judge: str
    link: str = ""


def shown_reviews(subject: Ref) -> list[ShownReview]:
    """What officers found about a thing, for who may see it; of a panel what they found together."""
    rows = list(reviews_of(subject))
    alone = [
        ShownReview(
            row.given_at,
            row.edition.title,
            told["answers"],
            "" if JUDGE in _hidden(definitions.by_edition(row.edition_id)) else str(row.judge or ""),
        )
        for row, told in zip(rows, scores(rows), strict=True)
    ]
    return alone + [_of_panel(panel) for panel in closed_panels(subject)]


def _of_panel(panel: Panel) -> ShownReview:
    form = definitions.by_edition(panel.edition_id).body.form
    answers = [
        (field.title, f"{panel.values[field.code]} {field.unit}".strip())
        for field in form.fields
        if field.code in panel.values
    ]
    return ShownReview(panel.closed_at, panel.edition.title, answers, "", reverse("panel", args=[panel.pk]))


@rule(STAFF)
@require_http_methods(["GET", "POST"])
@never_cache
def show_review(request: HttpRequest, pk: int) -> HttpResponse:
    """One review: asked for, its form; given, what was found. Hidden from who neither judges nor may see what is judged."""
    powers = powers_of(account_of(request), timezone.localdate())
    row = (
        Judgement.objects.select_related("edition", "organisation", "judge", "panel")
        .filter(pk=pk, is_review=True)
        .first()
    )
    if row is None:
        raise Http404
    loaded = definitions.by_edition(row.edition_id)
    if row.given_at is not None:
        return _show_given(request, row, loaded, powers)
    if not judgements.may_review(row, powers):
        raise Http404
    form = _form(loaded, request)
    if request.method == "POST" and form.is_valid() and _give(request, row, form, powers):
        following = open_reviews(powers.person_id).first()
        return redirect("review", following.pk) if following else redirect("checks")
    context = {**_told(row, powers), "form": form, "now": timezone.now()}
    return render(request, "checks/review.html", context, status=422 if form.errors else 200)


def _form(loaded: Loaded, request: HttpRequest) -> DefinedForm:
    asked, on = loaded.body.form, timezone.localdate()
    built = form_class(f"judgement/{loaded.edition.code}", loaded.edition.edition, asked)
    return built(
        request.POST or None,
        request.FILES or None,
        lists=definitions.lists_of(asked, on),
        references=references_of(asked, on),
    )


def _give(request: HttpRequest, row: Judgement, form: DefinedForm, powers: Powers) -> bool:
    try:
        judgements.give_review(
            row.pk, values=form.values, files=form.enclosed, powers=powers, at=timezone.now()
        )
    except RongheError as error:
        form.take_errors(errors_of(error))
        if not errors_of(error):
            form.add_error(None, error.message)
        return False
    messages.success(request, gettext("已经写好，按规定往下办。"))
    return True


def _told(row: Judgement, powers: Powers) -> dict[str, Any]:
    """What is shown of the thing: its name and page where they may be known, of a case what was asked."""
    ref = (row.subject_type, row.subject_id)
    is_blind = _is_blind(row)
    case = (
        Case.objects.select_related("edition").filter(pk=row.subject_id).first() if ref[0] == "case" else None
    )
    is_seen = not is_blind and ref in visible_of({ref}, powers)
    return {
        "review": row,
        "title": "" if is_blind else titles_of({ref}).get(ref, ""),
        "link": link_of(ref) if is_seen and case is None else "",
        "case": case if is_seen else None,
        "said": said_in(case, definitions.by_edition(case.edition_id)) if case else [],
        "is_blind": is_blind,
    }


def _files(row: Judgement) -> list[JudgementFile]:
    return list(row.files.exclude(path="").order_by("no"))


@rule(STAFF)
@require_safe
@never_cache
def fetch(request: HttpRequest, pk: int, no: int) -> HttpResponseBase:
    """A file somebody gave with a review, to who may see the review."""
    row = Judgement.objects.select_related("edition", "panel").filter(pk=pk, is_review=True).first()
    powers = powers_of(account_of(request), timezone.localdate())
    if row is None or row.given_at is None or not _may_read(row, powers):
        raise Http404
    file = next((one.kept for one in _files(row) if one.no == no), None)
    if file is None:
        raise Http404
    return give(request, file, back=reverse("review", args=[pk]))


def _may_read(row: Judgement, powers: Powers) -> bool:
    """Who judged; of a panel, once it is closed, whoever sees it; else whoever may see what is judged."""
    if row.judge_id is not None and row.judge_id == powers.person_id:
        return True
    if row.panel is not None:
        return row.panel.closed_at is not None and judgements.may_see_panel(row.panel, powers)
    ref = (row.subject_type, row.subject_id)
    return ref in visible_of({ref}, powers)


def _show_given(request: HttpRequest, row: Judgement, loaded: Loaded, powers: Powers) -> HttpResponse:
    is_mine = row.judge_id is not None and row.judge_id == powers.person_id
    if not _may_read(row, powers):
        raise Http404
    names_judge = is_mine or JUDGE not in _hidden(loaded)
    context = {
        **_told(row, powers),
        "answers": scores([row])[0]["answers"],
        "files": [FileLine(one.kept, reverse("review-file", args=[row.pk, one.no])) for one in _files(row)],
        "names_judge": names_judge,
    }
    return render(request, "checks/review_given.html", context)
