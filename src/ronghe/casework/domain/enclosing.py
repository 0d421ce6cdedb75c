"""Files that answer a field of a form: checked before anything is written, kept as attachments in the same transaction.

A file field is answered by every file kept under it: those sent with the form, and those attached before under its code.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from contextlib import ExitStack

from ronghe.attaching import FileRefused, Sent, checked, digest_of, stored
from ronghe.casework.domain.course import Course
from ronghe.casework.domain.store import save
from ronghe.casework.exceptions import DomainError
from ronghe.casework.models import Attachment, Case
from ronghe.core.forms import Form

MOST_ATTACHMENTS = 60
Enclosed = Mapping[str, Sequence[Sent]]
"""What was sent under the file fields of a form, by their codes."""


def names_of(form: Form | None, files: Enclosed) -> dict[str, list[str]]:
    """The names under each file field. Raises `invalid` with `errors` where a file is not one that is kept."""
    found: dict[str, list[str]] = {}
    errors: dict[str, str] = {}
    for field in form.file_fields if form else ():
        try:
            found[field.code] = [checked(file)[0] for file in files.get(field.code, ())]
        except FileRefused as error:
            errors[field.code] = error.message
    if errors:
        first = next(iter(errors.values()))
        raise DomainError("invalid", f"有内容需要修改：{first}您填写的内容已保留。", errors=errors)
    return found


def kept_names(case: Case, form: Form | None, steps: Iterable[int | None]) -> dict[str, list[str]]:
    """The numbers of the files kept under each file field of a form, for those steps (None: as the case was filed)."""
    if form is None or not form.file_fields:
        return {}
    numbers = set(steps)
    found: dict[str, list[str]] = {field.code: [] for field in form.file_fields}
    rows = case.attachments.exclude(path="").filter(field__in=found).order_by("no")
    for no, field, step in rows.values_list("no", "field", "step"):
        if step in numbers:
            found[field].append(str(no))
    return found


def enclose(
    case: Case, course: Course, files: Enclosed, undo: ExitStack, *, step: int | None
) -> dict[str, list[str]]:
    """Keep the files under their fields; give their numbers. `undo` takes the contents away again where it all fails.

    Raises `files-too-many`, `file-too-large`, `file-type`, `file-empty`.
    """
    kept: dict[str, list[str]] = {}
    for field, sent in files.items():
        for file in sent:
            kept.setdefault(field, []).append(str(_keep(case, course, file, undo, field=field, step=step)))
    return kept


def enclose_first(case: Case, course: Course, files: Enclosed, undo: ExitStack) -> None:
    """Keep the files a case was filed with, and name them in its answers."""
    course.record.id = case.pk
    course.by(case.opener, course.at)
    case.values = {**case.values, **enclose(case, course, files, undo, step=None)}
    save(case, course)


def _keep(case: Case, course: Course, file: Sent, undo: ExitStack, *, field: str, step: int | None) -> int:
    name, content_type = keepable(file)
    digest = digest_of(file)
    kept = case.attachments.filter(sha256=digest, field=field, step=step).exclude(path="")
    if course.actor == f"requester:{case.pk}":  # who does not see what units added keeps their own beside it
        kept = kept.filter(actor=course.actor)
    if (same := kept.first()) is not None:
        return int(same.no)
    if case.attachments.count() >= MOST_ATTACHMENTS:
        raise DomainError("files-too-many", f"一件最多 {MOST_ATTACHMENTS} 个附件，已经满了。请合并后再传。")
    number = course.record.attachments + 1
    path = undo.enter_context(stored(f"cases/{case.pk}/{number}-{digest[:12]}", file))
    Attachment.objects.create(
        case=case, no=number, name=name, size=file.size or 0, content_type=content_type,
        sha256=digest, path=path, at=course.at, actor=course.actor, field=field, step=step,
    )  # fmt: skip
    course.attach(number)
    return number


def keepable(file: Sent) -> tuple[str, str]:
    """The name a file is kept under and its type. Raises DomainError as `checked` says it."""
    try:
        return checked(file)
    except FileRefused as error:
        raise DomainError(error.code, error.message) from error
