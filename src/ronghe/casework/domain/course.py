"""The acts of a case, without a database: each checks, drafts its entries in order, and moves the record by `evolve`.

Pages, commands, imports and the demonstration city all act through a `Course`; only where the record comes from and
where the entries go differs (`store`, `bulk`).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from ronghe.casework.domain.fold import evolve
from ronghe.casework.domain.record import CaseRecord, StepRecord
from ronghe.casework.domain.terms import Holder, Party, Routing, Terms, reopening_step
from ronghe.casework.enums import ACCEPT, RETURN, TRANSFER, CaseState
from ronghe.casework.exceptions import DomainError
from ronghe.core.procedure import (
    Call,
    Move,
    Outcome,
    Parallel,
    Split,
    Step,
    Token,
    complete,
    jump,
    start,
)
from ronghe.core.worktime import (
    SHANGHAI,
    Calendar,
    ClockEvent,
    ClockLog,
    Limit,
    Unit,
    due_after,
    latest_resume,
)
from ronghe.definitions.things import Ref
from ronghe.ledger.domain import Draft, Touch

__all__ = ["CLOCK", "Course", "Holder", "Party", "Routing", "Terms"]

CLOCK = "system:clock"
NEVER = dt.datetime.min.replace(tzinfo=dt.UTC)
LONGEST = Limit(2500, Unit.WORKDAY)  # ten years: a limit that no case reaches, to count days with


@dataclass
class Course:
    """One case being acted on. `by(actor, at)` says who acts and when; `entries` collects what was written."""

    record: CaseRecord
    terms: Terms
    calendar: Calendar
    routing: Routing
    parties: tuple[Party, ...] = ()
    origin: str = ""
    batch: str = ""
    acting_for: int | None = None
    actor: str = ""
    at: dt.datetime = NEVER
    entries: list[Draft] = field(default_factory=list)

    def by(self, actor: str, at: dt.datetime) -> Course:
        """Say who acts from here on, and when. Raises `before-last-act` when time would run backwards."""
        if self.entries and at < self.entries[-1].at:
            raise DomainError("before-last-act", "这一步的时间早于上一步，请核对日期后重新填写。")
        self.actor, self.at = actor, self.calendar.local(at)
        return self

    def open(self, *, responsible: int | None = None, **data: Any) -> None:
        """Open the case and its first steps; with `responsible` given the first step goes there, else by selectors."""
        lanes: dict[str, list[str]] = {}
        move = start(self.terms.flow, self._noting(lanes))
        first = [(token, self.holder_for(token, responsible)) for token in move.opened]
        lead = first[0][1] if first else Holder(responsible)
        self.emit(
            "case.opened",
            organisation=None if lead.triage else lead.organisation,
            parties=True,
            lanes=lanes or None,
            clock="running" if self.terms.limit else "none",
            **self._limits(self.terms.opening_limit),
            **data,
        )
        for token, holder in first:
            self.open_step(token, holder)

    def file_closed(self, *, responsible: int | None, **data: Any) -> None:
        """Open a case whose steps happened elsewhere: no step is claimed that nobody recorded."""
        self.emit(
            "case.opened",
            organisation=responsible,
            parties=True,
            clock="running" if self.terms.limit else "none",
            **self._limits(self.terms.opening_limit),
            **data,
        )

    def complete(
        self,
        no: int,
        outcome: str,
        *,
        note: int | None = None,
        reply: int | None = None,
        to: Holder | None = None,
        ran: Ref | None = None,
    ) -> None:
        """End an open step with an outcome of its definition; what follows opens, answers or closes the case."""
        step = self.still_open(no)
        if outcome == TRANSFER and to is not None and not to.triage and to.organisation == step.holder:
            raise DomainError("same-unit", "不能转给本单位自己，请另选承办单位。")
        lanes: dict[str, list[str]] = {}
        assert self.record.marking is not None  # noqa: S101 - an open step has a marking
        token = Token(step.path, step.code)
        move = complete(self.terms.flow, self.record.marking, token, outcome, self._noting(lanes))
        if self.record.paused_at:
            self.resume()
        self.emit(
            "step.done",
            organisation=step.holder,
            code=step.code,
            step=no,
            outcome=outcome,
            note=note,
            lanes=lanes or None,
            touches=(Touch("ran", *ran),) if ran else (),
            related=ran[1] if ran else None,
            kind_=ran[0] if ran else None,
        )
        if outcome == ACCEPT:
            self.accept(step)
        if outcome == TRANSFER:
            self._hand_over(step, to)
        if outcome == RETURN and not step.path:
            self._hand_over(step, None)
        if reply is not None:
            self._write(reply, step, is_sent=move.end is not None)
        self.follow(move, to)

    def accept(self, step: StepRecord | None = None) -> None:
        """Record the acceptance (受理), by the step's holder or, without a step, by the responsible unit."""
        starts = self.terms.from_acceptance and self.record.clock is None
        self.emit(
            "case.accepted",
            organisation=step.holder if step else self.record.responsible,
            step=step.no if step else None,
            **(self._limits(self.terms.limit) if starts else {}),
        )

    def assign(self, no: int, person: int) -> None:
        """Name the person of the holding unit who does the step."""
        step = self.still_open(no)
        touch = Touch("assignee", "person", person)
        self.emit(
            "step.assigned",
            organisation=step.holder,
            code=step.code,
            touches=(touch,),
            step=no,
            person=person,
        )

    def release(self, no: int) -> None:
        """Whoever did the step is gone; their unit names another."""
        step = self.still_open(no)
        person = step.assignee or 0
        self.emit(
            "step.released",
            organisation=step.holder,
            code=step.code,
            touches=(Touch("assignee", "person", person),),
            step=no,
            person=person,
        )

    def pause(self, no: int, ground: str, *, note: int | None = None) -> None:
        """Stop the clock for a ground the step allows; its declared maximum ends the pause by itself."""
        step = self.still_open(no)
        node = self.node_of(step)
        if ground not in node.pauses:
            raise DomainError("no-such-pause", "这个环节不能以该理由暂停计时，请改选列出的理由。")
        if self.record.paused_at:
            raise DomainError("already-paused", "计时已经暂停，无需再次暂停。")
        if self.record.clock is None and step.clock is None:
            raise DomainError("no-clock", "本件没有办理时限，无需暂停计时。")
        longest = node.pauses[ground].max
        until = latest_resume(self.calendar, self.at, longest) if longest else None
        self.emit(
            "case.paused",
            organisation=self.record.responsible,
            code=step.code,
            ground=ground,
            step=no,
            note=note,
            until=_iso(until),
        )

    def catch_up(self, at: dt.datetime) -> None:
        """End a pause whose maximum has passed by `at`: the clock does it, at the moment it was due to end."""
        until = self.record.paused_until
        if until is not None and until <= at:
            self.by(CLOCK, until).resume()

    def resume(self) -> None:
        """Let the clock run on; `due` moves by the working units the pause covered."""
        if not self.record.paused_at:
            raise DomainError("not-paused", "计时没有暂停，请刷新页面查看最新进展。")
        step = next((step for step in self.record.open_steps if step.clock), None)
        event = ClockEvent("resume", self.at, ground=self.record.pause_ground)
        self.emit(
            "case.resumed",
            organisation=self.record.responsible,
            ground=self.record.pause_ground,
            **self._dues(event, step),
        )

    def extend(
        self,
        no: int,
        limit: Limit,
        *,
        document: str = "",
        note: int | None = None,
        asker: int | None = None,
    ) -> None:
        """Lengthen the limit as the step's definition allows; `asker` had asked for it before it was due."""
        step = self.still_open(no)
        if asker is None:
            self.check_extension(no, limit)
        event = ClockEvent("extend", self.at, limit=limit, document=document)
        self.emit(
            "case.extended",
            organisation=self.record.responsible,
            code=step.code,
            limit=str(limit),
            document=document or None,
            note=note,
            asker=asker,
            **self._dues(event, step),
        )

    def check_extension(self, no: int, limit: Limit) -> None:
        """Raise unless the step may be extended so now: in time, within its maximum, once if so declared."""
        allowed = self.node_of(self.still_open(no)).extends
        if allowed is None or self.record.clock is None:
            raise DomainError("no-extension", "这个环节不能延期。")
        if allowed.max and (limit.unit != allowed.max.unit or limit.amount > allowed.max.amount):
            raise DomainError(
                "extension-too-long", f"延期最长 {allowed.max}，请改短后再提交。", most=str(allowed.max)
            )
        if allowed.once and any(event.kind == "extend" for event in self.record.clock.events):
            raise DomainError("extended-before", "本件已经延期过一次，不能再次延期。")
        if self.record.clock.reading(self.calendar, self.at).overdue:
            raise DomainError("extension-late", "时限已过，延期须在到期前办理。请尽快答复并说明原因。")

    def answer(self, reply: int) -> None:
        """Record that reply number `reply` was sent."""
        self.emit("case.answered", organisation=self.record.responsible, reply=reply, round=self.record.round)

    def close(self, result: str) -> None:
        """Close with a result; the entry counts the working days used and says whether it was in time."""
        due = self.record.due
        self.emit(
            "case.closed",
            organisation=self.record.responsible,
            quantity=self.days_used(),
            parties=True,
            result=result,
            round=self.record.round,
            due=_iso(due),
            in_time=None if due is None else self.at <= due,
        )

    def withdraw(self, *, note: int | None = None, cause: str | None = None) -> None:
        """End the case because its requester took it back, or because of what `cause` says."""
        if self.record.state != CaseState.OPEN:
            raise DomainError("not-open", "本件已经办结，不能撤回。")
        self.emit(
            "case.withdrawn", organisation=self.record.responsible, parties=True, note=note, cause=cause
        )

    def divert(self, way: Outcome, *, note: int | None = None) -> None:
        """Take an outcome of the whole procedure: it is possible at every step, and leaves all that is open."""
        if self.record.state != CaseState.OPEN or self.record.marking is None:
            raise DomainError("not-open", "本件已经办结或并入另一件，不能再这样办理。")
        lanes: dict[str, list[str]] = {}
        move = jump(self.terms.flow, self.record.marking, way, self._noting(lanes))
        if self.record.paused_at:
            self.resume()
        self.emit(
            "case.diverted",
            organisation=self.record.responsible,
            outcome=way.code,
            note=note,
            lanes=lanes or None,
        )
        self.follow(move)

    def reopen(self, *, cause: str, note: int | None = None) -> None:
        """Take a closed case up again: a new round with a clock of its own, at the unit that answered."""
        if self.record.state != CaseState.CLOSED:
            raise DomainError("not-closed", "只有已办结的件可以重新办理。")
        again = reopening_step(self.terms.flow)
        self.emit(
            "case.reopened",
            organisation=self.record.responsible,
            code=again,
            parties=True,
            round=self.record.round + 1,
            cause=cause,
            note=note,
            **self._limits(self.terms.limit),
        )
        assert self.record.marking is not None  # noqa: S101 - it was reopened just now
        for token in sorted(self.record.marking.tokens):
            holder = self.holder_for(token, None if again else self.record.responsible)
            self.open_step(token, holder)

    def note(self, no: int) -> None:
        """Record that note number `no` was added."""
        self.emit("case.noted", organisation=self.record.responsible, note=no)

    def attach(self, no: int) -> None:
        """Record that attachment number `no` was added."""
        self.emit("case.attached", organisation=self.record.responsible, attachment=no)

    def days_used(self) -> int:
        """Working days from the round's start to now, pauses left out; the start day is not counted."""
        clock = self.record.clock
        begun = self.record.opened_at if clock is None else clock.events[0].at
        assert begun is not None  # noqa: S101 - the case was opened
        events = [ClockEvent("start", begun, limit=LONGEST)]
        events += [event for event in (clock.events if clock else ()) if event.kind in {"pause", "resume"}]
        return ClockLog(tuple(events)).reading(self.calendar, self.at).elapsed

    def _hand_over(self, step: StepRecord, to: Holder | None) -> None:
        """Say where the step goes; without a unit it goes back to the triage desk."""
        if to is None or to.triage:
            self.emit("case.returned", organisation=None, code=step.code, step=step.no, from_=step.holder)
            return
        self.emit(
            "case.transferred",
            organisation=to.organisation,
            code=step.code,
            touches=self._touch("from", step.holder),
            step=step.no,
            from_=step.holder,
            to=to.organisation,
        )

    def _write(self, reply: int, step: StepRecord, *, is_sent: bool) -> None:
        """A reply that ends the case is sent; one that goes on to be checked is a draft."""
        if is_sent:
            self.answer(reply)
        else:
            self.emit("case.drafted", organisation=step.holder, code=step.code, reply=reply, step=step.no)

    def follow(self, move: Move, to: Holder | None = None) -> None:
        """Let happen what a move leads to: the end, steps and calls that open."""
        if move.end is not None:
            self.close(move.end)
            return
        for split in move.split:
            if split.calling:
                self._call(split)
        for token in move.opened:
            self.open_step(token, to or self.holder_for(token, None))

    def _call(self, split: Split) -> None:
        """A call opens; when its time is over the clock closes it."""
        node = self.terms.flow.at(split.path).parallel(split.parallel)
        limit = self.routing.limit(self.record, node.over.limit) if isinstance(node.over, Call) else None
        self.emit(
            "call.opened",
            organisation=self.record.responsible,
            code=split.parallel,
            until=_iso(due_after(self.calendar, self.at, limit)) if limit else None,
        )

    def open_step(self, token: Token, holder: Holder) -> None:
        limit = self.routing.limit(self.record, self.terms.flow.step_at(token.path, token.step).limit)
        self.emit(
            "step.opened",
            organisation=holder.organisation,
            code=token.step,
            touches=self._touch("holder", holder.organisation),
            step=len(self.record.steps) + 1,
            path=list(token.path) or None,
            post=holder.post or None,
            triage=True if holder.triage else None,
            **self._limits(limit),
        )

    def holder_for(self, token: Token, responsible: int | None) -> Holder:
        if responsible is not None:
            return Holder(responsible)
        return self.routing.holder(self.record, self.terms.flow.step_at(token.path, token.step), token.path)

    def still_open(self, no: int) -> StepRecord:
        step = self.record.step(no)
        if step is None or not step.is_open:
            raise DomainError("step-not-open", "这个环节已经办过，请刷新页面查看最新进展。")
        return step

    def node_of(self, step: StepRecord) -> Step:
        return self.terms.flow.step_at(step.path, step.code)

    def waits_until(self, step: StepRecord) -> dt.datetime | None:
        """Before when the step may not be done (`wait`), counted from when it came to this step; None: at any time."""
        limit = self.routing.limit(self.record, self.node_of(step).wait)
        if limit is None:
            return None
        begun = step.opened_at
        for before in reversed(self.record.steps[: step.no - 1]):
            if (before.code, before.path, before.outcome) == (step.code, step.path, TRANSFER):
                begun = before.opened_at
        return due_after(self.calendar, begun, limit)

    def _noting(self, lanes: dict[str, list[str]]) -> Any:
        """A lane source that remembers what it answered, so that the entry can say it."""

        def answer(parallel: Parallel) -> Sequence[str]:
            lanes[parallel.code] = list(self.routing.lanes(self.record, parallel))
            return lanes[parallel.code]

        return answer

    def _limits(self, limit: Limit | None) -> dict[str, Any]:
        if limit is None:
            return {"limit": None, "due": None}
        return {"limit": str(limit), "due": _iso(due_after(self.calendar, self.at, limit))}

    def _dues(self, event: ClockEvent, step: StepRecord | None) -> dict[str, Any]:
        """Where the clocks of the case and of the step come to stand after `event`."""
        result: dict[str, Any] = {"step": step.no if step else None}
        for name, clock in (("due", self.record.clock), ("step_due", step.clock if step else None)):
            if clock:
                result[name] = _iso(clock.append(event).due(self.calendar, self.at))
        return result

    def _touch(self, role: str, organisation: int | None) -> tuple[Touch, ...]:
        return (Touch(role, "organisation", organisation),) if organisation else ()

    def _giver(self) -> tuple[Touch, ...]:
        return (Touch("acting-for", "person", self.acting_for),) if self.acting_for else ()

    def _case_touches(self) -> tuple[Touch, ...]:
        """Everybody the case is counted for: its parties, who heard it first, who accepted it."""
        accepted = next((step.holder for step in self.record.steps if step.outcome == ACCEPT), None)
        return (
            *(Touch(party.role, party.type, party.ref) for party in self.parties),
            *self._touch("first-receiver", self.record.first_receiver),
            *self._touch("accepted-by", accepted),
        )

    def emit(
        self,
        kind: str,
        *,
        organisation: int | None,
        code: str = "",
        quantity: int | None = None,
        touches: tuple[Touch, ...] = (),
        parties: bool = False,
        **data: Any,
    ) -> None:
        draft = Draft(
            kind=kind,
            subject=("case", self.record.id),
            actor=self.actor,
            at=self.at,
            organisation_id=organisation,
            code=code,
            quantity=quantity,
            touches=touches + self._giver() + (self._case_touches() if parties else ()),
            definition=self.terms.reference,
            edition=self.terms.edition,
            data={key.rstrip("_"): value for key, value in data.items() if value is not None},
            origin=self.origin,
            batch=self.batch,
            seq=self.record.revision + 1,
        )
        evolve(self.record, self.terms.flow, draft)
        self.entries.append(draft)


def _iso(instant: dt.datetime | None) -> str | None:
    return instant.astimezone(SHANGHAI).isoformat() if instant else None
