"""Lists of bulletins: what somebody is to sign, what they may begin, what belongs to a case."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from ronghe.bulletins import rules
from ronghe.bulletins.enums import WRITING
from ronghe.bulletins.managers import BulletinQuerySet
from ronghe.bulletins.models import Bulletin
from ronghe.definitions import queries as definitions
from ronghe.definitions.enums import Kind
from ronghe.definitions.queries import Loaded
from ronghe.organisations.models import Organisation
from ronghe.organisations.queries import Powers


@dataclass(frozen=True)
class Offer:
    """A kind of paper somebody may begin, in the name of which of their units."""

    loaded: Loaded
    units: tuple[Organisation, ...]


def offers_for(powers: Powers, on: dt.date) -> list[Offer]:
    """The bulletins somebody may begin, by title; two statements."""
    units = list(Organisation.objects.filter(pk__in=rules.acting_units(powers)).order_by("pk"))
    found = []
    for loaded in definitions.live(Kind.BULLETIN, on):
        kinds = loaded.body.by
        mine = tuple(unit for unit in units if not kinds or unit.kind in kinds)
        if mine and loaded.first_effective <= on:
            found.append(Offer(loaded, mine))
    return sorted(found, key=lambda offer: offer.loaded.edition.title)


def to_write(powers: Powers) -> BulletinQuerySet:
    """What is being written or signed in the units one writes for, the longest waiting first."""
    mine: BulletinQuerySet = (
        Bulletin.objects.filter(state__in=WRITING, organisation__in=rules.writing_units(powers))
        .select_related("organisation", "edition", "case")
        .order_by("opened_at", "pk")
    )
    return mine


def for_case(case: int, powers: Powers) -> BulletinQuerySet:
    """The papers about a case that somebody may see, the newest first."""
    found: BulletinQuerySet = (
        Bulletin.objects.visible_with(powers).filter(case=case).select_related("organisation", "edition")
    )
    return found.order_by("-opened_at", "-pk")
