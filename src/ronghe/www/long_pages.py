"""Pages of a list too long to be counted each time it is opened: one row more than is shown tells whether there is a next."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from django.db.models import QuerySet

FARTHEST = 1_000_000


@dataclass(frozen=True)
class LongPage:
    """One page. `total`: how many rows the list has, where that is known: on its last page, and where it was asked for."""

    object_list: list[Any]
    number: int
    size: int
    has_next: bool
    total: int | None

    @property
    def has_previous(self) -> bool:
        """Whether there is a page before it."""
        return self.number > 1

    @property
    def pages(self) -> int | None:
        """How many pages the list has, where that is known."""
        return None if self.total is None else max(1, -(-self.total // self.size))

    @property
    def previous_page_number(self) -> int:
        """The page before it."""
        return self.number - 1

    @property
    def next_page_number(self) -> int:
        """The page after it."""
        return self.number + 1


def long_page(found: QuerySet[Any], size: int, asked: str | None, *, counted: bool = False) -> LongPage:
    """The page asked for, the first for what is no number, the last for what lies beyond it. One query, or one more when `counted`."""
    number = _number(asked)
    start = (number - 1) * size
    rows = list(found[start : start + size + 1])
    if not rows and number > 1:
        return long_page(found, size, str(-(-found.order_by().count() // size)))
    page = page_of(rows, number, size)
    return replace(page, total=found.order_by().count()) if page.has_next and counted else page


def page_of(rows: list[Any], number: int, size: int) -> LongPage:
    """The page of these rows, of which one more than is shown was asked for."""
    has_next = len(rows) > size
    return LongPage(
        rows[:size], number, size, has_next, None if has_next else (number - 1) * size + len(rows)
    )


def _number(asked: str | None) -> int:
    try:
        return min(max(1, int(asked or 1)), FARTHEST)
    except ValueError:
        return 1
