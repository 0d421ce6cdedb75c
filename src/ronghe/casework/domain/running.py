"""Steps that something else does (`runs`): a case of another procedure, a judgement, an activity, a bulletin.

A procedure or judgement is opened with the step; an activity is recorded and a bulletin issued by people, and then
`ran` says so. In every case the step ends with what came out.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from ronghe.casework import rules
from ronghe.casework.domain import asides
from ronghe.casework.domain.acting import AFTER_SAVING, BEFORE_SAVING, By, Work, act_on
from ronghe.casework.domain.course import CLOCK, Course
from ronghe.casework.domain.facts import CaseFacts, RowFacts
from ronghe.casework.domain.filing import WHEN_OPENED, course_for
from ronghe.casework.domain.giving import MAKERS, Together, carry_out, giver_of
from ronghe.casework.domain.record import StepRecord
from ronghe.casework.domain.routing import SelectorRouting
from ronghe.casework.domain.store import load
from ronghe.casework.enums import CaseState, RunState
from ronghe.casework.exceptions import DomainError
from ronghe.casework.models import Case, Step as StepRow
from ronghe.core.errors import RongheError
from ronghe.core.procedure import DONE, Outcome, Runs, Step
from ronghe.core.select import Create, Facts
from ronghe.definitions import queries as definitions
from ronghe.definitions.queries import Loaded
from ronghe.definitions.things import Ref, facts_of

BY_ITSELF = ("procedure", "judgement")
"""What is opened together with the step that runs it."""


def ran(
    case_id: int,
    *,
    kind: str,
    code: str,
    ref: Ref,
    outcome: str = "",
    values: Mapping[str, Any] | None = None,
    actor: str,
    at: dt.datetime,
    origin: str = "page",
) -> bool:
    """Something that runs a step of the case is over: end the step; False when no such step waits, or not yet.

    The outcome is the one named, or an answer that is called like one; else the first whose `requires` holds for what ran; else the only one. A step that
    requires more than there is stays open and says so.
    """
    if not StepRow.objects.filter(case=case_id, done_at=None).exists():
        return False
    done = []

    def do(work: Work) -> None:
        step = _waiting(work, Runs(kind, code), ref)
        if step is not None and _end(work, step, ref, outcome, values or {}):
            done.append(step.no)

    act_on(case_id, By(actor, at, origin=origin), do)
    return bool(done)


def _waiting(work: Work, runs: Runs, ref: Ref) -> StepRecord | None:
    """The open step that this thing runs; else the first that waits for one of its kind."""
    steps = [step for step in work.course.record.open_steps if work.course.node_of(step).runs == runs]
    mine = [step for step in steps if (step.run_type, step.run_id) == ref]
    free = [step for step in steps if step.run_state in ("", RunState.SHORT)]
    return next(iter([*mine, *free]), None)


def _end(work: Work, step: StepRecord, ref: Ref, outcome: str, values: Mapping[str, Any]) -> bool:
    course, node = work.course, work.course.node_of(step)
    thing = facts_of(ref, course.at.date()) or {}
    facts = Together({**values}, Together(thing, work.facts)) if values else Together(thing, work.facts)
    until = course.waits_until(step)
    is_short = node.requires is not None and not node.requires.matches(facts)
    if is_short or (until is not None and course.at < until):
        asides.give(course, ref, step=step.no, state=RunState.SHORT)
        return False
    said = next((str(one) for one in values.values() if str(one) in node.outcomes), "")
    way = chosen(node, outcome or said, facts)
    if way is None:
        asides.give(course, ref, step=step.no, state=RunState.UNDECIDED)
        return False
    course.complete(step.no, way.code, ran=ref)
    carry_out(work, way.gives, actor=course.actor, at=course.at, facts=Together(work.facts, thing))
    return True


def chosen(node: Step, outcome: str, facts: Facts) -> Outcome | None:
    """Which outcome it is, by what came out; None: a person must say."""
    if outcome in node.outcomes:
        return node.outcomes[outcome]
    for way in node.outcomes.values():
        if way.requires is not None and way.requires.matches(facts):
            return way
    free = [way for way in node.outcomes.values() if way.requires is None]
    if DONE in node.outcomes and node.outcomes[DONE] in free:
        return node.outcomes[DONE]
    return free[0] if len(free) == 1 else None


def check_by_hand(node: Step, step: StepRecord | None) -> None:
    """Raise unless a person may end the step: not where only what runs it does, unless it did not say how it ended."""
    if not rules.is_by_hand(node, step.run_state if step else ""):
        raise DomainError("runs", f"“{node.title}”完成后系统自动转入下一步，不用手工办理。")


def waiting_until(case: Case, at: dt.datetime) -> dict[int, dt.datetime]:
    """Before when its open steps may not be done (`wait`), by the number of the step; those whose time has come are left out."""
    procedure = definitions.by_edition(case.edition_id)
    if not procedure.body.flow.waits or case.state != CaseState.OPEN:
        return {}
    course = course_for(case, procedure, record=load(case))
    found = {step.no: course.waits_until(step) for step in course.record.open_steps}
    return {no: until for no, until in found.items() if until is not None and at < until}


def start_runs(work: Work) -> None:
    """Open what the open steps run and nobody opened yet; in the transaction of the act."""
    if not work.course.terms.flow.runs or work.course.record.state != CaseState.OPEN:
        return
    for step in list(work.course.record.open_steps):
        runs = work.course.node_of(step).runs
        if runs is not None and runs.kind in BY_ITSELF and not step.run_type:
            ref = _open(work, step, runs)
            if ref is not None:
                asides.give(work.course, ref, step=step.no)


def _open(work: Work, step: StepRecord, runs: Runs) -> Ref | None:
    giver = giver_of(work, work.course.actor or CLOCK, work.course.at)
    facts = work.facts
    if step.path and isinstance(work.course.routing, SelectorRouting):
        facts = facts.with_record(work.course.record, work.course.routing.extra, lane=step.path[-1])
    try:
        return MAKERS[runs.kind](Create(runs.kind, runs.code), _carried(runs, facts, giver.at), giver)
    except RongheError as error:
        what = work.course.node_of(step).title
        raise DomainError(
            "cannot-run", f"“{what}”没有能开始：{error.message}本件没有改动。", **error.data
        ) from error


def _carried(runs: Runs, facts: CaseFacts, at: dt.datetime) -> dict[str, Any]:
    """What the case, or the row its lane is about, answered already to what the other one asks."""
    if runs.kind != "procedure":
        return {}
    form = definitions.get("procedure", runs.code, at.date()).body.form
    row = facts.get("lane")
    known = {**facts.values, **(row.values if isinstance(row, RowFacts) else {})}
    return {field.code: known[field.code] for field in (form.fields if form else ()) if field.code in known}


def report_end(work: Work) -> None:
    """A case that runs a step of another has ended: say so there."""
    case = work.case
    if case.came_from_type != "case" or case.came_from_id is None or case.state == CaseState.OPEN:
        return
    held = StepRow.objects.filter(case=case.came_from_id, done_at=None, run_type="case", run_id=case.pk)
    if held.exists():
        ran(
            case.came_from_id,
            kind="procedure",
            code=case.procedure,
            ref=("case", case.pk),
            outcome=case.result,
            actor=work.course.actor,
            at=work.course.at,
            origin=work.course.origin,
        )


def _just_opened(case: Case, procedure: Loaded, course: Course) -> None:
    start_runs(Work(case, procedure, course))


BEFORE_SAVING.append(start_runs)
AFTER_SAVING.append(report_end)
WHEN_OPENED.append(_just_opened)
