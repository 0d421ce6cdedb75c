"""All definitions at hand, by kind and code, and what may be asked of each."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Sequence

from ronghe.definitions.checking.documents import Checked
from ronghe.definitions.enums import Kind
from ronghe.definitions.kinds import PostDefinition, RelationshipDefinition
from ronghe.definitions.kinds.base import Definition

# Words that stand for a whole kind of thing, so no pack defines them.
GENERAL = {
    "organisation": Kind.ORGANISATION,
    "post": Kind.POST,
    "relationship": Kind.RELATIONSHIP,
    "person": Kind.POST,
    "member": Kind.POST,
    "case": Kind.PROCEDURE,
    "entry": Kind.REGISTER,
    "definition": Kind.PROCEDURE,
}
# What every organisation, entry or case can be asked without its form saying so.
BUILT_IN = frozenset(
    {
        "title",
        "name",
        "code",
        "kind",
        "number",
        "state",
        "stage",
        "result",
        "round",
        "begins",
        "ends",
        "parent",
        "opened",
        "accepted",
        "answered",
        "closed",
        "due",
        "late",
        "reason",
        "reply",
        "evidence",
        "attachments",
        "step",
        "channel",
        "rated",
        "today",
        "identity",
        "responsible",
        "district",
        "credit-code",
        "holder",
    }
)


class Catalogue:
    """Looks up what definitions exist and which names lead on from them."""

    def __init__(self, checked: Sequence[Checked]) -> None:
        self.bodies: dict[tuple[Kind, str], list[Definition]] = defaultdict(list)
        for one in checked:
            self.bodies[one.key].append(one.body)

    def has(self, kinds: Iterable[Kind], name: str) -> bool:
        """Whether one of the kinds defines the name, or it stands for the whole kind."""
        wanted = set(kinds)
        return GENERAL.get(name) in wanted or any((kind, name) in self.bodies for kind in wanted)

    def codes(self, kinds: Iterable[Kind]) -> list[str]:
        """Every code of the kinds."""
        wanted = set(kinds)
        return sorted({code for kind, code in self.bodies if kind in wanted})

    def of(self, kind: Kind) -> list[Definition]:
        """Every definition of a kind."""
        return [body for (other, _), bodies in self.bodies.items() if other is kind for body in bodies]

    def until(self, body: Definition) -> dt.date | None:
        """The day on which a later edition takes the place of this one; None while there is none."""
        later = (one.effective for one in self.bodies[body.kind, body.code] if one.effective > body.effective)
        return min(later, default=None)

    def things(self, name: str) -> list[Definition]:
        """The definitions a piece of work may be about under this name."""
        return [body for (_, code), bodies in self.bodies.items() if code == name for body in bodies]

    def leads_on(self, name: str) -> set[str] | None:
        """What may follow `about.` for this kind of thing; None when it is not known."""
        things = self.things(name)
        if not things:
            return None
        names = {field for thing in things for field in fields_of(thing)}
        names |= {quantity.code for thing in things for quantity in thing.quantities}
        for edge in self.of(Kind.RELATIONSHIP):
            if isinstance(edge, RelationshipDefinition) and name in (*edge.from_, *edge.to):
                names |= {edge.code, *edge.from_, *edge.to}
        for post in self.of(Kind.POST):
            if isinstance(post, PostDefinition) and (not post.in_ or name in post.in_):
                names.add(post.code)
                names.add(post.code.rpartition("-")[2])
        return names | BUILT_IN


def fields_of(body: Definition) -> dict[str, str]:
    """Field codes of a definition's own form with their titles."""
    return {field.code: field.title for field in body.form.fields} if body.form else {}
