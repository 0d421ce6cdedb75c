"""Lines of lists as facts: what a line carries may name an organisation (`topic.unit`)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ronghe.definitions import queries as definitions
from ronghe.organisations.queries.lookup import organisation_facts


@dataclass(frozen=True)
class LineFacts:
    """One line of a list: its code, title and the facts the line carries; a unit's code becomes the unit."""

    code: str
    title: str
    facts: Mapping[str, Any]
    on: dt.date

    def get(self, name: str, /) -> object | None:
        if name in {"code", "title"}:
            return self.code if name == "code" else self.title
        value = self.facts.get(name)
        unit = organisation_facts(value, self.on) if isinstance(value, str) else None
        return unit or value

    def __eq__(self, other: object) -> bool:
        return (
            other == self.code
            if isinstance(other, str)
            else isinstance(other, LineFacts) and other.code == self.code
        )

    def __hash__(self) -> int:
        return hash(self.code)


def line_facts(list_code: str, line: str, on: dt.date) -> LineFacts | None:
    """The line of a list by its code; None when the list or line is not there on the day."""
    found = next((item for item in definitions.lines_on(list_code, on) if item.code == line), None)
    return LineFacts(found.code, found.title, found.facts, on) if found else None
