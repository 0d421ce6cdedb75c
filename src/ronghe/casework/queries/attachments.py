"""The files of a case as somebody may read them: which ones, and under which names."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from django.db.models import Q
from django.http import Http404
from django.utils.translation import gettext

from ronghe.attaching import KeptFile
from ronghe.casework import rules
from ronghe.casework.models import Attachment
from ronghe.rows import Question

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from ronghe.casework.models import Case
    from ronghe.organisations.queries import Powers


_KEPT: Question[Attachment] = Question(
    lambda case: Attachment.objects.filter(case=case).exclude(path="").order_by("no"), case=int
)


@dataclass(frozen=True)
class CaseFile(KeptFile):
    """One file of a case."""

    is_requesters: bool
    field: str = ""
    step: int | None = None


def files_for(case: Case, powers: Powers, *, is_protected: bool, sealed: Collection[int]) -> list[CaseFile]:
    """All files of a case that the reader may see, oldest first; none of the steps `sealed` (`calls.sealed`).

    People write their own names into the names of files: whoever may not see the requester reads `诉求人材料 1.jpg`.
    """
    hides = not rules.may_see_requester(powers, case, is_protected=is_protected)
    hides = hides or (case.identity is not None and case.identity.erased_at is not None)
    rows = (row for row in _KEPT.all(case=case.pk) if row.step not in sealed)
    return [_file(row, case, hides=hides) for row in rows]


def requesters_files(case: Case) -> list[CaseFile]:
    """The files the requester sent, oldest first; those of the units are not theirs to see."""
    theirs = Q(actor=_requester(case)) | (~Q(field="") & Q(step=None))
    sent = case.attachments.filter(theirs).exclude(path="")
    return [_file(row, case) for row in sent.order_by("no")]


def file_or_404(files: Iterable[CaseFile], no: int) -> CaseFile:
    """The file of that number, if it is among those its reader may see."""
    found = next((file for file in files if file.no == no), None)
    if found is None:
        raise Http404
    return found


def _requester(case: Case) -> str:
    return f"requester:{case.pk}"


def _file(row: Attachment, case: Case, *, hides: bool = False) -> CaseFile:
    is_filed = row.field != "" and row.step is None and case.identity_id is not None
    is_requesters = row.actor == _requester(case) or is_filed
    name = row.name
    if hides and is_requesters:
        name = gettext("诉求人材料 %(no)d") % {"no": row.no} + PurePosixPath(row.name).suffix.lower()
    return CaseFile(
        row.no, name, row.size, row.content_type, row.at, row.path, is_requesters, row.field, row.step
    )
