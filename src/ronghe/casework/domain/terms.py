"""What a course goes by: who holds steps, how they are found, what the case pinned, whom it touches."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from ronghe.casework.domain.record import CaseRecord
from ronghe.core.procedure import Flow, Limits, Parallel, Step
from ronghe.core.select import Name, Path
from ronghe.core.worktime import Limit


@dataclass(frozen=True)
class Holder:
    """Who must do a step: an organisation (None: nobody was found), by a post of it, at the triage desk or not."""

    organisation: int | None
    post: str = ""
    triage: bool = False


class Routing(Protocol):
    """Finds holders and lanes by the definition's selectors on the day of the act."""

    def holder(self, record: CaseRecord, step: Step, path: tuple[str, ...]) -> Holder: ...

    def lanes(self, record: CaseRecord, parallel: Parallel) -> Sequence[str]: ...

    def limit(self, record: CaseRecord, limit: Limit | Path | Limits | None) -> Limit | None: ...


@dataclass(frozen=True)
class Terms:
    """What the case pinned of its definition. `limit` None: no clock applies; `from_acceptance`: it starts there."""

    reference: str
    edition: str
    flow: Flow
    limit: Limit | None
    from_acceptance: bool = False

    @property
    def opening_limit(self) -> Limit | None:
        return None if self.from_acceptance else self.limit


@dataclass(frozen=True)
class Party:
    """Another one the case touches, by role."""

    role: str
    type: str
    ref: int


def reopening_step(flow: Flow) -> str:
    """The first step of the outer list that the responsible unit does; empty: the flow begins anew."""
    for node in flow.nodes:
        if isinstance(node, Step) and node.by == Name("responsible"):
            return node.code
    return ""
