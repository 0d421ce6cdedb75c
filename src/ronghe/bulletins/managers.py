"""The queryset bulletins carry."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Self

from django.db.models import Q, QuerySet
from django.utils import timezone

from ronghe.bulletins import rules
from ronghe.bulletins.enums import WRITING, State
from ronghe.definitions import queries as definitions
from ronghe.definitions.enums import Kind, Power
from ronghe.organisations.queries import superiors_of

if TYPE_CHECKING:
    from ronghe.organisations.queries import Powers

PUBLIC = "public"
EVERYBODY = "staff"


def public_codes(on: dt.date) -> list[str]:
    """The bulletins whose definition of the day shows something to everybody."""
    return [one.edition.code for one in definitions.live(Kind.BULLETIN, on) if PUBLIC in one.body.seen_by]


class BulletinQuerySet(QuerySet):  # type: ignore[type-arg]
    """Bulletins, cut to what a person may see: the only door for lists, counts and exports."""

    def visible_with(self, powers: Powers) -> Self:
        """Drafts: who writes in the unit. Issued ones: that unit, whom they are about or to, who oversees, and whom
        `seen_by` opens them to; the unit a case complains of never sees what is about that case and not public.
        """
        if powers.person_id is None:
            return self.none()
        writing = Q(organisation__in=rules.writing_units(powers))
        shown = writing | (~Q(state__in=WRITING) & self._issued_to(powers))
        complained_of = Q(case__about_unit__in=powers.organisation_ids) & ~Q(
            bulletin__in=public_codes(powers.on), state=State.ISSUED
        )
        return self.filter(shown).exclude(complained_of & ~writing)

    def public(self, at: dt.datetime) -> Self:
        """What everybody may see: issued, standing, and shown to the public by the definition of the day."""
        standing = Q(until=None) | Q(until__gt=at)
        return self.filter(standing, state=State.ISSUED, bulletin__in=public_codes(timezone.localdate(at)))

    def _issued_to(self, powers: Powers) -> Q:
        if powers.has(Power.OVERSEE):
            return Q()
        mine = powers.organisation_ids | powers.scope(Power.LEAD)
        shown = Q(organisation__in=mine) | Q(about_type="organisation", about_id__in=mine)
        shown |= Q(case__responsible__in=mine) | Q(case__about__in=mine)
        near: frozenset[int] | None = None
        posts = {kind for kind, _unit in powers.posts}
        for loaded in definitions.live(Kind.BULLETIN, powers.on):
            roles = loaded.body.seen_by.keys()
            if roles & ({PUBLIC, EVERYBODY} | posts):
                shown |= Q(bulletin=loaded.edition.code)
            elif roles:
                near = _near(powers) if near is None else near
                shown |= Q(bulletin=loaded.edition.code, organisation__in=near)
        return shown


def _near(powers: Powers) -> frozenset[int]:
    """The units above one's own: what they show their kind inside the house."""
    return frozenset(above for unit in powers.organisation_ids for above in superiors_of(unit, powers.on))
