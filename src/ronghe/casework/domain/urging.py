"""Urging by people: 催办 by who heard it first or leads, 督办 by the committee; the unit explains."""

from __future__ import annotations

from ronghe.casework import rules
from ronghe.casework.domain import asides
from ronghe.casework.domain.acting import By, Work, act_on, check_power, write_note
from ronghe.casework.domain.telling import officers, tell_people
from ronghe.casework.enums import urging_title
from ronghe.casework.exceptions import DomainError
from ronghe.casework.models import Case

LEVELS = (1, 2)  # 催办, 督办


def urge_case(case_id: int, by: By, *, level: int = 1, note: str = "") -> Case:
    """Urge whoever holds the case; level 2 (督办) is the committee's and tells the unit's leaders too."""

    def do(work: Work) -> None:
        check_power(by, rules.may_urge(by.powers, work.case, level))
        if level not in LEVELS:
            raise DomainError("no-such-level", "只有催办和督办两级，请重新选择。")
        if level > 1 and not note.strip():
            raise DomainError("reason-missing", "督办要写明要求，承办单位会看到。")
        record, on = work.course.record, work.course.at.date()
        holders = {step.holder for step in record.open_steps} or {record.responsible}
        told = [step.assignee for step in record.open_steps if step.assignee]
        for unit in sorted(unit for unit in holders if unit):
            people = officers(unit, on, "lead" if level > 1 else "")
            told += [person.pk for person in people]
        told = [person for person in dict.fromkeys(told) if by.actor != f"person:{person}"]
        asides.urge(work.course, level=level, note=write_note(work, by, note), told=told)
        tell_people(
            told,
            work.case,
            kind="case.urged",
            title=f"{urging_title(level)}：{work.case.number}",
            text=f"{work.case.title}。{note.strip() or '请抓紧办理。'}",
            at=by.at,
        )

    return act_on(case_id, by, do)


def explain_case(case_id: int, by: By, *, text: str) -> Case:
    """The unit says how things stand after being urged; whoever urged reads it on the board."""

    def do(work: Work) -> None:
        steps = work.course.record.open_steps
        check_power(by, rules.may_attach(by.powers, work.case, steps) if by.powers else True)
        number = write_note(work, by, text)
        if number is None:
            raise DomainError("note-missing", "还没有填写情况说明，请填写后再提交。")
        asides.explain(work.course, number)

    return act_on(case_id, by, do)
