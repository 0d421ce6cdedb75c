"""What a form field that names a kind of organisation offers to choose from."""

from __future__ import annotations

import datetime as dt

from ronghe.core.forms import FieldType, Form
from ronghe.organisations.models import Organisation
from ronghe.organisations.queries import by_code

MOST_OFFERED = 600


def references_of(form: Form, on: dt.date) -> dict[str, list[tuple[str, str]]]:
    """For each kind the form refers to, the (code, name) pairs of the day; `organisation` means any unit that is no enterprise."""
    kinds = {field.kind for field in form.fields if field.type is FieldType.REFERENCE}
    offered = {}
    for kind in kinds:
        offered[kind] = units_of(on, "" if kind == "organisation" else kind)
    return offered


def units_of(on: dt.date, kind: str = "") -> list[tuple[str, str]]:
    """(code, name) of the organisations of a kind on a day; without a kind, of all that are no enterprises."""
    units = Organisation.objects.live(on).order_by("name", "pk")
    units = units.filter(kind=kind) if kind else units.exclude(kind="enterprise")
    return [(unit.code, unit.name) for unit in units[:MOST_OFFERED]]


def organisation_named(code: object) -> Organisation | None:
    """The organisation a reference's answer names."""
    return by_code(code) if isinstance(code, str) and code else None
