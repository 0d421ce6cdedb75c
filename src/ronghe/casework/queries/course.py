"""The procedure of a case as a row of stops: what is done, where it stands, what is still ahead."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from ronghe.casework.enums import CaseState, outcome_title, result_title
from ronghe.casework.models import Case, Step
from ronghe.core.procedure import Parallel
from ronghe.definitions.queries import Loaded

Where = Literal["done", "open", "ahead"]


@dataclass(frozen=True)
class Stop:
    """One stop: how it ended or who has it. `times`: how often it was entered in this round."""

    title: str
    where: Where
    holder: str = ""
    outcome: str = ""
    at: dt.datetime | None = None
    times: int = 1


def stops_of(case: Case, procedure: Loaded, steps: Sequence[Step]) -> list[Stop]:
    """The outer list of the flow with this round's steps on it, and the end; lanes stand under their parallel."""
    round_ = [step for step in steps if step.round == case.round]
    stops = []
    for node in procedure.body.flow.nodes:
        inner = isinstance(node, Parallel)
        mine = [
            step
            for step in round_
            if (node.code in step.path[:1] if inner else not step.path and step.code == node.code)
        ]
        stops.append(_stop(node.title, mine, procedure))
    is_over = case.state != CaseState.OPEN
    end = str(result_title(case.result, procedure)) if is_over else ""
    return [*stops, Stop(end, "done", at=case.closed_at)] if is_over else stops


def _stop(title: str, mine: Sequence[Step], procedure: Loaded) -> Stop:
    if not mine:
        return Stop(title, "ahead")
    waiting = [step for step in mine if step.done_at is None]
    last = waiting[-1] if waiting else mine[-1]
    holder = "、".join(dict.fromkeys(str(step.holder) for step in (waiting or mine[-1:]) if step.holder))
    if waiting:
        return Stop(title, "open", holder, at=last.opened_at, times=len(mine))
    outcome = str(outcome_title(last.outcome, procedure, last.code)) if last.outcome else ""
    return Stop(title, "done", holder, outcome, last.done_at, len(mine))
