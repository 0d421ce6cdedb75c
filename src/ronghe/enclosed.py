"""Files that answer a field of a form, for the rooms whose things have no attachments beside: numbered, checked, kept.

The answer is the numbers of the files, so that lists and entries of the ledger hold no name.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack

from django.db import models

from ronghe.attaching import FileRefused, KeptFile, KeptRow, Sent, checked, digest_of, stored
from ronghe.core.forms import Form

Enclosed = Mapping[str, Sequence[Sent]]


class AnswerRow(KeptRow):
    """The row of a file that answers a field; each room adds whose."""

    field = models.CharField(max_length=64, help_text="the field of the form it answers")

    class Meta:
        abstract = True

    @property
    def kept(self) -> KeptFile:
        """The file as a page gives it out."""
        return KeptFile(self.no, self.name, self.size, self.content_type, self.at, self.path)


def faults_of(form: Form | None, files: Enclosed) -> dict[str, str]:
    """By field, what is wrong with a file sent under it."""
    errors: dict[str, str] = {}
    for field in form.file_fields if form else ():
        try:
            for file in files.get(field.code, ()):
                checked(file)
        except FileRefused as error:
            errors[field.code] = error.message
    return errors


def numbered(form: Form | None, files: Enclosed, *, first: int = 1) -> dict[str, list[str]]:
    """The numbers the files sent under each file field will have, in order."""
    found: dict[str, list[str]] = {}
    for field in form.file_fields if form else ():
        count = len(files.get(field.code, ()))
        found[field.code] = [str(no) for no in range(first, first + count)]
        first += count
    return found


def keep_all(
    make: Callable[..., object], place: str, numbers: Mapping[str, Sequence[str]], files: Enclosed, undo: ExitStack, *,
    at: dt.datetime, actor: str,
) -> None:  # fmt: skip
    """Keep each file under its number; `make` writes the row. `undo` takes the contents away again where it all fails."""
    for code, given in numbers.items():
        for no, file in zip(given, files.get(code, ()), strict=True):
            name, content_type = checked(file)
            digest = digest_of(file)
            path = undo.enter_context(stored(f"{place}/{no}-{digest[:12]}", file))
            make(
                no=int(no), field=code, name=name, size=file.size or 0, content_type=content_type,
                sha256=digest, path=path, at=at, actor=actor,
            )  # fmt: skip
