"""What people do with a case. Every function: one transaction, the case locked, entries and rows written together.

All take `revision` (what the person saw; None when nobody saw a page) and raise DomainError with nothing changed.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from typing import Any

from ronghe.casework import rules
from ronghe.casework.domain import calling, replying
from ronghe.casework.domain.acting import (
    By,
    Promise,
    Work,
    Written,
    act_on,
    check_power,
    check_requires,
    check_wait,
    take_values,
    write_note,
    write_reply,
)
from ronghe.casework.domain.allowing import refuse_second
from ronghe.casework.domain.course import CLOCK, Holder
from ronghe.casework.domain.enclosing import Enclosed, enclose, kept_names, names_of
from ronghe.casework.domain.extending import tell_extended
from ronghe.casework.domain.giving import follow_up
from ronghe.casework.domain.routing import SelectorRouting
from ronghe.casework.domain.running import check_by_hand
from ronghe.casework.domain.store import lock
from ronghe.casework.domain.voting import by_votes
from ronghe.casework.enums import TRANSFER, CaseState
from ronghe.casework.exceptions import DomainError
from ronghe.casework.models import Case
from ronghe.casework.rules import asks_co_handlers
from ronghe.core.procedure import Outcome
from ronghe.core.procedure.voting import COUNTED
from ronghe.core.worktime import Limit
from ronghe.organisations.models import Organisation, Person
from ronghe.organisations.queries import OrganisationFacts, with_successor


def complete_step(
    case_id: int,
    by: By,
    *,
    step: int,
    outcome: str,
    values: Mapping[str, Any] | None = None,
    note: str = "",
    reply: str = "",
    parts: Mapping[str, str] | None = None,
    promises: Sequence[Promise] = (),
    to: Organisation | None = None,
    co_handlers: Sequence[Organisation] = (),
    chosen: Sequence[str] = (),
    files: Enclosed | None = None,
) -> Case:
    """End a step with an outcome its definition names. `transfer` without `to` goes back to the triage desk.

    Where the step votes, what was counted says which outcome it is (`counted` leaves it to the counts). `files` answer the file fields of its form, with those attached under them before.
    A step with a template answers: its forward outcomes need `reply` (or the `parts` of its template); where a second
    person checks it, it is a draft until they send it; what it promises by a day is followed up. An outcome that opens a lane for each of the `co-handlers` needs
    them; a step that chooses needs `chosen` lanes. Raises `invalid`, `requires`, `reply-missing`, `part-missing`,
    `same-person`, `checked-before`, `co-handlers-missing`, `choice-wrong`.
    """
    written = Written(reply, parts or {}, promises)

    def do(work: Work) -> None:
        node = work.node(step)
        check_power(by, rules.may_work(by.powers, work.case, work.course.record.step(step)))
        check_by_hand(node, work.course.record.step(step))
        check_wait(work, step, outcome)
        if outcome not in node.outcomes and not (node.vote and outcome == COUNTED):
            raise DomainError("outcome-unknown", "这个环节没有这种办理结果，请刷新页面后重选。")
        said = _take(work, step, values or {}, files or {}, undo)
        _keep_in_lane(work, step, said)
        decided = by_votes(work, node, outcome, said)
        way = node.outcomes[decided]
        ready = replying.composed(work, node, written, is_asked=replying.answers(work, node, way))
        check_requires(work, node, way, {**said, "reason": note.strip(), "reply": ready.text.strip()})
        if replying.answers(work, node, way) and not ready.text.strip():
            raise DomainError("reply-missing", "还没有填写答复内容，请写好答复再发出。")
        if ready.text.strip():
            replying.refuse_blocked(work, ready.text)
            ready = replying.with_promises(work, ready)
        if node.one_per is not None:
            refuse_second(work.case, work.facts, node.one_per)
        _name_co_handlers(work, way, co_handlers)
        if node.most and way.end is None:
            calling.choose(work, node, chosen)
        target = _target(work, decided, to) or replying.second_person(work, by, node, way)
        number = replying.checked(work, by, step, node, way) if node.checks else None
        if number is None:
            number = write_reply(work, by, ready, is_sent=way.end is not None)
        work.course.complete(step, decided, note=write_note(work, by, note), reply=number, to=target)
        follow_up(work, by, number, way)

    with ExitStack() as undo:
        return act_on(case_id, by, do)


def _take(work: Work, no: int, values: Mapping[str, Any], files: Enclosed, undo: ExitStack) -> dict[str, Any]:
    """The answers to the form of a step; its files are kept, and answer together with those kept under their fields before."""
    node, done = work.node(no), work.course.record.step(no)
    if node.form is None or not node.form.file_fields:
        return take_values(work, node, values)
    assert done is not None  # noqa: S101 - it has a node
    same = [one.no for one in work.course.record.steps if (one.code, one.path) == (done.code, done.path)]
    kept, sent = kept_names(work.case, node.form, same), names_of(node.form, files)
    said = take_values(work, node, values, {code: [*kept[code], *sent[code]] for code in kept})
    added = enclose(work.case, work.course, {code: files.get(code, ()) for code in kept}, undo, step=no)
    numbers = {
        code: list(dict.fromkeys([*kept[code], *added.get(code, ())])) for code in kept if code in said
    }
    work.case.values = {**work.case.values, **numbers}
    return {**said, **numbers}


def _keep_in_lane(work: Work, no: int, said: Mapping[str, Any]) -> None:
    """What a lane answered stays with its own step too: the other lanes answer the same form."""
    step = work.course.record.step(no)
    if said and step is not None and step.path:
        row = work.case.steps.get(no=no)
        row.values = {**row.values, **said}
        row.save(update_fields=["values"])


def assign_step(case_id: int, by: By, *, step: int, person: Person) -> Case:
    """Name who in the holding unit does the step."""

    def do(work: Work) -> None:
        work.node(step)
        check_power(by, rules.may_work(by.powers, work.case, work.course.record.step(step)))
        work.course.assign(step, person.pk)

    return act_on(case_id, by, do)


def pause_case(case_id: int, by: By, *, step: int, ground: str, note: str = "") -> Case:
    """Stop the clock for a ground that the step's definition allows."""

    def do(work: Work) -> None:
        work.node(step)
        check_power(by, rules.may_work(by.powers, work.case, work.course.record.step(step)))
        work.course.pause(step, ground, note=write_note(work, by, note))

    return act_on(case_id, by, do)


