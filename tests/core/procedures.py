"""Random flows as their YAML would read them, sound and unsound, and all that can be done at a marking."""

from collections.abc import Iterator
from itertools import product

from ronghe.core.procedure import (
    Flow,
    Move,
    Parallel,
    close_call,
    complete,
    jump,
    lists_of,
    open_lane,
    parse_flow,
    start,
    verify,
)

LANES = ("a", "b")


def random_flow(random) -> Flow:
    """Give a flow, sound or not, sometimes with an outcome of the whole procedure."""
    ways = [{"to": "x"}, {"to": "y"}, {"end": "withdrawn"}]
    whole = {"stop": {"by": "opener", **random.choice(ways)}} if random.random() < 0.4 else None
    return parse_flow(_raw_list(random), whole)


def random_sound_flow(random) -> Flow:
    """Give a flow the verifier finds nothing wrong with."""
    return next(flow for flow in iter(lambda: random_flow(random), None) if not verify(flow))


def _raw_list(random, prefix="", depth=2):
    codes = [f"{prefix}{letter}" for letter in "xyz"[: random.randint(1, 3)]]
    return [_raw_node(random, code, codes, depth) for code in codes]


def _raw_node(random, code, codes, depth):
    def way():
        if random.random() < 0.02:
            return random.choice(["x", "nowhere"])
        return random.choice([*codes, *codes, {"end": "good"}, {"end": "good"}, {"end": "bad"}])

    kind = random.choice(["step", "step", "lanes", "over", "call"]) if depth else "step"
    if kind == "step":
        outcomes = {code: way() for code in random.sample(["yes", "no", "back"], random.randint(0, 3))}
        return {"step": code, "by": "opener"} | ({"outcomes": outcomes} if outcomes else {})
    node = {"parallel": code} | _raw_ways_on(random, way)
    if kind == "lanes":
        names = LANES[: random.randint(1, 2)]
        return node | {"lanes": {lane: _raw_list(random, f"{code}{lane}", depth - 1) for lane in names}}
    over = "units" if kind == "over" else {"call": {"organisation": "branch"}}
    return node | {"over": over, "flow": _raw_list(random, code, depth - 1)}


def _raw_ways_on(random, way):
    written = random.choice([(), (), ("then",), ("some",), ("none",), ("some", "none")])
    if written == ("then",):
        return {"then": way()}
    return {"outcomes": {code: way() for code in written}} if written else {}


def random_run(flow, random, length) -> list[Move]:
    """Give the moves of a run: the start, then up to `length` acts."""
    choices = lane_choices(flow)

    def made(act):
        choice = random.choice(choices)
        return act(lambda parallel: choice[parallel.code])

    run = [made(lambda lanes: start(flow, lanes))]
    for _ in range(length):
        acts = [act for _, act in acts_at(flow, run[-1].marking)]
        if acts:
            run.append(made(random.choice(acts)))
    return run


def lane_choices(flow):
    """Give every way of naming lanes: for each parallel over a path, none or two."""
    over = [
        node.code
        for listing in lists_of(flow)
        for node in listing.flow.nodes
        if isinstance(node, Parallel) and node.body and not node.is_call
    ]
    return [dict(zip(over, each, strict=True)) for each in product([(), LANES], repeat=len(over))]


def acts_at(flow, marking) -> Iterator:
    """Yield (label, act) for all that can be done; an act takes what names lanes and gives a Move."""
    for token in sorted(marking.tokens):
        for code in flow.at(token.path).node(token.step).outcomes:
            yield (
                (token.step, code),
                lambda lanes, token=token, code=code: complete(flow, marking, token, code, lanes),
            )
    for split in sorted(marking.splits, key=lambda split: (split.path, split.parallel)):
        if split.calling:
            where = {"parallel": split.parallel, "path": split.path}
            for lane in sorted(set(LANES) - split.lanes):
                yield (
                    ("open", split.parallel),
                    lambda lanes, where=where, lane=lane: open_lane(
                        flow, marking, lane=lane, lanes=lanes, **where
                    ),
                )
            yield (
                ("close", split.parallel),
                lambda lanes, where=where: close_call(flow, marking, lanes=lanes, **where),
            )


def jumps_at(flow, marking) -> Iterator:
    """Yield the acts of the whole procedure's outcomes."""
    for outcome in flow.outcomes.values():
        yield lambda lanes, outcome=outcome: jump(flow, marking, outcome, lanes)


def no_lanes(parallel) -> tuple[str, ...]:
    """Name no lane."""
    return ()


def moves(act, choices) -> Iterator[Move]:
    """Make a move with each way of naming lanes."""
    for choice in choices:
        yield act(lambda parallel, choice=choice: choice[parallel.code])
