"""What definitions of posts and organisations say of all their holders."""

from __future__ import annotations

import datetime as dt

from ronghe.definitions import queries as definitions
from ronghe.definitions.enums import Kind, Tree


def roll_kinds(on: dt.date) -> frozenset[str]:
    """The kinds of posts whose holders are a file (名册): by the definitions of the day, or by the latest there are."""
    days = (on, dt.date.max)
    found = (one for day in days for one in definitions.live(Kind.POST, day))
    return frozenset(one.edition.code for one in found if one.body.roll)


def member_posts(on: dt.date) -> dict[str, str]:
    """Kind of Party organisation → the post its members hold: the roll that stands there (the first by code)."""
    kinds = [
        one.edition.code for one in definitions.live(Kind.ORGANISATION, on) if one.body.tree is Tree.PARTY
    ]
    rolls = sorted(
        (one for one in definitions.live(Kind.POST, on) if one.body.roll), key=lambda one: one.edition.code
    )
    found: dict[str, str] = {}
    for one in rolls:
        for kind in one.body.in_ or kinds:
            if kind in kinds:
                found.setdefault(kind, one.edition.code)
    return found


def kinds_on_loan(on: dt.date) -> frozenset[str]:
    """The kinds of organisations whose members belong to another branch as well."""
    live = definitions.live(Kind.ORGANISATION, on)
    return frozenset(one.edition.code for one in live if one.body.on_loan)
