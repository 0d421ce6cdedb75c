"""Files people send, wherever they are kept: name sanitised, type told by content as well as name, size limited.

They lie below `MEDIA_ROOT`, which no address serves: a page gives one out only through the permission of what it belongs to.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import hashlib
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Protocol

from django.conf import settings
from django.core.files.base import File
from django.core.files.storage import default_storage
from django.db import models

from ronghe.core.errors import RongheError

NAME_LENGTH = 100
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
# What browsers show as a picture and nothing else; anything else is only ever downloaded.
PICTURES = frozenset({"image/jpeg", "image/png", "image/gif", "image/webp"})


class FileRefused(RongheError):
    """A file that is not kept; nothing was changed."""


class Sent(Protocol):
    """A file as it was sent; Django's `UploadedFile` is one."""

    @property
    def name(self) -> str | None: ...

    @property
    def size(self) -> int | None: ...

    def chunks(self) -> Iterator[bytes]: ...

    def seek(self, offset: int, /) -> object: ...


@dataclass(frozen=True)
class KeptFile:
    """One kept file. `name`: the one its reader may know; `path`: where its content lies."""

    no: int
    name: str
    size: int
    content_type: str
    at: dt.datetime
    path: str

    @property
    def is_picture(self) -> bool:
        """Whether it may be looked at without being downloaded."""
        return self.content_type in PICTURES


class KeptRow(models.Model):
    """The row of a kept file; each room adds what it belongs to. An empty `path`: taken away again."""

    no = models.PositiveSmallIntegerField()
    name = models.CharField(max_length=120)
    size = models.PositiveIntegerField()
    content_type = models.CharField(max_length=80)
    sha256 = models.CharField(max_length=64)
    path = models.CharField(max_length=200)
    at = models.DateTimeField()
    actor = models.CharField(max_length=64)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.name


@contextlib.contextmanager
def stored(wanted: str, file: Sent) -> Iterator[str]:
    """Where the content lies; it is taken away again when what follows fails."""
    file.seek(0)
    path = default_storage.save(wanted, File(file))  # type: ignore[arg-type]
    with contextlib.ExitStack() as undo:
        undo.callback(default_storage.delete, path)
        yield path
        undo.pop_all()


def checked(file: Sent) -> tuple[str, str]:
    """The name it is kept under and its type. Raises FileRefused `file-too-large`, `file-empty`, `file-type`."""
    name = clean_name(file.name or "")
    most = settings.MAX_UPLOAD
    if (file.size or 0) > most:
        raise FileRefused(
            "file-too-large", f"“{name}”超过 {most // 1024 // 1024} MB，没有收下。请压缩后再传。"
        )
    if not file.size:
        raise FileRefused("file-empty", f"“{name}”是空的，没有收下。请核对后重新选择。")
    known = TYPES.get(PurePosixPath(name).suffix.lower())
    file.seek(0)
    head = next(iter(file.chunks()), b"")[:16]
    if known is None or (known[1] and not head.startswith(known[1])) or (not known[1] and b"\x00" in head):
        raise FileRefused(
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


def digest_of(file: Sent) -> str:
    """The SHA-256 of the content."""
    file.seek(0)
    found = hashlib.sha256()
    for chunk in file.chunks():
        found.update(chunk)
    return found.hexdigest()
