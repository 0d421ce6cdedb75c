"""How a desk adds files to its case."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from ronghe.casework import domain
from ronghe.casework.domain import By
from ronghe.casework.domain.attachments import MOST_ATTACHMENTS
from ronghe.casework.exceptions import DomainError
from ronghe.casework.models import Attachment, Case
from ronghe.ledger.models import Entry
from ronghe.organisations.queries import powers_of
from tests.city import City
from tests.www.conftest import JPEG, TEXT
from tests.www.desk_cases import answered, do, file_request
from tests.www.sent_files import INTERNAL, LETTER, Followed, fetch, names, send, text, upload

pytestmark = [pytest.mark.page, pytest.mark.both, pytest.mark.django_db]


def test_officer_adds_several_files_at_once(city: City, officer: Client) -> None:
    case = file_request(city)

    answer = upload(officer, case, ("核查记录.pdf", INTERNAL), ("现场.jpg", JPEG))
    page = text(officer.get(answer["Location"]))

    assert (answer.status_code, names(case)) == (302, ["核查记录.pdf", "现场.jpg"])
    assert "已经加上：核查记录.pdf、现场.jpg。" in page
    assert {entry.actor for entry in Entry.objects.filter(kind="case.attached")} == {
        f"person:{city.accounts['环境经办'].person_id}"
    }


@pytest.mark.parametrize(
    ("name", "content", "status", "said"),
    [
        ("空的.pdf", b"", 422, "“空的.pdf”是空的，没有收下"),
        ("其实是程序.jpg", b"MZ\x90\x00", 422, "“其实是程序.jpg”不是能收的文件"),
        ("网页.html", b"<html>", 422, "“网页.html”不是能收的文件"),
        ("录像.pdf", LETTER + b"x" * 2_000_000, 413, "“录像.pdf”超过 1 MB"),
        ("../../../etc/cron.d/坏.exe", b"MZ", 422, "“坏.exe”不是能收的文件"),
    ],
)
def test_refused_file_is_named_and_the_others_are_kept(
    city: City, officer: Client, settings: Any, name: str, content: bytes, status: int, said: str
) -> None:
    settings.MAX_UPLOAD = 1024 * 1024
    case = file_request(city)

    answer = upload(officer, case, ("核查记录.pdf", INTERNAL), (name, content))

    assert (answer.status_code, names(case)) == (status, ["核查记录.pdf"])
    assert said in text(answer)
    assert "有文件没有收下，原因写在" in text(answer)
    assert "已经加上：核查记录.pdf。" in text(answer)
    assert "现在要办" in text(answer)


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ("../../../etc/passwd.txt", "passwd.txt"),
        ("..\\..\\windows\\系统.txt", "系统.txt"),
        ("%2e%2e%2f坏.txt", "%2e%2e%2f坏.txt"),
        ('a";filename=b.exe\r\nX-Bad: 1.txt', "a ;filename=b.exeX-Bad 1.txt"),
        ("\u202e反着写.txt", "反着写.txt"),
        ("长" * 300 + ".txt", "长" * 96 + ".txt"),
    ],
)
def test_name_reaches_neither_the_disk_nor_the_headers(
    city: City, officer: Client, settings: Any, sent: str, kept: str
) -> None:
    case = file_request(city)
    by = By(f"requester:{case.pk}", timezone.localtime())
    domain.attach(case.pk, by, file=ContentFile(b"plain words", name=sent))

    row = Attachment.objects.get(case=case)
    answer = fetch(officer, reverse("case-file", args=[case.number, row.no]))

    assert row.name == kept
    assert row.path.startswith(f"cases/{case.pk}/1-")
    stored = [path for path in Path(settings.MEDIA_ROOT).rglob("*") if path.is_file()]
    assert stored == [Path(default_storage.path(row.path))]
    assert answer.body == b"plain words"
    assert "X-Bad" not in answer
    assert answer["Content-Disposition"].count("filename") == 1 + kept.count("filename")
    assert not {"\r", "\n"} & set(answer["Content-Disposition"])


def test_same_content_is_kept_once_and_said(city: City, officer: Client) -> None:
    case = file_request(city)
    upload(officer, case, ("核查记录.pdf", INTERNAL))

    answer = upload(officer, case, ("核查记录-副本.pdf", INTERNAL), ("现场.jpg", JPEG))

    assert names(case) == ["核查记录.pdf", "现场.jpg"]
    assert "没有重复收：核查记录-副本.pdf。" in text(officer.get(answer["Location"]))


@pytest.mark.parametrize(("count", "said"), [(0, "还没有选文件"), (10, "一次最多 9 个，您选了 10 个")])
def test_none_or_too_many_at_once_is_said(city: City, officer: Client, count: int, said: str) -> None:
    case = file_request(city)

    answer = upload(officer, case, *((f"{n}.txt", str(n).encode()) for n in range(count)))

    assert (answer.status_code, said in text(answer), names(case)) == (422, True, [])


def test_full_case_says_so(city: City, officer: Client) -> None:
    case = file_request(city)
    Attachment.objects.bulk_create([
        Attachment(case=case, no=no, name="a.txt", size=1, content_type="text/plain", sha256=str(no), path="",
                   at=timezone.now(), actor="x")
        for no in range(1, MOST_ATTACHMENTS + 1)
    ])  # fmt: skip

    answer = upload(officer, case, ("又一个.txt", b"more"))

    assert (answer.status_code, "最多 60 个附件" in text(answer)) == (422, True)


@pytest.mark.parametrize(
    ("name", "status"),
    [("环境经办", 302), ("环境局长", 302), ("工委甲", 403), ("住建经办", 404), ("分办甲", 404)],
)
def test_only_those_who_work_on_it_add_files(city: City, signed: Any, name: str, status: int) -> None:
    case = file_request(city)
    client = signed(name)

    shown = "加文件" in text(client.get(reverse("case", args=[case.number])))
    answer = upload(client, case, ("核查记录.pdf", INTERNAL))

    assert (answer.status_code, shown, bool(names(case))) == (status, status == 302, status == 302)


def test_stranger_adds_nothing_and_is_told_to_choose_again(city: City, client: Client) -> None:
    case = file_request(city)

    refused = upload(client, case, ("核查记录.pdf", INTERNAL))
    client.force_login(city.accounts["环境经办"])
    back = client.get(reverse("case-files", args=[case.number]), follow=True)

    assert (refused.status_code, names(case)) == (302, [])
    assert "这次没有收到文件。如果是登录过期了，请重新选择一次。" in text(back)


def test_closed_case_takes_no_more_files_and_still_gives_its_own(city: City, officer: Client) -> None:
    case = file_request(city)
    upload(officer, case, ("核查记录.pdf", INTERNAL))
    case = do(city, "环境经办", Case.objects.get(pk=case.pk), 1, "accept")
    case = do(city, "环境经办", case, 2, "ready")
    case = answered(city, case, "已协调施工方留出通道。")

    refused = upload(officer, case, ("晚了.txt", b"late"))

    assert case.state == "closed"
    assert (refused.status_code, names(case)) == (403, ["核查记录.pdf"])
    assert fetch(officer, reverse("case-file", args=[case.number, 1])).body == INTERNAL


def test_domain_itself_refuses_those_who_do_not_work_on_it(city: City) -> None:
    case, account, now = file_request(city), city.accounts["住建经办"], timezone.localtime()
    by = By(f"person:{account.person_id}", now, powers_of(account, now.date()))

    with pytest.raises(DomainError) as refused:
        domain.attach(case.pk, by, file=SimpleUploadedFile("插手.pdf", INTERNAL))

    assert (refused.value.code, names(case)) == ("not-yours", [])


def test_refused_file_leaves_nothing_on_the_disk(
    city: City, settings: Any, client: Client, followed: Followed
) -> None:
    case = followed()
    client.post(f"/follow/{case.number}/withdraw/", {"reason": "已经解决"})

    with pytest.raises(DomainError) as refused:
        send(case, "晚了.pdf", LETTER)

    assert refused.value.code == "case-closed"
    assert not list(Path(settings.MEDIA_ROOT).rglob("*-*"))
    assert TEXT in text(client.get(f"/follow/{case.number}/"))


def test_list_of_files_costs_the_case_page_one_statement(
    city: City, officer: Client, django_assert_max_num_queries: Any, django_assert_num_queries: Any
) -> None:
    case = file_request(city)
    address = reverse("case", args=[case.number])
    send(case, "1.txt", b"1")
    fetch(officer, address)
    with django_assert_max_num_queries(40) as first:
        fetch(officer, address)

    for n in ("2", "3"):
        send(case, f"{n}.txt", n.encode())
    with django_assert_num_queries(len(first)) as second:
        fetch(officer, address)

    assert sum('FROM "casework_attachment"' in query["sql"] for query in second.captured_queries) == 1
