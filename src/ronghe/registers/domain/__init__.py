"""What may be done with registers. Every function: one transaction, the change and its ledger entry together.

`actor` does it, `at` when (aware), `on` the day from which it is true (the day of `at` when left out). With `powers` the
definition's `by` is asked; without them somebody else has asked already.
"""

from ronghe.registers.domain.entries import (
    Begun,
    begin_entry,
    change_entry,
    confirm_entry,
    end_entry,
)
from ronghe.registers.domain.erasing import erase_entry
from ronghe.registers.domain.figures import record_figure
from ronghe.registers.domain.intake import EntryIntake, Report, columns_of
from ronghe.registers.domain.relating import relate_entry, unrelate_entry
from ronghe.registers.rules import units_for

__all__ = [
    "Begun",
    "EntryIntake",
    "Report",
    "begin_entry",
    "change_entry",
    "columns_of",
    "confirm_entry",
    "end_entry",
    "erase_entry",
    "record_figure",
    "relate_entry",
    "units_for",
    "unrelate_entry",
]
