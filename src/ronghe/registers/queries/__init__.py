"""Reading registers: entries as they stood on a day, their stage, figures and history."""

from ronghe.registers.queries.entries import Told, entry_facts, told_on
from ronghe.registers.queries.figures import FigureRow, figures_of, latest_of, record_kinds
from ronghe.registers.queries.finding import find_public_or_404, find_visible_or_404, seen_by
from ronghe.registers.queries.history import Turn, history_of
from ronghe.registers.queries.stages import Stage, stages_of

__all__ = [
    "FigureRow",
    "Stage",
    "Told",
    "Turn",
    "entry_facts",
    "figures_of",
    "find_public_or_404",
    "find_visible_or_404",
    "history_of",
    "latest_of",
    "record_kinds",
    "seen_by",
    "stages_of",
    "told_on",
]
