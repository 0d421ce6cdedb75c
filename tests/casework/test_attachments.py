"""Files of a case: what is kept, under which name, and what is refused in words."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile

from ronghe.casework import domain
from ronghe.casework.domain import By
from ronghe.casework.domain.attachments import MOST_ATTACHMENTS, clean_name
from ronghe.casework.exceptions import DomainError
from ronghe.casework.models import Attachment, Case
from ronghe.core.errors import RongheError
from ronghe.definitions import queries as definitions
from ronghe.ledger.models import Entry
from tests.city import City, moment

pytestmark = [pytest.mark.db, pytest.mark.both, pytest.mark.django_db]
AT = moment("2026-03-02 11:00")
JPEG = b"\xff\xd8\xff\xe0photo"


@pytest.fixture
def case(city: City, settings: Any, tmp_path: Path) -> Case:
    settings.MEDIA_ROOT = tmp_path
    procedure = definitions.get("procedure", "resident-message", AT.date())
    return domain.open_case(procedure, values={"detail": "路灯不亮"}, at=moment("2026-03-02 10:00")).case


def send(case: Case, name: str, content: bytes) -> Case:
    return domain.attach(case.pk, By(f"requester:{case.pk}", AT), file=SimpleUploadedFile(name, content))


def test_file_is_kept_with_its_entry(case: Case):
    send(case, "现场.JPG", JPEG)

    kept = Attachment.objects.get(case=case)
    assert (kept.no, kept.name, kept.size, kept.content_type) == (1, "现场.JPG", len(JPEG), "image/jpeg")
    assert Path(default_storage.path(kept.path)).read_bytes() == JPEG
    assert Entry.objects.get(kind="case.attached").data == {"attachment": 1}


def test_same_content_is_kept_once(case: Case):
    first = send(case, "现场.jpg", JPEG)
    second = send(case, "又一次.jpg", JPEG)

    assert Attachment.objects.count() == 1
    assert first.revision == second.revision


@pytest.mark.parametrize(
    ("name", "content", "code"),
    [
        ("程序.exe", b"MZ", "file-type"),
        ("假照片.jpg", b"MZ", "file-type"),
        ("没有后缀", JPEG, "file-type"),
        ("二进制.txt", b"a\x00b", "file-type"),
        ("空.jpg", b"", "file-empty"),
        ("很大.jpg", JPEG + b"x" * 2000, "file-too-large"),
    ],
)
def test_what_is_not_kept_is_refused_by_name(case: Case, settings: Any, name: str, content: bytes, code: str):
    settings.MAX_UPLOAD = 1000
    with pytest.raises(DomainError) as refused:
        send(case, name, content)

    assert refused.value.code == code
    assert name in refused.value.message
    assert Attachment.objects.count() == 0


def test_case_holds_so_many_files_and_no_more(case: Case):
    Attachment.objects.bulk_create([
        Attachment(case=case, no=no, name="a", size=1, content_type="", sha256=str(no), path="", at=AT, actor="x")
        for no in range(1, MOST_ATTACHMENTS + 1)
    ])  # fmt: skip
    with pytest.raises(DomainError) as refused:
        send(case, "现场.jpg", JPEG)

    assert refused.value.code == "files-too-many"


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("../../etc/passwd.txt", "passwd.txt"),
        ("C:\\照片\\现场.jpg", "现场.jpg"),
        ("a\u202egpj.exe", "agpj.exe"),
        (' <b>"路".jpg ', "b 路 .jpg"),
        ("长" * 300 + ".pdf", "长" * 96 + ".pdf"),
        ("...", "附件"),
    ],
)
def test_name_is_made_harmless(given: str, kept: str):
    assert clean_name(given) == kept


def test_content_is_taken_away_again_when_the_record_refuses(case: Case, settings: Any):
    with pytest.raises(RongheError):
        domain.attach(case.pk, By("nobody-known", AT), file=SimpleUploadedFile("现场.jpg", JPEG))

    assert [path for path in Path(settings.MEDIA_ROOT).rglob("*") if path.is_file()] == []
    assert Attachment.objects.count() == 0
