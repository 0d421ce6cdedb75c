"""Files of a case: who may fetch them, under which names, how they are served, and how a desk adds some."""

from __future__ import annotations

import logging
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import quote

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
from ronghe.organisations import domain as organisations
from ronghe.organisations.queries import powers_of
from tests.city import City
from tests.www.conftest import JPEG, TEXT
from tests.www.desk_cases import PETITIONER, answered, do, file_message, file_petition, file_request

pytestmark = [pytest.mark.page, pytest.mark.both, pytest.mark.django_db]
LETTER = b"%PDF-1.4 signed by Qian Shouxin, Garden Road 8, +86 137 1234 5678"
INTERNAL = b"%PDF-1.4 what the unit found and does not send out"
Followed = Callable[[], Case]


def text(response: Any) -> str:
    return response.content.decode()


def fetch(client: Client, address: str, method: str = "get", **more: Any) -> Any:
    """The answer, with all it gives in `.body`."""
    answer = getattr(client, method)(address, **more)
    answer.body = b"".join(answer.streaming_content) if answer.streaming else answer.content
    answer.close()
    return answer


def send(case: Case, name: str, content: bytes, actor: str = "") -> int:
    """Attach a file as its requester, or as `actor`; gives its number."""
    by = By(actor or f"requester:{case.pk}", timezone.localtime())
    domain.attach(case.pk, by, file=SimpleUploadedFile(name, content))
    return Attachment.objects.filter(case=case).latest("no").no


def upload(client: Client, case: Case, *files: tuple[str, bytes]) -> Any:
    sent = [SimpleUploadedFile(name, content) for name, content in files]
    return client.post(reverse("case-files", args=[case.number]), {"chosen": sent})


def names(case: Case) -> list[str]:
    return list(Attachment.objects.filter(case=case).order_by("no").values_list("name", flat=True))


@pytest.fixture
def signed(client: Client, city: City) -> Callable[[str], Client]:
    def sign_in(name: str) -> Client:
        client.force_login(city.accounts[name])
        return client

    return sign_in


@pytest.fixture
def officer(signed: Callable[[str], Client]) -> Client:
    """环境经办 of 市生态环境局, signed in."""
    return signed("环境经办")


@pytest.fixture
def petition(city: City) -> Case:
    """A protected petition about 市生态环境局 that 市住房和建设局 answers, with a signed letter."""
    case = file_petition(city)
    send(case, f"{PETITIONER} 举报信.pdf", LETTER)
    case = do(city, "分办甲", Case.objects.get(pk=case.pk), 1, "transfer", to=city.units["zjj"])
    return do(city, "住建经办", case, 2, "accept")


# 谁能取


@pytest.mark.parametrize(
    ("name", "request_", "message", "petition_"),
    [
        ("环境经办", 200, 404, 404),
        ("环境局长", 200, 404, 404),
        ("住建经办", 404, 404, 200),
        ("住建局长", 404, 404, 200),
        ("分办甲", 404, 200, 200),
        ("工委甲", 200, 200, 200),
        ("管家甲", 404, 404, 404),
    ],
)
def test_file_is_given_to_whoever_sees_the_case(
    city: City, signed: Any, petition: Case, name: str, request_: int, message: int, petition_: int
) -> None:
    cases = [file_request(city), file_message(city), petition]
    for case in cases[:2]:
        send(case, "来信.pdf", LETTER)
    client = signed(name)

    answers = [fetch(client, reverse("case-file", args=[case.number, 1])) for case in cases]

    assert [answer.status_code for answer in answers] == [request_, message, petition_]
    assert [answer.body == LETTER for answer in answers] == [
        status == 200 for status in (request_, message, petition_)
    ]
    assert not any(b"Qian" in answer.body for answer in answers if answer.status_code == 404)


def test_unit_complained_of_learns_nothing_whether_the_petition_exists(signed: Any, petition: Case) -> None:
    for name in ("环境经办", "环境局长"):
        client = signed(name)
        answers = [
            fetch(client, f"/desk/cases/{number}/files/{no}/")
            for number, no in ((petition.number, 1), (petition.number, 99), ("XF1999-000001", 1))
        ]

        assert {answer.status_code for answer in answers} == {404}
        assert len({re.sub(r'(value|content)="[^"]*"', "", text(answer)) for answer in answers}) == 1
        assert upload(client, petition, ("插手.pdf", INTERNAL)).status_code == 404
    assert names(petition) == [f"{PETITIONER} 举报信.pdf"]


def test_waiting_petition_is_given_to_triage_but_not_to_the_unit_complained_of(
    city: City, signed: Any
) -> None:
    case = file_petition(city)
    send(case, "信.pdf", LETTER)
    address = reverse("case-file", args=[case.number, 1])

    assert {
        name: fetch(signed(name), address).status_code for name in ("分办甲", "环境局长", "住建经办")
    } == {
        "分办甲": 200,
        "环境局长": 404,
        "住建经办": 404,
    }


