"""The steps of cases somebody did, for themselves: how many in which month. Nobody is told those of another."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection

from django.db.models import Count
from django.db.models.functions import TruncMonth

from ronghe.casework.models import Step
from ronghe.core.worktime import SHANGHAI


def own_steps(person_id: int, units: Collection[int], since: dt.date) -> list[tuple[dt.date, int, int]]:
    """(first day of the month, steps done, cases they belong to), the latest first: in the units they sit in; one query."""
    begins = dt.datetime.combine(since, dt.time(), SHANGHAI)
    rows = Step.objects.filter(holder__in=units, done_by=f"person:{person_id}", done_at__gte=begins)
    by_month = rows.annotate(month=TruncMonth("done_at", tzinfo=SHANGHAI)).order_by().values("month")
    counted = by_month.annotate(steps=Count("pk"), cases=Count("case", distinct=True))
    return [(row["month"].date(), row["steps"], row["cases"]) for row in counted.order_by("-month")]
