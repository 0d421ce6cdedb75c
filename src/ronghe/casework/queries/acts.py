"""What a person may do with a case now: the page asks this and shows one form each; the domain checks again."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from ronghe.casework import rules
from ronghe.casework.enums import TRANSFER, CaseState, outcome_title
from ronghe.casework.models import Case, Step
from ronghe.core.forms import Form
from ronghe.core.procedure import Outcome, Pause, Step as StepNode
from ronghe.definitions import queries as definitions
from ronghe.organisations.models import Person
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


@dataclass(frozen=True)
class StepActs:
    """An open step the person may do: its form, its outcomes, and whether its clock may be stopped or lengthened."""

    step: Step
    title: str
    form: Form | None
    template: str
    choices: tuple[Choice, ...]
    pauses: tuple[Pause, ...] = ()
    may_extend: bool = False
    extension_most: str = ""


@dataclass(frozen=True)
class Acts:
    """Everything the person may do with the case now."""

    steps: tuple[StepActs, ...] = ()
    may_resume: bool = False
    may_note: bool = False
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
    mine = [step for step in steps if rules.may_work(powers, case, step)]
    return Acts(
        steps=tuple(_step_acts(case, step, procedure, powers) for step in mine),
        may_resume=case.paused_at is not None and rules.may_work_case(powers, case),
        may_note=bool(mine) or rules.may_work_case(powers, case),
        may_reveal=_may_reveal(case, powers),
        waiting=tuple(step for step in steps if step not in mine),
    )


def officers_of(step: Step, on: dt.date) -> list[Person]:
    """Who in the holding unit may be named to do the step: the holders of posts that may handle."""
    kinds = [loaded.edition.code for loaded in definitions.live("post", on) if "handle" in loaded.body.may]
    return holders(kinds, step.holder_id, on) if step.holder_id else []


def _may_reveal(case: Case, powers: Powers) -> bool:
    return case.identity_id is not None and rules.may_reveal(powers, case)


def _step_acts(case: Case, step: Step, procedure: Loaded, powers: Powers) -> StepActs:
    node = procedure.body.flow.step_at(tuple(step.path), step.code)
    extends = node.extends
    may_extend = (
        extends is not None
        and bool(case.clock)
        and (rules.may_lead if extends.approved_by else rules.may_work_case)(powers, case)
    )
    return StepActs(
        step=step,
        title=node.title,
        form=node.form,
        template=node.template or "",
        choices=tuple(_choice(node, outcome, procedure) for outcome in node.outcomes.values()),
        pauses=tuple(node.pauses.values()) if case.clock and case.paused_at is None else (),
        may_extend=may_extend,
        extension_most=str(extends.max) if extends else "",
    )


def _choice(node: StepNode, outcome: Outcome, procedure: Loaded) -> Choice:
    asked = {name for kind, name in (outcome.requires.names() if outcome.requires else ())}
    return Choice(
        code=outcome.code,
        title=str(outcome_title(outcome.code, procedure, node.code)),
        needs_reply=bool(node.template) and outcome.end is not None,
        needs_note=any(name.split(".")[0] == "reason" for name in asked),
        needs_unit=outcome.code == TRANSFER,
        needs_co_handlers=rules.asks_co_handlers(procedure.body.flow, outcome),
    )
