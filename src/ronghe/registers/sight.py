"""Who sees what of an entry: the `seen_by` of its register's definition of the day, and nothing to anybody else.

Whoever acts in the unit that keeps an entry, leads what stands above it, or oversees the city sees all of it.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from ronghe.core.memory import remembered
from ronghe.core.select import Facts
from ronghe.definitions.enums import Power
from ronghe.definitions.kinds import RegisterDefinition
from ronghe.definitions.kinds.base import Definition, Sight
from ronghe.organisations.models import Organisation
from ronghe.organisations.queries import Powers
from ronghe.registers.enums import KEEPER, STAGE, TITLE

PUBLIC = "public"


@dataclass(frozen=True)
class Reader:
    """Somebody as a `seen_by` names them: the words that mean them, the units whose entries are theirs."""

    words: frozenset[str]
    own: frozenset[int] = frozenset()
    oversees: bool = False

    def sights(self, body: RegisterDefinition) -> list[Sight]:
        """What the definition opens to them."""
        return [sight for word, sight in body.seen_by.items() if word in self.words]

    def keeps(self, keeper: int | None) -> bool:
        """Whether they see all that this unit keeps."""
        return self.oversees or keeper in self.own


ANYBODY = Reader(frozenset({PUBLIC}))


def reader_of(powers: Powers) -> Reader:
    """Who asks: everybody is of the public; then the kinds of their posts and of the units they sit in."""
    posts = {kind for kind, _unit in powers.posts}
    words = frozenset({PUBLIC, *posts, *(kind for kind, _code in units_of(powers).values())})
    own = powers.organisation_ids | powers.scope(Power.LEAD)
    return Reader(words, own, powers.has(Power.OVERSEE))


def units_of(powers: Powers) -> dict[int, tuple[str, str]]:
    """The units somebody sits in (and those merged into them), each with its kind and code; asked once."""
    ids = powers.organisation_ids
    if not ids:
        return {}

    def ask() -> dict[int, tuple[str, str]]:
        rows = Organisation.objects.filter(pk__in=ids).values_list("pk", "kind", "code")
        return {number: (kind, code) for number, kind, code in rows}

    return remembered(("kinds-of-own-units", ids), ask)


def parts_of(body: RegisterDefinition) -> frozenset[str]:
    """Everything that can be seen of an entry: title, stage, keeper, the fields and the figures."""
    fields = {field.code for field in body.form.fields} if body.form else set()
    return frozenset({TITLE, STAGE, KEEPER, *fields, *(kind.code for kind in body.quantities)})


def opened(sights: Iterable[Sight], body: RegisterDefinition) -> frozenset[str]:
    """What of an entry these let be seen, taken together."""
    parts, found = parts_of(body), frozenset[str]()
    for sight in sights:
        found |= (parts if sight.only is None else parts & frozenset(sight.only)) - frozenset(sight.hidden)
    return found


def seen_of(reader: Reader, body: RegisterDefinition, facts: Facts, keeper: int | None) -> frozenset[str]:
    """The parts of one entry that somebody sees; nothing: it does not exist for them."""
    if reader.keeps(keeper):
        return parts_of(body)
    fitting = [sight for sight in reader.sights(body) if sight.where is None or sight.where.matches(facts)]
    return opened(fitting, body)


def opened_quantities(powers: Powers, body: Definition, unit: int) -> frozenset[str]:
    """The figures of a unit somebody sees: all of those near them, of another what its kind opens to them."""
    reader, codes = reader_of(powers), frozenset(kind.code for kind in body.quantities)
    if reader.keeps(unit):
        return codes
    found = frozenset[str]()
    for word, sight in body.seen_by.items():
        if word in reader.words and sight.where is None:
            found |= (codes if sight.only is None else codes & frozenset(sight.only)) - frozenset(
                sight.hidden
            )
    return found


def check_by(body: RegisterDefinition, on: dt.date) -> dt.date | None:
    """Entries last confirmed before this day are stale; None: they stay fresh."""
    length = body.fresh_for
    if length is None:
        return None
    if length.unit.name != "MONTH":
        return on - dt.timedelta(length.amount)
    months = on.year * 12 + on.month - 1 - length.amount
    year, month = divmod(months, 12)
    day = min(on.day, _days_in(year, month + 1))
    return dt.date(year, month + 1, day)


def _days_in(year: int, month: int) -> int:
    following = dt.date(year + month // 12, month % 12 + 1, 1)
    return (following - dt.timedelta(1)).day
