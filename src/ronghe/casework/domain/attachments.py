"""Files of a case: checked and stored as any file people send (`ronghe.attaching`), kept once with the case."""

from __future__ import annotations

from contextlib import ExitStack

from django.db import transaction

from ronghe.attaching import Sent, clean_name, digest_of
from ronghe.casework import rules
from ronghe.casework.domain.acting import By
from ronghe.casework.domain.course import Course
from ronghe.casework.domain.enclosing import MOST_ATTACHMENTS, enclose, keepable, kept_names
from ronghe.casework.domain.filing import course_for
from ronghe.casework.domain.record import CaseRecord
from ronghe.casework.domain.store import load, lock, save
from ronghe.casework.enums import CaseState
from ronghe.casework.exceptions import DomainError
from ronghe.casework.models import Case
from ronghe.core.forms import Form
from ronghe.definitions import queries as definitions
from ronghe.definitions.queries import Loaded

__all__ = ["MOST_ATTACHMENTS", "Sent", "attach", "clean_name"]


def attach(case_id: int, by: By, *, file: Sent, field: str = "") -> Case:
    """Keep a file with the case; the same content again is kept once and changes nothing.

    `field`: a file field of an open step's form, which it answers once the step is done, or of the form the case was filed
    with, which it answers at once. Raises DomainError `file-too-large`,
    `file-type`, `file-empty`, `files-too-many`, `case-closed`, `not-yours`, `field-unknown`.
    """
    keepable(file)
    digest = digest_of(file)
    with ExitStack() as undo, transaction.atomic():
        case = lock(case_id, by.revision)
        record = load(case)
        _check_may_attach(case, by, record)
        procedure = definitions.by_edition(case.edition_id)
        course = course_for(case, procedure, record=record, origin=by.origin)
        step = _asking(case, procedure, course, by, field) if field else None
        if not field and _is_kept(case, by, digest):
            return case
        course.catch_up(by.at)
        enclose(case, course.by(by.actor, by.at), {field: [file]}, undo, step=step)
        if field and step is None:
            case.values = {**case.values, **kept_names(case, procedure.body.form, [None])}
        return save(case, course) if course.entries else case


def _check_may_attach(case: Case, by: By, record: CaseRecord) -> None:
    if case.state != CaseState.OPEN:
        raise DomainError("case-closed", "本件已经办完，不再收文件。如情况有变，请重新提出。")
    if by.powers is not None and not rules.may_attach(by.powers, case, record.open_steps):
        raise DomainError("not-yours", "本件不由您的岗位办理，不能加文件。请联系承办单位或分办人员。")


def _asking(case: Case, procedure: Loaded, course: Course, by: By, field: str) -> int | None:
    """The open step whose form asks the actor for files under this field; None: the case was filed with such a form."""
    for step in course.record.open_steps:
        is_theirs = by.powers is not None and rules.may_work(by.powers, case, step)
        if is_theirs and _asks(course.node_of(step).form, field):
            return step.no
    if _asks(procedure.body.form, field):
        return None
    raise DomainError(
        "field-unknown", f"现在要办的环节里没有“{field}”这一项文件，没有收下。请核对，或者不写这一项。"
    )


def _asks(form: Form | None, field: str) -> bool:
    return form is not None and any(one.code == field for one in form.file_fields)


def _is_kept(case: Case, by: By, digest: str) -> bool:
    """Whether the content is there already; a requester does not see what units added, so theirs is kept beside it."""
    same = case.attachments.filter(sha256=digest)
    if by.actor == f"requester:{case.pk}":
        same = same.filter(actor=by.actor)
    return bool(same.exists())
