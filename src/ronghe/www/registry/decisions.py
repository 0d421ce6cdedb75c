"""议定事项: what a leading group decided, each a case that is about the group."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from ronghe.casework.queries.filable import may_file
from ronghe.definitions import queries as definitions
from ronghe.definitions.enums import Kind, Power
from ronghe.definitions.queries import Loaded
from ronghe.organisations.models import Organisation
from ronghe.organisations.queries import Powers

DECISION = "meeting-decision"


def decides(unit: Organisation, on: dt.date) -> Loaded | None:
    """The procedure by which what such a unit decides is carried out; None: it is no unit that decides."""
    found = definitions.find(Kind.PROCEDURE, DECISION, on)
    return found if found is not None and unit.kind in found.body.about else None


def may_note(unit: Organisation, procedure: Loaded, powers: Powers) -> bool:
    """Whoever holds a seat of the group notes what it decided."""
    own = powers.may(Power.HANDLE, unit.pk) or powers.may(Power.LEAD, unit.pk)
    return unit.ends is None and own and may_file(powers, procedure)


@dataclass(frozen=True)
class Decisions:
    """What the page of a group shows of what it decided."""

    page: Any
    rows: list[Any]
    may_note: bool
