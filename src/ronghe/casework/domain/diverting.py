"""Outcomes of the whole procedure (终止、延期、异议): possible at every step, by whom the definition names."""

from __future__ import annotations

from ronghe.casework import rules
from ronghe.casework.domain.acting import By, Work, act_on, check_power, write_note
from ronghe.casework.domain.filing import course_for, facts_of
from ronghe.casework.domain.giving import carry_out
from ronghe.casework.domain.routing import SelectorRouting
from ronghe.casework.domain.store import load
from ronghe.casework.enums import CaseState
from ronghe.casework.exceptions import DomainError
from ronghe.casework.models import Case
from ronghe.core.procedure import Outcome
from ronghe.core.select import Name
from ronghe.definitions import queries as definitions
from ronghe.organisations.queries import Powers

REQUESTER = Name("requester")


def divert_case(case_id: int, by: By, *, outcome: str, note: str = "") -> Case:
    """Take an outcome of the whole procedure. Raises `outcome-unknown`, `not-yours`, `requires`, `not-open`."""

    def do(work: Work) -> None:
        way = work.course.terms.flow.outcomes.get(outcome)
        if way is None or way.by == REQUESTER:
            raise DomainError("outcome-unknown", "这类件没有这种办理结果，请刷新页面后重选。")
        check_power(by, by.powers is not None and _is_theirs(work, way, by.powers))
        known = facts_of(work.case, work.procedure).with_record(work.course.record, {"reason": note.strip()})
        lacking = way.requires.missing(known, titles={"reason": "理由"}) if way.requires else []
        if lacking:
            raise DomainError(
                "requires", "还不能办理：" + "；".join(lacking) + "。请补齐后再提交。", lacking=lacking
            )
        work.course.divert(way, note=write_note(work, by, note))
        carry_out(work, way.gives, actor=by.actor, at=by.at)

    return act_on(case_id, by, do)


def ways_for(case: Case, powers: Powers) -> list[Outcome]:
    """The outcomes of the whole procedure that somebody with these powers may take now."""
    procedure = definitions.by_edition(case.edition_id)
    ways = [way for way in procedure.body.flow.outcomes.values() if way.by != REQUESTER]
    if not ways or case.state != CaseState.OPEN or case.merged_into_id is not None:
        return []
    work = Work(case, procedure, course_for(case, procedure, record=load(case)))
    return [way for way in ways if _is_theirs(work, way, powers)]


def _is_theirs(work: Work, way: Outcome, powers: Powers) -> bool:
    """Whether the outcome is for a unit these powers work in, never the one complained of."""
    routing = work.course.routing
    assert isinstance(routing, SelectorRouting)  # noqa: S101 - the live path always routes by selectors
    if way.by is None or work.case.about_unit_id in powers.organisation_ids:
        return False
    found = routing.whom(work.course.record, way.by)
    return found is not None and found.organisation in rules.workable(powers)
