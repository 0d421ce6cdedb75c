"""查进度: where it is, and what the requester may still do."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from ronghe.casework import domain
from ronghe.casework.domain import By, follow_code_of
from ronghe.casework.models import Case
from ronghe.judgements.models import Judgement
from ronghe.organisations.queries import powers_of
from tests.city import City
from tests.www.conftest import TEXT

pytestmark = [pytest.mark.page, pytest.mark.django_db]
REPLY = "已协调施工方留出一条四米宽的货车通道。"
Followed = Callable[[], Case]


def text(response: Any) -> str:
    return response.content.decode()


def do(city: City, case: Case, name: str, outcome: str, **more: Any) -> None:
    account = city.accounts[name]
    now = timezone.now()
    by = By(f"person:{account.person_id}", now, powers_of(account, now.date()))
    domain.complete_step(case.pk, by, step=case.steps.get(done_at=None).no, outcome=outcome, **more)


def answered(city: City, case: Case) -> Case:
    """Hand the case to a department, which answers it."""
    do(city, case, "分办甲", "transfer", to=city.units["zjj"])
    for outcome, reply in (("accept", ""), ("ready", ""), ("submit", REPLY)):
        do(city, case, "住建经办", outcome, reply=reply)
    do(city, case, "住建局长", "send")
    return Case.objects.get(pk=case.pk)


def test_number_and_code_open_the_case_however_they_are_typed(client: Client, followed: Followed):
    case = followed()
    code = follow_code_of(case.submission)
    page = Client().post(
        "/follow/",
        {"number": f" {case.number.lower()}", "code": f"{code[:4].lower()} {code[4:]}"},
        follow=True,
    )

    assert page.redirect_chain == [(f"/follow/{case.number}/", 302)]
    assert TEXT in text(page)


@pytest.mark.parametrize(
    ("number", "code"), [("{number}", "AAAA2222"), ("LY1999-000001", "{code}"), ("{number}", "")]
)
def test_wrong_number_or_code_says_what_to_do_and_keeps_the_number(
    followed: Followed, number: str, code: str
):
    case = followed()
    told = {"number": case.number, "code": follow_code_of(case.submission)}
    sent = number.format(**told)
    page = Client().post("/follow/", {"number": sent, "code": code.format(**told)})

    assert page.status_code == 422
    assert sent in text(page)
    assert ("编号和查询码对不上" in text(page)) == bool(code)


def test_link_opens_the_case_and_hides_the_code(followed: Followed):
    case = followed()
    code = follow_code_of(case.submission)
    page = Client().get(f"/follow/{case.number}/with/{code}/", follow=True)

    assert page.redirect_chain == [(f"/follow/{case.number}/", 302)]
    assert code not in text(page)


def test_broken_link_asks_for_the_code(followed: Followed):
    page = Client().get(f"/follow/{followed().number}/with/WRONG/")

    assert page.status_code == 422
    assert "这个网址里的查询码不对" in text(page)


def test_case_of_somebody_else_shows_nothing(followed: Followed):
    page = Client().get(f"/follow/{followed().number}/")

    assert page.status_code == 200
    assert TEXT not in text(page)
    assert "请填写查询码" in text(page)


def test_case_says_where_it_is_and_until_when(client: Client, city: City, followed: Followed):
    case = followed()
    waiting = client.get(f"/follow/{case.number}/").context["standing"]
    do(city, case, "分办甲", "transfer", to=city.units["zjj"])
    given = client.get(f"/follow/{case.number}/").context["standing"]

    assert waiting.where == "正在确定由哪个单位办理。"
    assert given.where == "已经分给市住房和建设局，等它接收。"
    assert "还剩" in given.sentence
    assert "故" in given.why[0]


def test_requester_sees_units_but_no_names_of_officers(client: Client, city: City, followed: Followed):
    case = answered(city, followed())
    page = client.get(f"/follow/{case.number}/")

    assert "市住房和建设局" in text(page)
    assert REPLY in text(page)
    assert "住建经办" not in text(page)
    assert "分办甲" not in text(page)


def test_note_is_added_and_shown(client: Client, followed: Followed, photo: SimpleUploadedFile):
    case = followed()
    page = client.post(
        f"/follow/{case.number}/note/", {"text": "今天又有两车进不来。", "photos": [photo]}, follow=True
    )

    assert "已经补充" in text(page)
    assert "今天又有两车进不来。" in text(page)
    assert "现场 照片.jpg" in text(page)


def test_empty_note_says_so(client: Client, followed: Followed):
    page = client.post(f"/follow/{followed().number}/note/", {"text": " "})

    assert page.status_code == 422
    assert "还没有填写内容" in text(page)


def test_note_of_an_expired_session_is_kept_until_the_code_is_given(followed: Followed):
    case, browser = followed(), Client()
    asked = browser.post(f"/follow/{case.number}/note/", {"text": "写了很久的话"})
    page = browser.post(
        "/follow/", {"number": case.number, "code": follow_code_of(case.submission)}, follow=True
    )

    assert "请填写查询码" in text(asked)
    assert "写了很久的话" in text(page)
    assert case.notes.count() == 0


def test_case_is_withdrawn_by_its_requester(client: Client, followed: Followed):
    case = followed()
    page = client.post(f"/follow/{case.number}/withdraw/", {"reason": "已经解决"}, follow=True)

    assert followed().state == "withdrawn"
    assert "您已经撤回，不再办理。" in text(page)


def test_withdrawing_twice_says_what_happened(client: Client, followed: Followed):
    case = followed()
    client.post(f"/follow/{case.number}/withdraw/")
    page = client.post(f"/follow/{case.number}/withdraw/")

    assert page.status_code == 422


def test_closed_case_is_rated_once(client: Client, city: City, followed: Followed):
    case = answered(city, followed())
    asked = client.get(f"/follow/{case.number}/")
    rated = client.post(
        f"/follow/{case.number}/rate/", {"rate-grade": "satisfied", "rate-remark": "很快"}, follow=True
    )
    again = client.post(f"/follow/{case.number}/rate/", {"rate-grade": "very-satisfied"})

    assert "您满意吗" in text(asked)
    assert "谢谢您的评价" in text(rated)
    assert "很快" in text(rated)
    assert again.status_code == 422
    assert "已经评价过" in text(again)
    assert Judgement.objects.get(subject_id=case.pk).score == 4


def test_bad_rating_takes_the_case_up_again(client: Client, city: City, followed: Followed):
    case = answered(city, followed())
    client.post(f"/follow/{case.number}/rate/", {"rate-grade": "very-dissatisfied", "rate-reasons": ["unsolved"]})
    page = client.get(f"/follow/{case.number}/")

    assert followed().round == 2
    assert "您的评价" in text(page)
    assert REPLY in text(page)
    assert "您满意吗" not in text(page)


def test_rating_without_a_grade_says_so(client: Client, city: City, followed: Followed):
    case = answered(city, followed())
    page = client.post(f"/follow/{case.number}/rate/", {"rate-remark": "想说的话"})

    assert page.status_code == 422
    assert "请选择“总体评价”。" in text(page)
    assert "想说的话" in text(page)


def test_open_case_cannot_be_rated(client: Client, followed: Followed):
    page = client.post(f"/follow/{followed().number}/rate/", {"rate-grade": "satisfied"})

    assert page.status_code == 422
    assert Judgement.objects.count() == 0


def test_acts_are_never_done_by_a_link(client: Client, followed: Followed):
    case = followed()
    for act in ("note", "withdraw", "rate"):
        assert client.get(f"/follow/{case.number}/{act}/").status_code == 200

    assert followed().state == "open"
