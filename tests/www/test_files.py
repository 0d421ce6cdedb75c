"""Files of a case: who may fetch them, under which names, and how they are served."""

from __future__ import annotations

import logging
import re
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from django.core.files.storage import default_storage
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from ronghe.casework.models import Attachment, Case
from ronghe.organisations import domain as organisations
from tests.city import City
from tests.www.conftest import JPEG
from tests.www.desk_cases import PETITIONER, do, file_message, file_petition, file_request
from tests.www.sent_files import INTERNAL, LETTER, Followed, fetch, names, send, text, upload

pytestmark = [pytest.mark.page, pytest.mark.both, pytest.mark.django_db]


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
