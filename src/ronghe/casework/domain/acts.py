"""What people do with a case. Every function: one transaction, the case locked, entries and rows written together.

All take `revision` (what the person saw; None when nobody saw a page) and raise DomainError with nothing changed.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import transaction

from ronghe.casework import rules
from ronghe.casework.domain.course import CLOCK, Course, Holder
from ronghe.casework.domain.filing import course_for, facts_of
from ronghe.casework.domain.routing import SelectorRouting
from ronghe.casework.domain.store import load, lock, save
from ronghe.casework.enums import TRANSFER, CaseState
from ronghe.casework.exceptions import DomainError
from ronghe.casework.models import Case, Note, Reply
from ronghe.casework.rules import asks_co_handlers
from ronghe.core.procedure import Outcome, Step
from ronghe.core.worktime import Limit
from ronghe.definitions import queries as definitions
from ronghe.definitions.queries import Loaded
from ronghe.organisations.models import Organisation, Person
from ronghe.organisations.queries import OrganisationFacts, Powers

LONGEST_NOTE, LONGEST_REPLY = 2000, 20000


@dataclass(frozen=True)
class By:
    """Who acts, when, with which powers, and which revision of the case they saw."""

    actor: str
    at: dt.datetime
    powers: Powers | None = None
    revision: int | None = None
    origin: str = "page"


@dataclass(frozen=True)
class Work:
    """A case under its lock, with its procedure and its course."""

    case: Case
    procedure: Loaded
    course: Course

    def node(self, no: int) -> Step:
        step = self.course.record.step(no)
        if step is None or not step.is_open:
            raise DomainError("step-not-open", "这个环节已经办过，请刷新页面查看最新进展。")
        return self.course.terms.flow.step_at(step.path, step.code)


def _act(case_id: int, by: By, do: Callable[[Work], None]) -> Case:
    with transaction.atomic():
        case = lock(case_id, by.revision)
        procedure = definitions.by_edition(case.edition_id)
        course = course_for(case, procedure, record=load(case), origin=by.origin)
        course.catch_up(by.at)
        do(Work(case, procedure, course.by(by.actor, by.at)))
        return save(case, course)


def complete_step(
    case_id: int,
    by: By,
    *,
    step: int,
    outcome: str,
    values: Mapping[str, Any] | None = None,
    note: str = "",
    reply: str = "",
    to: Organisation | None = None,
    co_handlers: Sequence[Organisation] = (),
) -> Case:
    """End a step with an outcome its definition names. `transfer` without `to` goes back to the triage desk.

    A step with a template answers: its forward outcomes need `reply`; an outcome that opens a lane for each of the
    `co-handlers` needs them. Raises `invalid`, `requires`, `reply-missing`, `co-handlers-missing`.
    """

    def do(work: Work) -> None:
        node = work.node(step)
        _check_power(by, rules.may_work(by.powers, work.case, work.course.record.step(step)))
        chosen = node.outcomes.get(outcome)
        if chosen is None:
            raise DomainError("outcome-unknown", "这个环节没有这种办理结果，请刷新页面后重选。")
        said = _take_values(work, node, values or {})
        _check_requires(work, node, chosen, {**said, "reason": note.strip(), "reply": reply.strip()})
        if node.template and chosen.end is not None and not reply.strip():
            raise DomainError("reply-missing", "还没有填写答复内容，请写好答复再发出。")
        _name_co_handlers(work, chosen, co_handlers)
        work.course.complete(
            step,
            outcome,
            note=_write_note(work, by, note),
            reply=_write_reply(work, by, reply),
            to=_target(work, outcome, to),
        )

    return _act(case_id, by, do)


def assign_step(case_id: int, by: By, *, step: int, person: Person) -> Case:
    """Name who in the holding unit does the step."""

    def do(work: Work) -> None:
        work.node(step)
        _check_power(by, rules.may_work(by.powers, work.case, work.course.record.step(step)))
        work.course.assign(step, person.pk)

    return _act(case_id, by, do)


def pause_case(case_id: int, by: By, *, step: int, ground: str, note: str = "") -> Case:
    """Stop the clock for a ground that the step's definition allows."""

    def do(work: Work) -> None:
        work.node(step)
        _check_power(by, rules.may_work(by.powers, work.case, work.course.record.step(step)))
        work.course.pause(step, ground, note=_write_note(work, by, note))

    return _act(case_id, by, do)


def resume_expired(at: dt.datetime) -> int:
    """Let every clock run on whose pause has reached its maximum; gives how many. The worker asks again and again."""
    ended = (
        Case.objects.filter(state=CaseState.OPEN, paused_until__lte=at)
        .order_by("pk")
        .values_list("pk", flat=True)
    )
    for case_id in list(ended):
        _act(case_id, By(CLOCK, at, origin="clock"), lambda _work: None)
    return len(ended)


def resume_case(case_id: int, by: By) -> Case:
    """Let the clock run on."""

    def do(work: Work) -> None:
        _check_power(by, rules.may_work_case(by.powers, work.case))
        work.course.resume()

    return _act(case_id, by, do)


