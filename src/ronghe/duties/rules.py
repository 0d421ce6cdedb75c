"""Who sees how a duty stands, who excuses and who confirms. Persons are nobody's holders: only units are listed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ronghe.definitions.enums import Power

if TYPE_CHECKING:
    from ronghe.organisations.queries import Powers

WIDE = (Power.OVERSEE, Power.ADMINISTER)


def sees_all(powers: Powers) -> bool:
    """Whoever watches over the city sees how every unit stands."""
    return powers.has(Power.OVERSEE)


def units_seen(powers: Powers) -> frozenset[int]:
    """A unit's own people see how it stands, and whoever leads it from above."""
    return powers.organisation_ids | powers.scope(Power.LEAD)


def may_see(powers: Powers, organisation_id: int) -> bool:
    """Whether how the unit stands may be seen."""
    return sees_all(powers) or organisation_id in units_seen(powers)


def may_excuse(powers: Powers, organisation_id: int) -> bool:
    """Whoever oversees, or leads the unit from above: nobody excuses their own unit."""
    return powers.has(Power.OVERSEE) or organisation_id in powers.scope(Power.LEAD) - powers.organisation_ids


def may_confirm(powers: Powers) -> bool:
    """Say that the source of a duty was looked up: whoever oversees the city or administers."""
    return any(powers.has(power) for power in WIDE)
