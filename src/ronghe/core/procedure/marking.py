"""The token machine: where a case stands, and what one completed step changes.

A list holds one token at most, or stands in one parallel; a parallel joins when every lane that *this* split
opened has ended, known by name and never by counting, so what ends late, twice or out of turn cannot fool it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, TypeAlias

from ronghe.core.errors import RongheError
from ronghe.core.procedure.flow import NONE, SOME, Flow, LanePath, Outcome, Parallel, Step

Lanes: TypeAlias = Callable[[Parallel], Sequence[str]]
"""Names the lanes of a parallel over a path, asked at the moment it splits; all names differ."""


@dataclass(frozen=True, order=True)
class Token:
    """An open step: `path` names the lanes that lead to it."""

    path: LanePath
    step: str


@dataclass(frozen=True)
class LaneEnd:
    """A lane that ended, and its result; the lane itself is the last name of `path`."""

    path: LanePath
    result: str


@dataclass(frozen=True)
class Split:
    """A parallel open at `path`: its lanes, (lane, result) of those ended, and whether its call is open."""

    path: LanePath
    parallel: str
    lanes: frozenset[str] = frozenset()
    ended: frozenset[tuple[str, str]] = frozenset()
    calling: bool = False

    @property
    def waiting(self) -> frozenset[str]:
        """Give the lanes that have not ended."""
        return self.lanes - {lane for lane, _ in self.ended}

    @property
    def outcome(self) -> str:
        """Give the outcome of the parallel once it joins."""
        return SOME if self.lanes else NONE


@dataclass(frozen=True)
class Marking:
    """Where a case stands: its open steps and open splits. Empty before the start and after the end."""

    tokens: frozenset[Token] = frozenset()
    splits: frozenset[Split] = frozenset()

    def to_json(self) -> dict[str, Any]:
        """Give plain values, in one order for equal markings."""
        splits = sorted(self.splits, key=lambda split: (split.path, split.parallel))
        return {
            "tokens": [{"path": list(token.path), "step": token.step} for token in sorted(self.tokens)],
            "splits": [
                {
                    "path": list(split.path),
                    "parallel": split.parallel,
                    "lanes": sorted(split.lanes),
                    "ended": dict(sorted(split.ended)),
                    "calling": split.calling,
                }
                for split in splits
            ],
        }

    @classmethod
    def from_json(cls, raw: Mapping[str, Any]) -> Marking:
        """Read what `to_json` gave."""
        return cls(
            frozenset(Token(tuple(token["path"]), token["step"]) for token in raw["tokens"]),
            frozenset(
                Split(
                    path=tuple(split["path"]),
                    parallel=split["parallel"],
                    lanes=frozenset(split["lanes"]),
                    ended=frozenset(split["ended"].items()),
                    calling=split["calling"],
                )
                for split in raw["splits"]
            ),
        )


@dataclass(frozen=True)
class Move:
    """What one act changed, each in the order it happened.

    `closed` and `opened` are steps; `split` parallels that opened, `joined` those that closed (one over no
    members is in both); `ended` lanes that came to an end. `end` is the result when the whole case ended.
    """

    marking: Marking
    opened: tuple[Token, ...] = ()
    closed: tuple[Token, ...] = ()
    end: str | None = None
    split: tuple[Split, ...] = ()
    joined: tuple[Split, ...] = ()
    ended: tuple[LaneEnd, ...] = ()


def start(flow: Flow, lanes: Lanes) -> Move:
    """Put a new case at the first node."""
    return jump(flow, Marking(), flow.first, lanes)


def complete(flow: Flow, marking: Marking, token: Token, outcome: str, lanes: Lanes) -> Move:
    """Close an open step with one of its outcomes (`done` where it names none) and go where that leads.

    Raises: RongheError("step-not-open", "outcome-unknown", "lane-repeated"); nothing has changed then.
    """
    if token not in marking.tokens:
        raise _not_open(flow, marking, token)
    step = flow.at(token.path).node(token.step)
    if outcome not in step.outcomes:
        known = "、".join(step.outcomes)
        message = f"环节“{step.title}”没有“{outcome}”这个办理结果，可选：{known}。环节仍然打开，请重新选择。"
        raise RongheError("outcome-unknown", message, step=token.step, outcome=outcome)
    game = _Game(flow, marking, lanes)
    game.close(token)
    game.follow(token.path, step.outcomes[outcome])
    return game.move()


def jump(flow: Flow, marking: Marking, to: str | Outcome, lanes: Lanes) -> Move:
    """Close whatever is open and go to a node of the top list, or where an outcome of the procedure leads."""
    game = _Game(flow, marking, lanes)
    for token in sorted(marking.tokens):
        game.close(token)
    game.splits.clear()
    game.follow((), Outcome("jump", to=to) if isinstance(to, str) else to)
    return game.move()


def open_lane(
    flow: Flow, marking: Marking, parallel: str, lane: str, lanes: Lanes, path: LanePath = ()
) -> Move:
    """Open a lane for an answer while the call stands open; `path` says where the parallel stands.

    Raises: RongheError("call-not-open", "lane-repeated").
    """
    game = _Game(flow, marking, lanes)
    split = game.open_call(path, parallel)
    if lane in split.lanes:
        raise _repeated(flow, split, lane)
    game.splits[path, parallel] = replace(split, lanes=split.lanes | {lane})
    game.enter((*path, parallel, lane), flow.at((*path, parallel, lane)).first)
    return game.move()


def close_call(flow: Flow, marking: Marking, parallel: str, lanes: Lanes, path: LanePath = ()) -> Move:
    """End a call: no further lane opens, and the parallel joins once the lanes it has are done.

    Raises: RongheError("call-not-open").
    """
    game = _Game(flow, marking, lanes)
    game.settle(replace(game.open_call(path, parallel), calling=False))
    return game.move()


@dataclass
class _Game:
    """One move being made: the marking taken apart, and what changes noted."""

    flow: Flow
    before: Marking
    lanes: Lanes
    end: str | None = None
    opened: list[Token] = field(default_factory=list)
    closed: list[Token] = field(default_factory=list)
    split: list[Split] = field(default_factory=list)
    joined: list[Split] = field(default_factory=list)
    ended: list[LaneEnd] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.tokens = set(self.before.tokens)
        self.splits = {(split.path, split.parallel): split for split in self.before.splits}

    def move(self) -> Move:
        marking = Marking(frozenset(self.tokens), frozenset(self.splits.values()))
        return Move(
            marking,
            opened=tuple(self.opened),
            closed=tuple(self.closed),
            end=self.end,
            split=tuple(self.split),
            joined=tuple(self.joined),
            ended=tuple(self.ended),
        )

    def close(self, token: Token) -> None:
        self.tokens.remove(token)
        self.closed.append(token)

    def follow(self, path: LanePath, outcome: Outcome) -> None:
        if outcome.to is not None:
            self.enter(path, outcome.to)
        elif path:
            self.end_lane(path, str(outcome.end))
        else:
            self.end = outcome.end

    def enter(self, path: LanePath, code: str) -> None:
        node = self.flow.at(path).node(code)
        if isinstance(node, Step):
            token = Token(path, code)
            self.tokens.add(token)
            self.opened.append(token)
        else:
            self.open_lanes(path, node)

    def open_lanes(self, path: LanePath, parallel: Parallel) -> None:
        names = self.names_of(parallel)
        split = Split(path, parallel.code, frozenset(names), calling=parallel.is_call)
        for name in split.lanes:
            if names.count(name) > 1:
                raise _repeated(self.flow, split, name)
        self.split.append(split)
        self.settle(split)
        for name in names:
            self.enter((*path, parallel.code, name), parallel.list_of(name).first)

    def names_of(self, parallel: Parallel) -> Sequence[str]:
        if parallel.is_call:
            return ()
        return tuple(parallel.lanes) or tuple(self.lanes(parallel))

    def end_lane(self, path: LanePath, result: str) -> None:
        *outer, parallel, lane = path
        split = self.splits[tuple(outer), parallel]
        self.ended.append(LaneEnd(path, result))
        self.settle(replace(split, ended=split.ended | {(lane, result)}))

    def settle(self, split: Split) -> None:
        """Keep the split as it now is, or join it and go on if nothing is awaited any more."""
        self.splits[split.path, split.parallel] = split
        if not split.calling and not split.waiting:
            del self.splits[split.path, split.parallel]
            self.joined.append(split)
            parallel = self.flow.at(split.path).node(split.parallel)
            self.follow(split.path, parallel.outcomes[split.outcome])

    def open_call(self, path: LanePath, parallel: str) -> Split:
        split = self.splits.get((path, parallel))
        if split is None or not split.calling:
            title = _title(self.flow, path, parallel)
            message = f"“{title}”的征集没有打开或已经截止，没有收下新的应征。请与发起单位联系。"
            raise RongheError("call-not-open", message, parallel=parallel, path=path)
        return split


def _title(flow: Flow, path: LanePath, code: str) -> str:
    return flow.at(path).node(code).title


def _not_open(flow: Flow, marking: Marking, token: Token) -> RongheError:
    now_open = "、".join(_title(flow, other.path, other.step) for other in sorted(marking.tokens))
    where = f"现在打开的是：{now_open}" if now_open else "现在没有打开的环节"
    message = f"环节“{token.step}”没有打开，可能已由他人办过；{where}。办理没有改动，请刷新后再办。"
    return RongheError("step-not-open", message, step=token.step, path=token.path)


def _repeated(flow: Flow, split: Split, lane: str) -> RongheError:
    title = _title(flow, split.path, split.parallel)
    message = f"“{title}”里已经有分支“{lane}”。办理没有改动，请去掉重复的一个，或换一个名称。"
    return RongheError("lane-repeated", message, parallel=split.parallel, lane=lane)
