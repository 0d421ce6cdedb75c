"""What definitions of posts say of all their holders."""

from __future__ import annotations

import datetime as dt

from ronghe.definitions import queries as definitions
from ronghe.definitions.enums import Kind


def roll_kinds(on: dt.date) -> frozenset[str]:
    """The kinds of posts whose holders are a file (名册): by the definitions of the day, or by the latest there are."""
    days = (on, dt.date.max)
    found = (one for day in days for one in definitions.live(Kind.POST, day))
    return frozenset(one.edition.code for one in found if one.body.roll)
