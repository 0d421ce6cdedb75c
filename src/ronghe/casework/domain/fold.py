"""The one place where a case moves: each ledger entry, in order, changes the record in exactly one way.

The live path, the bulk path and `reconcile` all go through `evolve`; it reads no calendar and no clock, because an
entry carries every instant it fixed.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any, Protocol

from ronghe.casework.domain.record import CaseRecord, StepRecord
from ronghe.casework.enums import TRANSITIONS, CaseState, RunState
from ronghe.core.errors import RongheError
from ronghe.core.procedure import Flow, Parallel, Token, close_call, complete, jump, open_lane, start
from ronghe.core.worktime import ClockEvent, ClockLog, Limit

MOVED = "case.moved"


class Fact(Protocol):
    """What a draft and a stored entry have in common."""

    @property
    def kind(self) -> str: ...
    @property
    def at(self) -> dt.datetime: ...
    @property
    def actor(self) -> str: ...
    @property
    def code(self) -> str: ...
    @property
    def data(self) -> Mapping[str, Any]: ...
    @property
    def organisation_id(self) -> int | None: ...


def replay(
    flow: Flow, facts: Iterable[Fact], case_id: int = 0, *, later: Mapping[int, Flow] | None = None
) -> CaseRecord:
    """The record that these entries, in order of seq, make; `later`: the flows of the editions it was moved to, by id."""
    record = CaseRecord(id=case_id)
    for fact in facts:
        if fact.kind == MOVED:
            flow = (later or {})[fact.data["edition_id"]]
        evolve(record, flow, fact)
    return record


def evolve(record: CaseRecord, flow: Flow, fact: Fact) -> None:
    """Apply one entry. Raises `RongheError` for a kind that does not belong to a case."""
    handler = HANDLERS.get(fact.kind)
    if handler is None:
        raise RongheError("not-a-case-entry", f"台账记录 {fact.kind} 不属于办件，请核对数据来源。")
    handler(record, flow, fact)
    record.revision += 1


def _instant(value: str | None) -> dt.datetime | None:
    return dt.datetime.fromisoformat(value) if value else None


def _lanes(fact: Fact) -> Callable[[Parallel], Sequence[str]]:
    recorded: dict[str, list[str]] = fact.data.get("lanes") or {}
    return lambda parallel: recorded.get(parallel.code, ())


def _started(at: dt.datetime, limit: str | None) -> ClockLog | None:
    return ClockLog((ClockEvent("start", at, limit=Limit.parse(limit)),)) if limit else None


def _move(record: CaseRecord, state: str) -> None:
    if state not in TRANSITIONS[record.state]:
        raise RongheError("wrong-state", "办件的状态已经变化，请刷新页面后再办理。")
    record.state = state


def _opened(record: CaseRecord, flow: Flow, fact: Fact) -> None:
    record.opened_at = fact.at
    record.responsible = record.first_receiver = fact.organisation_id
    record.clock = _started(fact.at, fact.data.get("limit"))
    record.due = _instant(fact.data.get("due"))
    record.marking = start(flow, _lanes(fact)).marking


def _step_opened(record: CaseRecord, flow: Flow, fact: Fact) -> None:
    data = fact.data
    record.steps.append(
        StepRecord(
            no=data["step"],
            code=fact.code,
            path=tuple(data.get("path") or ()),
            round=record.round,
            holder=fact.organisation_id,
            post=data.get("post", ""),
            opened_at=fact.at,
            clock=_started(fact.at, data.get("limit")),
            due=_instant(data.get("due")),
            written_by=_written_by(record, flow, fact),
        )
    )


def _written_by(record: CaseRecord, flow: Flow, fact: Fact) -> str:
    """Whose work a checking step checks: who last did the step it names."""
    checked = flow.step_at(tuple(fact.data.get("path") or ()), fact.code).checks
    if checked is None:
        return ""
    return next((step.done_by for step in reversed(record.steps) if step.code == checked), "")


def _step_done(record: CaseRecord, flow: Flow, fact: Fact) -> None:
    step = _step(record, fact)
    step.done_at, step.done_by, step.outcome = fact.at, fact.actor, fact.data["outcome"]
    step.clock = _stopped(step.clock, fact.at)
    if "related" in fact.data:
        _run_by(step, fact, RunState.DONE)
    record.notes = max(record.notes, fact.data.get("note", 0))
    assert record.marking is not None  # noqa: S101 - a case with steps was opened
    token = Token(step.path, step.code)
    record.marking = complete(flow, record.marking, token, step.outcome, _lanes(fact)).marking


def _step_assigned(record: CaseRecord, _flow: Flow, fact: Fact) -> None:
    _step(record, fact).assignee = fact.data["person"]


def _step_released(record: CaseRecord, _flow: Flow, fact: Fact) -> None:
    _step(record, fact).assignee = None


def _step(record: CaseRecord, fact: Fact) -> StepRecord:
    step = record.step(fact.data["step"])
    if step is None or not step.is_open:
        raise RongheError("step-not-open", "这个环节已经办过，请刷新页面查看最新进展。")
    return step


def _stopped(clock: ClockLog | None, at: dt.datetime) -> ClockLog | None:
    return clock.append(ClockEvent("stop", at)) if clock else None


def _accepted(record: CaseRecord, _flow: Flow, fact: Fact) -> None:
    record.accepted_at = record.accepted_at or fact.at
    if fact.data.get("limit"):
        record.clock, record.due = _started(fact.at, fact.data["limit"]), _instant(fact.data.get("due"))
    _hand_to(record, fact.organisation_id)


def _hand_to(record: CaseRecord, organisation: int | None) -> None:
    if organisation != record.responsible:
        record.asked = {}  # what the unit before asked its leader is no longer a question
    record.responsible = organisation
    record.first_receiver = record.first_receiver or organisation


def _extension_asked(record: CaseRecord, _flow: Flow, fact: Fact) -> None:
    kept = {key: fact.data[key] for key in ("step", "limit", "document", "note") if key in fact.data}
    record.asked = {**kept, "by": fact.actor, "at": fact.at.astimezone(dt.UTC).isoformat()}
    record.notes = max(record.notes, fact.data.get("note", 0))


def _extension_refused(record: CaseRecord, flow: Flow, fact: Fact) -> None:
    record.asked = {}
    _noted(record, flow, fact)


def _drafted(record: CaseRecord, _flow: Flow, fact: Fact) -> None:
    record.replies = max(record.replies, fact.data["reply"])


def _transferred(record: CaseRecord, _flow: Flow, fact: Fact) -> None:
    _hand_to(record, fact.organisation_id)


def _returned(record: CaseRecord, _flow: Flow, _fact: Fact) -> None:
    record.responsible, record.asked = None, {}


def _paused(record: CaseRecord, _flow: Flow, fact: Fact) -> None:
    record.paused_at, record.pause_ground = fact.at, fact.data["ground"]
    record.paused_until = _instant(fact.data.get("until"))
    event = ClockEvent("pause", fact.at, ground=fact.data["ground"], until=record.paused_until)
    _on_clocks(record, fact, event)


def _resumed(record: CaseRecord, _flow: Flow, fact: Fact) -> None:
    ground = record.pause_ground
    _unpause(record)
    _on_clocks(record, fact, ClockEvent("resume", fact.at, ground=ground))


def _unpause(record: CaseRecord) -> None:
    record.paused_at = record.paused_until = None
    record.pause_ground = ""


def _extended(record: CaseRecord, _flow: Flow, fact: Fact) -> None:
    limit, document = Limit.parse(fact.data["limit"]), fact.data.get("document", "")
    _on_clocks(record, fact, ClockEvent("extend", fact.at, limit=limit, document=document))
    record.asked = {}


def _on_clocks(record: CaseRecord, fact: Fact, event: ClockEvent) -> None:
    """Append the event to the case's clock and to the named step's; take over the due instants the entry fixed."""
    record.notes = max(record.notes, fact.data.get("note", 0))
    if record.clock:
        record.clock = record.clock.append(event)
        record.due = _instant(fact.data.get("due")) or record.due
    step = record.step(fact.data.get("step", 0))
    if step and step.clock and step.is_open:
        step.clock = step.clock.append(event)
        step.due = _instant(fact.data.get("step_due")) or step.due


def _recalendared(record: CaseRecord, _flow: Flow, fact: Fact) -> None:
    """Days off or office hours were set anew: only the clock the entry names moves, the case's own or that of a step."""
    data = fact.data
    event = ClockEvent("recalendar", fact.at, document=f"{data.get('year', 'hours')}-{data['version']}")
    moved = record.step(data["step"]) if data.get("step") else record
    if moved is not None and moved.clock is not None:
        moved.clock, moved.due = moved.clock.append(event), _instant(data["due"])


