"""What a flow is made of: lists of steps and parallels, joined by outcomes.

A flow is a list of nodes. An outcome leads to a node of the *same* list or to an end with a result. A
parallel holds lists of its own, its lanes; it is entered and left as a whole, and an end in a lane ends only
that lane. So every list is a small state machine and nesting never tangles. "Without outcomes the next line
follows" is resolved when the flow is read: every node here carries the outcomes it really has.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import TypeAlias, TypeVar

from ronghe.core.errors import RongheError
from ronghe.core.forms import Form
from ronghe.core.procedure.voting import Vote
from ronghe.core.select import Choice, Gives, Path, Where
from ronghe.core.worktime import Limit

T = TypeVar("T")

DONE = "done"
"""The one outcome of a step that names none, and the result of a list whose last line names none."""
SOME, NONE = "some", "none"
"""The two outcomes of a parallel: it opened lanes and all have ended; it opened none."""
ANY_LANE = "*"
"""Stands in a list's path for every lane of a parallel whose lanes are known only when it opens."""

Field: TypeAlias = tuple[str | int, ...]
"""The way to a value inside a definition's YAML node."""
LanePath: TypeAlias = tuple[str, ...]
"""The lanes that lead to a list: parallel, lane, parallel, lane, …; () is the top list."""


@dataclass(frozen=True)
class Limits:
    """Two limits of one piece of work; at least one is given."""

    legal: Limit | Path | None = None
    promised: Limit | Path | None = None


@dataclass(frozen=True)
class Runs:
    """What does a step in place of a form: a procedure, judgement, bulletin or activity."""

    kind: str
    code: str


@dataclass(frozen=True)
class Pause:
    """A ground on which the clock of a step may stand still, and for how long at most."""

    code: str
    title: str
    max: Limit | None = None


@dataclass(frozen=True)
class Extends:
    """How far a step may be extended, how often and with whose approval."""

    max: Limit
    once: bool = False
    approved_by: Choice | None = None


@dataclass(frozen=True)
class Most:
    """At most `count` may be chosen, in all or for each value of `per`."""

    count: int
    per: Path | None = None


@dataclass(frozen=True)
class OnePer:
    """A second of the same `keys` is refused, or only flagged; look-alikes in the field `near` are found."""

    keys: tuple[Path, ...]
    near: Path | None = None
    flag: bool = False


@dataclass(frozen=True)
class Call:
    """Whoever of `who` answers opens a lane, for as long as `limit` says (None: until somebody closes it)."""

    who: Choice
    limit: Limit | Path | None = None


@dataclass(frozen=True)
class Outcome:
    """One way on: `to` a node of the same list or an `end` with its result; exactly one of the two.

    `title` is empty when the definition names none. `by` is only for outcomes of the whole procedure.
    """

    code: str
    to: str | None = None
    end: str | None = None
    title: str = ""
    by: Choice | None = None
    requires: Where | None = None
    gives: Gives | None = None


@dataclass(frozen=True)
class Step:
    """Work of one party: `by` does it, or `runs` does it (on behalf of `by` where both stand).

    `checks` names the step of the same list whose work is checked here by a second person (审签).
    """

    code: str
    title: str
    outcomes: Mapping[str, Outcome]
    by: Choice | None = None
    runs: Runs | None = None
    limit: Limit | Path | Limits | None = None
    wait: Limit | Path | None = None
    form: Form | None = None
    requires: Where | None = None
    pauses: Mapping[str, Pause] = field(default_factory=dict)
    extends: Extends | None = None
    most: tuple[Most, ...] = ()
    template: str | None = None
    one_per: OnePer | None = None
    checks: str | None = None
    vote: Vote | None = None


@dataclass(frozen=True)
class Parallel:
    """Lanes that run side by side: fixed `lanes`, or `body` once for each member of `over`.

    `outcomes` holds what was written or follows by itself under `some` and `none`.
    """

    code: str
    title: str
    outcomes: Mapping[str, Outcome]
    lanes: Mapping[str, Flow] = field(default_factory=dict)
    over: Path | Call | None = None
    body: Flow | None = None
    form: Form | None = None
    one_per: OnePer | None = None

    @property
    def is_call(self) -> bool:
        """Tell whether lanes are opened by whoever answers."""
        return isinstance(self.over, Call)

    @property
    def lists(self) -> Mapping[str, Flow]:
        """Give the list of each fixed lane, or the one body under ANY_LANE."""
        return self.lanes if self.body is None else {ANY_LANE: self.body}

    def list_of(self, lane: str) -> Flow:
        """Give the list that `lane` runs.

        Raises: RongheError("step-unknown").
        """
        if self.body is not None:
            return self.body
        return _known(self.lanes, lane, f"并行“{self.title}”的分支")


