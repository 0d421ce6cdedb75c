"""Beginning a paper: a kind, a unit, and what it is about; from a case, what the case knows is filled in."""

from __future__ import annotations

import datetime as dt
import uuid
from dataclasses import dataclass

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from ronghe.bulletins import domain as bulletins
from ronghe.bulletins.enums import WRITING
from ronghe.bulletins.models import Bulletin
from ronghe.bulletins.queries import for_case, offers_for
from ronghe.bulletins.queries.listing import Offer
from ronghe.casework.models import Case
from ronghe.core.errors import RongheError
from ronghe.core.procedure import steps_of
from ronghe.definitions import queries as definitions
from ronghe.definitions.things import Ref
from ronghe.organisations.models import Organisation
from ronghe.organisations.queries import Powers
from ronghe.www.access import STAFF, rule
from ronghe.www.papers.forms import BeginForm
from ronghe.www.papers.listing import powers_for

MOST_UNITS = 3000


@dataclass(frozen=True)
class ForCase:
    """A paper a case asks for: by an open step that waits for it, or because its definition is about such cases."""

    offer: Offer
    step: int | None = None

    @property
    def code(self) -> str:
        return str(self.offer.loaded.edition.code)

    @property
    def title(self) -> str:
        return str(self.offer.loaded.edition.title)


@rule(STAFF)
@require_http_methods(["GET", "POST"])
@never_cache
def begin(request: HttpRequest) -> HttpResponse:
    """Which kind; then its parts are written on the next page."""
    powers, today = powers_for(request), timezone.localdate()
    case = _case(request, powers)
    offers = [one.offer for one in asked_by(case, powers, today)] if case else _free(powers, today)
    bound = request.POST if request.method == "POST" else None
    wanted = {"bulletin": request.GET.get("bulletin", ""), "submission": uuid.uuid4()}
    form = BeginForm(bound, offers=offers, initial=wanted)
    if bound is not None and form.is_valid():
        try:
            paper = _draft(form, case, powers)
        except RongheError as error:
            form.add_error(None, error.message)
        else:
            messages.success(request, gettext("已拟好初稿，知道的内容已经填上，请接着写。"))
            return redirect("paper-edit", paper.pk)
    context = {"form": form, "offers": offers, "case": case, "units": _units(offers)}
    return render(request, "papers/begin.html", context, status=422 if form.errors else 200)


def _free(powers: Powers, today: dt.date) -> list[Offer]:
    """Papers that can be begun by themselves: none that is drafted by the clock or belongs to a case."""
    return [offer for offer in offers_for(powers, today) if offer.loaded.body.each is None]


def _units(offers: list[Offer]) -> list[Organisation]:
    return list(Organisation.objects.filter(ends=None).order_by("name")[:MOST_UNITS]) if offers else []


def _case(request: HttpRequest, powers: Powers) -> Case | None:
    number = request.POST.get("case", "") or request.GET.get("case", "")
    if not number:
        return None
    found: Case | None = Case.objects.visible_with(powers).filter(number=number).first()
    if found is None:
        raise Http404
    return found


def asked_by(case: Case, powers: Powers, today: dt.date) -> list[ForCase]:
    """The papers this reader may draw up for a case."""
    waiting = _waiting(case)
    written = set(Bulletin.objects.filter(case=case, state__in=WRITING).values_list("bulletin", flat=True))
    made = []
    for offer in offers_for(powers, today):
        code = offer.loaded.edition.code
        if code in written:
            continue
        if code in waiting:
            made.append(ForCase(offer, waiting[code]))
        elif case.procedure in offer.loaded.body.about:
            made.append(ForCase(offer))
    return sorted(made, key=lambda one: one.step is None)


def _waiting(case: Case) -> dict[str, int]:
    """Bulletin code → number of the open step that it runs."""
    flow = definitions.by_edition(case.edition_id).body.flow
    runs = {
        placed.step.code: placed.step.runs.code
        for placed in steps_of(flow)
        if placed.step.runs is not None and placed.step.runs.kind == "bulletin"
    }
    if not runs:
        return {}
    opened = case.steps.filter(done_at=None, code__in=runs).order_by("no").values_list("code", "no")
    return {runs[code]: number for code, number in opened}


def _draft(form: BeginForm, case: Case | None, powers: Powers) -> Bulletin:
    given = form.cleaned_data
    offer: Offer = form.offers[given["bulletin"]]
    about: Ref | None = ("organisation", given["about"].pk) if given["about"] else None
    step = None
    if case is not None:
        step = _waiting(case).get(offer.loaded.edition.code)
        about = about or _about(case)
    return bulletins.draft(
        offer.loaded,
        organisation=form.units[int(given["unit"])],
        about=about,
        case=case.pk if case else None,
        step=step,
        actor=f"person:{powers.person_id}",
        at=timezone.now(),
        powers=powers,
        submission=given["submission"],
    )


def _about(case: Case) -> Ref | None:
    """What a paper about a case is about: what the case is about, else who answers it."""
    if case.thing_id:
        return case.thing_type, case.thing_id
    unit = case.about_id or case.responsible_id
    return ("organisation", unit) if unit else None


@rule(STAFF)
@require_GET
@never_cache
def show_for_case(request: HttpRequest, number: str) -> HttpResponse:
    """The papers of a case, and those it asks for; asked for by the case's page."""
    powers = powers_for(request)
    case = Case.objects.visible_with(powers).filter(number=number).first()
    if case is None:
        raise Http404
    context = {
        "case": case,
        "papers": for_case(case.pk, powers),
        "asked": asked_by(case, powers, timezone.localdate()),
    }
    template = "papers/case.html#part" if getattr(request, "htmx", False) else "papers/case.html"
    return render(request, template, context)
