"""Units, people and enterprises found by name, by part of it, or by its pinyin initials (sthjj → 生态环境局)."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict

from django.db.models import Q
from django.db.models.functions import Length

from ronghe.organisations.managers import OrganisationQuerySet
from ronghe.organisations.models import Appointment, Organisation, Person
from ronghe.organisations.queries.directory import ENTERPRISE, Named, search_names
from ronghe.organisations.queries.names import plain
from ronghe.organisations.queries.rolls import openly
from ronghe.organisations.queries.trees import live_on
from ronghe.text.pinyin import may_be_initials

LEAST_CODE = 6  # signs of a 统一社会信用代码


def find_units(text: str, on: dt.date, most: int) -> list[Named]:
    """Units by a name they bear or bore; by initials the closest first. Three queries at most."""
    if may_be_initials(text):
        found = list(_by_initials(text, on).exclude(kind=ENTERPRISE)[:most])
        if found:
            return [Named(unit, unit.name) for unit in found]
    return search_names(text, on, most) if plain(text) else []


def find_enterprises(text: str, on: dt.date, most: int) -> list[Organisation]:
    """Enterprises that live, by name, 统一代码 or initials; one query."""
    wanted = plain(text)
    if not wanted:
        return []
    enterprises = Organisation.objects.live(on).filter(kind=ENTERPRISE)
    named = Q(name__icontains=wanted)
    if len(wanted) >= LEAST_CODE and wanted.isascii():
        named |= Q(credit_code__istartswith=wanted)
    if may_be_initials(wanted):
        named |= Q(initials__contains=wanted.lower())
    return list(enterprises.filter(named).order_by("name", "pk")[:most])


def find_people(text: str, on: dt.date, most: int) -> list[tuple[Person, list[Appointment]]]:
    """People who hold a post on the day (no rolls), by name, employee number or initials, with where they sit; two queries."""
    wanted = plain(text)
    if not wanted:
        return []
    named = Q(name__icontains=wanted) | Q(employee_number=wanted)
    if may_be_initials(wanted):
        named |= Q(initials=wanted.lower())
    sitting = Appointment.objects.filter(live_on(on), openly(on)).values("person")
    people = list(Person.objects.filter(named, left_on=None, pk__in=sitting).order_by("name", "pk")[:most])
    seats: dict[int, list[Appointment]] = defaultdict(list)
    rows = Appointment.objects.filter(live_on(on), openly(on), person__in=people)
    for row in rows.select_related("post__organisation").order_by("begins", "pk"):
        seats[row.person_id].append(row)
    return [(person, seats[person.pk]) for person in people]


def units_by_initials(text: str, on: dt.date) -> list[Organisation]:
    """The units whose initials, of a name in full or in short, are exactly these."""
    if not may_be_initials(text):
        return []
    keys = text.strip().lower()
    units = _by_initials(keys, on).exclude(kind=ENTERPRISE)
    return [unit for unit in units if keys in unit.initials.split()]


def _by_initials(text: str, on: dt.date) -> OrganisationQuerySet:
    keys = text.strip().lower()
    return (
        Organisation.objects.live(on)
        .filter(initials__contains=keys)
        .order_by(Length("initials"), "name", "pk")
    )
