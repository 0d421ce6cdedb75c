"""Who keeps entries, writes figures and fills lists: the `by` of a definition, asked of the posts of the day."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ronghe.core.select import FirstOf, Kinds, Name, Selector
from ronghe.definitions.enums import Power
from ronghe.definitions.kinds import ListDefinition, RegisterDefinition
from ronghe.definitions.kinds.base import QuantityKind
from ronghe.organisations.queries import organisation_facts
from ronghe.registers.enums import ACTING
from ronghe.registers.sight import units_of

if TYPE_CHECKING:
    from ronghe.organisations.queries import Powers

_OWN_UNIT = frozenset({"responsible", "holder", "opener"})


def acting_units(powers: Powers) -> frozenset[int]:
    """The units somebody acts for: where they handle, lead, manage or oversee themselves."""
    return frozenset().union(*(powers.of(power) for power in ACTING)) & powers.organisation_ids


def units_for(by: Selector | None, powers: Powers) -> frozenset[int]:
    """For which of their units somebody fits a `by`; without one, for each they act for."""
    mine = acting_units(powers)
    match by:
        case None:
            return mine
        case FirstOf(options):
            return frozenset().union(*(units_for(option, powers) for option in options))
        case Name(text) if text in _OWN_UNIT:
            return mine
        case Name(text):
            kinds = units_of(powers)
            named = {unit for unit in mine if text in kinds.get(unit, ())}
            return frozenset(named | _seats(text, powers))
        case Kinds("post", name):
            return _seats(name, powers)
        case Kinds("organisation", name, where):
            kinds = units_of(powers)
            units = [unit for unit in mine if kinds.get(unit, ("", ""))[0] == name]
            return frozenset(
                unit
                for unit in units
                if where is None or ((facts := organisation_facts(unit, powers.on)) and where.matches(facts))
            )
        case _:
            return frozenset()


def _seats(post: str, powers: Powers) -> frozenset[int]:
    return frozenset(unit for kind, unit in powers.posts if kind == post)


def keepers(body: RegisterDefinition, powers: Powers) -> frozenset[int]:
    """The units in whose name somebody may add entries to a register."""
    return units_for(body.by, powers)


def may_keep(powers: Powers, body: RegisterDefinition, keeper: int | None) -> bool:
    """Changing, confirming and ending an entry: whoever acts in the unit that keeps it, or leads it from above."""
    if keeper is None:
        return bool(keepers(body, powers))
    return keeper in acting_units(powers) | powers.scope(Power.LEAD)


def may_record(powers: Powers, kind: QuantityKind, keeper: int | None, *, is_own: bool = False) -> bool:
    """Writing a figure: those its `by` names and nobody else; without a `by` whoever keeps what it is about.

    `is_own`: the figure is of that unit itself; where somebody else is named to write it, the unit never does.
    """
    if kind.by is not None:
        units = units_for(kind.by, powers)
        return bool(units - {keeper} if is_own else units)
    return keeper in acting_units(powers) | powers.scope(Power.LEAD) if keeper else bool(acting_units(powers))


def may_fill(powers: Powers, body: ListDefinition) -> bool:
    """Filling a list the city fills itself: those its `by` names; without one whoever oversees or administers."""
    if powers.has(Power.ADMINISTER) or (body.by is None and powers.has(Power.OVERSEE)):
        return True
    return body.by is not None and bool(units_for(body.by, powers))
