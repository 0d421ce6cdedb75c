"""File fields of a case's forms: asked, checked, kept under their question, shown where the answer is shown."""

from __future__ import annotations

import uuid
from pathlib import Path
from typing import Any

import pytest
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from ronghe.casework import domain
from ronghe.casework.domain import By, erasing
from ronghe.casework.exceptions import DomainError
from ronghe.casework.models import Attachment, Case
from ronghe.casework.queries.attachments import requesters_files
from ronghe.definitions import queries as definitions
from ronghe.ledger.models import Entry
from ronghe.organisations.domain import Contact
from ronghe.organisations.queries import powers_of
from tests.casework.kernel import load
from tests.city import PASSWORD, City
from tests.www.conftest import JPEG

pytestmark = [pytest.mark.page, pytest.mark.both, pytest.mark.django_db]
PDF = b"%PDF-1.4 what was bought"
REPAIR = """
procedure: repair-claim
title: 维修补助
requester: any
form:
  - {field: detail, title: 具体情况, type: text, max: 1000}
  - {field: bill, title: 维修发票, type: files, optional: false, max: 2}
flow:
  - step: inspect
    title: 核验
    by: {organisation: department, where: {code: sthjj}}
    form: [{field: finding, title: 核验意见, type: text, max: 300}, {field: record, title: 核验记录, type: files, optional: false}]
    outcomes: {pass: {end: done, title: 属实}, again: {to: inspect, title: 再核验}, refuse: {end: refused, requires: {reason: {filled: true}}}}
outcomes: {withdraw: {by: requester, end: withdrawn}}
"""


def pdf(name: str = "发票.pdf", content: bytes = PDF) -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content, "application/pdf")


@pytest.fixture
def repair(city: City, tmp_path: Path) -> City:
    load(tmp_path, REPAIR)
    return city


@pytest.fixture
def officer(client: Client, repair: City) -> Client:
    client.login(username="环境经办", password=PASSWORD)
    return client


def filed(**files: Any) -> Case:
    procedure = definitions.get("procedure", "repair-claim", timezone.localdate())
    at = timezone.localtime()
    return domain.open_case(
        procedure, values={"detail": "屋面漏水"}, at=at, files=files or {"bill": [pdf()]}
    ).case


def by(city: City, name: str = "环境经办", at: Any = None) -> By:
    at = at or timezone.localtime()
    account = city.accounts[name]
    return By(f"person:{account.person_id}", at, powers_of(account, at.date()))


def submission(**more: Any) -> dict[str, Any]:
    return {
        "stage": "send", "kind": "repair-claim", "submission": str(uuid.uuid4()), "detail": "屋面漏水，已请人修好。",
        "name": "王某", "phone": "13800138000", **more,
    }  # fmt: skip


def kept(case: Case) -> list[tuple[int, str, str, int | None]]:
    return list(case.attachments.order_by("no").values_list("no", "name", "field", "step"))


def test_filing_keeps_the_files_under_their_question(repair: City, client: Client) -> None:
    sent = submission(bill=[pdf(), SimpleUploadedFile("现场.jpg", JPEG)])
    assert client.post("/submit/", sent).status_code == 302

    case = Case.objects.get(submission=sent["submission"])
    assert kept(case) == [(1, "发票.pdf", "bill", None), (2, "现场.jpg", "bill", None)]
    assert case.values["bill"] == ["1", "2"]
    assert Entry.objects.filter(kind="case.attached", subject_id=case.pk).count() == 2
    assert {entry.actor for entry in Entry.objects.filter(subject_type="case", subject_id=case.pk)} == {
        f"requester:{case.pk}"
    }
    assert [file.name for file in requesters_files(case)] == ["发票.pdf", "现场.jpg"]


def test_public_page_asks_for_the_required_file(repair: City, client: Client) -> None:
    page = client.post("/submit/", submission())

    assert page.status_code == 422
    assert "请上传“维修发票”。" in page.content.decode()
    assert "每个不超过 20 MB。最多 2 个。" in page.content.decode()
    assert "屋面漏水，已请人修好。" in page.content.decode()
    assert not Case.objects.filter(procedure="repair-claim").exists()


@pytest.mark.parametrize(
    ("files", "says", "status"),
    [
        ([("程序.exe", b"MZ")], "“程序.exe”不是能收的文件", 422),
        ([("发票.pdf", PDF), ("空.pdf", b"")], "“空.pdf”是空的", 422),
        ([("大.pdf", PDF + b"x" * 2048)], "超过", 413),
        ([("一.pdf", PDF), ("二.pdf", PDF + b"2"), ("三.pdf", PDF + b"3")], "最多 2 个文件", 422),
    ],
)
def test_refused_file_is_said_beside_its_field(
    repair: City, client: Client, settings: Any, files: list[tuple[str, bytes]], says: str, status: int
) -> None:
    settings.MAX_UPLOAD = 1024
    page = client.post("/submit/", submission(bill=[pdf(name, content) for name, content in files]))

    text = page.content.decode()
    assert page.status_code == status
    assert says in text.split('name="bill"')[1]
    assert "屋面漏水，已请人修好。" in text
    assert not Attachment.objects.exists()


