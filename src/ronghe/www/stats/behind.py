"""The cases behind one number, as far as the reader may see them."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, replace
from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.http import Http404, HttpRequest
from django.utils import timezone

from ronghe.appraisal.enums import Act, Measure, Part
from ronghe.appraisal.exceptions import ReckoningError
from ronghe.appraisal.queries import Question, cases_behind, entries_behind
from ronghe.appraisal.queries.bulletin import as_issued
from ronghe.casework.models import Case
from ronghe.definitions.enums import Power
from ronghe.organisations.models import Account
from ronghe.organisations.queries import powers_of
from ronghe.www.stats.cells import RATINGS
from ronghe.www.stats.forms import StatsForm

FEWEST_RATERS = 5


@dataclass(frozen=True)
class Behind:
    """One number that was opened: what was asked, the entries it counts, and their visible cases."""

    question: Question
    measure: Measure | Act
    part: Part
    key: str | None
    entries: Any
    cases: Any


def behind_number(request: HttpRequest, now: dt.datetime) -> Behind:
    """What the address opens; a number that cannot be, or that too few gave, is not found."""
    question = StatsForm(request.GET, now=now).question()
    measure, part, key = _opened(request)
    if question is None:
        raise Http404
    question = replace(question, programme=request.GET.get("programme", "")[:64])
    try:
        if request.GET.get("bulletin"):
            question = as_issued(question, request.GET["bulletin"])
        entries = entries_behind(question, measure, key, part)
        _refuse_too_few(request, question, measure, key)
        behind = cases_behind(question, measure, key, part)
    except ReckoningError as error:
        raise Http404 from error
    visible = Case.objects.visible_with(powers_of(request.user, now.date())).filter(pk__in=behind)
    return Behind(question, measure, part, key, entries, visible.with_units().order_by("-opened_at", "-pk"))


def _opened(request: HttpRequest) -> tuple[Measure | Act, Part, str | None]:
    asked = request.GET.get("measure", "")
    try:
        measure = Act(asked) if asked in Act.values else Measure(asked)
        part = Part(request.GET.get("part", Part.NUMERATOR))
    except ValueError as error:
        raise Http404 from error
    return measure, part, request.GET.get("row")


def fewest_raters(user: Account | AnonymousUser) -> int:
    """From how many a result is shown: to whoever oversees the city any, to others five."""
    return 0 if powers_of(user, timezone.localdate()).has(Power.OVERSEE) else FEWEST_RATERS


def _refuse_too_few(
    request: HttpRequest, question: Question, measure: Measure | Act, key: str | None
) -> None:
    if measure not in RATINGS:
        return
    if entries_behind(question, measure, key, Part.DENOMINATOR).count() < fewest_raters(request.user):
        raise Http404
