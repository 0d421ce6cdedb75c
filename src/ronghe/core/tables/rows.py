"""Rows as they stand in a file, and what an import did with each."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

Cell = str | int | float | bool | dt.datetime | dt.date | dt.time | dt.timedelta | None


def is_blank(cell: Cell) -> bool:
    """Nothing, or nothing but blanks."""
    return cell is None or (isinstance(cell, str) and not cell.strip())


@dataclass(frozen=True, slots=True)
class Row:
    """One row: its number in the sheet (from 1), all its cells as they stand, and those of known columns by code.

    `extra` holds what stands under headings nobody declared, by the heading as written.
    """

    number: int
    raw: Sequence[Cell]
    cells: Mapping[str, Cell]
    extra: Mapping[str, Cell] = field(default_factory=dict)

    def get(self, code: str) -> Cell:
        """The cell of a column; None when it is blank or the column is not there."""
        cell = self.cells.get(code)
        return None if is_blank(cell) else cell


class Status(StrEnum):
    """What became of a row."""

    ACCEPTED = "accepted"
    UPDATED = "updated"
    ALREADY = "already"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Verdict:
    """A row and what became of it. `reasons` of a refused row: column code (or heading, or empty) → what to mend."""

    row: Row
    status: Status
    reasons: Mapping[str, str] = field(default_factory=dict)
