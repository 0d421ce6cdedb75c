"""Who may write, sign and take down a bulletin. A person signs once, whatever posts they hold."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ronghe.bulletins.enums import WRITING, State
from ronghe.definitions.enums import Power

if TYPE_CHECKING:
    from ronghe.bulletins.models import Bulletin
    from ronghe.organisations.queries import Powers

WORKING = (Power.HANDLE, Power.LEAD, Power.OVERSEE)


def writing_units(powers: Powers) -> frozenset[int]:
    """The units in whose name somebody writes papers: where they handle, lead or oversee; and below what they lead."""
    return frozenset().union(*(powers.of(power) for power in WORKING)) | powers.scope(Power.LEAD)


def acting_units(powers: Powers) -> frozenset[int]:
    """Those of them in which they sit themselves, to begin a paper in their name."""
    return frozenset().union(*(powers.of(power) for power in WORKING))


def leading_units(powers: Powers) -> frozenset[int]:
    """The units for which somebody signs last: those they lead or stand above; a unit that oversees the city is its own head."""
    return powers.scope(Power.LEAD) | powers.of(Power.OVERSEE)


def may_write(powers: Powers, paper: Bulletin) -> bool:
    """Read and change it while it is written."""
    return paper.state in WRITING and paper.organisation_id in writing_units(powers)


def signers(paper: Bulletin) -> tuple[str, ...]:
    """Who signed, as actors."""
    return tuple(str(one["actor"]) for one in paper.signed)


def has_signed(powers: Powers, paper: Bulletin) -> bool:
    """Whether they signed it, themselves or in whose place they act."""
    mine = {f"person:{powers.person_id}"} | {f"person:{giver}" for giver in powers.lent}
    return bool(mine & set(signers(paper)))


def may_sign(powers: Powers, paper: Bulletin, signs: tuple[str, ...]) -> bool:
    """Sign next: somebody of the unit who has not signed; the last of several leads it, or above it."""
    if powers.person_id is None or not may_write(powers, paper) or has_signed(powers, paper):
        return False
    is_last = len(paper.signed) == max(len(signs), 1) - 1
    return not is_last or len(signs) == 1 or paper.organisation_id in leading_units(powers)


def may_return(powers: Powers, paper: Bulletin) -> bool:
    """Hand it back to who wrote it: whoever could change it, while it is being signed."""
    return paper.state == State.SIGNING and may_write(powers, paper)


def may_withdraw(powers: Powers, paper: Bulletin) -> bool:
    """Take an issued one down: whoever leads the unit, or above it."""
    return paper.state == State.ISSUED and paper.organisation_id in leading_units(powers)
