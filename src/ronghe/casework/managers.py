"""The queryset cases carry."""

from __future__ import annotations

from django.db.models import QuerySet


class CaseQuerySet(QuerySet):  # type: ignore[type-arg]
    """Cases; who may see which is added by `visible_to`."""