@pytest.mark.parametrize("query", ["", "?show=1"])
def test_stranger_is_asked_to_sign_in(city: City, client: Client, petition: Case, query: str) -> None:
    address = reverse("case-file", args=[petition.number, 1]) + query

    answer = fetch(client, address)

    assert (answer.status_code, answer["Location"]) == (302, f"/sign-in/?next={quote(address)}")
    assert b"Qian" not in answer.body


@pytest.mark.parametrize("no", [0, 2, 10**30])
def test_number_without_a_file_is_not_found(officer: Client, city: City, no: int) -> None:
    case = file_request(city)
    send(case, "来信.pdf", LETTER)

    assert fetch(officer, f"/desk/cases/{case.number}/files/{no}/").status_code == 404


def test_file_of_another_case_is_not_reached_through_ones_own(
    city: City, officer: Client, petition: Case
) -> None:
    mine = file_request(city)

    assert fetch(officer, reverse("case-file", args=[mine.number, 1])).status_code == 404


# 名字


def test_requester_is_not_named_by_a_file_name_either(city: City, signed: Any, petition: Case) -> None:
    for name in ("住建经办", "住建局长", "工委甲"):
        client = signed(name)
        page = text(client.get(reverse("case", args=[petition.number])))
        answer = fetch(client, reverse("case-file", args=[petition.number, 1]))

        assert (PETITIONER in page, "诉求人材料 1.pdf" in page) == (False, True), name
        assert quote(PETITIONER) not in answer["Content-Disposition"], name
        assert quote("诉求人材料 1.pdf") in answer["Content-Disposition"], name


def test_open_requester_is_named_to_workers_only(city: City, signed: Any) -> None:
    case = file_request(city)
    send(case, "王建国 合同.pdf", LETTER)
    address = reverse("case", args=[case.number])

    shown = {name: "王建国 合同.pdf" in text(fetch(signed(name), address)) for name in ("环境经办", "工委甲")}

    assert shown == {"环境经办": True, "工委甲": False}


def test_erased_requester_is_named_to_nobody_and_the_file_stays(city: City, officer: Client) -> None:
    case = file_request(city)
    send(case, "王建国 合同.pdf", LETTER)
    organisations.erase(case.identity, actor="system:test", at=timezone.now())

    page = officer.get(reverse("case", args=[case.number]))
    answer = fetch(officer, reverse("case-file", args=[case.number, 1]))

    assert "王建国" not in text(page)
    assert quote("诉求人材料 1.pdf") in answer["Content-Disposition"]
    assert answer.body == LETTER


def test_name_of_a_units_file_is_shown_as_it_is(city: City, signed: Any, petition: Case) -> None:
    account = city.accounts["住建经办"]
    no = send(petition, "现场核查记录.pdf", INTERNAL, f"person:{account.person_id}")
    page = text(signed("工委甲").get(reverse("case", args=[petition.number])))

    assert no == 2
    assert "现场核查记录.pdf" in page
    assert "市住房和建设局 住建经办" in page


# 诉求人


def test_requester_fetches_what_they_sent(client: Client, followed: Followed) -> None:
    case = followed()
    send(case, "现场 照片.jpg", JPEG)

    page = text(client.get(f"/follow/{case.number}/"))
    answer = fetch(client, f"/follow/{case.number}/files/1/")

    assert f'href="/follow/{case.number}/files/1/?show=1"' in page
    assert (answer.status_code, answer.body) == (200, JPEG)
    assert quote("现场 照片.jpg") in answer["Content-Disposition"]


def test_without_number_and_code_nothing_is_given(client: Client, followed: Followed) -> None:
    case = followed()
    send(case, "来信.pdf", LETTER)

    answers = [fetch(Client(), f"/follow/{number}/files/1/") for number in (case.number, "LY1999-000001")]

    assert [(one.status_code, one["Location"]) for one in answers] == [
        (302, f"/follow/{case.number}/"),
        (302, "/follow/LY1999-000001/"),
    ]
    assert not any(b"Qian" in one.body for one in answers)


def test_session_of_another_requester_gets_nothing(city: City, client: Client, followed: Followed) -> None:
    mine, other = followed(), file_message(city)
    send(other, "来信.pdf", LETTER)

    answer = fetch(client, f"/follow/{other.number}/files/1/")
    crossed = fetch(client, f"/follow/{mine.number}/files/1/")

    assert (answer.status_code, crossed.status_code) == (302, 404)


