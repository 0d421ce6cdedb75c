"""Files sent with a submission or a note, kept one by one; what could not be kept is said, the rest stays."""

from __future__ import annotations

from collections.abc import Iterable

from django.core.files.uploadedfile import UploadedFile
from django.utils import timezone
from django.utils.translation import gettext

from ronghe.casework import domain as casework
from ronghe.casework.models import Case
from ronghe.core.errors import RongheError


def attach_all(case: Case, files: Iterable[UploadedFile], actor: str) -> str:
    """Attach each file as the requester. Gives the sentence about those refused; empty when all were kept."""
    refused = []
    for file in files:
        try:
            casework.attach(case.pk, casework.By(actor, timezone.now()), file=file)
        except RongheError as error:
            refused.append(f"“{file.name}”：{error.message}")
    if not refused:
        return ""
    return gettext("诉求已经收下，但有的文件没有收下：%(why)s可以在“查进度”里重新补充。") % {
        "why": "".join(refused)
    }
