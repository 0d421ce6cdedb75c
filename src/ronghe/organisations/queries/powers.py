"""What somebody may do on a day: it follows from the posts they hold and what those posts' definitions allow."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from ronghe.definitions import queries as definitions
from ronghe.definitions.enums import Kind, Power
from ronghe.organisations.models import Account, Person
from ronghe.organisations.queries.trees import Reached, reached_by

_NOTHING: frozenset[int] = frozenset()
FILED = "filed"


@dataclass(frozen=True, slots=True)
class Powers:
    """The powers of one person on one day.

    `handle` covers the post's own organisation and what was merged into it; `lead`, `manage` and `roll` everything below as well,
    through all trees;
    `member_only`: where nothing is held but membership (a post with a roll), which opens no case of the unit.
    `organisation_ids` are those of the posts and what was merged into them: whoever answers for a unit is barred
    from complaints about it as its own people were. `triage`, `oversee`, `administer`, `reveal` and `file` cover the city.
    """

    person_id: int | None = None
    on: dt.date = dt.date.min
    held: Mapping[str, frozenset[int]] = field(default_factory=dict)
    led: frozenset[int] = _NOTHING
    managed: frozenset[int] = _NOTHING
    rolls: frozenset[int] = _NOTHING
    organisation_ids: frozenset[int] = _NOTHING
    member_only: frozenset[int] = _NOTHING
    posts: frozenset[tuple[str, int]] = frozenset()
    own: Powers | None = None
    lent: Mapping[int, Powers] = field(default_factory=dict)
    names: Mapping[int, str] = field(default_factory=dict)

    def of(self, power: str) -> frozenset[int]:
        """The organisations (and those merged into them) in which the power is held directly."""
        return self.held.get(power, _NOTHING)

    def scope(self, power: str) -> frozenset[int]:
        """Where the power reaches: for `lead`, `manage` and `roll` the subtrees too. What covers the city has no list: ask `has`."""
        if power == Power.MANAGE:
            return self.managed
        if power == Power.ROLL:
            return self.rolls
        return self.led if power == Power.LEAD else self.of(power)

    def has(self, power: str) -> bool:
        """Whether it is held anywhere; that is all there is to ask about what covers the city."""
        return bool(self.of(power))

    def may(self, power: str, organisation_id: int | None) -> bool:
        """Whether it may be used on what this organisation answers for (None: nobody does yet)."""
        if power in (Power.HANDLE, Power.LEAD, Power.MANAGE, Power.ROLL):
            return organisation_id in self.scope(power)
        return self.has(power)

    def holds_post(self, kind: str, organisation_id: int | None = None) -> bool:
        """Whether a post of the kind is held, in the organisation or anywhere."""
        return any(kind == mine and organisation_id in (None, where) for mine, where in self.posts)

    def acting_for(self, power: str, organisation_id: int | None) -> int | None:
        """Whose power is used when this one is: the giver's person id; None when it is the person's own, or nobody's."""
        if self.own is None or self.own.may(power, organisation_id):
            return None
        return next(
            (giver for giver, theirs in self.lent.items() if theirs.may(power, organisation_id)), None
        )

    def acting_name(self, power: str, organisation_id: int | None) -> str:
        """The name of whom `acting_for` gives, for "代 王局长"; empty when the power is the person's own."""
        giver = self.acting_for(power, organisation_id)
        return "" if giver is None else self.names[giver]


def powers_of(account_or_person: object, on: dt.date) -> Powers:
    """The powers of an account (its person) or a person; two queries, remembered on the object given.

    Nobody signed in, a closed account and an account without a person have none.
    """
    person_id = _person_id(account_or_person)
    if person_id is None:
        return Powers(on=on)
    remembered: dict[dt.date, Powers] = account_or_person.__dict__.setdefault("_powers", {})
    if on not in remembered:
        remembered[on] = _powers(person_id, on)
    return remembered[on]


def _person_id(somebody: object) -> int | None:
    if isinstance(somebody, Account):
        return somebody.person_id if somebody.is_active else None
    return somebody.pk if isinstance(somebody, Person) else None


def _powers(person_id: int, on: dt.date) -> Powers:
    allowed = _allowed(on)
    rows: dict[int | None, list[Reached]] = defaultdict(list)
    for reached in reached_by(person_id, on):
        rows[reached.person_id].append(reached)
    givers = sorted(giver for giver in rows if giver is not None and giver != person_id)
    if not givers:
        return _held(person_id, on, rows[person_id], allowed)
    return replace(
        _held(person_id, on, (reached for some in rows.values() for reached in some), allowed),
        own=_held(person_id, on, rows[person_id], allowed),
        lent={giver: _held(giver, on, rows[giver], allowed) for giver in givers},
        names={giver: rows[giver][0].person for giver in givers},
    )


def _held(
    person_id: int, on: dt.date, rows: Iterable[Reached], allowed: Mapping[str, frozenset[str]]
) -> Powers:
    held: dict[str, set[int]] = defaultdict(set)
    led: set[int] = set()
    managed: set[int] = set()
    rolls: set[int] = set()
    posts: set[tuple[str, int]] = set()
    own: set[int] = set()
    serving: set[int] = set()
    for reached in rows:
        posts.add((reached.post, reached.top))
        powers = allowed.get(reached.post, frozenset())
        if reached.itself:
            own.add(reached.organisation_id)
            serving |= set() if FILED in powers else {reached.organisation_id}
            for power in powers - {FILED}:
                held[power].add(reached.organisation_id)
        if Power.LEAD in powers:
            led.add(reached.organisation_id)
        if Power.MANAGE in powers:
            managed.add(reached.organisation_id)
        if Power.ROLL in powers:
            rolls.add(reached.organisation_id)
    return Powers(
        person_id=person_id,
        on=on,
        held={power: frozenset(ids) for power, ids in held.items()},
        led=frozenset(led),
        managed=frozenset(managed),
        rolls=frozenset(rolls),
        organisation_ids=frozenset(own),
        member_only=frozenset(own - serving),
        posts=frozenset(posts),
    )


@definitions.once
def _allowed(on: dt.date) -> dict[str, frozenset[str]]:
    """Post kind → powers, by the post definitions of the day; `FILED` among them where its holders are a file."""
    return {
        loaded.edition.code: frozenset([*map(str, loaded.body.may), *([FILED] if loaded.body.roll else [])])
        for loaded in definitions.live(Kind.POST, on)
    }
