"""What is due soon of the units somebody answers for, by the seats they hold."""

from __future__ import annotations

import datetime as dt

from ronghe.definitions.enums import Power
from ronghe.duties.enums import Standing
from ronghe.duties.models import Owed
from ronghe.duties.queries.lines import current
from ronghe.organisations.queries import Powers

AHEAD = dt.timedelta(days=100)
MOST = 100


def due_of(powers: Powers) -> list[tuple[Owed, str]]:
    """What is open and due within a hundred days, with what it is called; advice left out. Only where they act or lead."""
    units = powers.of(Power.HANDLE) | powers.of(Power.LEAD)
    lines = current(powers.on) if units else {}
    rows = Owed.objects.filter(
        organisation__in=units, standing=Standing.OPEN, ends__gte=powers.on, ends__lte=powers.on + AHEAD
    )
    found = rows.select_related("organisation").order_by("ends", "pk")[:MOST] if units else ()
    return [
        (row, lines[row.duty, row.line].name)
        for row in found
        if (row.duty, row.line) in lines and not lines[row.duty, row.line].is_advice
    ]
