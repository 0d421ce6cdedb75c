"""What stands of an activity, as it would be told again: the ground on which a correction says only what is different."""

from __future__ import annotations

from decimal import Decimal

from ronghe.activities.domain.checking import title_of
from ronghe.activities.domain.told import Told
from ronghe.activities.enums import Role
from ronghe.activities.models import Activity
from ronghe.definitions import queries as definitions
from ronghe.definitions.things import Ref
from ronghe.organisations.models import Organisation


def told_of(activity: Activity) -> Told:
    """Told again as it is, it changes nothing. A title nobody gave is left to be made anew from the answers."""
    sides: dict[str, list[Ref]] = {}
    for side in sorted(activity.sides.all(), key=lambda one: one.pk):
        sides.setdefault(side.role, []).append((side.type, side.ref))
    people = list(activity.participants.all())
    counts = {one.organisation_id: one.count for one in people if not one.person_id and one.organisation_id}
    kind = definitions.by_edition(activity.edition_id)
    places = {one.code: one.places for one in kind.body.quantities}
    return Told(
        organisers=_units(sides.get(Role.ORGANISER, [])),
        begins_at=activity.begins_at,
        ends_at=activity.ends_at,
        title="" if activity.title == title_of(kind, activity.values) else activity.title,
        place=activity.place,
        is_online=activity.is_online,
        values=activity.values,
        quantities={
            code: {whose: f"{Decimal(amount).scaleb(-places[code]):f}" for whose, amount in told.items()}
            for code, told in activity.quantities.items()
        },
        about=sides.get(Role.ABOUT, []),
        guides=_units(sides.get(Role.GUIDE, [])),
        people=None if activity.people is None else activity.people - sum(counts.values()),
        persons={one.person_id: one.part for one in people if one.person_id},
        counts=counts,
    )


def _units(refs: list[Ref]) -> list[Organisation]:
    found = Organisation.objects.in_bulk([ref for _type, ref in refs])
    return [found[ref] for _type, ref in refs]
