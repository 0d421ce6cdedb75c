"""What happens to a case beside its steps: asked for, merged, urged, called for. Each drafts its entries on a `Course`."""

from __future__ import annotations

from collections.abc import Sequence

from ronghe.casework.domain.course import Course, Holder
from ronghe.casework.domain.terms import reopening_step
from ronghe.casework.enums import CaseState
from ronghe.casework.exceptions import DomainError
from ronghe.core.procedure import Marking, close_call, open_lane
from ronghe.core.worktime import Limit
from ronghe.definitions.things import Ref
from ronghe.ledger.domain import Touch


def ask_extension(course: Course, no: int, limit: Limit, *, document: str, note: int | None) -> None:
    """Ask for a longer limit; whoever leads the unit settles it. One question at a time."""
    if course.record.asked:
        raise DomainError("asked-before", "本件已经申请延期，正等待审批，不用重复申请。")
    course.check_extension(no, limit)
    course.emit(
        "case.extension-asked",
        organisation=course.record.responsible,
        code=course.still_open(no).code,
        limit=str(limit),
        document=document or None,
        note=note,
        step=no,
    )


def refuse_extension(course: Course, *, note: int | None) -> None:
    """Leave the limit as it is."""
    step = course.record.step(course.record.asked["step"])
    course.emit(
        "case.extension-refused",
        organisation=course.record.responsible,
        code=step.code if step else "",
        note=note,
        step=course.record.asked["step"],
    )


def supplement(course: Course, note: int) -> None:
    """The requester answered what was asked; the clock runs on."""
    course.emit("case.supplemented", organisation=course.record.responsible, note=note)
    if course.record.paused_at:
        course.resume()


def merge(course: Course, into: int, responsible: int | None, *, note: int | None) -> None:
    """Let another case answer for this one; its own clock goes on."""
    if course.record.paused_at:
        course.resume()
    course.emit(
        "case.merged",
        organisation=responsible,
        touches=(Touch("into", "case", into),),
        into=into,
        note=note,
    )


def split(course: Course, from_: int, *, note: int | None) -> None:
    """Take a merged case up by itself again, where the unit works."""
    again = reopening_step(course.terms.flow)
    course.emit(
        "case.split",
        organisation=course.record.responsible,
        code=again,
        touches=(Touch("from", "case", from_),),
        from_=from_,
        note=note,
    )
    assert course.record.marking is not None  # noqa: S101 - it stands somewhere again
    for token in sorted(course.record.marking.tokens):
        course.open_step(token, course.holder_for(token, None))


def follow_answer(course: Course, *, responsible: int | None, reply: int | None, result: str) -> None:
    """The case this one was merged into is answered: so is this one, by the same unit and on its own clock."""
    if responsible != course.record.responsible:
        course.emit(
            "case.transferred", organisation=responsible, from_=course.record.responsible, to=responsible
        )
    if reply is not None:
        course.answer(reply)
    course.close(result)


def remind(course: Course, *, rule: int, level: int, told: Sequence[int], title: str) -> None:
    """Record that the clock reminded these persons (提醒、催办、督办)."""
    course.emit(
        "case.reminded",
        organisation=course.record.responsible,
        code=title,
        touches=tuple(Touch("told", "person", person) for person in told),
        rule=rule,
        level=level,
        round=course.record.round,
    )


def urge(course: Course, *, level: int, note: int | None, told: Sequence[int]) -> None:
    """Record that somebody urged the unit."""
    if course.record.state != CaseState.OPEN:
        raise DomainError("not-open", "本件已经办结，不用再催办。")
    course.emit(
        "case.urged",
        organisation=course.record.responsible,
        touches=tuple(Touch("told", "person", person) for person in told),
        level=level,
        note=note,
    )


def explain(course: Course, note: int) -> None:
    """The unit's word on being urged."""
    course.emit("case.explained", organisation=course.record.responsible, note=note)


def give(course: Course, ref: Ref, *, step: int | None = None, state: str | None = None) -> None:
    """Record what came of this case; with `step`, what runs that step and how far it is."""
    type_, number = ref
    run = course.record.step(step) if step is not None else None
    course.emit(
        "case.gave",
        organisation=course.record.responsible,
        code=run.code if run else "",
        touches=(Touch("gave", type_, number),),
        related=number,
        kind_=None if type_ == "case" else type_,
        step=step,
        result=state,
    )


def claim(course: Course, parallel: str, organisation: int) -> None:
    """A unit answers an open call (揭榜): a lane of its own opens."""
    until = course.record.call_until
    if until is not None and until <= course.at:
        raise DomainError("call-over", "征集已经截止，不能再揭榜。")
    lane = str(organisation)
    move = open_lane(course.terms.flow, _marking(course), parallel, lane, lambda _: ())
    course.emit(
        "lane.opened",
        organisation=organisation,
        code=parallel,
        touches=(Touch("lane", "organisation", organisation),),
        lane=lane,
    )
    for token in move.opened:
        course.open_step(token, Holder(organisation))


def end_call(course: Course, parallel: str) -> None:
    """No more answers; the case goes on once the lanes it has are done."""
    move = close_call(course.terms.flow, _marking(course), parallel, lambda _: ())
    lanes = [split.lanes for split in (*move.joined, *move.marking.splits) if split.parallel == parallel]
    course.emit(
        "call.closed",
        organisation=course.record.responsible,
        code=parallel,
        rows=len(lanes[0]) if lanes else 0,
    )
    course.follow(move)


def choose(course: Course, lanes: Sequence[str], *, note: int | None = None) -> None:
    """Choose among the lanes of a call that is over."""
    course.emit(
        "case.chosen",
        organisation=course.record.responsible,
        touches=tuple(Touch("chosen", "organisation", int(lane)) for lane in lanes),
        lanes=list(lanes),
        note=note,
    )


def _marking(course: Course) -> Marking:
    if course.record.marking is None:
        raise DomainError("not-open", "本件已经办结，没有正在进行的征集。")
    return course.record.marking