def extend_case(case_id: int, by: By, *, step: int, limit: Limit, document: str = "", note: str = "") -> Case:
    """Lengthen the limit; by the one the definition names (`approved_by: head`: a leader of the unit)."""

    def do(work: Work) -> None:
        node = work.node(step)
        needs_leader = node.extends is not None and node.extends.approved_by is not None
        allowed = rules.may_lead if needs_leader else rules.may_work_case
        _check_power(by, allowed(by.powers, work.case))
        if not note.strip():
            raise DomainError("reason-missing", "请写明延期理由，理由会告知诉求人。")
        work.course.extend(step, limit, document=document.strip(), note=_write_note(work, by, note))

    return _act(case_id, by, do)


def withdraw_case(case_id: int, by: By, *, note: str = "") -> Case:
    """Take the case back, where its procedure lets the requester do so."""

    def do(work: Work) -> None:
        if "withdraw" not in work.course.terms.flow.outcomes:
            raise DomainError("no-withdrawal", "这类件不能撤回。如情况有变，请补充说明。")
        work.course.withdraw(note=_write_note(work, by, note))

    return _act(case_id, by, do)


def reopen_case(case_id: int, by: By, *, cause: str, note: str = "") -> Case:
    """Take a closed case up again with a clock of its own; what was answered and rated before is kept."""

    def do(work: Work) -> None:
        work.course.reopen(cause=cause, note=_write_note(work, by, note))

    return _act(case_id, by, do)


def check_closed(case_id: int, round_: int) -> None:
    """Lock the case and raise `not-closed` unless that round of it is closed."""
    case = lock(case_id)
    if case.state == CaseState.OPEN or case.round != round_:
        raise DomainError("not-closed", "本件还在办理，办结后再请您评价。")


def add_note(case_id: int, by: By, *, text: str) -> Case:
    """Add words to a case: a remark of the unit or a supplement of the requester."""

    def do(work: Work) -> None:
        number = _write_note(work, by, text)
        if number is None:
            raise DomainError("note-missing", "还没有填写内容，请填写后再提交。")
        work.course.note(number)

    return _act(case_id, by, do)


def _check_power(by: By, allowed: bool) -> None:  # noqa: FBT001 - reads as a sentence where it is used
    if by.powers is not None and not allowed:
        raise DomainError("not-yours", "本件不由您的岗位办理。如需办理，请联系承办单位或分办人员。")


def _take_values(work: Work, node: Step, values: Mapping[str, Any]) -> dict[str, Any]:
    if node.form is None:
        return {}
    on = work.course.at.date()
    result = node.form.clean(values, lists=definitions.lists_of(node.form, on))
    if result.errors:
        first = next(iter(result.errors.values()))
        raise DomainError("invalid", f"有内容需要修改：{first}您填写的内容已保留。", errors=result.errors)
    work.case.values = {**work.case.values, **result.values}
    return dict(result.values)


def _check_requires(work: Work, node: Step, outcome: Outcome, said: dict[str, Any]) -> None:
    routing = work.course.routing
    facts = facts_of(work.case, work.procedure)
    assert isinstance(routing, SelectorRouting)  # noqa: S101 - the live path always routes by selectors
    known = facts.with_record(work.course.record, said)
    for condition in (node.requires, outcome.requires):
        lacking = condition.missing(known, titles={"reason": "理由"}) if condition else []
        if lacking:
            raise DomainError(
                "requires", "还不能办理：" + "；".join(lacking) + "。请补齐后再提交。", lacking=lacking
            )


def _name_co_handlers(work: Work, chosen: Outcome, units: Sequence[Organisation]) -> None:
    """Tell the routing which units assist; none of them may be the responsible unit or the one complained of."""
    if not asks_co_handlers(work.course.terms.flow, chosen):
        return
    if not units:
        raise DomainError("co-handlers-missing", "还没有选择协办单位，请至少选择一个。")
    barred = {work.course.record.responsible, work.case.about_unit_id}
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
    if to.pk == work.case.about_unit_id:
        raise DomainError("routed-to-complained-of", "不能转给被反映的单位，请另选承办单位。")
    if to.ends is not None and to.ends <= work.course.at.date():
        raise DomainError("unit-ended", f"“{to.name}”已撤销，请选择它的承继单位。")
    return Holder(to.pk)


def _write_note(work: Work, by: By, text: str) -> int | None:
    text = text.strip()
    if not text:
        return None
    if len(text) > LONGEST_NOTE:
        raise DomainError("note-too-long", f"说明最多 {LONGEST_NOTE} 字，请精简后再提交。")
    number = work.course.record.notes + 1
    Note.objects.create(case=work.case, no=number, text=text, at=by.at, actor=by.actor)
    return number


def _write_reply(work: Work, by: By, text: str) -> int | None:
    text = text.strip()
    if not text:
        return None
    if len(text) > LONGEST_REPLY:
        raise DomainError("reply-too-long", f"答复最多 {LONGEST_REPLY} 字，请精简后再发出。")
    record = work.course.record
    number = record.replies + 1
    Reply.objects.create(
        case=work.case,
        no=number,
        round=record.round,
        text=text,
        at=by.at,
        sent_at=by.at,
        actor=by.actor,
        organisation_id=record.responsible,
    )
    return number
