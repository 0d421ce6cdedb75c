"""What a filing may be about beside an enterprise or a case: units of the kinds its definition names, entries of registers."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from ronghe.definitions import queries as definitions
from ronghe.definitions.enums import Kind
from ronghe.definitions.queries import Loaded
from ronghe.organisations.models import Account, Organisation
from ronghe.organisations.queries import powers_of
from ronghe.www.references import entries_of, units_of

ENTERPRISE = "enterprise"
UNIT, ENTRY = "organisation", "entry"


@dataclass(frozen=True)
class Subjects:
    """What is offered, (value, words); whether one must be chosen; `own`: the one unit of the kinds where the clerk sits."""

    offered: list[tuple[str, str]]
    is_needed: bool
    own: str


def subjects_of(procedure: Loaded, account: Account, on: dt.date) -> Subjects | None:
    """None: it is about nothing of that sort."""
    about = procedure.body.about
    kinds = [code for code in about if code != ENTERPRISE and definitions.find(Kind.ORGANISATION, code, on)]
    registers = [code for code in about if definitions.find(Kind.REGISTER, code, on)]
    if not kinds and not registers:
        return None
    powers = powers_of(account, on)
    mine = set(
        Organisation.objects.filter(pk__in=powers.organisation_ids, kind__in=kinds).values_list(
            "code", flat=True
        )
    )
    units = [(f"{UNIT}:{code}", name) for kind in kinds for code, name in units_of(on, kind)]
    units.sort(key=lambda one: one[0].partition(":")[2] not in mine)
    entries = [
        (f"{ENTRY}:{number}", title) for one in registers for number, title in entries_of(on, one, powers)
    ]
    is_needed = ENTERPRISE not in about and len(kinds) + len(registers) == len(about)
    return Subjects([*units, *entries], is_needed, f"{UNIT}:{mine.pop()}" if len(mine) == 1 else "")
