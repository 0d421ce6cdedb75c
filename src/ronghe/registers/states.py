"""What an entry said on a day: a fold over its states. Pure; the tables stand elsewhere."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

Says = Mapping[str, Any]


@dataclass(frozen=True)
class State:
    """From a day on the entry has this title and these values; of two of one day the one written later holds."""

    begins: dt.date
    title: str
    values: Says = field(default_factory=dict)


@dataclass(frozen=True)
class Change:
    """What is otherwise from a day on: fields with their new value (None: empty now), and the title where it changed."""

    fields: Mapping[str, Any]
    title: str | None = None

    def __bool__(self) -> bool:
        return bool(self.fields) or self.title is not None

    def upon(self, state: State, begins: dt.date) -> State:
        """The state with this changed."""
        values = {code: value for code, value in {**state.values, **self.fields}.items() if value is not None}
        return State(begins, state.title if self.title is None else self.title, values)


def effective(states: Iterable[State]) -> list[State]:
    """One state for each day on which something changed, in the order of the days. `states` in the order written."""
    last = {state.begins: state for state in states}
    return [last[day] for day in sorted(last)]


def state_on(states: Iterable[State], day: dt.date) -> State:
    """What held on a day; a day before the first state gives the first."""
    found = effective(states)
    return next((state for state in reversed(found) if state.begins <= day), found[0])


def change_between(before: State, title: str, values: Says) -> Change:
    """What must change so that the entry says this."""
    codes = [*before.values, *(code for code in values if code not in before.values)]
    fields = {code: values.get(code) for code in codes if before.values.get(code) != values.get(code)}
    return Change(fields, title if title != before.title else None)


def amended(states: Sequence[State], change: Change, on: dt.date) -> list[State]:
    """The states to be written so that the change holds from `on` until now: on that day and on every later one."""
    found = effective(states)
    later = [state for state in found if state.begins > on]
    return [change.upon(state_on(found, on), on), *(change.upon(state, state.begins) for state in later)]
