"""The queryset activities carry."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Self

from django.apps import apps
from django.db.models import Q, QuerySet

from ronghe.activities import rules

if TYPE_CHECKING:
    from collections.abc import Collection

    from ronghe.organisations.queries import Powers


class ActivityQuerySet(QuerySet):  # type: ignore[type-arg]
    """Activities, cut to what a person may see: the only door for lists, counts, searches and exports."""

    def visible_with(self, powers: Powers) -> Self:
        """Overseers see all; others what their units recorded or are a side of, and what they took part in themselves."""
        if powers.has("oversee"):
            return self
        if powers.person_id is None:
            return self.none()
        units = rules.own(powers)
        mine = self._related("participants").filter(person=powers.person_id).values("activity")
        shown = Q(organisation__in=units) | Q(pk__in=self._touching(units)) | Q(pk__in=mine)
        return self.filter(shown)

    def of_organisers(self, units: Collection[int]) -> Self:
        """Those organised by one of these, alone or with others."""
        sides = self._related("sides").filter(role="organiser", type="organisation", ref__in=units)
        return self.filter(pk__in=sides.values("activity"))

    def _touching(self, units: frozenset[int]) -> QuerySet:  # type: ignore[type-arg]
        posts = apps.get_model("organisations", "Post").objects.filter(organisation__in=units).values("pk")
        sides = self._related("sides")
        touching = Q(type="organisation", ref__in=units) | Q(type="post", ref__in=posts)
        found: QuerySet = sides.filter(touching).values("activity")  # type: ignore[type-arg]
        return found

    def _related(self, name: str) -> QuerySet:  # type: ignore[type-arg]
        """The rows of a table that hangs on this one; by themselves, so that no database asks them for each activity."""
        related: Any = self.model._meta.get_field(name).related_model  # noqa: SLF001 - Django's way
        rows: QuerySet = related._default_manager.order_by()  # type: ignore[type-arg]  # noqa: SLF001
        return rows
