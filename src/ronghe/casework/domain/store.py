"""From rows to record and back: load a case under its lock, write what its course drafted in the same transaction."""

from __future__ import annotations

from collections.abc import Sequence
from copy import copy
from typing import Any

from django.db import transaction

from ronghe.casework.domain.course import Course
from ronghe.casework.domain.record import CaseRecord, StepRecord
from ronghe.casework.exceptions import DomainError, StaleRevision
from ronghe.casework.models import Case, Involved, Step
from ronghe.core.procedure import Marking
from ronghe.core.worktime import ClockLog
from ronghe.ledger.domain import Draft, record_all
from ronghe.rows import insert

SAME = [
    "state",
    "result",
    "round",
    "due",
    "paused_at",
    "paused_until",
    "pause_ground",
    "opened_at",
    "accepted_at",
    "answered_at",
    "closed_at",
    "chosen",
    "asked",
    "reminded",
    "urged",
    "call_until",
    "revision",
]
SAME_STEP = ["no", "code", "round", "post", "opened_at", "due", "done_at", "done_by", "outcome", "written_by"]
RUN = ["run_type", "run_id", "run_state"]


def lock(case_id: int, revision: int | None = None) -> Case:
    """The case's row, locked; `revision` is what the person saw. Raises StaleRevision when it has moved on."""
    case = Case.objects.select_for_update(of=("self",)).filter(pk=case_id).first()
    if case is None:
        raise DomainError("no-such-case", "没有找到这个办件，请核对编号。")
    if revision is not None and case.revision != revision:
        raise StaleRevision(
            "stale-revision",
            "在您填写期间，本件已有新的办理记录。您填写的内容已保留，请核对最新进展后再提交。",
            revision=case.revision,
        )
    found: Case = case
    return found


def load(case: Case) -> CaseRecord:
    """The record that the case's rows hold."""
    record = CaseRecord(id=case.pk, responsible=case.responsible_id, first_receiver=case.first_receiver_id)
    for name in SAME:
        setattr(record, name, copy(getattr(case, name)))
    record.merged_into = case.merged_into_id
    record.marking = Marking.from_json(case.marking) if case.marking else None
    record.clock = ClockLog.from_json(case.clock) if case.clock else None
    record.steps = [_load_step(step) for step in sorted(case.steps.all(), key=lambda step: step.no)]
    record.replies, record.notes, record.attachments = map(
        _last, (case.replies, case.notes, case.attachments)
    )
    return record


def _last(numbered: Any) -> int:
    """The highest `no`; reads what was prefetched."""
    return max((row.no for row in numbered.all()), default=0)


def _load_step(step: Step) -> StepRecord:
    values: dict[str, Any] = {name: getattr(step, name) for name in (*SAME_STEP, *RUN)}
    return StepRecord(
        **values,
        path=tuple(step.path),
        holder=step.holder_id,
        assignee=step.assignee_id,
        clock=ClockLog.from_json(step.clock) if step.clock else None,
    )


def fill(case: Case, record: CaseRecord) -> Case:
    """Write the record into the case's row (not saved)."""
    for name in SAME:
        setattr(case, name, getattr(record, name))
    case.responsible_id, case.first_receiver_id = record.responsible, record.first_receiver
    case.merged_into_id = record.merged_into
    case.marking = record.marking.to_json() if record.marking else {}
    case.clock = record.clock.to_json() if record.clock else {}
    return case


def step_rows(case_id: int, record: CaseRecord) -> list[Step]:
    """The rows of the record's steps (not saved)."""
    return [
        Step(
            case_id=case_id,
            path=list(step.path),
            holder_id=step.holder,
            assignee_id=step.assignee,
            clock=step.clock.to_json() if step.clock else {},
            **{name: getattr(step, name) for name in (*SAME_STEP, *RUN)},
        )
        for step in record.steps
    ]


def units_beside(record: CaseRecord) -> list[int]:
    """Who held a step and neither answers for the case nor heard it first."""
    held = {step.holder for step in record.steps if step.holder is not None}
    return sorted(held - {record.responsible, record.first_receiver})


def involved_rows(case_id: int, record: CaseRecord) -> list[Involved]:
    """The rows of those (not saved), who see the case for good."""
    return [Involved(case_id=case_id, organisation_id=unit) for unit in units_beside(record)]


def _entries(course: Course) -> list[Draft]:
    """What the course drafted since."""
    drafts, course.entries = course.entries, []
    return drafts


@transaction.atomic(savepoint=False)
def save(case: Case, course: Course) -> Case:
    """Write the course's entries and bring the rows up to its record."""
    record_all(_entries(course))
    fill(case, course.record).save(force_update=True)
    Step.objects.bulk_create(
        step_rows(case.pk, course.record),
        update_conflicts=True,
        unique_fields=["case", "no"],
        update_fields=["holder", "assignee", "clock", "due", "done_at", "done_by", "outcome", *RUN],
    )
    Involved.objects.bulk_create(involved_rows(case.pk, course.record), ignore_conflicts=True)
    return case


def store_new(case: Case, course: Course, *, beside: Sequence[Draft] = ()) -> Case:
    """Write a case that has its id but no row yet, in the caller's transaction; `beside`: entries about what was made with it."""
    record = course.record
    insert([fill(case, record)], step_rows(case.pk, record), involved_rows(case.pk, record))
    record_all([*beside, *_entries(course)])
    return case
