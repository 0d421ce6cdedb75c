"""The querysets of duties: always cut to what somebody may see."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Self

from django.db.models import QuerySet

from ronghe.duties import rules

if TYPE_CHECKING:
    from ronghe.organisations.queries import Powers


class OwedQuerySet(QuerySet):  # type: ignore[type-arg]
    """How duties stand."""

    def visible_with(self, powers: Powers) -> Self:
        """Those of units that may be seen with these powers."""
        return self if rules.sees_all(powers) else self.filter(organisation__in=rules.units_seen(powers))

    def during(self, first: dt.date, last: dt.date) -> Self:
        """Those whose days meet these."""
        return self.filter(ends__gte=first, begins__lte=last)
