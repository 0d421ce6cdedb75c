"""人员和账号: who sits where with which sign-in; one person with everything an administrator keeps about them."""

from __future__ import annotations

from django.core.paginator import Paginator
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from ronghe.casework.domain.handing import left_with
from ronghe.casework.models import Case
from ronghe.organisations.domain import Contact
from ronghe.organisations.domain.identity import masked
from ronghe.organisations.models import Account, Appointment, Person
from ronghe.organisations.queries import (
    Powers,
    delegations_given,
    delegations_taken,
    powers_of,
)
from ronghe.organisations.queries.accounts import (
    appointments_of,
    find_people,
    person_rows,
    with_factor,
)
from ronghe.organisations.queries.people import open_seats_of
from ronghe.organisations.queries.rolls import beside_rolls
from ronghe.organisations.rules import may_administer, may_close, may_keep_person
from ronghe.www.access import rule
from ronghe.www.administration.history import person_history, told
from ronghe.www.administration.listing import PAGE, PeopleForm, powers_here, within
from ronghe.www.administration.people_acts import ACTS, NewPersonForm
from ronghe.www.administration.sections import ADMINISTERS, MANAGES
from ronghe.www.desk.views.desk import part_of
from ronghe.www.registry.acting import asked, perform

MOST_LEFT, RECENT = 20, 5


@rule(MANAGES)
@require_GET
def list_people(request: HttpRequest) -> HttpResponse:
    """The people of the units who asks looks after."""
    form = PeopleForm(request.GET, powers=powers_here(request))
    page = Paginator(find_people(form.wanted), PAGE).get_page(request.GET.get("page"))
    rows = person_rows(list(page.object_list), form.today)
    context = {"form": form, "page": page, "rows": rows, "is_city": form.within is None}
    template = "administration/people.html" + part_of(request, "found")
    return render(request, template, context, status=form.status)


@rule(MANAGES)
@require_GET
@never_cache
def show_person(request: HttpRequest, pk: int) -> HttpResponse:
    """One person: posts now and before, the sign-in, who acts for whom, what is left on their desk, what changed."""
    powers = powers_here(request)
    person = _found(pk, powers)
    account = Account.objects.filter(person=person).first()
    changes = person_history(person, account, powers.on)
    context = {
        "person": person,
        "contact": masked(person.identity) if person.identity else Contact(),
        "appointments": [(one, _runs(one, powers)) for one in appointments_of(person, powers.on)],
        "account": account,
        "has_factor": bool(account and with_factor([account.pk])),
        "given": list(delegations_given(person.pk, powers.on)),
        "taken": list(delegations_taken(person.pk, powers.on)),
        "left": _left(person, powers),
        "lines": told(changes[:RECENT], powers.on),
        "has_more": len(changes) > RECENT,
        "keeps": may_keep_person(powers, person.pk, powers_of(person, powers.on).posts),
        "is_other": may_close(powers, person.pk),
        "administers": may_administer(powers),
        "acts": sorted(ACTS),
    }
    return render(request, "administration/person.html", context)


def _runs(one: Appointment, powers: Powers) -> bool:
    return one.begins <= powers.on and (one.ends is None or one.ends > powers.on)


def _left(person: Person, powers: Powers) -> list[Case]:
    """The cases in their hand, as far as the reader may see them."""
    steps = left_with(person).order_by().values("case")
    return list(Case.objects.visible_with(powers).filter(pk__in=steps).order_by("due", "pk")[:MOST_LEFT])


def _found(pk: int, powers: Powers) -> Person:
    """The person, for whom it exists: an administrator of the city, or who manages a unit they sit in."""
    people, on, units = Person.objects.select_related("identity"), powers.on, within(powers)
    if units is None:
        return get_object_or_404(people.filter(beside_rolls(on) | Q(employee_number__isnull=False)), pk=pk)
    person = get_object_or_404(people, pk=pk)
    if not open_seats_of(person, on).filter(post__organisation__in=units).exists():
        raise Http404
    return person


@rule(MANAGES)
@require_GET
def show_person_history(request: HttpRequest, pk: int) -> HttpResponse:
    """Who changed what of a person, when: read from the ledger."""
    powers = powers_here(request)
    person = _found(pk, powers)
    ids = person_history(person, Account.objects.filter(person=person).first(), powers.on)
    page = Paginator(ids, PAGE).get_page(request.GET.get("page"))
    context = {
        "page": page,
        "lines": told(list(page), timezone.localdate()),
        "name": person.name,
        "to": reverse("admin-person", args=[pk]),
    }
    return render(request, "administration/history.html", context)


@rule(MANAGES)
@require_http_methods(["GET", "POST"])
@never_cache
def act_on_person(request: HttpRequest, pk: int, name: str) -> HttpResponse:
    """One act on a person or their sign-in."""
    person = _found(pk, powers_here(request))
    if name not in ACTS:
        raise Http404
    account = Account.objects.filter(person=person).first()
    return perform(request, asked(request, ACTS[name], person=person, account=account))


@rule(ADMINISTERS)
@require_http_methods(["GET", "POST"])
@never_cache
def new_person(request: HttpRequest) -> HttpResponse:
    """Record somebody who is in no post yet."""
    return perform(request, asked(request, NewPersonForm))
