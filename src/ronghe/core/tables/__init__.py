"""Tables people send: which column is which, what a cell says, and what became of a row. Files are read elsewhere."""

from ronghe.core.tables.cells import CellError, Moment, as_day, as_moment, as_words, in_order
from ronghe.core.tables.heading import Column, Heading, TableError, find_heading
from ronghe.core.tables.rows import Cell, Row, Status, Verdict, is_blank

__all__ = [
    "Cell",
    "CellError",
    "Column",
    "Heading",
    "Moment",
    "Row",
    "Status",
    "TableError",
    "Verdict",
    "as_day",
    "as_moment",
    "as_words",
    "find_heading",
    "in_order",
    "is_blank",
]
