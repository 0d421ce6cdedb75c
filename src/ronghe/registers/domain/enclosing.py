"""Files that answer a field of an entry: numbered for good, kept in the transaction of the entry, never taken from a day gone by."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from functools import partial

from django.db.models import Max

from ronghe.definitions.kinds import RegisterDefinition
from ronghe.enclosed import Enclosed, faults_of, keep_all, numbered
from ronghe.registers.domain.answers import form_of
from ronghe.registers.exceptions import DomainError
from ronghe.registers.models import Entry, EntryFile

Numbers = Mapping[str, Sequence[str]]


def numbers_of(body: RegisterDefinition, files: Enclosed, entry: Entry | None = None) -> dict[str, list[str]]:
    """The numbers the files will have after those kept already. Raises `invalid` with `errors`."""
    form = form_of(body)
    if errors := faults_of(form, files):
        first = next(iter(errors.values()))
        raise DomainError("invalid", f"有内容需要修改：{first}您填写的内容已保留。", errors=errors)
    if not form.file_fields:
        return {}
    last = entry.files.aggregate(last=Max("no"))["last"] if entry else 0
    return numbered(form, files, first=(last or 0) + 1)


def beside_kept(body: RegisterDefinition, entry: Entry, numbers: Numbers) -> dict[str, list[str]]:
    """Under each file field what the entry says today, and what comes."""
    return {
        field.code: [*entry.values.get(field.code, []), *numbers.get(field.code, ())]
        for field in form_of(body).file_fields
    }


def keep_files(
    entry: Entry, numbers: Numbers, files: Enclosed, undo: ExitStack, *, at: dt.datetime, actor: str
) -> None:
    """Keep the files under their numbers."""
    make = partial(EntryFile.objects.create, entry=entry)
    keep_all(make, f"entries/{entry.pk}", numbers, files, undo, at=at, actor=actor)
