"""What the ledger says of one case: plain values, no database."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from typing import Any

from ronghe.casework.enums import CaseState
from ronghe.core.procedure import Marking
from ronghe.core.worktime import ClockLog


@dataclass
class StepRecord:
    """One step that was opened; `no` counts within the case and is what the ledger names."""

    no: int
    code: str
    path: tuple[str, ...]
    round: int
    holder: int | None
    post: str
    opened_at: dt.datetime
    clock: ClockLog | None = None
    due: dt.datetime | None = None
    assignee: int | None = None
    done_at: dt.datetime | None = None
    done_by: str = ""
    outcome: str = ""
    written_by: str = ""
    run_type: str = ""
    run_id: int | None = None
    run_state: str = ""

    @property
    def is_open(self) -> bool:
        return self.done_at is None


@dataclass
class CaseRecord:
    """One case as a fold over its entries. `revision` is the seq of the last one; `id` is 0 until it is stored."""

    id: int = 0
    state: str = CaseState.OPEN
    result: str = ""
    round: int = 1
    responsible: int | None = None
    first_receiver: int | None = None
    marking: Marking | None = None
    clock: ClockLog | None = None
    due: dt.datetime | None = None
    paused_at: dt.datetime | None = None
    pause_ground: str = ""
    paused_until: dt.datetime | None = None
    opened_at: dt.datetime | None = None
    accepted_at: dt.datetime | None = None
    answered_at: dt.datetime | None = None
    closed_at: dt.datetime | None = None
    merged_into: int | None = None
    chosen: list[str] = field(default_factory=list)
    asked: dict[str, Any] = field(default_factory=dict)
    reminded: list[int] = field(default_factory=list)
    urged: int = 0
    call_until: dt.datetime | None = None
    revision: int = 0
    steps: list[StepRecord] = field(default_factory=list)
    replies: int = 0
    notes: int = 0
    attachments: int = 0

    def step(self, no: int) -> StepRecord | None:
        """The step numbered `no`, open or done."""
        return next((step for step in self.steps if step.no == no), None)

    def checkers(self, code: str) -> set[str]:
        """Who did the step `code` in earlier rounds: a re-do is checked by somebody else."""
        return {step.done_by for step in self.steps if step.code == code and step.round < self.round}

    @property
    def open_steps(self) -> list[StepRecord]:
        return [step for step in self.steps if step.is_open]

    def differences(self, other: CaseRecord) -> dict[str, tuple[Any, Any]]:
        """Field names whose values differ, each with both values."""
        return {
            name: (getattr(self, name), getattr(other, name))
            for name in self.__dataclass_fields__
            if getattr(self, name) != getattr(other, name)
        }
