"""Who may change what is kept about organisations: those of the city everything, those of a unit its accounts and posts.

A `manage` power covers its unit and what stands below. It gives nothing its holder could use elsewhere: no post that
covers the city, and no account whose owner also sits where the holder manages nothing.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from ronghe.definitions import queries as definitions
from ronghe.definitions.enums import Kind, Power
from ronghe.definitions.queries.posts import roll_kinds

if TYPE_CHECKING:
    from ronghe.organisations.models import Post
    from ronghe.organisations.queries import Powers

CITY_WIDE = frozenset({Power.ADMINISTER, Power.OVERSEE, Power.TRIAGE, Power.REVEAL})


def may_describe(powers: Powers, post: Post) -> bool:
    """Whoever administers, and whoever leads the unit, writes down the duties of its seats."""
    return powers.has(Power.ADMINISTER) or powers.may(Power.LEAD, post.organisation_id)


def may_administer(powers: Powers) -> bool:
    """Units, relationships and everybody's posts and accounts: whoever administers the city."""
    return powers.has(Power.ADMINISTER)


def may_manage_any(powers: Powers) -> bool:
    """Whether there is anything for somebody on the pages of administration."""
    return powers.has(Power.ADMINISTER) or powers.has(Power.MANAGE)


def may_manage(powers: Powers, organisation_id: int | None) -> bool:
    """Posts, appointments and accounts of a unit: whoever administers, or manages it or what stands above it."""
    return powers.has(Power.ADMINISTER) or powers.may(Power.MANAGE, organisation_id)


def may_set_up(powers: Powers, kind: str, organisation_id: int) -> bool:
    """A post of the kind in the unit: set up, renamed, abolished, and who is taken out of it. Rolls have their keepers."""
    if kind in roll_kinds(powers.on):
        return False
    if powers.has(Power.ADMINISTER):
        return True
    return powers.may(Power.MANAGE, organisation_id) and not allowed_by(kind, powers) & CITY_WIDE


def may_seat(powers: Powers, kind: str, organisation_id: int, person_id: int | None) -> bool:
    """Somebody into a post of the kind. Nobody gives themselves what they do not hold already."""
    if not may_set_up(powers, kind, organisation_id):
        return False
    if person_id is None or person_id != powers.person_id:
        return True
    own = powers.own or powers
    return all(own.may(power, organisation_id) for power in allowed_by(kind, powers))


def may_keep_person(powers: Powers, person_id: int, sitting: Iterable[tuple[str, int]]) -> bool:
    """The record and account of somebody who may today act in these (kind of post, unit), for themselves or others.

    Whoever manages a unit may, while all of it lies in what they manage and nothing of it covers the city; not their own.
    That somebody also stands on a roll decides nothing, or the refusal would tell it.
    """
    if powers.has(Power.ADMINISTER):
        return True
    rolls = roll_kinds(powers.on)
    seats = [(kind, unit) for kind, unit in sitting if kind not in rolls]
    if not seats or person_id == powers.person_id:
        return False
    return all(may_set_up(powers, kind, unit) for kind, unit in seats)


def may_close(powers: Powers, person_id: int | None) -> bool:
    """Closing an account or recording a leave: never one's own, so that nobody locks themselves out."""
    return person_id != powers.person_id


def allowed_by(kind: str, powers: Powers) -> frozenset[str]:
    """What a post of the kind allows on the day of the powers."""
    found = definitions.find(Kind.POST, kind, powers.on)
    return frozenset(map(str, found.body.may)) if found else frozenset()
