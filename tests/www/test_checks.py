"""抽查和评价 as pages: my checks one after the other, the record, bad ratings followed up, decisions."""

from __future__ import annotations

import datetime as dt
import re
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from ronghe.casework.models import Case
from ronghe.core.memory import forget
from ronghe.definitions.queries import calendar
from ronghe.judgements.domain import appeal_rating, draw_due, give_check
from ronghe.judgements.models import Draw, Judgement
from ronghe.organisations.queries import powers_of
from tests.city import City, moment
from tests.judgements.closed import closed, rate

pytestmark = [pytest.mark.page, pytest.mark.django_db]
DAY, NEXT = "2026-11-19", "2026-11-20 09:00"
RECORD = "/desk/checks/record/?month=2026-11"
YES = {f"points-{code}": "yes" for code in ("complete", "handled", "resolved")}
WHY = "已当面说明三次，问题当天就解决了，有照片。"


def ask(
    client: Client, city: City, who: str, path: str, data: dict[str, Any] | None = None
) -> tuple[int, str]:
    client.force_login(city.accounts[who])
    answer = client.get(path) if data is None else client.post(path, data, follow=True)
    forget()
    return answer.status_code, answer.content.decode()


def drawn(city: City, count: int) -> list[Judgement]:
    """That many checks for 工委甲: one of each day before the twentieth."""
    for day in range(20 - count, 20):
        closed(city, day=f"2026-11-{day}")
        draw_due(moment(f"2026-11-{day + 1} 09:00"), calendar())
    return list(Judgement.objects.filter(draw__isnull=False).order_by("due", "pk"))


def one(city: City) -> Judgement:
    closed(city, day=DAY)
    draw_due(moment(NEXT), calendar())
    return Judgement.objects.get(draw__isnull=False)


def bad(city: City, **more: Any) -> Judgement:
    return rate(closed(city, day=DAY), "dissatisfied", "2026-11-20 09:00", **more)


def test_my_checks_say_what_would_be_here(client: Client, city: City) -> None:
    status, page = ask(client, city, "工委甲", "/desk/checks/")

    assert (status, "没有等您评判的答复" in page) == (200, True)


def test_check_shows_the_request_and_the_reply_as_sent_but_not_who_asked(client: Client, city: City) -> None:
    check = one(city)
    case = Case.objects.get(pk=check.subject_id)

    _, mine = ask(client, city, "工委甲", "/desk/checks/")
    status, page = ask(client, city, "工委甲", f"/desk/checks/{check.pk}/")

    assert f"/desk/checks/{check.pk}/" in mine
    assert status == 200
    for words in (
        case.number,
        "厂区排水管网堵塞",
        "已安排疏通，周五前完成。",
        "办理回复要素完整",
        "优秀",
        "不合格",
    ):
        assert words in page
    assert not re.search("王建国|138001", page)


def test_check_is_given_and_the_next_one_opens(client: Client, city: City) -> None:
    first, second = drawn(city, 2)

    status, page = ask(client, city, "工委甲", f"/desk/checks/{first.pk}/", {**YES, "grade": "优秀"})

    first.refresh_from_db()
    assert status == 200
    assert first.values == {"points": ["complete", "handled", "resolved"], "grade": "优秀"}
    assert f'action="/desk/checks/{second.pk}/"' in page
    _, last = ask(
        client,
        city,
        "工委甲",
        f"/desk/checks/{second.pk}/",
        {**YES, "points-resolved": "no", "grade": "合格", "remark": "没有说何时完成"},
    )
    assert "本件退回重新办理" in last
    assert "没有等您评判的答复" in last
    assert Case.objects.get(pk=second.subject_id).round == 2


def test_point_nobody_marked_is_neither_yes_nor_no(client: Client, city: City) -> None:
    check = one(city)

    status, page = ask(
        client,
        city,
        "工委甲",
        f"/desk/checks/{check.pk}/",
        {"grade": "合格", "points-complete": "yes", "remark": "想想"},
    )

    check.refresh_from_db()
    assert (status, check.given_at) == (422, None)
    assert page.count("请选“是”或“否”。") >= 2
    assert "想想" in page


