"""The lines of a list on a day: those of its definition, or what the city filled in on a page."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from django.db.models import Count, Max, Q

from ronghe.core.memory import remembered
from ronghe.definitions.kinds import ListDefinition
from ronghe.definitions.kinds.things import Line
from ronghe.definitions.models import ListLine


def lines_of(body: ListDefinition, on: dt.date) -> Sequence[Line]:
    """The lines a list had on a day; of one the city fills, those that held then; one statement in a piece of work."""
    if not body.is_filled_here:
        return body.lines
    return remembered(("list-lines", body.code, on), lambda: [as_line(row) for row in rows_of(body.code, on)])


def rows_of(code: str, on: dt.date) -> list[ListLine]:
    """The city's own lines of a day, in their order."""
    live = ListLine.objects.filter(Q(ends=None) | Q(ends__gt=on), list=code, begins__lte=on)
    return list(live.order_by("order", "pk"))


def stamp_of_filled() -> tuple[object, ...]:
    """What changes whenever the city writes or ends a line of any list."""
    told = ListLine.objects.aggregate(n=Count("pk"), ended=Count("ends"), last=Max("at"))
    return told["n"], told["ended"], told["last"]


def as_line(row: ListLine) -> Line:
    """The city's line as those of definitions are."""
    return Line.model_validate({**row.facts, "code": row.code, "title": row.title})
