"""What there is to administer, and who may open it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.utils import timezone

from ronghe.definitions.enums import Power
from ronghe.organisations.queries import powers_of
from ronghe.www.access import Rule


def ADMINISTERS(user: object) -> bool:  # noqa: N802 - a rule, like STAFF
    """Whoever holds a post that administers the city."""
    return powers_of(user, timezone.localdate()).has(Power.ADMINISTER)


def WATCHES(user: object) -> bool:  # noqa: N802
    """Whoever administers, and whoever oversees the city: they read, and change nothing."""
    powers = powers_of(user, timezone.localdate())
    return powers.has(Power.ADMINISTER) or powers.has(Power.OVERSEE)


@dataclass(frozen=True)
class Section:
    """One part: the name of its address, its title, what it is for in one sentence, and who may open it."""

    address: str
    title: Any
    says: Any
    rule: Rule


SECTIONS: tuple[Section, ...] = ()


def open_to(user: object) -> list[Section]:
    """The parts that who asks may open."""
    return [section for section in SECTIONS if section.rule(user)]


def ANY_SECTION(user: object) -> bool:  # noqa: N802
    """Whoever may open at least one part."""
    return any(section.rule(user) for section in SECTIONS)
