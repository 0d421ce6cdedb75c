"""What a person may do with a case now: the page asks this and shows one form each; the domain checks again."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from ronghe.casework import rules
from ronghe.casework.enums import TRANSFER, CaseState, outcome_title
from ronghe.casework.models import Case, Reply, Step
from ronghe.casework.queries.calls import answers_of, calling_in, may_answer
from ronghe.casework.queries.running import node_of
from ronghe.core.forms import Form
from ronghe.core.procedure import Outcome, Parallel, Pause, Step as StepNode
from ronghe.core.procedure.voting import COUNTED, Vote
from ronghe.definitions import queries as definitions
from ronghe.organisations.models import Organisation, Person
from ronghe.organisations.queries import holders

if TYPE_CHECKING:
    from ronghe.definitions.queries import Loaded
    from ronghe.organisations.queries import Powers


@dataclass(frozen=True)
class Choice:
    """One outcome a person may choose at a step, and what it asks for."""

    code: str
    title: str
    needs_reply: bool
    needs_note: bool
    needs_unit: bool
    needs_co_handlers: bool = False
    needs_lanes: bool = False


@dataclass(frozen=True)
class StepActs:
    """An open step the person may do: its form, its outcomes, and whether its clock may be stopped or lengthened.

    `draft`: the reply that is checked here, or that came back to be written anew. `lanes`: who may be chosen.
    """

    step: Step
    title: str
    form: Form | None
    template: str
    choices: tuple[Choice, ...]
    pauses: tuple[Pause, ...] = ()
    may_extend: bool = False
    may_ask_extension: bool = False
    extension_most: str = ""
    draft: Reply | None = None
    lanes: tuple[Step, ...] = ()
    lanes_most: int = 0
    vote: Vote | None = None


@dataclass(frozen=True)
class Acts:
    """Everything the person may do with the case now."""

    steps: tuple[StepActs, ...] = ()
    may_resume: bool = False
    may_note: bool = False
    may_settle: bool = False
    may_merge: bool = False
    may_split: bool = False
    may_split_off: bool = False
    may_explain: bool = False
    urge_most: int = 0
    calls: tuple[Parallel, ...] = ()
    closable: tuple[Parallel, ...] = ()
    may_reveal: bool = False
    waiting: tuple[Step, ...] = field(default=())

    def __bool__(self) -> bool:
        return bool(self.steps)


def acts_for(case: Case, powers: Powers) -> Acts:
    """The acts open to somebody with these powers; `waiting` are open steps that others must do."""
    if case.state != CaseState.OPEN:
        return Acts(may_reveal=_may_reveal(case, powers))
    procedure = definitions.by_edition(case.edition_id)
    steps = list(case.steps.filter(done_at=None).select_related("holder", "assignee").order_by("no"))
    mine = [
        step
        for step in steps
        if rules.may_work(powers, case, step)
        and not _checked_before(step, powers)
        and rules.is_by_hand(node_of(step, procedure), step.run_state)
    ]
    return Acts(
        steps=tuple(_step_acts(case, step, procedure, powers) for step in mine),
        may_resume=case.paused_at is not None and rules.may_work_case(powers, case),
        may_settle=bool(case.asked)
        and rules.may_lead(powers, case)
        and case.asked["by"] != f"person:{powers.person_id}",
        may_merge=case.merged_into_id is None and rules.may_merge(powers, case, steps),
        may_split=case.merged_into_id is not None
        and (rules.may_merge(powers, case, ()) or rules.may_work_case(powers, case)),
        may_split_off=bool(mine) and procedure.body.form is not None,
        may_explain=case.urged > 0 and rules.may_attach(powers, case, mine),
        urge_most=2 if rules.may_urge(powers, case, 2) else int(rules.may_urge(powers, case)),
        calls=_answerable(case, powers),
        closable=tuple(calling_in(case)) if rules.may_work_case(powers, case) else (),
        may_note=bool(mine) or rules.may_work_case(powers, case),
        may_reveal=_may_reveal(case, powers),
        waiting=tuple(step for step in steps if step not in mine),
    )


def officers_of(step: Step, on: dt.date) -> list[Person]:
    """Who in the holding unit may be named to do the step: the holders of posts that may handle."""
    kinds = [loaded.edition.code for loaded in definitions.live("post", on) if "handle" in loaded.body.may]
    return holders(kinds, step.holder_id, on) if step.holder_id else []


def _checked_before(step: Step, powers: Powers) -> bool:
    """A re-do is checked by another person than before."""
    if not step.written_by or step.round == 1:
        return False
    earlier = Step.objects.filter(case=step.case_id, code=step.code, round__lt=step.round)
    return earlier.filter(done_by=f"person:{powers.person_id}").exists()


def _answerable(case: Case, powers: Powers) -> tuple[Parallel, ...]:
    """The open calls of the case that a unit of this person may answer."""
    if case.call_until is None:
        return ()
    units = Organisation.objects.filter(pk__in=rules.workable(powers))
    return tuple(
        call for call in calling_in(case) if any(may_answer(case, call, unit, powers.on) for unit in units)
    )


def _may_reveal(case: Case, powers: Powers) -> bool:
    return case.identity_id is not None and rules.may_reveal(powers, case)


def _step_acts(case: Case, step: Step, procedure: Loaded, powers: Powers) -> StepActs:
    node = node_of(step, procedure)
    extends = node.extends if case.clock and not case.asked else None
    may_extend = extends is not None and (rules.may_lead if extends.approved_by else rules.may_work_case)(
        powers, case
    )
    return StepActs(
        step=step,
        title=node.title,
        form=node.form,
        template=node.template or "",
        choices=_choices(node, procedure),
        pauses=tuple(node.pauses.values()) if case.clock and case.paused_at is None else (),
        may_extend=may_extend,
        may_ask_extension=extends is not None and not may_extend and rules.may_work_case(powers, case),
        extension_most=str(extends.max) if extends else "",
        draft=_draft(case) if node.checks or node.template else None,
        lanes=tuple(answers_of(case)) if node.most else (),
        vote=node.vote,
        lanes_most=min((most.count for most in node.most if most.per is None), default=0),
    )


def _choices(node: StepNode, procedure: Loaded) -> tuple[Choice, ...]:
    """One for each outcome; where the votes alone decide between two, one for both."""
    vote = node.vote
    if vote is None or not vote.decides:
        return tuple(_choice(node, outcome, procedure) for outcome in node.outcomes.values())
    counted = (*vote.passed, *vote.failed)
    others = [_choice(node, way, procedure) for code, way in node.outcomes.items() if code not in counted]
    plain = Choice(
        code=COUNTED,
        title=str(outcome_title(COUNTED)),
        needs_reply=False,
        needs_note=False,
        needs_unit=False,
    )
    return (plain, *others)


def _draft(case: Case) -> Reply | None:
    return case.replies.filter(round=case.round, sent_at=None).order_by("-no").first()


def _leads_to_check(node: StepNode, outcome: Outcome, procedure: Loaded) -> bool:
    following = procedure.body.flow.by_code.get(outcome.to or "")
    return isinstance(following, StepNode) and following.checks == node.code


def _choice(node: StepNode, outcome: Outcome, procedure: Loaded) -> Choice:
    asked = {name for kind, name in (outcome.requires.names() if outcome.requires else ())}
    return Choice(
        code=outcome.code,
        title=str(outcome_title(outcome.code, procedure, node.code)),
        needs_reply=bool(node.template)
        and (outcome.end is not None or _leads_to_check(node, outcome, procedure)),
        needs_note=any(name.split(".")[0] == "reason" for name in asked),
        needs_unit=outcome.code == TRANSFER,
        needs_co_handlers=rules.asks_co_handlers(procedure.body.flow, outcome),
        needs_lanes=bool(node.most) and outcome.end is None,
    )
