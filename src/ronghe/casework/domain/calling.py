"""Open calls (揭榜): units answer a call, each in a lane of its own; some of them are chosen."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from typing import Any

from ronghe.casework import rules
from ronghe.casework.domain import asides
from ronghe.casework.domain.acting import By, Work, act_on, check_power
from ronghe.casework.domain.course import CLOCK
from ronghe.casework.domain.enclosing import Enclosed, enclose, names_of
from ronghe.casework.domain.filing import clean_answers
from ronghe.casework.enums import CaseState
from ronghe.casework.exceptions import DomainError
from ronghe.casework.models import Case, Step as StepRow
from ronghe.casework.queries.calls import may_answer
from ronghe.core.procedure import Most, Step
from ronghe.organisations.models import Organisation


def claim_lane(
    case_id: int,
    by: By,
    *,
    parallel: str,
    organisation: Organisation,
    values: Mapping[str, Any] | None = None,
    files: Enclosed | None = None,
) -> Case:
    """Answer an open call for a unit. Raises `not-called`, `call-over`, `invalid`; a unit answers once."""
    sent = files or {}

    def do(work: Work) -> None:
        node = work.course.terms.flow.parallel(parallel)
        check_power(by, by.powers is None or organisation.pk in rules.workable(by.powers))
        if not may_answer(work.case, node, organisation, work.course.at.date()):
            raise DomainError("not-called", "这次征集不面向贵单位。请核对征集对象。")
        said.update(clean_answers(node.form, values or {}, work.course.at.date(), names_of(node.form, sent)))
        asides.claim(work.course, parallel, organisation.pk)
        lane = max(step.no for step in work.course.record.steps)
        said.update(enclose(work.case, work.course, sent, undo, step=lane))

    said: dict[str, Any] = {}
    with ExitStack() as undo:
        case = act_on(case_id, by, do)
    if said:
        lanes = StepRow.objects.filter(case=case, holder=organisation, round=case.round).order_by("no")
        newest = lanes.exclude(path=[]).last()
        if newest is not None:
            newest.values = said
            newest.save(update_fields=["values"])
    return case


def close_call(case_id: int, by: By, *, parallel: str) -> Case:
    """End a call before its time; by the unit that called."""

    def do(work: Work) -> None:
        check_power(by, rules.may_work_case(by.powers, work.case))
        asides.end_call(work.course, parallel)

    return act_on(case_id, by, do)


def close_expired_calls(at: dt.datetime) -> int:
    """Close every call whose time is over; gives how many. The worker asks again and again."""
    over = (
        Case.objects.filter(state=CaseState.OPEN, call_until__lte=at)
        .order_by("pk")
        .values_list("pk", flat=True)
    )

    def do(work: Work) -> None:
        marking, until = work.course.record.marking, work.course.record.call_until
        if marking is None or until is None or until > at:
            return
        for split in sorted(marking.splits, key=lambda split: split.parallel):
            if split.calling:
                asides.end_call(work.course, split.parallel)

    for case_id in list(over):
        act_on(case_id, By(CLOCK, at, origin="clock"), do)
    return len(over)


def choose(work: Work, node: Step, lanes: Sequence[str]) -> None:
    """Choose lanes of the call before this step, at most as many as the step says."""
    known = {
        step.path[-1]
        for step in work.course.record.steps
        if step.path and step.round == work.course.record.round
    }
    most = min((limit.count for limit in node.most if limit.per is None), default=len(known))
    if not lanes or not set(lanes) <= known or len(set(lanes)) > most:
        raise DomainError("choice-wrong", f"请从揭榜单位中选定，最多选 {most} 个。", most=most)
    for limit in node.most:
        if limit.per is not None:
            _check_each(work, limit, set(lanes))
    asides.choose(work.course, list(dict.fromkeys(lanes)))


def _check_each(work: Work, limit: Most, lanes: set[str]) -> None:
    """At most so many for each value of a field of the answers: ten of each track."""
    name = limit.per.parts[-1] if limit.per else ""
    chosen = [
        row.values.get(name)
        for row in StepRow.objects.filter(case=work.case, round=work.case.round)
        .exclude(path=[])
        .order_by("no")
        if row.path[-1] in lanes and name in row.values
    ]
    for value in set(chosen):
        if chosen.count(value) > limit.count:
            raise DomainError(
                "choice-wrong", f"“{value}”最多选 {limit.count} 个，请减少后再提交。", most=limit.count
            )
