"""我的事实: what is kept about who asks, for them alone. No score, no rank, nobody beside them."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from ronghe.activities.queries.own import own_activities
from ronghe.casework.queries.own import own_steps
from ronghe.core.memory import remembering
from ronghe.definitions.queries import calendar
from ronghe.duties.enums import Standing
from ronghe.duties.queries.reckoning import Stand, stands_of
from ronghe.organisations.domain import Contact
from ronghe.organisations.domain.identity import masked
from ronghe.organisations.models import Appointment, Person
from ronghe.www.access import STAFF, account_of, rule
from ronghe.www.duties.words import MARKS, left_words

MOST = 30
YEAR = dt.timedelta(days=365)


@rule(STAFF)
@require_GET
@never_cache
def show_facts(request: HttpRequest) -> HttpResponse:
    """Everything about oneself on one page."""
    person = account_of(request).person
    if person is None:
        return render(request, "members/facts.html", {})
    with remembering():
        return render(request, "members/facts.html", _context(person, timezone.localdate()))


def _context(person: Person, today: dt.date) -> dict[str, Any]:
    held = Appointment.objects.filter(person=person).select_related("post__organisation")
    seats = list(held.order_by("-begins", "-pk"))
    sitting = [one for one in seats if one.begins <= today and (one.ends is None or one.ends > today)]
    activities = own_activities(person.pk)
    return {
        "person": person,
        "contact": masked(person.identity) if person.identity else Contact(),
        "sitting": sitting,
        "past": [one for one in seats if one not in sitting],
        "activities": list(activities[:MOST]),
        "activity_count": activities.count(),
        "duties": _duties(sitting, today),
        "months": own_steps(person.pk, {one.post.organisation_id for one in seats}, today - YEAR),
    }


def _duties(sitting: list[Appointment], today: dt.date) -> list[tuple[Stand, str, str, Appointment]]:
    """What the seats held today owe and is not done: (how it stands, mark, how long is left, seat)."""
    seats = {("post", one.post_id): one for one in sitting}
    if not seats:
        return []
    units = {one.post.organisation_id for one in sitting}
    found = [
        one
        for one in stands_of(units, today, calendar())
        if one.holder.ref in seats
        and one.standing in (Standing.OPEN, Standing.GAP)
        and not one.line.is_advice
    ]
    found.sort(key=lambda one: (one.window.due, one.line.name))
    return [
        (one, MARKS[one.standing], left_words(one.window.due, today), seats[one.holder.ref]) for one in found
    ]