def _moved(record: CaseRecord, _flow: Flow, fact: Fact) -> None:
    """Held to a newer edition from here on: the clock the entry names, the case's own or a step's, starts as that one says.

    What happened to the clock since stays: pauses and extensions count as they did. Without `clock` nothing of it changes.
    """
    data = fact.data
    record.notes = max(record.notes, data.get("note", 0))
    moved = record.step(data["step"]) if data.get("step") else record
    if moved is not None and "clock" in data:
        moved.clock, moved.due = restarted(moved.clock, data), _instant(data.get("due"))


def restarted(clock: ClockLog | None, data: Mapping[str, Any]) -> ClockLog | None:
    """The clock as if it had started with the limit and at the instant told. Raises RongheError when extended by another unit."""
    if data["clock"] == "none":
        return None
    start = ClockEvent("start", dt.datetime.fromisoformat(data["at"]), limit=Limit.parse(data["limit"]))
    since = [event for event in clock.events if event.kind != "start"] if clock else []
    return replace(clock or ClockLog(), events=(start, *since))


def _answered(record: CaseRecord, _flow: Flow, fact: Fact) -> None:
    record.answered_at = fact.at
    record.replies = max(record.replies, fact.data["reply"])


def _closed(record: CaseRecord, _flow: Flow, fact: Fact) -> None:
    _move(record, CaseState.CLOSED)
    _end(record, fact, fact.data["result"])