def resume_expired(at: dt.datetime) -> int:
    """Let every clock run on whose pause has reached its maximum; gives how many. The worker asks again and again."""
    ended = (
        Case.objects.filter(state=CaseState.OPEN, paused_until__lte=at)
        .order_by("pk")
        .values_list("pk", flat=True)
    )
    for case_id in list(ended):
        act_on(case_id, By(CLOCK, at, origin="clock"), lambda _work: None)
    return len(ended)


def resume_case(case_id: int, by: By) -> Case:
    """Let the clock run on."""

    def do(work: Work) -> None:
        check_power(by, rules.may_work_case(by.powers, work.case))
        work.course.resume()

    return act_on(case_id, by, do)


def extend_case(case_id: int, by: By, *, step: int, limit: Limit, document: str = "", note: str = "") -> Case:
    """Lengthen the limit; by the one the definition names (`approved_by: head`: a leader of the unit)."""

    def do(work: Work) -> None:
        node = work.node(step)
        needs_leader = node.extends is not None and node.extends.approved_by is not None
        allowed = rules.may_lead if needs_leader else rules.may_work_case
        check_power(by, allowed(by.powers, work.case))
        if not note.strip():
            raise DomainError("reason-missing", "请写明延期理由，理由会告知诉求人。")
        work.course.extend(step, limit, document=document.strip(), note=write_note(work, by, note))
        tell_extended(work, limit)

    return act_on(case_id, by, do)


def withdraw_case(case_id: int, by: By, *, note: str = "") -> Case:
    """Take the case back, where its procedure lets the requester do so."""

    def do(work: Work) -> None:
        if "withdraw" not in work.course.terms.flow.outcomes:
            raise DomainError("no-withdrawal", "这类件不能撤回。如情况有变，请补充说明。")
        work.course.withdraw(note=write_note(work, by, note))

    return act_on(case_id, by, do)


def reopen_case(case_id: int, by: By, *, cause: str, note: str = "") -> Case:
    """Take a closed case up again with a clock of its own; what was answered and rated before is kept."""

    def do(work: Work) -> None:
        work.course.reopen(cause=cause, note=write_note(work, by, note))

    return act_on(case_id, by, do)


def check_closed(case_id: int, round_: int) -> None:
    """Lock the case and raise `not-closed` unless that round of it is closed."""
    case = lock(case_id)
    if case.state == CaseState.OPEN or case.round != round_:
        raise DomainError("not-closed", "本件还在办理，办结后再请您评价。")


def add_note(case_id: int, by: By, *, text: str) -> Case:
    """Add words to a case: a remark of the unit or a supplement of the requester."""

    def do(work: Work) -> None:
        number = write_note(work, by, text)
        if number is None:
            raise DomainError("note-missing", "还没有填写内容，请填写后再提交。")
        work.course.note(number)

    return act_on(case_id, by, do)


def _name_co_handlers(work: Work, chosen: Outcome, units: Sequence[Organisation]) -> None:
    """Tell the routing which units assist; none of them may be the responsible unit or the one complained of."""
    if not asks_co_handlers(work.course.terms.flow, chosen):
        return
    if not units:
        raise DomainError("co-handlers-missing", "还没有选择协办单位，请至少选择一个。")
    barred = {work.course.record.responsible, *with_successor(work.case.about_unit_id)}
    if any(unit.pk in barred for unit in units):
        raise DomainError("co-handler-barred", "协办单位不能是主办单位自己或被反映的单位，请重新选择。")
    routing, on = work.course.routing, work.course.at.date()
    assert isinstance(routing, SelectorRouting)  # noqa: S101 - the live path always routes by selectors
    routing.extra["co-handlers"] = [OrganisationFacts(unit, on) for unit in units]


def _target(work: Work, outcome: str, to: Organisation | None) -> Holder | None:
    if outcome != TRANSFER:
        return None
    if to is None:
        routing = work.course.routing
        assert isinstance(routing, SelectorRouting)  # noqa: S101 - the live path always routes by selectors
        return routing.triage()
    if to.pk in with_successor(work.case.about_unit_id):
        raise DomainError("routed-to-complained-of", "不能转给被反映的单位，请另选承办单位。")
    if to.ends is not None and to.ends <= work.course.at.date():
        raise DomainError("unit-ended", f"“{to.name}”已撤销，请选择它的承继单位。")
    return Holder(to.pk)
