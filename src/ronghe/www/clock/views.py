"""时限计算器: the clock of the whole product, open to everybody."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from ronghe.core.errors import RongheError
from ronghe.core.worktime import Limit, Unit, sentence
from ronghe.definitions.queries import calendar
from ronghe.www.access import PUBLIC, rule
from ronghe.www.clock.forms import ClockForm

YELLOW = Limit(1, Unit.WORKDAY)


@rule(PUBLIC)
@require_GET
def show_clock(request: HttpRequest) -> HttpResponse:
    """Ask, and answer below; the address holds the question, so that an answer can be sent to someone."""
    asked = "start" in request.GET
    today = f"{timezone.localtime():%Y-%m-%dT09:00}"
    form = ClockForm(request.GET if asked else None, initial={"start": today, "amount": 5})
    context: dict[str, Any] = {"form": form}
    if asked and form.is_valid():
        context |= _answer(form)
    part = "#result" if request.htmx else ""  # type: ignore[attr-defined]
    return render(request, f"clock/page.html{part}", context, status=422 if form.errors else 200)


def _answer(form: ClockForm) -> dict[str, Any]:
    days = calendar()
    try:
        log, now = form.log(days), form.moment(days, timezone.now())
        reading = log.reading(days, now)
        return {
            "reading": reading,
            "light": reading.light(YELLOW),
            "sentence": sentence(reading, now, days),
            "brief": log.explain_briefly(days, now),
            "days": log.explain(days, now),
            "at": now,
        }
    except RongheError as error:
        form.add_error(None, error.message)
        return {}
