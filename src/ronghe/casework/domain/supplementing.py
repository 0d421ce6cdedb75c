"""Something more is needed: the requester is asked by a link, the clock stands still, their answer sets it going."""

from __future__ import annotations

import datetime as dt

from ronghe.casework import rules
from ronghe.casework.domain import asides
from ronghe.casework.domain.acting import By, Work, act_on, check_power, write_note
from ronghe.casework.domain.telling import officers, tell_people, tell_requester
from ronghe.casework.exceptions import DomainError
from ronghe.casework.models import Case


def ask_supplement(case_id: int, by: By, *, step: int, ground: str, question: str) -> Case:
    """Ask the requester for something, and pause on a ground the step allows. Raises `question-missing`."""

    def do(work: Work) -> None:
        work.node(step)
        check_power(by, rules.may_work(by.powers, work.case, work.course.record.step(step)))
        if not question.strip():
            raise DomainError("question-missing", "请写清要诉求人补充什么，他会看到这段话。")
        work.course.pause(step, ground, note=write_note(work, by, question))
        tell_requester(
            work.case,
            kind="supplement.asked",
            title="请您补充材料",
            text=f"您的事项 {work.case.number} 需要补充：{question.strip()} 请点开链接填写，补充后继续办理。",
            at=by.at,
            purpose="supplement",
        )

    return act_on(case_id, by, do)


def answer_supplement(case_id: int, *, text: str, actor: str, at: dt.datetime) -> Case:
    """The requester's answer: the clock runs on and the unit is told. Raises `not-asked` when nothing is asked now."""
    by = By(actor, at)

    def do(work: Work) -> None:
        record = work.course.record
        if not record.paused_at or not record.open_steps:
            raise DomainError("not-asked", "现在没有需要您补充的内容。如有新情况，可以直接补充说明。")
        number = write_note(work, by, text)
        if number is None:
            raise DomainError("note-missing", "还没有填写内容，请填写后再提交。")
        step = record.open_steps[0]
        people = (
            [step.assignee]
            if step.assignee
            else [person.pk for person in officers(step.holder, by.at.date())]
        )
        asides.supplement(work.course, number)
        tell_people(
            people,
            work.case,
            kind="supplement.answered",
            title="诉求人已补充材料",
            text=f"{work.case.number} 的诉求人已经补充，计时恢复，请接着办理。",
            at=at,
        )

    return act_on(case_id, by, do)