def test_requester_sees_no_file_of_the_unit(city: City, client: Client, followed: Followed) -> None:
    case = followed()
    send(case, "来信.pdf", LETTER)
    no = send(case, "内部意见.pdf", INTERNAL, f"person:{city.accounts['分办甲'].person_id}")

    page, answer = client.get(f"/follow/{case.number}/"), fetch(client, f"/follow/{case.number}/files/{no}/")

    assert ("来信.pdf" in text(page), "内部意见.pdf" in text(page)) == (True, False)
    assert (answer.status_code, INTERNAL in answer.body) == (404, False)


def test_requester_sending_what_the_unit_has_learns_nothing_and_loses_nothing(
    city: City, client: Client, followed: Followed
) -> None:
    case = followed()
    send(case, "内部意见.pdf", INTERNAL, f"person:{city.accounts['分办甲'].person_id}")
    no = send(case, "我也有.pdf", INTERNAL)
    again = send(case, "再传一次.pdf", INTERNAL)

    assert (no, again) == (2, 2)
    assert "我也有.pdf" in text(client.get(f"/follow/{case.number}/"))


def test_staff_signed_in_is_no_requester(city: City, signed: Any) -> None:
    case = file_request(city)
    send(case, "来信.pdf", LETTER)

    assert fetch(signed("环境经办"), f"/follow/{case.number}/files/1/").status_code == 302


# 怎么给


def test_document_is_a_download_that_can_run_nothing(city: City, officer: Client) -> None:
    case = file_request(city)
    send(case, "施工 合同（盖章）.pdf", LETTER)

    for query in ("", "?show=1"):
        answer = fetch(officer, reverse("case-file", args=[case.number, 1]) + query)

        assert {
            name: answer[name] for name in ("Content-Type", "Content-Length", "X-Content-Type-Options")
        } == {
            "Content-Type": "application/pdf",
            "Content-Length": str(len(LETTER)),
            "X-Content-Type-Options": "nosniff",
        }
        assert (
            answer["Content-Disposition"] == f"attachment; filename*=utf-8''{quote('施工 合同（盖章）.pdf')}"
        )
        assert "sandbox" in answer["Content-Security-Policy"]
        assert "script-src" not in answer["Content-Security-Policy"]
        assert "no-store" in answer["Cache-Control"]
        assert "private" in answer["Cache-Control"]


def test_picture_may_be_looked_at(city: City, officer: Client) -> None:
    case = file_request(city)
    send(case, "现场.jpg", JPEG)
    address = reverse("case-file", args=[case.number, 1])

    shown, saved = fetch(officer, address + "?show=1"), fetch(officer, address)

    assert shown["Content-Disposition"].startswith("inline; ")
    assert saved["Content-Disposition"].startswith("attachment; ")
    assert {one["Content-Type"] for one in (shown, saved)} == {"image/jpeg"}
    assert "sandbox" in shown["Content-Security-Policy"]


def test_text_that_looks_like_a_page_stays_a_text(city: City, officer: Client) -> None:
    case = file_request(city)
    send(case, "说明.txt", b"<html><script>alert(1)</script>")

    answer = fetch(officer, reverse("case-file", args=[case.number, 1]) + "?show=1")

    assert (answer["Content-Type"], answer["X-Content-Type-Options"]) == ("text/plain", "nosniff")
    assert answer["Content-Disposition"].startswith("attachment; ")


def test_head_tells_the_size_and_gives_no_content(city: City, officer: Client) -> None:
    case = file_request(city)
    send(case, "来信.pdf", LETTER)
    address = reverse("case-file", args=[case.number, 1])

    answer = fetch(officer, address, "head")

    assert (answer.status_code, answer["Content-Length"], answer.body) == (200, str(len(LETTER)), b"")
    assert {officer.post(address).status_code, officer.delete(address).status_code} == {405}


def test_range_is_answered_with_the_whole_file(city: City, officer: Client) -> None:
    case = file_request(city)
    send(case, "来信.pdf", LETTER)

    answer = fetch(officer, reverse("case-file", args=[case.number, 1]), headers={"Range": "bytes=0-3"})

    assert (answer.status_code, answer.body) == (200, LETTER)


@pytest.mark.parametrize("face", ["desk", "portal"])
def test_lost_content_is_said_in_words(
    city: City, client: Client, followed: Followed, caplog: pytest.LogCaptureFixture, face: str
) -> None:
    case = followed()
    send(case, "来信.pdf", LETTER)
    Path(default_storage.path(Attachment.objects.get(case=case).path)).unlink()
    client.force_login(city.accounts["分办甲"])
    to = f"/desk/cases/{case.number}/" if face == "desk" else f"/follow/{case.number}/"

    with caplog.at_level(logging.ERROR):
        answer = fetch(client, f"{to}files/1/")

    assert answer.status_code == 404
    assert "的记录还在，但存放的内容没有找到" in text(answer)
    assert f'href="{to}"' in text(answer)
    assert "is recorded but cannot be read" in caplog.text


# 在案件页加文件


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
