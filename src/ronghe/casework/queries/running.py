"""Which open steps of a case something else does, and how far it is."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.utils import timezone

from ronghe.casework.enums import CaseState
from ronghe.casework.models import Case, Step
from ronghe.core.procedure import Step as StepNode
from ronghe.definitions import queries as definitions
from ronghe.definitions.queries import Loaded
from ronghe.definitions.things import Ref


@dataclass(frozen=True)
class Waiting:
    """An open step that waits for what runs it: `kind` and `code` of that, `name` what it is called, `ref` once it is there.

    `lacks`: what was not enough, in words.
    """

    step: Step
    title: str
    kind: str
    code: str
    name: str
    ref: Ref | None = None
    lacks: bool = False


def waiting(case: Case, steps: Iterable[Step] | None = None) -> list[Waiting]:
    """The open steps of a case that wait for something else; `steps` where they were read already."""
    if case.state != CaseState.OPEN:
        return []
    procedure = definitions.by_edition(case.edition_id)
    if not procedure.body.flow.runs:
        return []
    known = case.steps.select_related("holder").order_by("no") if steps is None else steps
    return [found for step in known if step.done_at is None and (found := _waiting(case, step, procedure))]


def _waiting(case: Case, step: Step, procedure: Loaded) -> Waiting | None:
    node = node_of(step, procedure)
    if node.runs is None:
        return None
    found = definitions.find(node.runs.kind, node.runs.code, timezone.localdate(case.opened_at))
    return Waiting(
        step=step,
        title=node.title,
        kind=node.runs.kind,
        code=node.runs.code,
        name=found.body.title if found else node.title,
        ref=(step.run_type, step.run_id) if step.run_id is not None else None,
        lacks=step.run_state == "short",
    )


def node_of(step: Step, procedure: Loaded) -> StepNode:
    """The step as its definition has it."""
    node: StepNode = procedure.body.flow.step_at(tuple(step.path), step.code)
    return node
