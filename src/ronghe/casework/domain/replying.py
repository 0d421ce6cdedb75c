"""A reply: made of its template's parts, drafted by one person, checked and sent by another (审签)."""

from __future__ import annotations

from dataclasses import replace

from ronghe.casework.domain.acting import By, Promise, Work, Written
from ronghe.casework.domain.course import Holder
from ronghe.casework.domain.routing import SelectorRouting
from ronghe.casework.domain.telling import officers
from ronghe.casework.exceptions import DomainError
from ronghe.casework.models import Reply
from ronghe.casework.queries.templates import compose, missing, template_for, words_for
from ronghe.core.procedure import Outcome, Step
from ronghe.text.promises import promises
from ronghe.text.replies import Severity, check_reply


def answers(work: Work, node: Step, way: Outcome) -> bool:
    """Whether the outcome needs a reply: it ends a step that has a template, or hands its reply on to be checked."""
    return bool(node.template) and (way.end is not None or checker_of(work, node, way) is not None)


def checker_of(work: Work, node: Step, way: Outcome) -> Step | None:
    """The step the outcome leads to when it checks this one."""
    following = work.course.terms.flow.by_code.get(way.to or "")
    return following if isinstance(following, Step) and following.checks == node.code else None


def refuse_blocked(work: Work, text: str) -> None:
    """Stop what must not go out: somebody else's personal data. Everything else software only points out."""
    question = str(work.case.values.get("detail") or work.case.title)
    told = [remark.message for remark in check_reply(question, text) if remark.severity is Severity.BLOCK]
    if told:
        raise DomainError("reply-blocked", f"答复还不能提交：{''.join(told)}您写的内容都在。")


def with_promises(work: Work, written: Written) -> Written:
    """The reply with what its words promise by a day to come, besides the `promises` that were named."""
    today = work.course.at.date()
    found = promises(written.text, today, work.course.calendar)
    named = {promise.text.strip() for promise in written.promises}
    read = [
        Promise(one.text, one.due)
        for one in found
        if one.due and one.due >= today and one.text.strip() not in named
    ]
    return replace(written, promises=[*read, *written.promises])


def composed(work: Work, node: Step, written: Written, *, is_asked: bool) -> Written:
    """The reply with its words made from the parts of the template, exactly as the preview showed them."""
    template = template_for(node, work.course.at.date()) if written.parts and is_asked else None
    if template is None:
        return written
    lacking = missing(template, written.parts)
    if lacking:
        raise DomainError(
            "part-missing",
            f"答复还缺：{'、'.join(lacking)}。请补齐后再提交，已写的内容都在。",
            lacking=lacking,
        )
    return replace(written, text=compose(template, written.parts, words_for(work.case, work.course.at)))


def checked(work: Work, by: By, no: int, node: Step, way: Outcome) -> int | None:
    """The draft that is sent now, marked with who checked it; None when no reply was checked, or it goes back."""
    step = work.course.record.step(no)
    assert step is not None  # noqa: S101 - it is open
    if by.actor == step.written_by:
        raise DomainError("same-person", "答复是您自己拟写的，要由另一个人审签后发出。")
    if by.actor in work.course.record.checkers(step.code):
        raise DomainError(
            "checked-before", "上一次答复由您审签。重新办理的答复要换一个人审签，请转请其他同志。"
        )
    written = work.course.terms.flow.at(step.path).node(str(node.checks))
    if way.end is None or not isinstance(written, Step) or not written.template:
        return None
    Reply.objects.filter(case=work.case, no=work.course.record.replies).update(
        sent_at=by.at, checked_by=by.actor
    )
    return work.course.record.replies


def second_person(work: Work, by: By, node: Step, way: Outcome) -> Holder | None:
    """Where the check goes when the unit has nobody else who may do it: the triage desk; None: the usual way."""
    step = checker_of(work, node, way)
    if step is None or by.powers is None:
        return None
    record = work.course.record
    on = work.course.at.date()
    barred = {by.actor, *record.checkers(step.code)}
    if record.responsible and any(
        f"person:{person.pk}" not in barred for person in officers(record.responsible, on)
    ):
        return None
    routing = work.course.routing
    assert isinstance(routing, SelectorRouting)  # noqa: S101 - the live path always routes by selectors
    return routing.triage()
