"""The queryset cases carry."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Self

from django.db.models import Q, QuerySet
from django.utils import timezone

from ronghe.organisations.queries import powers_of

if TYPE_CHECKING:
    from ronghe.organisations.models import Account
    from ronghe.organisations.queries import Powers

ROW = (
    "number", "title", "state", "procedure", "edition_id", "clock", "due", "paused_at", "opened_at", "closed_at",
    "responsible__name", "responsible__short_name",
)  # fmt: skip


class CaseQuerySet(QuerySet):  # type: ignore[type-arg]
    """Cases, cut to what a person may see: the only door for lists, counts, searches and exports."""

    def visible_to(self, account: Account, on: dt.date | None = None) -> Self:
        """The cases the account's appointments of the day let it see."""
        return self.visible_with(powers_of(account, on or timezone.localdate()))

    def visible_with(self, powers: Powers) -> Self:
        """Overseers see all; units what they answer, held or heard first, but not who is only a member of theirs (a roll);
        triage what no unit has. Never the unit complained of.
        """
        own = (powers.organisation_ids - powers.member_only) | powers.scope("lead")
        shown = Q(responsible__in=own) | Q(first_receiver__in=own) | Q(pk__in=self._held_by(own))
        if powers.has("oversee"):
            shown = Q()
        elif powers.has("triage"):
            shown |= Q(responsible=None)
        complained_of = Q(about_unit__in=powers.organisation_ids)
        return self.filter(shown).exclude(complained_of)

    def _held_by(self, own: frozenset[int]) -> QuerySet:  # type: ignore[type-arg]
        """The ids of the cases of which they held a step; by itself, so that no database asks it for each case."""
        steps = self.model._meta.get_field("steps").related_model._default_manager  # noqa: SLF001 - Django's way
        held: QuerySet = steps.filter(holder__in=own).order_by().values("case")  # type: ignore[type-arg]
        return held

    def with_units(self) -> Self:
        """What a list row shows, in the same statement; the words of its definition are kept by the process."""
        return self.select_related("responsible", "about", "edition").defer("edition__body")

    def as_rows(self) -> Self:
        """What a row of a list shows and no more; the edition is kept by the process."""
        return self.select_related(None).select_related("responsible").only(*ROW)
