"""A case on paper: what its page says to this reader, and that it was printed."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse

from ronghe.ledger.models import Entry
from tests.city import City
from tests.www.desk_cases import PETITIONER, PHONE, do, file_petition, file_request

pytestmark = [pytest.mark.page, pytest.mark.both, pytest.mark.django_db]


def words(html: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", html))


def test_the_sheet_says_what_the_page_says_and_by_whom(signed: Callable[[str], Client], city: City) -> None:
    case = do(city, "环境经办", file_request(city), 1, "accept")
    client = signed("环境经办")
    case.replies.create(
        no=1, text="已经处理完毕。", at=case.opened_at, sent_at=case.opened_at, actor="person:1"
    )
    case.replies.create(no=2, text="还没有发的草稿", at=case.opened_at, actor="person:1")
    page = words(client.get(reverse("case-print", args=[case.number])).content.decode())

    for said in (
        case.number,
        case.title,
        "谁提的",
        "提的是什么",
        "办理经过",
        "期限怎么算的",
        "没有附件",
        "已经处理完毕。",
    ):
        assert said in page, said
    assert "还没有发的草稿" not in page
    assert re.search(r"市生态环境局 环境经办 .*打印", page)
    assert (
        reverse("case-print", args=[case.number])
        in client.get(reverse("case", args=[case.number])).content.decode()
    )


def test_who_asked_is_as_covered_as_on_the_page(signed: Callable[[str], Client], city: City) -> None:
    case = do(city, "分办甲", file_petition(city), 1, "transfer", to=city.units["zjj"])
    page = signed("住建经办").get(reverse("case-print", args=[case.number])).content.decode()

    assert PETITIONER not in page
    assert PHONE not in page


def test_a_hidden_case_is_not_there_and_leaves_no_entry(signed: Callable[[str], Client], city: City) -> None:
    case = file_request(city)

    assert signed("住建经办").get(reverse("case-print", args=[case.number])).status_code == 404
    assert not Entry.objects.filter(kind="export.made").exists()


def test_printing_is_written_into_the_ledger(signed: Callable[[str], Client], city: City) -> None:
    case = file_request(city)
    signed("环境经办").get(reverse("case-print", args=[case.number]))

    made = Entry.objects.get(kind="export.made")
    person = city.people["环境经办"].pk
    assert (made.subject_type, made.subject_id, made.code, made.data) == (
        "person",
        person,
        "case-print",
        {"rows": 1},
    )
