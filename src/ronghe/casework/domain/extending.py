"""A longer limit as a request: asked before the due day with a reason, settled by a leader, told to who asked."""

from __future__ import annotations

from ronghe.casework import rules
from ronghe.casework.domain import asides
from ronghe.casework.domain.acting import By, Work, act_on, check_power, write_note
from ronghe.casework.domain.telling import officers, tell_people, tell_requester
from ronghe.casework.exceptions import DomainError
from ronghe.casework.models import Case
from ronghe.core.worktime import SHANGHAI, Limit


def ask_extension(
    case_id: int, by: By, *, step: int, limit: Limit, document: str = "", note: str = ""
) -> Case:
    """Ask the unit's leader for a longer limit. Raises `reason-missing`, `asked-before` and what `extend` raises."""

    def do(work: Work) -> None:
        work.node(step)
        check_power(by, rules.may_work_case(by.powers, work.case))
        if not note.strip():
            raise DomainError("reason-missing", "请写明延期理由，理由会告知诉求人。")
        number = write_note(work, by, note)
        asides.ask_extension(work.course, step, limit, document=document.strip(), note=number)
        on = work.course.at.date()
        leaders = [person.pk for person in officers(work.course.record.responsible, on, "lead")]
        tell_people(
            [person for person in leaders if by.actor != f"person:{person}"],
            work.case,
            kind="extension.asked",
            title="有延期申请等您审批",
            text=f"{work.case.number} 申请延期 {limit}：{note.strip()}",
            at=by.at,
        )

    return act_on(case_id, by, do)


def settle_extension(case_id: int, by: By, *, approve: bool, note: str = "") -> Case:
    """Approve or refuse what was asked; another person than who asked. Raises `not-asked`, `same-person`."""

    def do(work: Work) -> None:
        asked = work.course.record.asked
        if not asked:
            raise DomainError("not-asked", "本件没有待审批的延期申请，可能已经有人审批过，请刷新页面。")
        check_power(by, rules.may_lead(by.powers, work.case))
        if asked["by"] == by.actor:
            raise DomainError("same-person", "延期申请是您自己提出的，要由另一位负责人审批。")
        if not approve and not note.strip():
            raise DomainError("reason-missing", "不同意延期，请写明理由。")
        if by.powers is not None:
            work.course.acting_for = by.powers.acting_for("lead", work.course.record.responsible)
        number = write_note(work, by, note)
        if approve:
            _extend(work, asked, number)
        else:
            asides.refuse_extension(work.course, note=number)
        kind, _, asker = asked["by"].partition(":")
        tell_people(
            [int(asker)] if kind == "person" else [],
            work.case,
            kind="extension.settled",
            title="延期申请已批准" if approve else "延期申请未获批准",
            text=f"{work.case.number} 申请延期 {asked['limit']}。{note.strip()}",
            at=by.at,
        )

    return act_on(case_id, by, do)


def _extend(work: Work, asked: dict[str, object], note: int | None) -> None:
    limit = Limit.parse(str(asked["limit"]))
    kind, _, asker = str(asked["by"]).partition(":")
    step, reason = asked["step"], asked.get("note")
    assert isinstance(step, int)  # noqa: S101 - the entry's shape says so
    work.course.extend(
        step,
        limit,
        document=str(asked.get("document") or ""),
        note=reason if isinstance(reason, int) else note,
        asker=int(asker) if kind == "person" else None,
    )
    tell_extended(work, limit)


def tell_extended(work: Work, limit: Limit) -> None:
    """Tell who asked that it takes longer, and until when."""
    due = work.course.record.due
    day = due.astimezone(SHANGHAI) if due else None
    until = f"，{day.month}月{day.day}日前答复您" if day else ""
    tell_requester(
        work.case,
        kind="case.extended",
        title="办理期限有变化",
        text=f"您的事项 {work.case.number} 经批准延期 {limit}{until}。理由和进展请点开查看。",
        at=work.course.at,
    )
