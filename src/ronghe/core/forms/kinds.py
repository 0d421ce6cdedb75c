"""What kinds of answers there are."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

NATURES = ("actual", "plan", "target", "benchmark")


class FieldType(StrEnum):
    """What is answered; `choices` is several of a list, `checks` the points ticked.

    A reference names a register, organisation or post kind instead.
    """

    TEXT = "text"
    NUMBER = "number"
    MONEY = "money"
    DATE = "date"
    YES_NO = "yes-no"
    CHOICE = "choice"
    CHOICES = "choices"
    CHECKS = "checks"
    ROWS = "rows"
    FILES = "files"
    PLACE = "place"
    CONDITION = "condition"
    REFERENCE = "reference"


@dataclass(frozen=True, slots=True)
class Choice:
    """One answer to choose; a plain text is its own code."""

    code: str
    title: str
