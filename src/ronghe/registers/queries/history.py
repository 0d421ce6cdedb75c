"""How an entry came to say what it says: its states, and who wrote what from which day on."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ronghe.registers.models import Entry
from ronghe.registers.states import State, change_between, effective


@dataclass(frozen=True)
class Turn:
    """From a day on something was otherwise: the field, what it said before and since. The first turn says all."""

    begins: dt.date
    title: str
    values: Mapping[str, Any]
    changed: tuple[str, ...]
    before: Mapping[str, Any]
    was_title: str
    at: dt.datetime
    actor: str

    @property
    def is_renamed(self) -> bool:
        """Whether it was called otherwise before."""
        return bool(self.was_title) and self.was_title != self.title


def history_of(entry: Entry) -> list[Turn]:
    """The turns, the latest first; what was mended since is told as it was mended. One statement."""
    rows = list(entry.states.order_by("pk"))
    states = effective(State(row.begins, row.title, row.values) for row in rows)
    written = {row.begins: row for row in rows}
    turns: list[Turn] = []
    before: State | None = None
    for state in states:
        row = written[state.begins]
        change = change_between(before, state.title, state.values) if before else None
        if change is None or change:
            turns.append(
                Turn(
                    state.begins,
                    state.title,
                    state.values,
                    tuple(change.fields) if change else (),
                    before.values if before else {},
                    before.title if before else "",
                    row.at,
                    row.actor,
                )
            )
        before = state
    return turns[::-1]