@pytest.mark.parametrize("who", ["环境经办", "环境局长", "住建经办", "分办甲", "工委乙"])
def test_check_of_somebody_else_is_not_found(client: Client, city: City, who: str) -> None:
    if who == "工委乙":
        city.seat("szgw", "committee-staff", who)
    check = one(city)
    Judgement.objects.filter(pk=check.pk).update(judge=city.people["工委甲"])

    assert ask(client, city, who, f"/desk/checks/{check.pk}/")[0] == 404
    assert ask(client, city, who, f"/desk/checks/{check.pk}/", {**YES, "grade": "优秀"})[0] == 404
    assert f"/desk/checks/{check.pk}/" not in ask(client, city, who, "/desk/checks/")[1]


def test_given_check_is_not_opened_again(client: Client, city: City) -> None:
    check = one(city)
    ask(client, city, "工委甲", f"/desk/checks/{check.pk}/", {**YES, "grade": "优秀"})

    assert ask(client, city, "工委甲", f"/desk/checks/{check.pk}/")[0] == 404


def given(city: City, check: Judgement, grade: str, points: list[str]) -> None:
    at = moment("2026-11-20 10:00")
    powers = powers_of(city.accounts["工委甲"], at.date())
    give_check(check.pk, values={"grade": grade, "points": points}, powers=powers, at=at)


def test_record_says_what_was_found_to_who_may_see_the_case(client: Client, city: City) -> None:
    first, second = drawn(city, 2)
    given(city, first, "优秀", ["complete", "handled", "resolved"])
    given(city, second, "不合格", ["complete"])
    numbers = [Case.objects.get(pk=check.subject_id).number for check in (first, second)]

    _, whole = ask(client, city, "工委甲", RECORD)
    _, unit = ask(client, city, "环境经办", RECORD)
    _, other = ask(client, city, "住建经办", RECORD)
    _, best = ask(client, city, "工委甲", f"{RECORD}&grade=优秀")

    for page in (whole, unit):
        assert [number in page for number in numbers] == [True, True]
        assert "优秀 1 件" in page
    assert "诉求得到合理解决" in whole
    assert [number in other for number in numbers] == [False, False]
    assert "还没有评出的抽查" in other
    assert [number in best for number in numbers] == [True, False]


def test_draw_is_repeated_on_its_page(client: Client, city: City) -> None:
    one(city)
    made = Draw.objects.get(procedure="enterprise-request")

    _, record = ask(client, city, "住建经办", RECORD)
    status, page = ask(client, city, "住建经办", f"/desk/checks/draws/{made.pk}/")

    assert f"/desk/checks/draws/{made.pk}/" in record
    assert (status, "抽中的和当时一样" in page, made.hash in page) == (200, True, True)
    assert "抽中的件不归您看" in page
    Judgement.objects.filter(draw=made).update(round=9)
    assert "结果和当时不一样" in ask(client, city, "工委甲", f"/desk/checks/draws/{made.pk}/")[1]
    assert ask(client, city, "工委甲", "/desk/checks/draws/999999/")[0] == 404


def test_bad_ratings_say_what_why_and_what_was_done_and_never_who(client: Client, city: City) -> None:
    rating = bad(city, values={"remark": "管子还是堵的"})
    case = Case.objects.get(pk=rating.subject_id)

    for who in ("工委甲", "环境经办", "环境局长"):
        _, page = ask(client, city, who, "/desk/checks/ratings/")
        _, whole = ask(client, city, who, f"/desk/checks/ratings/{rating.pk}/")
        for told in (page, whole):
            assert case.number in told
            assert "不满意" in told
            assert "管子还是堵的" in told
            assert "重新办理中" in told
            assert not re.search("王建国|138001|requester", told)
    for who in ("住建经办", "分办甲", "管家甲"):
        assert case.number not in ask(client, city, who, "/desk/checks/ratings/")[1]
        assert ask(client, city, who, f"/desk/checks/ratings/{rating.pk}/")[0] == 404
        for act in ("appeal", "settle"):
            assert (
                ask(client, city, who, f"/desk/checks/ratings/{rating.pk}/{act}/", {"reason": WHY})[0] == 404
            )


