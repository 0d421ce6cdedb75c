"""The queryset cases carry."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass
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


@dataclass(frozen=True)
class Sight:
    """Which cases powers show. `own`: the units whose cases are seen; `barred`: those about which none is."""

    own: Collection[int]
    barred: Collection[int]
    everything: bool
    unassigned: bool

    @classmethod
    def of(cls, powers: Powers) -> Sight:
        """Overseers see all; units what they answer, held or heard first, but not who is only a member of theirs (a roll);
        triage what no unit has. Never the unit complained of.
        """
        return cls(
            own=(powers.organisation_ids - powers.member_only) | powers.scope("lead"),
            barred=powers.organisation_ids,
            everything=powers.has("oversee"),
            unassigned=powers.has("triage"),
        )


class CaseQuerySet(QuerySet):  # type: ignore[type-arg]
    """Cases, cut to what a person may see: the only door for lists, counts, searches and exports."""

    def visible_to(self, account: Account, on: dt.date | None = None) -> Self:
        """The cases the account's appointments of the day let it see."""
        return self.visible_with(powers_of(account, on or timezone.localdate()))

    def visible_with(self, powers: Powers) -> Self:
        """The cases these powers show (see `Sight.of`)."""
        return self.within(Sight.of(powers))

    def within(self, sight: Sight) -> Self:
        """The cases in sight."""
        own = sight.own
        shown = Q(responsible__in=own) | Q(first_receiver__in=own) | Q(pk__in=self._involving(own))
        if sight.everything:
            shown = Q()
        elif sight.unassigned:
            shown |= Q(responsible=None)
        return self.filter(shown).exclude(about_unit__in=sight.barred)

    def _involving(self, own: Collection[int]) -> QuerySet:  # type: ignore[type-arg]
        """The ids of the cases of which they held a step without being either; by itself, so that no database asks it for each case."""
        rows = self.model._meta.get_field("involved").related_model._default_manager  # noqa: SLF001 - Django's way
        involving: QuerySet = rows.filter(organisation__in=own).order_by().values("case")  # type: ignore[type-arg]
        return involving

    def with_units(self) -> Self:
        """What a list row shows, in the same statement; the words of its definition are kept by the process."""
        return self.select_related("responsible", "about", "edition").defer("edition__body")

    def as_rows(self) -> Self:
        """What a row of a list shows and no more; the edition is kept by the process."""
        return self.select_related(None).select_related("responsible").only(*ROW)
