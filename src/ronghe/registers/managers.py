"""The queryset entries of registers carry."""

from __future__ import annotations

import datetime as dt
from typing import Self

from django.db.models import Q, QuerySet


class EntryQuerySet(QuerySet):
    """Entries of registers."""

    def live_on(self, day: dt.date) -> Self:
        """Those that hold on a day."""
        return self.filter(Q(begins__lte=day) & (Q(ends=None) | Q(ends__gt=day)))
