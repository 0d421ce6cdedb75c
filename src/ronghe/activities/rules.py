"""Who may do what with activities. Powers follow from appointments; a predicate is two or three lines."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from ronghe.activities.enums import Ground, State

if TYPE_CHECKING:
    from collections.abc import Collection

    from ronghe.organisations.queries import Powers


GROUNDS: Mapping[str, tuple[Ground, ...]] = {
    State.PLANNED: (Ground.POSTPONED, Ground.DROPPED, Ground.MISTAKEN),
    State.HELD: (Ground.DUPLICATE, Ground.MISTAKEN),
}
"""Why one may be taken off the list, by how it stands."""


def recording(powers: Powers) -> frozenset[int]:
    """The organisations for which somebody plans and records: where they handle, lead, or keep the roll."""
    return powers.of("handle") | powers.scope("lead") | powers.scope("roll")


def may_record(powers: Powers, organisations: Collection[int]) -> bool:
    """Plan, record, change or cancel: an officer of one of its organisers. Overseeing alone is not enough."""
    return not recording(powers).isdisjoint(organisations)


def own(powers: Powers) -> frozenset[int]:
    """The organisations whose activities somebody sees: their own, those they lead, those whose roll they keep."""
    return powers.organisation_ids | powers.scope("lead") | powers.scope("roll")


def may_know_name(powers: Powers, organisation_id: int | None, person_id: int) -> bool:
    """Who took part is known to who keeps the roll of that organisation, and to each person of themselves."""
    return person_id == powers.person_id or organisation_id in powers.scope("roll")
