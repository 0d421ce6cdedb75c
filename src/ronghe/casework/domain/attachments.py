"""Files of a case: name sanitised, type told by content as well as name, size limited, kept once.

They lie below `MEDIA_ROOT`, which no address serves: a page gives one out only through the case's own permission.
"""

from __future__ import annotations

import contextlib
import hashlib
import re
import unicodedata
from collections.abc import Iterator
from pathlib import PurePosixPath
from typing import Protocol

from django.conf import settings
from django.core.files.base import File
from django.core.files.storage import default_storage
from django.db import transaction

from ronghe.casework import rules
from ronghe.casework.domain.acting import By
from ronghe.casework.domain.filing import course_for
from ronghe.casework.domain.record import CaseRecord
from ronghe.casework.domain.store import load, lock, save
from ronghe.casework.enums import CaseState
from ronghe.casework.exceptions import DomainError
from ronghe.casework.models import Attachment, Case
from ronghe.definitions import queries as definitions

NAME_LENGTH = 100
MOST_ATTACHMENTS = 60
_ZIP, _OLE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
# What may be kept: its type, and how its content begins (empty: any text).
TYPES: dict[str, tuple[str, tuple[bytes, ...]]] = {
    ".jpg": ("image/jpeg", (b"\xff\xd8\xff",)),
    ".jpeg": ("image/jpeg", (b"\xff\xd8\xff",)),
    ".png": ("image/png", (b"\x89PNG\r\n\x1a\n",)),
    ".gif": ("image/gif", (b"GIF87a", b"GIF89a")),
    ".webp": ("image/webp", (b"RIFF",)),
    ".heic": ("image/heic", (b"\x00\x00\x00",)),
    ".pdf": ("application/pdf", (b"%PDF-",)),
    ".doc": ("application/msword", (_OLE,)),
    ".xls": ("application/vnd.ms-excel", (_OLE,)),
    ".docx": ("application/vnd.openxmlformats-officedocument.wordprocessingml.document", (_ZIP,)),
    ".xlsx": ("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", (_ZIP,)),
    ".txt": ("text/plain", ()),
}


class Sent(Protocol):
    """A file as it was sent; Django's `UploadedFile` is one."""

    @property
    def name(self) -> str | None: ...

    @property
    def size(self) -> int | None: ...

    def chunks(self) -> Iterator[bytes]: ...

    def seek(self, offset: int, /) -> object: ...


def attach(case_id: int, by: By, *, file: Sent) -> Case:
    """Keep a file with the case; the same content again is kept once and changes nothing.

    Raises DomainError `file-too-large`, `file-type`, `file-empty`, `files-too-many`, `case-closed`, `not-yours`.
    """
    name, content_type = checked(file)
    digest = _digest(file)
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
        with _stored(f"cases/{case.pk}/{number}-{digest[:12]}", file) as path:
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


@contextlib.contextmanager
def _stored(wanted: str, file: Sent) -> Iterator[str]:
    """Where the content lies; it is taken away again when what follows fails."""
    file.seek(0)
    path = default_storage.save(wanted, File(file))  # type: ignore[arg-type]
    with contextlib.ExitStack() as undo:
        undo.callback(default_storage.delete, path)
        yield path
        undo.pop_all()


def checked(file: Sent) -> tuple[str, str]:
    """The name it is kept under and its type; raises DomainError for what is not kept."""
    name = clean_name(file.name or "")
    most = settings.MAX_UPLOAD
    if (file.size or 0) > most:
        raise DomainError(
            "file-too-large", f"“{name}”超过 {most // 1024 // 1024} MB，没有收下。请压缩后再传。"
        )
    if not file.size:
        raise DomainError("file-empty", f"“{name}”是空的，没有收下。请核对后重新选择。")
    known = TYPES.get(PurePosixPath(name).suffix.lower())
    file.seek(0)
    head = next(iter(file.chunks()), b"")[:16]
    if known is None or (known[1] and not head.startswith(known[1])) or (not known[1] and b"\x00" in head):
        raise DomainError(
            "file-type", f"“{name}”不是能收的文件，没有收下。请传照片、PDF、Word、Excel 或文本文件。"
        )
    return name, known[0]


def clean_name(name: str) -> str:
    """The last part of a name, without control characters and signs that mean something to a system."""
    plain = unicodedata.normalize("NFC", name).replace("\\", "/").rsplit("/", 1)[-1]
    shown = "".join(char for char in plain if unicodedata.category(char)[0] != "C")
    tidy = re.sub(r'[<>:"|?*\s]+', " ", shown).strip(" .") or "附件"
    path = PurePosixPath(tidy)
    return path.stem[: NAME_LENGTH - len(path.suffix)] + path.suffix[:10]


def _digest(file: Sent) -> str:
    file.seek(0)
    found = hashlib.sha256()
    for chunk in file.chunks():
        found.update(chunk)
    return found.hexdigest()
