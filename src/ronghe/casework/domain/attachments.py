"""Files of a case: checked and stored as any file people send (`ronghe.attaching`), kept once with the case."""

from __future__ import annotations

from django.db import transaction

from ronghe.attaching import FileRefused, Sent, checked, clean_name, digest_of, stored
from ronghe.casework import rules
from ronghe.casework.domain.acting import By
from ronghe.casework.domain.filing import course_for
from ronghe.casework.domain.record import CaseRecord
from ronghe.casework.domain.store import load, lock, save
from ronghe.casework.enums import CaseState
from ronghe.casework.exceptions import DomainError
from ronghe.casework.models import Attachment, Case
from ronghe.definitions import queries as definitions

__all__ = ["MOST_ATTACHMENTS", "Sent", "attach", "clean_name"]

MOST_ATTACHMENTS = 60


def attach(case_id: int, by: By, *, file: Sent) -> Case:
    """Keep a file with the case; the same content again is kept once and changes nothing.

    Raises DomainError `file-too-large`, `file-type`, `file-empty`, `files-too-many`, `case-closed`, `not-yours`.
    """
    try:
        name, content_type = checked(file)
    except FileRefused as error:
        raise DomainError(error.code, error.message) from error
    digest = digest_of(file)
    with transaction.atomic():
        case = lock(case_id, by.revision)
        record = load(case)
        _check_may_attach(case, by, record)
        if _is_kept(case, by, digest):
            return case
        if case.attachments.count() >= MOST_ATTACHMENTS:
            raise DomainError(
                "files-too-many", f"一件最多 {MOST_ATTACHMENTS} 个附件，已经满了。请合并后再传。"
            )
        course = course_for(case, definitions.by_edition(case.edition_id), record=record, origin=by.origin)
        course.catch_up(by.at)
        number = record.attachments + 1
        with stored(f"cases/{case.pk}/{number}-{digest[:12]}", file) as path:
            Attachment.objects.create(
                case=case, no=number, name=name, size=file.size or 0, content_type=content_type,
                sha256=digest, path=path, at=by.at, actor=by.actor,
            )  # fmt: skip
            course.by(by.actor, by.at).attach(number)
            return save(case, course)


def _check_may_attach(case: Case, by: By, record: CaseRecord) -> None:
    if case.state != CaseState.OPEN:
        raise DomainError("case-closed", "本件已经办完，不再收文件。如情况有变，请重新提出。")
    if by.powers is not None and not rules.may_attach(by.powers, case, record.open_steps):
        raise DomainError("not-yours", "本件不由您的岗位办理，不能加文件。请联系承办单位或分办人员。")


def _is_kept(case: Case, by: By, digest: str) -> bool:
    """Whether the content is there already; a requester does not see what units added, so theirs is kept beside it."""
    same = case.attachments.filter(sha256=digest)
    if by.actor == f"requester:{case.pk}":
        same = same.filter(actor=by.actor)
    return bool(same.exists())