def _withdrawn(record: CaseRecord, _flow: Flow, fact: Fact) -> None:
    _move(record, CaseState.WITHDRAWN)
    _end(record, fact, "withdrawn")


def _end(record: CaseRecord, fact: Fact, result: str) -> None:
    record.result, record.closed_at = result, fact.at
    record.notes = max(record.notes, fact.data.get("note", 0))
    record.clock = _stopped(record.clock, fact.at)
    record.merged_into = None
    _leave_steps(record, fact)


def _leave_steps(record: CaseRecord, fact: Fact) -> None:
    """Nothing is open any more."""
    record.marking, record.asked, record.call_until = None, {}, None
    _unpause(record)
    for step in record.open_steps:
        step.done_at, step.done_by, step.clock = fact.at, fact.actor, _stopped(step.clock, fact.at)


def _reopened(record: CaseRecord, flow: Flow, fact: Fact) -> None:
    _move(record, CaseState.OPEN)
    record.round, record.result = fact.data["round"], ""
    record.answered_at = record.closed_at = None
    record.notes = max(record.notes, fact.data.get("note", 0))
    record.reminded, record.urged = [], 0
    record.clock = _started(fact.at, fact.data.get("limit"))
    record.due = _instant(fact.data.get("due"))
    _enter(record, flow, fact)


def _enter(record: CaseRecord, flow: Flow, fact: Fact) -> None:
    """Stand at the step the entry names, or at the beginning."""
    beginning = start(flow, _lanes(fact)).marking
    record.marking = jump(flow, beginning, fact.code, _lanes(fact)).marking if fact.code else beginning


def _merged(record: CaseRecord, _flow: Flow, fact: Fact) -> None:
    """The other case answers for this one; its own promise to its requester, the clock, goes on."""
    record.merged_into = fact.data["into"]
    record.notes = max(record.notes, fact.data.get("note", 0))
    _leave_steps(record, fact)
    _hand_to(record, fact.organisation_id)


