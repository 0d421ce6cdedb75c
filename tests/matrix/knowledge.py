"""Who may see which case and know what of it: said once, from the definitions, and not by the code that is examined.

A case is seen by whoever sits in a unit that answers it, heard it first or held a step of it, by the triage desk while no
unit answers, and by who oversees. Never by who sits in the unit complained of. Who asked is known to those who work an
open-identity case; a protected one to nobody until it is revealed. The requester knows everything of theirs but what
units say among themselves; whoever speaks for an enterprise everything of its cases but the contact of who filed them;
whoever took a case down what they wrote.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.utils import timezone

from ronghe.definitions import queries as definitions
from tests.matrix.roles import SUBMITTED, Role
from tests.matrix.world import Told, World

OF_THE_REQUESTER = frozenset({"name", "phone", "address", "file"})
CONTACT = frozenset({"name", "phone", "address"})
OF_THE_CASE = frozenset(
    {"number", "title", "inner", "detail", "bytes", "note", "unit-file", "reply", "draft"}
)
TOLD_TO_REQUESTER = frozenset({"number", "title", "inner", "detail", "bytes", "reply"}) | OF_THE_REQUESTER
Gate = Callable[["Knowledge", Role], bool]
# What a definition's `seen_by: {public: …}` opens, once the case is closed. A phone in a title is masked before.
PUBLISHED_AS = {"title": "title", "reply": "reply"}


@dataclass(frozen=True)
class Facts:
    """Of one case, what decides who sees it."""

    about_unit: str | None
    responsible: str | None
    first: str | None
    heard: frozenset[str]
    holding: frozenset[str]
    is_protected: bool
    is_open: bool
    public: frozenset[str]


class Knowledge:
    """The rules above, asked of one world."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.facts = {key: _facts(world, key) for key in world.cases}

    @cached_property
    def may(self) -> dict[str, frozenset[str]]:
        """Post → powers, as the definitions of posts say."""
        return {
            loaded.edition.code: frozenset(map(str, loaded.body.may))
            for loaded in definitions.live("post", timezone.localdate())
        }

    def powers(self, role: Role) -> frozenset[str]:
        """All powers of a role, wherever it holds them."""
        return frozenset(power for _unit, post in role.posts for power in self.may[post])

    def passes(self, role: Role, gate: str) -> bool:
        """Whether the rule a view declares lets the role in at all."""
        return GATES[gate](self, role)

    def settles(self, role: Role) -> bool:
        """Whether they say who speaks for the enterprise: the group that serves it, or the triage desk."""
        serves = any(unit == "fwz1" for unit, _post in role.posts)
        return serves or "triage" in self.powers(role)

    def sees(self, role: Role, key: str) -> bool:
        """Whether somebody of the staff sees a case at all."""
        facts, units = self.facts[key], {unit for unit, _post in role.posts}
        if not role.is_staff or facts.about_unit in units:
            return False
        powers = self.powers(role)
        waits_for_triage = facts.responsible is None and "triage" in powers
        return "oversee" in powers or waits_for_triage or bool(units & facts.heard)

    def works(self, role: Role, key: str) -> bool:
        """Whether they act for the unit that answers it."""
        answering = self.facts[key].responsible
        return self.sees(role, key) and any(
            unit == answering and self.may[post] & {"handle", "lead"} for unit, post in role.posts
        )

    def may_by(self, role: Role, key: str, allowed: frozenset[str]) -> bool:
        """Whether one of these powers, or having heard it first (`first-receiver`), lets them act on a case they see."""
        heard_first = any(unit == self.facts[key].first for unit, _post in role.posts)
        own = self.powers(role) | ({"first-receiver"} if heard_first else frozenset())
        return self.sees(role, key) and bool(allowed & own)

    def holds(self, role: Role, key: str) -> bool:
        """Whether they do one of its open steps: for a unit that holds it, or at the triage desk while nobody answers."""
        facts = self.facts[key]
        if not self.sees(role, key):
            return False
        if facts.responsible is None and "triage" in self.powers(role):
            return True
        return any(unit in facts.holding and self.may[post] & {"handle", "lead"} for unit, post in role.posts)

    def profile(self, role: Role, key: str) -> tuple[object, ...]:
        """What a case is to a role: two cases alike in this are alike in everything the rules ask."""
        facts = self.facts[key]
        mine = facts.about_unit in {unit for unit, _post in role.posts}
        if not self.meets(role, key):
            return mine, facts.is_protected
        relation = (self.has_asked(role, key), self.works(role, key), self.holds(role, key))
        return *relation, facts.is_protected, facts.is_open

    def reveals(self, role: Role, key: str) -> bool:
        """Whether they may have a protected identity opened, giving a reason."""
        return self.sees(role, key) and self.facts[key].is_protected and "reveal" in self.powers(role)

    def knows(self, role: Role, key: str, kind: str) -> bool:
        """Whether a role may learn one word of a case from a page."""
        if key in role.filed and kind in {"code", *TOLD_TO_REQUESTER}:
            return True
        if key in role.follows:
            return kind in TOLD_TO_REQUESTER or (kind == "code" and key == SUBMITTED)
        if key in role.represents and kind in TOLD_TO_REQUESTER - CONTACT:
            return True
        if PUBLISHED_AS.get(kind) in self.facts[key].public:
            return True
        if kind in OF_THE_REQUESTER:
            return self.works(role, key) and not self.facts[key].is_protected
        return kind in OF_THE_CASE and self.sees(role, key)

    def acts_in(self, role: Role, code: str) -> bool:
        """Whether they work for a unit in a post of it: what it is writing is theirs."""
        working = {"handle", "lead", "oversee"}
        return any(unit == code and self.may[post] & working for unit, post in role.posts)

    def meets(self, role: Role, key: str) -> bool:
        """Whether a case exists for a role at all."""
        return self.has_asked(role, key) or self.sees(role, key)

    def has_asked(self, role: Role, key: str) -> bool:
        """Whether it is their own case, or one of the enterprise they speak for."""
        return key in role.follows or key in role.represents

    def hidden(self, role: Role) -> list[Told]:
        """The cases that do not exist for a role."""
        return [told for key, told in self.world.cases.items() if not self.meets(role, key)]


