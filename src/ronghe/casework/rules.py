"""Who may do what with a case. Powers follow from appointments; a predicate is two or three lines."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ronghe.casework.enums import RunState
from ronghe.core.procedure import Parallel
from ronghe.core.select import Path

WORKING = frozenset({"handle", "lead"})

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ronghe.casework.domain.record import CaseRecord, StepRecord
    from ronghe.casework.models import Case, Step
    from ronghe.core.procedure import Flow, Outcome, Step as StepNode
    from ronghe.organisations.queries import Powers


def may_work(powers: Powers | None, case: Case, step: StepRecord | Step | None) -> bool:
    """Do a step: an officer of the unit that holds it; at the triage desk, a triage officer."""
    if powers is None or step is None:
        return False
    holder = step.holder if isinstance(step.holder, int) or step.holder is None else step.holder.pk
    if case.about_unit_id is not None and case.about_unit_id in powers.organisation_ids:
        return False
    if step.written_by and not may_check(powers, step.written_by, holder):
        return False
    if case.responsible_id is None and powers.has("triage"):
        return True
    return holder is not None and holder in workable(powers)


def is_by_hand(node: StepNode, state: str) -> bool:
    """End a step by hand: not one that something else does (`runs`), unless it has a doer too or did not say how it ended."""
    return node.runs is None or node.by is not None or state == RunState.UNDECIDED


def may_check(powers: Powers, written_by: str, holder: int | None) -> bool:
    """Check what somebody wrote (审签): a second person, who does not act in the writer's name either."""
    return written_by not in {f"person:{powers.person_id}", f"person:{giver_of(powers, holder)}"}


def workable(powers: Powers) -> frozenset[int]:
    """The units whose steps a person may do."""
    return powers.of("handle") | powers.of("lead") | powers.scope("lead") | powers.of("triage")


def giver_of(powers: Powers, unit: int | None) -> int | None:
    """In whose place somebody works in a unit (代办); None: by themselves, or not at all."""
    givers = [powers.acting_for(power, unit) for power in sorted(WORKING) if powers.may(power, unit)]
    return None if None in givers else next(iter(givers), None)


def acting_for(powers: Powers | None, record: CaseRecord) -> int | None:
    """For whom somebody acts who may act on this case only by delegation: the giver; None: by themselves."""
    if powers is None:
        return None
    for unit in dict.fromkeys([*(step.holder for step in record.open_steps), record.responsible]):
        if any(powers.may(power, unit) for power in WORKING):
            return giver_of(powers, unit)
    return next(
        (giver for power in ("triage", "oversee") if (giver := powers.acting_for(power, None)) is not None),
        None,
    )


def may_work_case(powers: Powers | None, case: Case) -> bool:
    """Act on the case as a whole: an officer of the responsible unit."""
    return powers is not None and case.responsible_id in workable(powers)


def may_attach(powers: Powers, case: Case, open_steps: Iterable[StepRecord | Step]) -> bool:
    """Add a file: whoever does one of its open steps, and the responsible unit."""
    return may_work_case(powers, case) or any(may_work(powers, case, step) for step in open_steps)


def may_lead(powers: Powers | None, case: Case) -> bool:
    """Approve for the responsible unit."""
    return powers is not None and case.responsible_id in powers.scope("lead")


def may_merge(powers: Powers | None, case: Case, open_steps: Iterable[StepRecord | Step]) -> bool:
    """Merge and split: who does one of its steps, the responsible unit, the triage desk."""
    if powers is None:
        return False
    return may_attach(powers, case, open_steps) or (
        powers.has("triage") and case.about_unit_id not in powers.organisation_ids
    )


def may_urge(powers: Powers | None, case: Case, level: int = 1) -> bool:
    """催办: who oversees, who heard it first and handed it on, who leads the responsible unit. 督办: who oversees."""
    if powers is None or case.about_unit_id in powers.organisation_ids - {None}:
        return False
    if powers.has("oversee"):
        return True
    own = powers.organisation_ids | powers.scope("lead")
    handed_on = case.first_receiver_id in own and case.responsible_id not in own
    return level == 1 and (handed_on or case.responsible_id in powers.scope("lead"))


def may_see_requester(powers: Powers, case: Case, *, is_protected: bool) -> bool:
    """See the requester's contact as it is: only who works an open-identity case; protected ones are revealed, not seen."""
    return not is_protected and may_work_case(powers, case)


def may_reveal(powers: Powers, case: Case) -> bool:
    """Ask for a protected identity, giving a reason; never by the unit complained of."""
    return powers.has("reveal") and case.about_unit_id not in powers.organisation_ids


def asks_co_handlers(flow: Flow, outcome: Outcome) -> bool:
    """Whether an outcome opens a lane for each assisting unit, which whoever chooses it must name."""
    node = flow.by_code.get(outcome.to or "")
    return isinstance(node, Parallel) and node.over == Path(("co-handlers",))