def test_step_takes_its_files_and_shows_them(repair: City, officer: Client) -> None:
    case = filed()
    page = officer.get(reverse("case", args=[case.number])).content.decode()
    assert 'enctype="multipart/form-data"' in page
    assert "核验记录" in page

    address = reverse("case-step", args=[case.number, 1, "pass"])
    given = {"step-1-pass-finding": "属实", "revision": case.revision}
    refused = officer.post(address, given)
    assert refused.status_code == 422
    assert "请上传“核验记录”。" in refused.content.decode()
    assert "属实" in refused.content.decode()

    done = officer.post(address, {**given, "step-1-pass-record": pdf("记录.pdf", PDF + b"seen")})
    assert done.status_code == 302
    case.refresh_from_db()
    assert (case.state, case.values["record"]) == ("closed", ["2"])
    assert kept(case) == [(1, "发票.pdf", "bill", None), (2, "记录.pdf", "record", 1)]

    page = officer.get(reverse("case", args=[case.number])).content.decode()
    assert "各环节填写的" in page
    assert page.count(reverse("case-file", args=[case.number, 2])) == 2
    paper = officer.get(reverse("case-print", args=[case.number])).content.decode()
    assert "记录.pdf" in paper.split("各环节填写的")[1]
    answer = officer.get(reverse("case-file", args=[case.number, 2]))
    assert b"".join(answer.streaming_content) == PDF + b"seen"
    answer.close()


def test_units_files_are_not_the_requesters(repair: City) -> None:
    case = filed()
    domain.complete_step(
        case.pk, by(repair), step=1, outcome="pass", values={"finding": "属实"},
        files={"record": [pdf("记录.pdf", PDF + b"seen")]},
    )  # fmt: skip

    assert [file.name for file in requesters_files(case)] == ["发票.pdf"]


def test_file_attached_before_answers_the_step(repair: City) -> None:
    case = filed()
    domain.attach(case.pk, by(repair), file=pdf("记录.pdf", PDF + b"seen"), field="record")
    case = domain.complete_step(case.pk, by(repair), step=1, outcome="again", values={"finding": "再看"})
    assert case.values["record"] == ["2"]

    case = domain.complete_step(
        case.pk,
        by(repair),
        step=2,
        outcome="pass",
        values={"finding": "属实"},
        files={"record": [pdf("续.pdf", PDF + b"2")]},
    )
    assert case.values["record"] == ["2", "3"]


def test_file_cannot_be_kept_under_a_question_nobody_asks(repair: City) -> None:
    case = filed()
    with pytest.raises(DomainError) as refused:
        domain.attach(case.pk, by(repair), file=pdf(), field="passport")

    assert refused.value.code == "field-unknown"
    assert Attachment.objects.count() == 1


def test_answer_names_no_file_by_its_number(repair: City) -> None:
    case = filed()
    with pytest.raises(DomainError) as refused:
        domain.complete_step(
            case.pk, by(repair), step=1, outcome="pass", values={"finding": "属实", "record": ["1"]}
        )

    assert refused.value.data["errors"] == {"record": "请上传“核验记录”。"}


def test_refused_step_leaves_no_file_behind(repair: City) -> None:
    case = filed()
    before = default_storage.listdir(f"cases/{case.pk}")[1]
    with pytest.raises(DomainError):
        domain.complete_step(
            case.pk,
            by(repair),
            step=1,
            outcome="pass",
            values={},
            files={"record": [pdf("记录.pdf", PDF + b"seen")]},
        )
    with pytest.raises(DomainError):
        domain.complete_step(
            case.pk, by(repair), step=1, outcome="refuse", values={"finding": "属实"},
            files={"record": [pdf("记录.pdf", PDF + b"seen")]},
        )  # fmt: skip

    assert default_storage.listdir(f"cases/{case.pk}")[1] == before
    assert Attachment.objects.count() == 1


def test_erasing_the_requester_takes_what_was_filed_for_them(repair: City) -> None:
    procedure = definitions.get("procedure", "repair-claim", timezone.localdate())
    case = domain.open_case(
        procedure, values={"detail": "屋面漏水"}, actor=by(repair).actor, at=timezone.localtime(),
        files={"bill": [pdf()]}, contact=Contact(name="赵秀兰", phone="13911112222"),
    ).case  # fmt: skip
    domain.complete_step(
        case.pk, by(repair), step=1, outcome="pass", values={"finding": "属实"},
        files={"record": [pdf("记录.pdf", PDF + b"seen")]},
    )  # fmt: skip
    case.refresh_from_db()
    erasing.erase_requester(case.identity, ground="asked", actor="person:1", at=timezone.localtime())

    assert [(row.no, row.path == "") for row in case.attachments.order_by("no")] == [(1, True), (2, False)]