Node: TypeAlias = Step | Parallel


@dataclass(frozen=True)
class Flow:
    """A list of nodes, the first of which is where it starts; `outcomes` are those of the whole procedure."""

    nodes: tuple[Node, ...]
    outcomes: Mapping[str, Outcome] = field(default_factory=dict)

    @cached_property
    def by_code(self) -> dict[str, Node]:
        """Give the nodes of this list (not of its lanes) by code."""
        return {node.code: node for node in self.nodes}

    @cached_property
    def forms(self) -> tuple[Form, ...]:
        """Give the forms of all steps, those of lanes too."""
        return tuple(placed.step.form for placed in steps_of(self) if placed.step.form is not None)

    @cached_property
    def runs(self) -> bool:
        """Tell whether something else than a person does one of the steps."""
        return any(placed.step.runs is not None for placed in steps_of(self))

    @cached_property
    def waits(self) -> bool:
        """Tell whether one of the steps may not be done before some time."""
        return any(placed.step.wait is not None for placed in steps_of(self))

    @property
    def first(self) -> str:
        """Give the code of the node where the list starts."""
        return self.nodes[0].code

    def node(self, code: str) -> Node:
        """Give a node of this list.

        Raises: RongheError("step-unknown").
        """
        return _known(self.by_code, code, "流程的这一列")

    def parallel(self, code: str) -> Parallel:
        """Give a parallel of this list.

        Raises: RongheError("step-unknown", "not-parallel").
        """
        node = self.node(code)
        if isinstance(node, Parallel):
            return node
        message = f"“{code}”是一个环节，不是并行，没有分支可开。办理没有改动。"
        raise RongheError("not-parallel", message, step=code)

    def step_at(self, path: LanePath, code: str) -> Step:
        """Give the step a token at `path` stands at.

        Raises: RongheError("step-unknown", "not-parallel").
        """
        node = self.at(path).node(code)
        if isinstance(node, Step):
            return node
        message = f"“{code}”是并行，不是一个环节，不能办理。办理没有改动。"
        raise RongheError("step-unknown", message, step=code)

    def at(self, path: LanePath) -> Flow:
        """Give the list that the lanes of `path` lead to."""
        here = self
        for parallel, lane in zip(path[::2], path[1::2], strict=True):
            here = here.parallel(parallel).list_of(lane)
        return here


def _known(held: Mapping[str, T], code: str, where: str) -> T:
    if code in held:
        return held[code]
    message = f"{where}里没有“{code}”，只有：{'、'.join(held)}。办理没有改动，请核对流程的版本。"
    raise RongheError("step-unknown", message, step=code)


@dataclass(frozen=True)
class Listing:
    """A list of the flow, with the lanes that lead to it and its place in the definition."""

    path: LanePath
    field: Field
    flow: Flow


@dataclass(frozen=True)
class PlacedStep:
    """A step, with the lanes that lead to its list and its place in the definition."""

    path: LanePath
    field: Field
    step: Step


def lists_of(flow: Flow, path: LanePath = (), at: Field = ("flow",)) -> Iterator[Listing]:
    """Yield the list and, depth first, the lists of all lanes within it."""
    yield Listing(path, at, flow)
    for index, node in enumerate(flow.nodes):
        if isinstance(node, Parallel):
            for lane, inner in node.lists.items():
                below = ("flow",) if node.body is not None else ("lanes", lane)
                yield from lists_of(inner, (*path, node.code, lane), (*at, index, *below))


def steps_of(flow: Flow) -> list[PlacedStep]:
    """Give all steps, those of each list in order and lanes after the list that holds them."""
    return [
        PlacedStep(listing.path, (*listing.field, index), node)
        for listing in lists_of(flow)
        for index, node in enumerate(listing.flow.nodes)
        if isinstance(node, Step)
    ]
