"""How the room answers for its things: organisations, posts and relationships, by id."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass

from ronghe.definitions import queries as definitions
from ronghe.definitions.enums import Kind
from ronghe.definitions.things import KEEPERS, Keeper, facts_of, titles_of, visible_of
from ronghe.organisations.models import Appointment, Organisation, Post, Relationship
from ronghe.organisations.queries.facts import OrganisationFacts, PersonFacts, related, typed_values
from ronghe.organisations.queries.lookup import organisation_facts
from ronghe.organisations.queries.powers import Powers
from ronghe.organisations.queries.rolls import roll_kinds
from ronghe.organisations.queries.trees import live_on


@dataclass(frozen=True)
class PostFacts:
    """One post on a day: `code title kind organisation holder term begins`, and the fields of its kind's form."""

    post: Post
    on: dt.date

    def __eq__(self, other: object) -> bool:
        return isinstance(other, PostFacts) and other.post.pk == self.post.pk

    def __hash__(self) -> int:
        return hash(("post", self.post.pk))

    @property
    def ref(self) -> tuple[str, int]:
        return "post", self.post.pk

    def get(self, name: str, /) -> object | None:
        post = self.post
        plain = {"code": post.kind, "kind": post.kind, "title": post.title, "begins": post.begins}
        if name in plain:
            return plain[name]
        if name == "organisation":
            return organisation_facts(post.organisation_id, self.on)
        if name == "holder":
            sitting = Appointment.objects.filter(live_on(self.on), post=post).select_related("person")
            return [PersonFacts(one.person, self.on) for one in sitting.order_by("begins", "pk")] or None
        if name == "term":
            found = definitions.find(Kind.POST, post.kind, self.on)
            return str(found.body.term) if found and found.body.term else None
        if name in post.values:
            return typed_values(Kind.POST, post.kind, post.values, self.on).get(name)
        return related(self.ref, name, self.on) or None


@dataclass(frozen=True)
class RelationshipFacts:
    """One edge: `code kind from to begins`, its ends being organisations, posts or entries."""

    edge: Relationship
    on: dt.date

    def __eq__(self, other: object) -> bool:
        return isinstance(other, RelationshipFacts) and other.edge.pk == self.edge.pk

    def __hash__(self) -> int:
        return hash(("relationship", self.edge.pk))

    @property
    def ref(self) -> tuple[str, int]:
        return "relationship", self.edge.pk

    def get(self, name: str, /) -> object | None:
        edge = self.edge
        if name in ("code", "kind"):
            return edge.kind
        if name == "begins":
            return edge.begins
        if name == "from":
            return facts_of((edge.from_type, edge.from_id), self.on)
        return facts_of((edge.to_type, edge.to_id), self.on) if name == "to" else None


def _post_facts(number: int, on: dt.date) -> PostFacts | None:
    post = Post.objects.filter(pk=number).first()
    return PostFacts(post, on) if post else None


def _relationship_facts(number: int, on: dt.date) -> RelationshipFacts | None:
    edge = Relationship.objects.filter(pk=number).first()
    return RelationshipFacts(edge, on) if edge else None


def _organisation(number: int, on: dt.date) -> OrganisationFacts | None:
    return organisation_facts(number, on)


def _organisation_titles(numbers: Collection[int]) -> dict[int, str]:
    return dict(Organisation.objects.filter(pk__in=numbers).values_list("pk", "name"))


def _post_titles(numbers: Collection[int]) -> dict[int, str]:
    rows = Post.objects.filter(pk__in=numbers).values_list("pk", "organisation__name", "title")
    return {number: f"{unit} {title}" for number, unit, title in rows}


def _relationship_titles(numbers: Collection[int]) -> dict[int, str]:
    edges = list(Relationship.objects.filter(pk__in=numbers))
    ends = titles_of({end for edge in edges for end in _ends(edge)})
    titles = {}
    for edge in edges:
        found = definitions.find(Kind.RELATIONSHIP, edge.kind, edge.begins)
        first, second = (ends.get(end, "") for end in _ends(edge))
        titles[edge.pk] = f"{found.body.title if found else ''}：{first}—{second}"
    return titles


def _ends(edge: Relationship) -> tuple[tuple[str, int], tuple[str, int]]:
    return (edge.from_type, edge.from_id), (edge.to_type, edge.to_id)


def _all_of_them(powers: Powers, numbers: Collection[int]) -> frozenset[int]:
    """Which organisations there are is no secret among those who hold any post."""
    return frozenset(numbers) if powers.posts else frozenset()


def _posts_visible(powers: Powers, numbers: Collection[int]) -> frozenset[int]:
    """A seat is seen by all who hold one; those whose holders are a file, by those who keep it."""
    rolls = roll_kinds(powers.on)
    rows = Post.objects.filter(pk__in=numbers if powers.posts else ()).values_list(
        "pk", "kind", "organisation"
    )
    return frozenset(pk for pk, kind, unit in rows if kind not in rolls or powers.may("roll", unit))


def _relationships_visible(powers: Powers, numbers: Collection[int]) -> frozenset[int]:
    """An edge is seen by who may see both its ends."""
    edges = list(Relationship.objects.filter(pk__in=numbers))
    seen = visible_of({end for edge in edges for end in _ends(edge)}, powers)
    return frozenset(edge.pk for edge in edges if seen.issuperset(_ends(edge)))


def register() -> None:
    """Enter the room's types among the keepers."""
    KEEPERS["organisation"] = Keeper(_organisation, _organisation_titles, _all_of_them)
    KEEPERS["post"] = Keeper(_post_facts, _post_titles, _posts_visible)
    KEEPERS["relationship"] = Keeper(_relationship_facts, _relationship_titles, _relationships_visible)
