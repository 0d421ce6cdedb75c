"""Soundness: whatever happens, every step can come about and the case can still end.

A parallel is entered and left as a whole and no outcome leaves its list, so the marking graph of the flow is
sound exactly when each list is, taken alone with its parallels as single nodes. So the proof walks over a
few nodes where the marking graph may have thousands of states (tests compare the two verdicts).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from difflib import get_close_matches

from ronghe.core.procedure.flow import (
    SOME,
    Call,
    Field,
    Flow,
    Listing,
    Node,
    Outcome,
    Parallel,
    Step,
    lists_of,
)


@dataclass(frozen=True)
class Problem:
    """What is wrong at `field` of the procedure, and how to mend it; `code` is stable."""

    code: str
    message: str
    field: Field = ()
    cure: str = ""


def verify(flow: Flow) -> list[Problem]:
    """Give every way in which the flow is unsound; an empty list means sound.

    Codes: step-unknown and jump-out (a token would be lost); unreachable, cannot-end, dead-outcome, and
    empty-loop (parallels that open no lane lead to each other for ever). The latter four are looked for only
    once all outcomes lead somewhere. A withdrawal does not count as a way to end: others need not ask for it.
    """
    return list(_lost(flow)) or [problem for listing in lists_of(flow) for problem in _of_list(listing)]


def _of_list(listing: Listing) -> Iterator[Problem]:
    flow = listing.flow
    reached = _reach([flow.first, *_targets(flow.outcomes.values())], _next(flow, _possible))
    skips = _next(flow, _skips)
    for index, node in enumerate(flow.nodes):
        at = (*listing.field, index)
        for code in set(node.outcomes) - _possible_codes(node):
            yield _dead_outcome(node, code, at)
        if node.code not in reached:
            yield _unreachable(node, at)
        elif not _leads_to_end(flow, node.code, _possible):
            yield _cannot_end(node, at)
        if node.code in _reach(skips(node.code), skips):
            yield _empty_loop(node, at)


# The graph of one list


def _reach(starts: Iterable[str], following: Callable[[str], list[str]]) -> set[str]:
    reached: set[str] = set()
    ahead = list(starts)
    while ahead:
        code = ahead.pop()
        if code not in reached:
            reached.add(code)
            ahead += following(code)
    return reached


def _next(flow: Flow, taken: Callable[[Node], list[Outcome]]) -> Callable[[str], list[str]]:
    return lambda code: _targets(taken(flow.node(code)))


def _targets(outcomes: Iterable[Outcome]) -> list[str]:
    return [outcome.to for outcome in outcomes if outcome.to is not None]


def _leads_to_end(flow: Flow, code: str, taken: Callable[[Node], list[Outcome]]) -> bool:
    reached = _reach([code], _next(flow, taken))
    return any(outcome.end is not None for one in reached for outcome in taken(flow.node(one)))


def _possible_codes(node: Node) -> set[str]:
    return {SOME} if isinstance(node, Parallel) and node.lanes else set(node.outcomes)


def _possible(node: Node) -> list[Outcome]:
    """Give the outcomes that some run takes."""
    return [node.outcomes[code] for code in _possible_codes(node)]


def _skips(node: Node) -> list[Outcome]:
    """Give the outcomes that may be taken in the moment the node is entered, with nobody doing anything."""
    if isinstance(node, Step) or isinstance(node.over, Call):
        return []
    bodies_skip = all(_leads_to_end(body, body.first, _skips) for body in node.lists.values())
    return [node.outcomes[code] for code in _possible_codes(node) if code != SOME or bodies_skip]


# What is said about it


def _lost(flow: Flow) -> Iterator[Problem]:
    for listing in lists_of(flow):
        for index, node in enumerate(listing.flow.nodes):
            for outcome in {id(one): one for one in node.outcomes.values()}.values():
                written = (
                    ("then",)
                    if isinstance(node, Parallel) and outcome.code == "then"
                    else ("outcomes", outcome.code)
                )
                yield from _lost_target(flow, listing.flow, outcome, (*listing.field, index, *written))
    for code, outcome in flow.outcomes.items():
        yield from _lost_target(flow, flow, outcome, ("outcomes", code))


def _lost_target(flow: Flow, here: Flow, outcome: Outcome, at: Field) -> Iterator[Problem]:
    if outcome.to is None or outcome.to in here.by_code:
        return
    known = "、".join(here.by_code)
    if any(outcome.to in listing.flow.by_code for listing in lists_of(flow)):
        message = (
            f"结果“{outcome.code}”要去“{outcome.to}”，可它不在同一列环节里；跳出去，这一列就再也没有人办了。"
        )
        yield Problem("jump-out", message, at, f"请改去同一列的环节（{known}），或以 end 结束这一列。")
        return
    near = get_close_matches(outcome.to, here.by_code, 1)
    cure = f"是不是“{near[0]}”？" if near else f"这一列有：{known}。"
    yield Problem("step-unknown", f"结果“{outcome.code}”要去“{outcome.to}”，流程里没有这个环节。", at, cure)


def _unreachable(node: Node, at: Field) -> Problem:
    message = f"“{node.title}”永远走不到：从第一个环节出发，没有哪个结果通向它。"
    return Problem("unreachable", message, at, "请让某个环节的结果通向它，或删去它。")


def _cannot_end(node: Node, at: Field) -> Problem:
    message = f"走到“{node.title}”以后就再也办不结：它通向的环节里没有一个能结束。"
    return Problem("cannot-end", message, at, "请给其中一个环节加上以 end 结束的结果。")


def _dead_outcome(node: Node, code: str, at: Field) -> Problem:
    message = f"并行“{node.title}”的分支是固定的，不会一个也没有，结果“{code}”永远用不上。"
    return Problem("dead-outcome", message, (*at, "outcomes", code), "请删去它。")


def _empty_loop(node: Node, at: Field) -> Problem:
    message = f"并行“{node.title}”一个分支也没有时会立刻转回自己，没有人办理，流程却停不下来。"
    return Problem("empty-loop", message, at, "请让 none 通向一个环节，或以 end 结束。")