def test_unit_objects_and_an_overseer_decides(client: Client, city: City) -> None:
    rating = bad(city)
    at = f"/desk/checks/ratings/{rating.pk}/"

    assert ask(client, city, "环境经办", f"{at}appeal/", {"reason": ""})[0] == 422
    _, page = ask(client, city, "环境经办", f"{at}appeal/", {"reason": WHY})
    assert "申诉已经提交" in page
    assert 'action="' + at + 'settle/"' not in page
    assert ask(client, city, "环境局长", f"{at}settle/", {"ground": "fair", "note": WHY})[0] == 422
    _, waiting = ask(client, city, "工委甲", "/desk/checks/ratings/?show=contested")
    assert "申诉中 1 件" in waiting
    assert ask(client, city, "工委甲", f"{at}settle/", {"ground": "", "note": WHY})[0] == 422
    _, done = ask(client, city, "工委甲", f"{at}settle/", {"ground": "malicious", "note": WHY})

    rating.refresh_from_db()
    assert (rating.standing, "核实结果已经记下" in done, "作废" in done) == ("voided", True, True)
    assert "恶意差评" in ask(client, city, "环境经办", at)[1]


def test_doubted_ratings_have_a_number_and_reasons_of_their_own(client: Client, city: City) -> None:
    rating = rate(closed(city, day=DAY), "very-satisfied", f"{DAY} 10:03:05")

    _, bad_ones = ask(client, city, "工委甲", "/desk/checks/ratings/")
    _, doubted = ask(client, city, "工委甲", "/desk/checks/ratings/?show=doubted")
    _, page = ask(client, city, "工委甲", f"/desk/checks/ratings/{rating.pk}/")

    assert "待核实 1 件" in bad_ones
    assert f"/desk/checks/ratings/{rating.pk}/" not in bad_ones
    assert f"/desk/checks/ratings/{rating.pk}/" in doubted
    assert "办结后 5 秒就作出了评价" in page


def test_strangers_are_asked_to_sign_in(client: Client, city: City) -> None:
    for path in ("", "record/", "ratings/", "1/", "draws/1/", "ratings/1/", "ratings/1/appeal/"):
        assert client.get(f"/desk/checks/{path}").status_code == 302


@pytest.mark.parametrize("path", ["/desk/checks/", RECORD, "/desk/checks/ratings/"])
def test_statements_do_not_grow_with_the_rows(
    client: Client, city: City, path: str, django_assert_max_num_queries: Any
) -> None:
    checks = drawn(city, 4)
    given(city, checks[0], "合格", ["complete", "handled", "resolved"])
    bad(city)

    def statements() -> int:
        client.force_login(city.accounts["工委甲"])
        with django_assert_max_num_queries(60) as counted:
            assert client.get(path).status_code == 200
        return len(counted)

    statements()
    few = statements()
    for check in checks[1:3]:
        given(city, check, "合格", ["complete", "handled", "resolved"])
        closed(city, day=DAY)
    for _ in range(2):
        bad(city)
    assert Judgement.objects.filter(satisfied=False).count() == 3
    assert statements() == few


def test_late_check_says_so(client: Client, city: City) -> None:
    check = one(city)
    Judgement.objects.filter(pk=check.pk).update(due=timezone.now() - dt.timedelta(days=1))

    assert "已过期限" in ask(client, city, "工委甲", "/desk/checks/")[1]
    assert "评判期限已过" in ask(client, city, "工委甲", f"/desk/checks/{check.pk}/")[1]


def test_form_of_an_objection_comes_back_with_what_was_typed(client: Client, city: City) -> None:
    rating = bad(city)
    status, page = ask(
        client, city, "环境经办", f"/desk/checks/ratings/{rating.pk}/appeal/", {"reason": "太短了"}
    )

    assert (status, "太短了" in page, "10 至 1000 字" in page) == (422, True, True)


def test_the_unit_sees_no_form_to_decide_and_who_decides_none_to_object(client: Client, city: City) -> None:
    rating = bad(city)
    at = moment("2026-11-20 10:00")
    appeal_rating(rating.pk, reason=WHY, powers=powers_of(city.accounts["环境经办"], at.date()), at=at)

    _, unit = ask(client, city, "环境局长", f"/desk/checks/ratings/{rating.pk}/")
    _, overseer = ask(client, city, "工委甲", f"/desk/checks/ratings/{rating.pk}/")

    assert ["/appeal/" in unit, "/settle/" in unit] == [False, False]
    assert ["/appeal/" in overseer, "/settle/" in overseer] == [False, True]