def _split(record: CaseRecord, flow: Flow, fact: Fact) -> None:
    record.merged_into = None
    record.notes = max(record.notes, fact.data.get("note", 0))
    _enter(record, flow, fact)


def _diverted(record: CaseRecord, flow: Flow, fact: Fact) -> None:
    """An outcome of the whole procedure: whatever was open is left, and it goes on where that leads."""
    before = record.marking
    assert before is not None  # noqa: S101 - an open case stands somewhere
    record.notes = max(record.notes, fact.data.get("note", 0))
    _leave_steps(record, fact)
    record.marking = jump(flow, before, flow.outcomes[fact.data["outcome"]], _lanes(fact)).marking


def _reminded(record: CaseRecord, _flow: Flow, fact: Fact) -> None:
    record.reminded = [*record.reminded, fact.data["rule"]]
    record.urged = max(record.urged, fact.data["level"])


def _urged(record: CaseRecord, flow: Flow, fact: Fact) -> None:
    record.urged = max(record.urged, fact.data["level"])
    _noted(record, flow, fact)


def _gave(record: CaseRecord, _flow: Flow, fact: Fact) -> None:
    """What came of the case lives by itself; what runs a step stands with the step."""
    step = record.step(fact.data.get("step", 0))
    if step is not None:
        _run_by(step, fact, fact.data.get("result", RunState.RUNNING))


def _run_by(step: StepRecord, fact: Fact, state: str) -> None:
    step.run_type, step.run_id = fact.data.get("kind", "case"), fact.data["related"]
    step.run_state = state


def _call_opened(record: CaseRecord, _flow: Flow, fact: Fact) -> None:
    record.call_until = _instant(fact.data.get("until"))


def _lane_opened(record: CaseRecord, flow: Flow, fact: Fact) -> None:
    assert record.marking is not None  # noqa: S101 - a case with a call stands somewhere
    record.marking = open_lane(flow, record.marking, fact.code, fact.data["lane"], _lanes(fact)).marking


def _call_closed(record: CaseRecord, flow: Flow, fact: Fact) -> None:
    assert record.marking is not None  # noqa: S101 - a case with a call stands somewhere
    record.marking = close_call(flow, record.marking, fact.code, _lanes(fact)).marking
    record.call_until = None


def _chosen(record: CaseRecord, flow: Flow, fact: Fact) -> None:
    record.chosen = list(fact.data["lanes"])
    _noted(record, flow, fact)


def _noted(record: CaseRecord, _flow: Flow, fact: Fact) -> None:
    record.notes = max(record.notes, fact.data.get("note", 0))


def _attached(record: CaseRecord, _flow: Flow, fact: Fact) -> None:
    record.attachments = max(record.attachments, fact.data["attachment"])


HANDLERS: dict[str, Callable[[CaseRecord, Flow, Fact], None]] = {
    "case.opened": _opened,
    "case.accepted": _accepted,
    "case.transferred": _transferred,
    "case.returned": _returned,
    "case.paused": _paused,
    "case.resumed": _resumed,
    "case.extension-asked": _extension_asked,
    "case.extension-refused": _extension_refused,
    "case.extended": _extended,
    "clock.recalendared": _recalendared,
    "clock.retimed": _recalendared,
    MOVED: _moved,
    "case.supplemented": _noted,
    "case.drafted": _drafted,
    "case.answered": _answered,
    "case.closed": _closed,
    "case.withdrawn": _withdrawn,
    "case.reopened": _reopened,
    "case.merged": _merged,
    "case.split": _split,
    "case.reminded": _reminded,
    "case.urged": _urged,
    "case.explained": _noted,
    "case.gave": _gave,
    "case.diverted": _diverted,
    "case.chosen": _chosen,
    "call.opened": _call_opened,
    "call.closed": _call_closed,
    "lane.opened": _lane_opened,
    "case.noted": _noted,
    "case.attached": _attached,
    "case.erased": _noted,
    "step.opened": _step_opened,
    "step.done": _step_done,
    "step.assigned": _step_assigned,
    "step.released": _step_released,
}
