"""What a form field that names a kind of organisation offers to choose from."""

from __future__ import annotations

import datetime as dt

from django.db.models import Q

from ronghe.core.forms import Form
from ronghe.definitions import queries as definitions
from ronghe.definitions.enums import Kind, Power
from ronghe.organisations.models import Appointment, Organisation
from ronghe.organisations.queries import Powers, by_code, live_on
from ronghe.organisations.queries.rolls import openly
from ronghe.registers.enums import TITLE
from ronghe.registers.models import Entry

MOST_OFFERED = 600
PERSON = "person"


def references_of(form: Form, on: dt.date, powers: Powers | None = None) -> dict[str, list[tuple[str, str]]]:
    """For each kind the form refers to, the (code, name) pairs of the day; `organisation` means any unit that is no enterprise.

    Of a register the entries whose title somebody with these powers (None: anybody) may know.
    """
    kinds = {name for what, name in form.names() if what == "kind"}
    offered = {}
    for kind in kinds:
        if kind == PERSON:
            offered[kind] = people_of(on, powers)
        elif definitions.find(Kind.REGISTER, kind, on) is not None:
            offered[kind] = entries_of(on, kind, powers)
        else:
            offered[kind] = units_of(on, "" if kind == "organisation" else kind)
    return offered


def entries_of(on: dt.date, register: str, powers: Powers | None) -> list[tuple[str, str]]:
    """(number, title) of the entries of a register on a day that somebody may know by their title."""
    found = Entry.objects.visible_with(powers or Powers(on=on), TITLE).live_on(on)
    rows = found.filter(register=register).order_by("title", "pk").values_list("pk", "title")
    return [(str(pk), title) for pk, title in rows[:MOST_OFFERED]]


def people_of(on: dt.date, powers: Powers | None) -> list[tuple[str, str]]:
    """(number, name with the unit) of who sits where these powers reach; members of a branch only for who keeps its roll."""
    if powers is None:
        return []
    rolls = powers.scope(Power.ROLL)
    reached = powers.of(Power.HANDLE) | powers.scope(Power.LEAD)
    seats = Appointment.objects.filter(live_on(on))
    shown = Q(post__organisation__in=rolls) | (Q(post__organisation__in=reached) & openly(on))
    rows = seats.filter(shown).order_by("person__name", "person", "pk")
    named = rows.values_list("person", "person__name", "post__organisation__name")
    found = {str(person): f"{name}（{unit}）" for person, name, unit in reversed(named)}
    return sorted(found.items(), key=lambda one: one[1])[:MOST_OFFERED]


def units_of(on: dt.date, kind: str = "") -> list[tuple[str, str]]:
    """(code, name) of the organisations of a kind on a day; without a kind, of all that are no enterprises."""
    units = Organisation.objects.live(on).order_by("name", "pk")
    units = units.filter(kind=kind) if kind else units.exclude(kind="enterprise")
    return [(unit.code, unit.name) for unit in units[:MOST_OFFERED]]


def organisation_named(code: object) -> Organisation | None:
    """The organisation a reference's answer names."""
    return by_code(code) if isinstance(code, str) and code else None
