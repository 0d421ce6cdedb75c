"""Reading organisations, people and powers as of a day."""

from ronghe.organisations.queries.delegations import delegations_given, delegations_taken
from ronghe.organisations.queries.facts import OrganisationFacts, PersonFacts
from ronghe.organisations.queries.line import (
    Rung,
    acting_unit,
    heads_of,
    inspectors,
    line_of,
    superiors_of,
    with_successor,
    with_takers,
)
from ronghe.organisations.queries.lines import LineFacts, line_facts
from ronghe.organisations.queries.lookup import know, of_kind, organisation_facts, reference_facts, with_post
from ronghe.organisations.queries.names import NameIndex, find_by_name
from ronghe.organisations.queries.people import holders, live_relationships, posts_of
from ronghe.organisations.queries.powers import Powers, powers_of
from ronghe.organisations.queries.things import PostFacts, RelationshipFacts
from ronghe.organisations.queries.trees import (
    Reached,
    TreeNode,
    by_code,
    by_credit_code,
    live_on,
    names_on,
    parent_names,
    parent_on,
    placements_on,
    reached_from,
    subtree_ids,
    successor_of,
    tree_on,
)

__all__ = [
    "LineFacts",
    "NameIndex",
    "OrganisationFacts",
    "PersonFacts",
    "PostFacts",
    "Powers",
    "Reached",
    "RelationshipFacts",
    "Rung",
    "TreeNode",
    "acting_unit",
    "by_code",
    "by_credit_code",
    "delegations_given",
    "delegations_taken",
    "find_by_name",
    "heads_of",
    "holders",
    "inspectors",
    "know",
    "line_facts",
    "line_of",
    "live_on",
    "live_relationships",
    "names_on",
    "of_kind",
    "organisation_facts",
    "parent_names",
    "parent_on",
    "placements_on",
    "posts_of",
    "powers_of",
    "reached_from",
    "reference_facts",
    "subtree_ids",
    "successor_of",
    "superiors_of",
    "tree_on",
    "with_post",
    "with_successor",
    "with_takers",
]
