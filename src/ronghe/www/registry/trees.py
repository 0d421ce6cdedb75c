"""A tree of a day made ready to be drawn: folded by level, with the leader of each unit."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field

from ronghe.definitions.enums import Kind
from ronghe.organisations.models import Appointment, Organisation
from ronghe.organisations.queries import TreeNode
from ronghe.organisations.queries.directory import leaders_on, titles_of, will_end

MOST_DRAWN = 1200


@dataclass
class Twig:
    """One unit of the drawn tree. `below`: how many stand directly under it; `twigs` is empty where they are not drawn."""

    node: TreeNode
    kind: str
    leader: Appointment | None
    ended: Organisation | None
    below: int
    twigs: list[Twig] = field(default_factory=list)


def drawn(nodes: Sequence[TreeNode], roots: Sequence[int], on: dt.date, most: int = MOST_DRAWN) -> list[Twig]:
    """The trees under these roots, down to the level at which they hold no more than `most` units."""
    kept = _under(nodes, set(roots))
    kept = [node for node in kept if node.depth <= _deepest(kept, most)]
    below: dict[int, int] = defaultdict(int)
    for node in nodes:
        if node.parent_id is not None:
            below[node.parent_id] += 1
    leaders = leaders_on({node.organisation_id: node.kind for node in kept}, on)
    ended = will_end([node.organisation_id for node in kept], on)
    titles = titles_of(Kind.ORGANISATION, on)
    twigs: dict[int, Twig] = {}
    tops: list[Twig] = []
    for node in kept:
        number = node.organisation_id
        twig = Twig(node, titles.get(node.kind, ""), leaders.get(number), ended.get(number), below[number])
        twigs[number] = twig
        (twigs[node.parent_id or 0].twigs if node.depth else tops).append(twig)
    return tops


def _under(nodes: Sequence[TreeNode], roots: set[int]) -> list[TreeNode]:
    """The nodes at and below these roots; they come from the roots down."""
    kept, is_in = [], False
    for node in nodes:
        is_in = node.organisation_id in roots if node.depth == 0 else is_in
        if is_in:
            kept.append(node)
    return kept


def _deepest(nodes: Sequence[TreeNode], most: int) -> int:
    """The deepest level drawn: all levels above it hold at most `most` units; the roots always are."""
    by_depth: dict[int, int] = defaultdict(int)
    for node in nodes:
        by_depth[node.depth] += 1
    total, deepest = 0, 0
    for depth in sorted(by_depth):
        total += by_depth[depth]
        if depth and total > most:
            break
        deepest = depth
    return deepest
