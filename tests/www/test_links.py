"""One-time links: what they open, once, and for nobody else."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from ronghe.casework.domain import link_token
from ronghe.casework.models import Case
from ronghe.judgements.models import Judgement
from ronghe.ledger.queries import entries_of
from tests.city import City
from tests.www.conftest import TEXT
from tests.www.desk_cases import file_message
from tests.www.followed_cases import REPLY, answered, asked, by, handled, text

pytestmark = [pytest.mark.page, pytest.mark.django_db]
Followed = Callable[[], Case]
GOOD, BAD = {"rate-grade": "satisfied"}, {"rate-grade": "dissatisfied", "rate-reasons": ["slow"]}


def link(case: Case, purpose: Any = "rate", round_: int = 1) -> str:
    return f"/to/{link_token(case.pk, purpose, round_)}/"


def opened(case: Case, purpose: Any = "rate", round_: int = 1) -> Client:
    """Another browser in which the link was opened, and what it leads to."""
    browser = Client()
    answer = browser.get(link(case, purpose, round_))
    assert answer["Location"] == f"/follow/{case.number}/#{purpose}"
    return browser


def rate(browser: Client, case: Case, values: dict[str, Any], round_: int) -> Any:
    return browser.post(f"/follow/{case.number}/rate/", {**values, "round": round_}, follow=True)


def says(answer: Any) -> str:
    return str(answer.context["title"])


def test_rating_link_leads_to_the_form_and_is_spent_by_the_rating(city: City, followed: Followed):
    case = answered(city, followed())
    browser = opened(case)
    page = browser.get(f"/follow/{case.number}/")
    rate(browser, case, {**GOOD, "rate-remark": "通道第二天就有了"}, 1)
    spent = Client().get(link(case))

    assert page.context["main"] == "rate"
    assert 'id="rate"' in text(page)
    assert [Judgement.objects.get().score, Judgement.objects.get().actor] == [4, f"requester:{case.pk}"]
    assert (spent.status_code, says(spent)) == (200, "已经评价过了")
    assert "通道第二天就有了" in text(spent)
    assert not [word for word in (TEXT, REPLY) if word in text(spent)]


def test_spent_link_opens_nothing(city: City, followed: Followed):
    case = answered(city, followed())
    rate(opened(case), case, GOOD, 1)
    stranger = Client()
    stranger.get(link(case))

    assert "请填写查询码" in text(stranger.get(f"/follow/{case.number}/"))


def test_bad_rating_needs_a_reason_and_keeps_what_was_written(city: City, followed: Followed):
    case = answered(city, followed())
    page = rate(opened(case), case, {"rate-grade": "dissatisfied", "rate-remark": "还是进不来"}, 1)

    assert page.status_code == 422
    assert "还是进不来" in text(page)
    assert page.context["rate_form"].errors["reasons"]
    assert Judgement.objects.count() == 0


def test_done_again_it_is_rated_again_and_both_ratings_stay(city: City, followed: Followed):
    city.seat("zjj", "head", "住建副局长")
    case = answered(city, followed(), "第一次的答复，说明了情况。")
    rate(opened(case), case, {**BAD, "rate-remark": "第一次的意见"}, 1)
    again = Client().get(link(case))
    early = Client().get(link(case, round_=2))
    case = answered(city, followed(), "第二次的答复，通道已经开了。")
    rate(opened(case, round_=2), case, {**GOOD, "rate-remark": "第二次的意见"}, 2)
    page = opened(case, "follow", 2).get(f"/follow/{case.number}/")
    told = [
        (one.no, [reply.text for reply in one.replies], len(one.ratings)) for one in page.context["rounds"]
    ]

    assert [says(again), says(early)] == ["已经评价过了", "现在不用评价"]
    assert told == [(2, ["第二次的答复，通道已经开了。"], 1), (1, ["第一次的答复，说明了情况。"], 1)]
    assert [word in text(page) for word in ("第一次的意见", "第二次的意见")] == [True, True]
    assert [row.score for row in Judgement.objects.order_by("round")] == [2, 4]


def test_rating_for_a_round_that_is_over_is_not_taken(city: City, followed: Followed):
    case = answered(city, followed())
    browser = opened(case)
    rate(browser, case, BAD, 1)
    late = rate(browser, case, GOOD, 1)

    assert late.status_code == 422
    assert Judgement.objects.get().score == 2


def test_expired_rating_link_says_so(city: City, followed: Followed):
    case = answered(city, followed())
    browser = opened(case)
    Judgement.objects.create(
        edition_id=case.edition_id,
        judgement="service-rating",
        subject_type="case",
        subject_id=case.pk,
        asked_at=timezone.now() - dt.timedelta(days=40),
        due=timezone.now() - dt.timedelta(days=1),
    )
    page = Client().get(link(case))
    late = rate(browser, case, GOOD, 1)

    assert says(page) == "评价期限已过"
    assert "评价期限已过" in text(browser.get(f"/follow/{case.number}/"))
    assert late.status_code == 422
    assert Judgement.objects.get().given_at is None


@pytest.mark.parametrize("name", ["住建经办", "住建局长", "分办甲", "环境经办"])
@pytest.mark.parametrize("how", ["opened", "sent"])
def test_staff_do_not_rate(city: City, followed: Followed, name: str, how: str):
    case = answered(city, followed())
    browser = opened(case) if how == "sent" else Client()
    browser.force_login(city.accounts[name])
    page = browser.get(link(case)) if how == "opened" else rate(browser, case, GOOD, 1)

    assert page.status_code == {"opened": 403, "sent": 422}[how]
    assert "不能代评" in text(page)
    assert Judgement.objects.count() == 0


def test_staff_who_handle_it_do_not_read_it_by_its_links(city: City, followed: Followed):
    case = asked(city, followed())
    for name, seen in (("住建经办", False), ("分办甲", False), ("环境经办", True)):
        browser = Client()
        browser.force_login(city.accounts[name])
        browser.get(link(case, "follow"))
        assert (TEXT in text(browser.get(f"/follow/{case.number}/"))) == seen


def forged(case: Case, other: Case) -> list[str]:
    token = link_token(case.pk, "rate", 1)
    plain, _, signed = token.rpartition("-")
    theirs = link_token(other.pk, "rate", 1).rpartition("-")[0]
    return [
        "x", "-", "a-b-c", "1-r1-中", f"{plain}-{signed[:-1]}x", f"{plain}-", f"{theirs}-{signed}",
        f"{plain.replace('-r1', '-s1')}-{signed}", f"{plain.replace('-r1', '-r2')}-{signed}",
        link_token(999_999, "follow", 1),
    ]  # fmt: skip


def test_forged_link_opens_nothing(city: City, followed: Followed):
    case, other = answered(city, followed()), file_message(city)
    for token in forged(case, other):
        browser = Client()
        answer = browser.get(f"/to/{token}/")
        assert (token, answer.status_code) == (token, 404)
        assert not browser.session.get("followed")
        assert case.number not in text(answer)


def test_link_opens_its_own_case_only(city: City, followed: Followed):
    case, other = answered(city, followed()), file_message(city)
    browser = opened(case)

    assert "请填写查询码" in text(browser.get(f"/follow/{other.number}/"))
    assert "请填写查询码" in text(browser.post(f"/follow/{other.number}/rate/", GOOD))


# What the requester is asked for


def answer(browser: Client, case: Case, words: str = "许可证在这里。", **more: Any) -> Any:
    return browser.post(f"/follow/{case.number}/answer/", {"answer-text": words, **more}, follow=True)


def test_supplement_link_leads_to_the_question_and_the_answer_sets_the_clock_going(
    city: City, followed: Followed, photo: SimpleUploadedFile
):
    case = asked(city, followed())
    browser = opened(case, "supplement")
    page = browser.get(f"/follow/{case.number}/")
    done = answer(browser, case, **{"answer-photos": [photo]})
    spent = Client().get(link(case, "supplement"))
    kinds = [entry.kind for entry in entries_of(("case", case.pk))]

    assert (page.context["main"], page.context["question"].text) == ("supplement", "请补充施工许可证的照片。")
    assert page.context["note_form"] is None
    assert "收到您的补充" in text(done)
    assert followed().paused_at is None
    assert kinds[-2:] == ["case.supplemented", "case.resumed"]
    assert case.attachments.get().actor == f"requester:{case.pk}"
    assert says(spent) == "已经补充过了"
    assert "施工许可证" not in text(spent)


def test_empty_answer_says_so_and_the_clock_stands(city: City, followed: Followed):
    case = asked(city, followed())
    page = answer(opened(case, "supplement"), case, " ")

    assert page.status_code == 422
    assert "还没有填写内容" in text(page)
    assert followed().paused_at is not None


def test_answer_written_while_the_session_expired_is_kept(city: City, followed: Followed):
    case, stranger = asked(city, followed()), Client()
    refused = answer(stranger, case, "写了很久的补充")
    stranger.get(link(case, "supplement"))
    page = stranger.get(f"/follow/{case.number}/")

    assert "请填写查询码" in text(refused)
    assert "写了很久的补充" in text(page)
    assert followed().paused_at is not None


def test_nothing_is_asked_where_nobody_asked(client: Client, city: City, followed: Followed):
    case = handled(city, followed())
    link_says = says(client.get(link(case, "supplement")))
    page = answer(client, case)

    assert link_says == "补充的期限已过"
    assert page.status_code == 422
    assert "现在没有需要您补充的内容" in text(page)


def test_who_handles_it_does_not_answer_for_the_requester(client: Client, city: City, followed: Followed):
    case = asked(city, followed())
    client.force_login(city.accounts["住建经办"])
    page = answer(client, case)

    assert page.status_code == 422
    assert "不能替诉求人补充" in text(page)
    assert followed().paused_at is not None


def test_links_need_nobody_signed_in_and_are_kept_by_no_cache(city: City, followed: Followed):
    case = asked(city, followed())
    page = Client().get(link(case, "supplement"))

    assert page.status_code == 302
    assert "no-store" in page["Cache-Control"]
    assert by(city, "住建经办").actor not in text(page)
