"""What a form field that names a kind of organisation offers to choose from."""

from __future__ import annotations

import datetime as dt

from ronghe.core.forms import Form
from ronghe.definitions import queries as definitions
from ronghe.definitions.enums import Kind
from ronghe.organisations.models import Organisation
from ronghe.organisations.queries import Powers, by_code
from ronghe.registers.enums import TITLE
from ronghe.registers.models import Entry

MOST_OFFERED = 600


def references_of(form: Form, on: dt.date, powers: Powers | None = None) -> dict[str, list[tuple[str, str]]]:
    """For each kind the form refers to, the (code, name) pairs of the day; `organisation` means any unit that is no enterprise.

    Of a register the entries whose title somebody with these powers (None: anybody) may know.
    """
    kinds = {name for what, name in form.names() if what == "kind"}
    offered = {}
    for kind in kinds:
        if definitions.find(Kind.REGISTER, kind, on) is not None:
            offered[kind] = entries_of(on, kind, powers)
        else:
            offered[kind] = units_of(on, "" if kind == "organisation" else kind)
    return offered


def entries_of(on: dt.date, register: str, powers: Powers | None) -> list[tuple[str, str]]:
    """(number, title) of the entries of a register on a day that somebody may know by their title."""
    found = Entry.objects.visible_with(powers or Powers(on=on), TITLE).live_on(on)
    rows = found.filter(register=register).order_by("title", "pk").values_list("pk", "title")
    return [(str(pk), title) for pk, title in rows[:MOST_OFFERED]]


def units_of(on: dt.date, kind: str = "") -> list[tuple[str, str]]:
    """(code, name) of the organisations of a kind on a day; without a kind, of all that are no enterprises."""
    units = Organisation.objects.live(on).order_by("name", "pk")
    units = units.filter(kind=kind) if kind else units.exclude(kind="enterprise")
    return [(unit.code, unit.name) for unit in units[:MOST_OFFERED]]


def organisation_named(code: object) -> Organisation | None:
    """The organisation a reference's answer names."""
    return by_code(code) if isinstance(code, str) and code else None
