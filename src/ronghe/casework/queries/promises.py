"""What a reply promised and whether it was kept: each promise is followed up by a case of its own."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from ronghe.casework.enums import FOLLOW_UP, CaseState
from ronghe.casework.models import Case

KEPT, BROKEN, LATE, RUNNING = "kept", "broken", "late", "running"


@dataclass(frozen=True)
class Promised:
    """One promise: its words, by which day, how it stands (`KEPT` …), and what was said of carrying it out."""

    text: str
    by: dt.date | None
    standing: str
    progress: str = ""


def promises_of(case: Case, on: dt.date) -> list[Promised]:
    """The promises of the case's replies, the one due first in front. One statement."""
    rows = Case.objects.filter(related=case, procedure=FOLLOW_UP).only("title", "values", "state", "result")
    found = [_promised(row, on) for row in rows]
    return sorted(found, key=lambda one: (one.by or dt.date.max, one.text))


def _promised(row: Case, on: dt.date) -> Promised:
    said = row.values.get("within")
    by = dt.date.fromisoformat(said) if said else None
    progress = str(row.values.get("progress") or "") if row.state != CaseState.OPEN else ""
    return Promised(str(row.values.get("promise") or row.title), by, _standing(row, by, on), progress)


def _standing(row: Case, by: dt.date | None, on: dt.date) -> str:
    if row.state != CaseState.OPEN:
        return KEPT if row.result == KEPT else BROKEN
    return LATE if by is not None and by < on else RUNNING
