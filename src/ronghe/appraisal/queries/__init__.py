"""Asking for numbers: `reckon` computes them, `entries_behind` and `cases_behind` open each down to what it counts."""

from ronghe.appraisal.queries.behind import cases_behind, entries_behind
from ronghe.appraisal.queries.question import UNASSIGNED, Question, ask
from ronghe.appraisal.queries.reckoning import Report, Row, label_of, reckon

__all__ = [
    "UNASSIGNED",
    "Question",
    "Report",
    "Row",
    "ask",
    "cases_behind",
    "entries_behind",
    "label_of",
    "reckon",
]
