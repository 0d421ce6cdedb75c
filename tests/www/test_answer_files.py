"""File fields of register entries and of reviews: kept under their question, shown as far as the answer is."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from ronghe.casework import domain as casework
from ronghe.definitions import queries as definitions
from ronghe.judgements.models import Judgement
from ronghe.registers.models import Entry, EntryFile
from tests.casework.kernel import load
from tests.city import PASSWORD, City

pytestmark = [pytest.mark.page, pytest.mark.both, pytest.mark.django_db]
PDF = b"%PDF-1.4 a paper"
BRAND = """
register: room-brand
title: 品牌材料
by: [department]
form:
  - {field: paper, title: 申报材料, type: files, optional: false}
  - {field: inner, title: 内部材料, type: files}
seen_by: {department: [title, paper]}
"""
WORK = """
procedure: room-filed
title: 整改
form: [{field: detail, title: 情况, type: text}]
flow: [{step: verify, title: 验收, runs: {judgement: room-filed-check}}]
"""
CHECK = """
judgement: room-filed-check
title: 整改验收
judges: {procedure: room-filed}
by: {post: committee-staff}
form: [{field: finding, title: 情况, type: text}, {field: proof, title: 验收材料, type: files, optional: false}]
"""


def pdf(name: str, content: bytes = PDF) -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content, "application/pdf")


def signed(client: Client, name: str) -> Client:
    client.login(username=name, password=PASSWORD)
    return client


def body_of(answer: Any) -> bytes:
    found = b"".join(answer.streaming_content)
    answer.close()
    return found


@pytest.fixture
def _definitions(city: City, tmp_path: Path) -> None:
    load(tmp_path, BRAND, CHECK, WORK)


@pytest.mark.usefixtures("_definitions")
def test_entry_keeps_its_files_and_shows_them_as_far_as_the_field(city: City, client: Client) -> None:
    signed(client, "环境经办")
    address = reverse("register-new", args=["room-brand"])
    today = timezone.localdate().isoformat()
    given = {
        "title": "绿动环境",
        "on": today,
        "unit": "sthjj",
        "submission": "6f0c3f0e-8d5f-4b57-9a55-5d0c6c1b7a11",
    }
    assert 'enctype="multipart/form-data"' in client.get(address).content.decode()
    refused = client.post(address, given)
    assert (refused.status_code, "请上传“申报材料”。" in refused.content.decode()) == (422, True)
    bad = client.post(address, {**given, "paper": SimpleUploadedFile("a.exe", b"MZ")})
    assert (
        bad.status_code,
        "不是能收的文件" in bad.content.decode(),
        "绿动环境" in bad.content.decode(),
    ) == (422, True, True)

    done = client.post(
        address, {**given, "paper": [pdf("申报.pdf"), pdf("附表.pdf", PDF + b"2")], "inner": pdf("内部.pdf")}
    )
    assert done.status_code == 302
    entry = Entry.objects.get(register="room-brand")
    assert entry.values == {"paper": ["1", "2"], "inner": ["3"]}
    page = client.get(reverse("register-entry", args=[entry.pk])).content.decode()
    assert ("申报.pdf" in page, "内部.pdf" in page, "2 个文件" in page) == (True, True, True)
    assert body_of(client.get(reverse("register-entry-file", args=[entry.pk, 3]))) == PDF

    signed(client, "住建经办")
    page = client.get(reverse("register-entry", args=[entry.pk])).content.decode()
    assert ("申报.pdf" in page, "内部.pdf" in page) == (True, False)
    assert client.get(reverse("register-entry-file", args=[entry.pk, 3])).status_code == 404
    assert body_of(client.get(reverse("register-entry-file", args=[entry.pk, 1]))) == PDF


@pytest.mark.usefixtures("_definitions")
def test_change_of_an_entry_adds_files(city: City, client: Client) -> None:
    signed(client, "环境经办")
    today = timezone.localdate().isoformat()
    given = {
        "title": "绿动环境",
        "on": today,
        "unit": "sthjj",
        "submission": "6f0c3f0e-8d5f-4b57-9a55-5d0c6c1b7a12",
    }
    client.post(reverse("register-new", args=["room-brand"]), {**given, "paper": pdf("申报.pdf")})
    entry = Entry.objects.get(register="room-brand")
    address = reverse("register-entry-change", args=[entry.pk])
    assert "已有 1 个文件" in client.get(address).content.decode()

    changed = client.post(
        address, {"title": "绿动环境", "on": today, "revision": entry.revision, "paper": pdf("补.pdf")}
    )
    assert changed.status_code == 302
    entry.refresh_from_db()
    assert entry.values["paper"] == ["1", "2"]
    assert list(EntryFile.objects.order_by("no").values_list("no", "name", "field")) == [
        (1, "申报.pdf", "paper"),
        (2, "补.pdf", "paper"),
    ]


@pytest.mark.usefixtures("_definitions")
def test_review_is_given_with_its_files(city: City, client: Client) -> None:
    now = timezone.localtime()
    casework.open_case(
        definitions.get("procedure", "room-filed", now.date()), values={"detail": "台账不全"}, at=now,
        actor=f"person:{city.people['环境局长'].pk}", responsible=city.units["sthjj"],
    )  # fmt: skip
    row = Judgement.objects.get(is_review=True)
    signed(client, "工委甲")
    address = reverse("review", args=[row.pk])
    refused = client.post(address, {"finding": "都改好了"})
    assert (refused.status_code, "请上传“验收材料”。" in refused.content.decode()) == (422, True)
    assert "都改好了" in refused.content.decode()

    assert client.post(address, {"finding": "都改好了", "proof": pdf("验收.pdf")}).status_code == 302
    row.refresh_from_db()
    assert row.values == {"finding": "都改好了", "proof": ["1"]}
    assert "验收.pdf" in client.get(address).content.decode()
    assert body_of(client.get(reverse("review-file", args=[row.pk, 1]))) == PDF
    signed(client, "环境局长")
    assert body_of(client.get(reverse("review-file", args=[row.pk, 1]))) == PDF
    signed(client, "管家甲")
    assert client.get(reverse("review-file", args=[row.pk, 1])).status_code == 404
