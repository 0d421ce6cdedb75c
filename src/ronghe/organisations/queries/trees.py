"""Organisations and trees as they were on a day."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from django.db.models import Q, QuerySet

from ronghe.core.creditcode import normal
from ronghe.organisations.models import Organisation, Placement
from ronghe.rows import Question, asked

_BY_CREDIT_CODE = Question(lambda code: Organisation.objects.filter(credit_code=code), code=str)
_LIVE = "begins <= %s AND (ends IS NULL OR ends > %s)"


@dataclass(frozen=True, slots=True)
class TreeNode:
    """One organisation in one tree on one day, under the name of that day; `depth` 0 is a root."""

    organisation_id: int
    code: str
    kind: str
    name: str
    parent_id: int | None
    depth: int


def live_on(on: dt.date) -> Q:
    """The rows of a dated table that are true on the day."""
    return Q(begins__lte=on) & (Q(ends=None) | Q(ends__gt=on))


def placements_on(on: dt.date, tree: str | None = None) -> QuerySet[Placement]:
    """The placements of the day, in one tree or in all."""
    live = Placement.objects.filter(live_on(on))
    return live.filter(tree=tree) if tree else live


def tree_on(tree: str, day: dt.date, *, without: Collection[str] = ()) -> list[TreeNode]:
    """The tree as it stood on the day, from the roots down, children by their order and name; one query.

    An organisation whose parent was not in the tree that day stands as a root. `without`: kinds left out.
    """
    placements = placements_on(day, tree).select_related("organisation").order_by("order", "name", "pk")
    if without:
        placements = placements.exclude(organisation__kind__in=without)
    placed = {placement.organisation_id: placement for placement in placements}
    below: dict[int | None, list[Placement]] = defaultdict(list)
    for placement in placed.values():
        below[placement.parent_id if placement.parent_id in placed else None].append(placement)
    nodes: list[TreeNode] = []
    waiting = [(placement, 0) for placement in reversed(below[None])]
    while waiting:
        placement, depth = waiting.pop()
        unit = placement.organisation
        nodes.append(TreeNode(unit.pk, unit.code, unit.kind, placement.name, placement.parent_id, depth))
        waiting += [(child, depth + 1) for child in reversed(below[unit.pk])]
    return nodes


def names_on(ids: Collection[int], day: dt.date) -> dict[int, str]:
    """The name each organisation bore that day; before its first and after its last day, the nearest one. One query."""
    found: dict[int, Placement] = {}
    for placement in Placement.objects.filter(organisation_id__in=ids).order_by("begins", "pk"):
        if placement.organisation_id not in found or placement.begins <= day:
            found[placement.organisation_id] = placement
    return {number: placement.name for number, placement in found.items()}


def parent_on(organisation: Organisation, day: dt.date, tree: str) -> Organisation | None:
    """The organisation above, that day, in the tree."""
    placement = placements_on(day, tree).filter(organisation=organisation).select_related("parent").first()
    return placement.parent if placement else None


@dataclass(frozen=True, slots=True)
class Reached:
    """An organisation at or below `top`; `itself` when it is `top` or was merged into it, directly or in turn.

    `post` is the kind of post held in `top`, and `person_id` and `person` who holds it, where it was asked from a person.
    """

    top: int
    organisation_id: int
    itself: bool
    post: str = ""
    person_id: int | None = None
    person: str = ""


def reached_from(ids: Iterable[int], on: dt.date, tree: str | None = None) -> list[Reached]:
    """All that stands at or below each id on the day, those merged into them by then included; one query.

    Whoever answers for a unit answers for what was merged into it: past cases stay with the old unit.
    """
    tops = sorted(set(ids))
    if not tops:
        return []
    seed = f"SELECT '', id, NULL, '' FROM organisations_organisation WHERE id IN ({', '.join(['%s'] * len(tops))})"  # noqa: S608
    return _reached(seed, tops, on, tree)


def reached_by(person_id: int, on: dt.date) -> list[Reached]:
    """The same from every post that day of the person and of those who asked them to act meanwhile; one query."""
    seed = f"""
        SELECT DISTINCT post.kind, post.organisation_id, person.id, person.name
        FROM (
            SELECT post_id, person_id FROM organisations_appointment WHERE {_LIVE} AND (person_id = %s OR person_id IN (
                SELECT giver_id FROM organisations_delegation WHERE taker_id = %s AND {_LIVE}
            ))
        ) sitting
        JOIN organisations_post post ON post.id = sitting.post_id
        JOIN organisations_person person ON person.id = sitting.person_id
    """  # noqa: S608 - only fixed text and placeholders
    return _reached(seed, [on, on, person_id, person_id, on, on], on)


def _reached(
    seed: str, given: Sequence[int | dt.date], on: dt.date, tree: str | None = None
) -> list[Reached]:
    in_tree = " AND tree = %s" if tree else ""
    sql = f"""
        WITH RECURSIVE seed(post, top, person, name) AS ({seed}),
        edge(above, below, itself) AS (
            SELECT parent_id, organisation_id, 0 FROM organisations_placement
            WHERE parent_id IS NOT NULL AND {_LIVE}{in_tree}
            UNION ALL
            SELECT merged_into_id, id, 1 FROM organisations_organisation WHERE merged_into_id IS NOT NULL AND ends <= %s
        ), reached(top, id, itself) AS (
            SELECT DISTINCT top, top, 1 FROM seed
            UNION
            SELECT reached.top, edge.below, reached.itself * edge.itself FROM reached JOIN edge ON edge.above = reached.id
        )
        SELECT reached.top, reached.id, MAX(reached.itself), seed.post, seed.person, seed.name
        FROM reached JOIN seed ON seed.top = reached.top
        GROUP BY reached.top, reached.id, seed.post, seed.person, seed.name
        ORDER BY reached.top, reached.id, seed.post, seed.person
    """  # noqa: S608 - only fixed text and placeholders
    return [
        Reached(top, number, bool(itself), post, person_id, person)
        for top, number, itself, post, person_id, person in asked(
            sql, [*given, on, on, *([tree] if tree else []), on]
        )
    ]


def subtree_ids(ids: Iterable[int], on: dt.date, tree: str | None = None) -> frozenset[int]:
    """The organisations at or below these on the day, in one tree or through all; merged ones included."""
    return frozenset(reached.organisation_id for reached in reached_from(ids, on, tree))


def by_code(code: str) -> Organisation | None:
    """The organisation of this code."""
    return Organisation.objects.filter(code=code).first()


def by_credit_code(code: str) -> Organisation | None:
    """The organisation of this 统一社会信用代码, however it is written."""
    return _BY_CREDIT_CODE.first(code=normal(code))


def successor_of(organisation: Organisation) -> Organisation:
    """The one it was merged into, followed to the last; itself when it was not."""
    while organisation.merged_into is not None:
        organisation = organisation.merged_into
    return organisation


def parent_names(ids: Collection[int], day: dt.date) -> Mapping[int, list[str]]:
    """The names of what stood above each, that day, in every tree; by name. Two queries."""
    above: dict[int, set[int]] = defaultdict(set)
    for placement in placements_on(day).filter(organisation_id__in=ids, parent__isnull=False):
        above[placement.organisation_id].add(placement.parent_id or 0)
    names = names_on({parent for parents in above.values() for parent in parents}, day)
    return {number: sorted(names[parent] for parent in parents) for number, parents in above.items()}
