"""A running case goes over to the newer edition of its procedure: looked at first, then done by a person, with a reason.

Everything of a case moves in one transaction, or nothing does: where it stands must exist in the new edition. What was done
stays as it was done. Its clocks are folded anew from their log, started with the limit of the new edition.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Prefetch, QuerySet
from django.utils.translation import gettext

from ronghe.casework.domain.acting import By, Work, act_on, check_power, write_note
from ronghe.casework.domain.course import Course
from ronghe.casework.domain.filing import course_for
from ronghe.casework.domain.fold import MOVED, restarted
from ronghe.casework.domain.many import Outcomes, do_many
from ronghe.casework.domain.record import CaseRecord, StepRecord
from ronghe.casework.domain.rederiving import due_of
from ronghe.casework.domain.store import load
from ronghe.casework.domain.telling import tell_requester
from ronghe.casework.enums import CaseState, RunState
from ronghe.casework.exceptions import DomainError
from ronghe.casework.models import Attachment, Case, Note, Reply, Step
from ronghe.core.errors import RongheError
from ronghe.core.procedure import Flow, Parallel, Step as Node
from ronghe.core.worktime import SHANGHAI, Limit, day_words
from ronghe.definitions import queries as definitions
from ronghe.definitions.enums import Power
from ronghe.definitions.models import Edition
from ronghe.definitions.queries import Loaded

LEAST_REASON = 4


@dataclass(frozen=True)
class Change:
    """A clock that runs otherwise by the new edition: of the case itself, or of a step (`step`: its number)."""

    step: int | None
    limit: Limit | None
    since: dt.datetime | None
    was: dt.datetime | None
    due: dt.datetime | None


@dataclass(frozen=True)
class Plan:
    """What moving a case would do: where it stands, which clocks change, and why it cannot be moved (empty: it can)."""

    case: Case
    stands: tuple[str, ...]
    changes: tuple[Change, ...] = ()
    refusal: str = ""

    @property
    def own(self) -> Change | None:
        """What becomes of the clock of the case itself."""
        return next((change for change in self.changes if change.step is None), None)


def behind(edition: Edition) -> QuerySet[Case]:
    """The running cases of the procedure that hold to an edition before this one, the oldest first."""
    older = Edition.objects.filter(
        kind=edition.kind, code=edition.code, effective__lt=edition.effective
    ).values("pk")
    cases: QuerySet[Case] = Case.objects.filter(
        procedure=edition.code, state=CaseState.OPEN, edition__in=older
    )
    return cases.order_by("opened_at", "pk")


def plans(cases: QuerySet[Case], edition: Edition) -> Iterator[Plan]:
    """What moving each of these cases would do: nothing is written; a fixed number of statements."""
    to = definitions.by_edition(edition.pk)
    numbered = [
        Prefetch(name, model.objects.only("case_id", "no"))
        for name, model in (("replies", Reply), ("notes", Note), ("attachments", Attachment))
    ]
    steps = Prefetch("steps", Step.objects.order_by("no"))
    for case in cases.select_related("related", "responsible").prefetch_related(steps, *numbered):
        yield _plan(case, to)


def _plan(case: Case, to: Loaded) -> Plan:
    record, held = load(case), definitions.by_edition(case.edition_id)
    titles = [held.body.flow.step_at(step.path, step.code).title for step in record.open_steps]
    stands = tuple(dict.fromkeys(titles))
    try:
        changes = _changes(case, held, to, course_for(case, to, record=record))
    except RongheError as error:
        return Plan(case, stands, refusal=error.message)
    return Plan(case, stands, changes)


def move_cases(ids: Sequence[int], edition: Edition, by: By, *, reason: str) -> Outcomes:
    """Move at most a hundred cases, each by itself; those that cannot be moved stay as they are and say why.

    Who moved already is not moved twice. Raises `not-yours`, `reason-short`, `not-in-force`, `too-many`, with nothing done.
    """
    check_power(by, by.powers is not None and by.powers.has(Power.ADMINISTER))
    if len(reason.strip()) < LEAST_REASON:
        raise DomainError("reason-short", f"请写明为什么改按新的一版办理，至少 {LEAST_REASON} 个字。")
    if definitions.edition_for(edition.kind, edition.code, by.at.astimezone(SHANGHAI).date()) != edition:
        raise DomainError("not-in-force", "只能改按现行的一版办理。请刷新页面，核对现行的是哪一版。")
    return do_many(ids, lambda case_id: _move(case_id, edition, by, reason))


def _move(case_id: int, edition: Edition, by: By, reason: str) -> Case:
    def do(work: Work) -> None:
        if work.case.edition_id == edition.pk:
            return
        if work.case.procedure != edition.code or work.case.edition.effective > edition.effective:
            raise DomainError("other-procedure", "这一件不按这份程序办理，没有改动。")
        was = work.course.record.due
        _hold_to(work, definitions.by_edition(edition.pk), write_note(work, by, reason))
        _tell_requester(work.case, was, work.course.record.due, by.at)

    return act_on(case_id, by, do)


def _hold_to(work: Work, to: Loaded, note: int | None) -> None:
    """Let the case hold to the edition from here on: one entry for the case, one for each step whose clock changes."""
    course, case = work.course, work.case
    newly = course_for(case, to, record=course.record)
    changes = _changes(case, work.procedure, to, newly)
    left, course.terms, course.routing = case.edition_id, newly.terms, newly.routing
    case.edition = to.edition
    named: dict[str, Any] = {"edition_id": to.edition.pk, "edition_was": left}
    own = next((change for change in changes if change.step is None), None)
    course.emit(MOVED, organisation=course.record.responsible, note=note, **named, **_told(own))
    for change in changes:
        if change.step is not None:
            step = course.still_open(change.step)
            course.emit(MOVED, organisation=step.holder, code=step.code, **named, **_told(change))


def _changes(case: Case, held: Loaded, to: Loaded, newly: Course) -> tuple[Change, ...]:
    """The clocks that run otherwise. Raises RongheError when the case cannot stand in the new edition."""
    record = newly.record
    _check(record, held.body.flow, to.body.flow)
    applies = case.opened_at.astimezone(SHANGHAI).date() >= to.first_effective
    own = _change(newly, None, newly.terms.limit if applies else None, _since(newly))
    found = [own] if applies else []
    for step in record.open_steps:
        limit = newly.routing.limit(record, newly.node_of(step).limit)
        found.append(_change(newly, step, limit, step.opened_at))
    return tuple(change for change in found if change is not None)


def _since(newly: Course) -> dt.datetime | None:
    """From when the new edition counts; a case taken up again counts from then, whatever the edition says."""
    record = newly.record
    if record.round > 1:
        return record.clock.events[0].at if record.clock else None
    return record.accepted_at if newly.terms.from_acceptance else record.opened_at


def _change(
    newly: Course, step: StepRecord | None, limit: Limit | None, since: dt.datetime | None
) -> Change | None:
    """How a clock runs by the new edition; None: as it did."""
    subject = step or newly.record
    clock = subject.clock
    start = clock.events[0] if clock else None
    if limit is None or since is None:
        return Change(step.no if step else None, None, None, subject.due, None) if clock else None
    if start is not None and (start.limit, start.at) == (limit, since):
        return None
    if start is None and newly.record.paused_at is not None:
        raise DomainError("paused", "计时正暂停，而按新的一版要新起一个期限。请恢复计时以后再转。")
    told = {"clock": "running", "limit": str(limit), "at": since.isoformat()}
    fresh = restarted(clock, told)
    due = due_of(fresh, newly.calendar) if fresh else None
    return Change(step.no if step else None, limit, since, subject.due, due)


def _check(record: CaseRecord, held: Flow, to: Flow) -> None:
    """Raise unless the case stands, with all its lanes, where the new edition has the same places."""
    if record.state != CaseState.OPEN or record.marking is None:
        raise DomainError("not-open", "这一件已经办结，或已并入另一件，没有改动。")
    if record.asked:
        raise DomainError("asked", "有一份延期申请还没有答复，请先答复，再改按新的一版办理。")
    for split in sorted(record.marking.splits, key=lambda one: (one.path, one.parallel)):
        _check_split(held.at(split.path).parallel(split.parallel), _list(to, split.path), split.lanes)
    for step in record.open_steps:
        was = held.step_at(step.path, step.code)
        _check_step(record, step, was, _list(to, step.path))


def _list(flow: Flow, path: tuple[str, ...]) -> Flow | None:
    """The list that the lanes lead to; None: the flow has no such lanes."""
    try:
        return flow.at(path)
    except RongheError:
        return None


def _check_split(was: Parallel, here: Flow | None, lanes: frozenset[str]) -> None:
    now = here.by_code.get(was.code) if here else None
    is_same = isinstance(now, Parallel) and now.is_call == was.is_call
    if not is_same or not (now.body or lanes <= now.lanes.keys()):  # type: ignore[union-attr]
        raise DomainError("no-such-lanes", f"正在并行办理“{was.title}”，新的一版里没有同样的分支。")


def _check_step(record: CaseRecord, step: StepRecord, was: Node, here: Flow | None) -> None:
    now = here.by_code.get(step.code) if here else None
    if not isinstance(now, Node):
        raise DomainError("no-such-step", f"正在办的环节“{was.title}”，新的一版里没有。请办完这一环节再转。")
    if now.runs != was.runs and (step.run_state == RunState.RUNNING or now.runs is not None):
        raise DomainError("runs", f"环节“{was.title}”在新的一版里改由别的办理，请办完这一环节再转。")
    if record.paused_at and record.pause_ground not in now.pauses and record.pause_ground in was.pauses:
        title = was.pauses[record.pause_ground].title
        raise DomainError(
            "no-such-pause", f"因“{title}”暂停计时，新的一版里没有这个理由。请恢复计时以后再转。"
        )


def _told(change: Change | None) -> dict[str, Any]:
    """What the entry says of a clock; nothing when it runs on as it did."""
    if change is None:
        return {}
    at, was, due = (
        one.astimezone(SHANGHAI).isoformat() if one else None
        for one in (change.since, change.was, change.due)
    )
    told = {"limit": str(change.limit), "at": at, "due": due} if change.limit else {}
    return {"step": change.step, "clock": "running" if change.limit else "none", "was": was, **told}


def _tell_requester(case: Case, was: dt.datetime | None, due: dt.datetime | None, at: dt.datetime) -> None:
    if was == due or due is None:
        return
    said = {
        "number": case.number,
        "was": day_words(was.astimezone(SHANGHAI).date()) if was else gettext("没有限定"),
        "due": day_words(due.astimezone(SHANGHAI).date()),
    }
    tell_requester(
        case,
        kind=MOVED,
        title=gettext("%(number)s 的办理期限有变化") % said,
        text=gettext(
            "办理这类事项的规定有了新的一版，您的诉求 %(number)s 改按新的一版办理：答复期限由%(was)s变为%(due)s。不需要您做什么。"
        )
        % said,
        at=at,
    )