def _facts(world: World, key: str) -> Facts:
    case = world.case(key)
    codes = {unit.pk: code for code, unit in world.city.units.items()}
    heard = {case.responsible_id, case.first_receiver_id, *case.steps.values_list("holder_id", flat=True)}
    procedure = definitions.by_edition(case.edition_id)
    public = procedure.body.seen_by.get("public")
    return Facts(
        about_unit=codes.get(case.about_unit_id or 0),
        responsible=codes.get(case.responsible_id or 0),
        first=codes.get(case.first_receiver_id or 0),
        heard=frozenset(codes[unit] for unit in heard if unit in codes),
        holding=frozenset(
            codes[unit]
            for unit in case.steps.filter(done_at=None).values_list("holder_id", flat=True)
            if unit in codes
        ),
        is_protected=procedure.body.identity == "protected",
        is_open=case.state == "open",
        public=_opened(public) if case.state == "closed" else frozenset(),
    )


def _opened(sight: Any) -> frozenset[str]:
    """What of title and reply a `seen_by` opens; nothing without one."""
    words = frozenset(PUBLISHED_AS.values())
    if sight is None:
        return frozenset()
    return (words if sight.only is None else words & frozenset(sight.only)) - frozenset(sight.hidden)


def _has(*powers: str) -> Gate:
    """Staff with any of these powers."""
    return lambda knowledge, role: bool(frozenset(powers) & knowledge.powers(role))


# The rules that views declare, by name: whom each lets in.
GATES: Mapping[str, Gate] = {
    "PUBLIC": lambda _knowledge, _role: True,
    "STAFF": lambda _knowledge, role: role.is_staff,
    "VISITOR": lambda _knowledge, role: role.is_visitor,
    "ADMINISTER": _has("administer"),
    "ADMINISTERS": _has("administer"),
    "WATCHES": _has("oversee", "administer"),
    "ANY_SECTION": _has("oversee", "administer", "manage"),
    "MANAGES": _has("administer", "manage"),
    "MAY_IMPORT": _has("oversee", "administer", "roll"),
    "KEEPS_ROLLS": _has("roll"),
    "OVERSEE": _has("oversee"),
    "MAY_SUBSCRIBE": _has("oversee", "administer", "lead"),
    "may_triage": _has("triage"),
    "may_do_many": _has("handle", "lead", "triage"),
    "may_settle_claims": lambda knowledge, role: knowledge.settles(role),
}
