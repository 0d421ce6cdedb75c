"""查进度: where it is, and what the requester may still do."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from ronghe.casework import domain
from ronghe.casework.domain import follow_code_of
from ronghe.casework.models import Case
from ronghe.casework.queries.promises import promises_of
from ronghe.core.worktime import Limit, Unit
from ronghe.core.worktime.sentence import day_words
from ronghe.judgements.models import Judgement
from ronghe.organisations.domain import visitors
from ronghe.www.visitor.session import LASTS, UNTIL_KEY, VISITOR_KEY
from tests.city import City
from tests.www.conftest import TEXT
from tests.www.desk_cases import file_message
from tests.www.followed_cases import REPLY, answered, by, do, handled, text

pytestmark = [pytest.mark.page, pytest.mark.django_db]
Followed = Callable[[], Case]
STATEMENTS = (13, 8)  # of the page, and of its head alone


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
    asked = client.get(f"/follow/{case.number}/")
    rated = client.post(
        f"/follow/{case.number}/rate/",
        {"rate-grade": "very-dissatisfied", "rate-reasons": ["unsolved", "slow"]},
        follow=True,
    )

    assert 'type="checkbox" name="rate-reasons"' in asked.content.decode()
    assert "已经重新办理" in text(rated)

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


# Why it takes as long as it takes


def reasons(client: Client, case: Case) -> list[str]:
    return client.get(f"/follow/{case.number}/").context["delays"]


def day(instant: dt.datetime) -> str:
    return day_words(timezone.localtime(instant).date(), timezone.localdate())


def test_each_delay_is_told_in_a_sentence(client: Client, city: City, followed: Followed):
    case = handled(city, followed())
    today = day(timezone.now())
    before = reasons(client, case)
    step = case.steps.get(done_at=None).no
    domain.extend_case(
        case.pk, by(city, "住建局长"), step=step, limit=Limit(3, Unit.WORKDAY), note="要等检测。"
    )
    domain.urge_case(case.pk, by(city, "工委甲"), level=2, note="三天内答复")
    domain.pause_case(case.pk, by(city, "住建经办"), step=step, ground="supplement")
    case = followed()

    assert before == []
    assert case.due is not None
    assert case.paused_until is not None
    assert reasons(client, case) == [
        f"{today}起暂停计时（补充材料），最迟{day(case.paused_until)}接着算。",
        f"{today}经批准延期 3 个工作日，到{day(case.due)}，因为：要等检测。",
        f"{today}已督办。",
    ]


def test_urging_is_told_without_its_words_or_its_officer(client: Client, city: City, followed: Followed):
    case = handled(city, followed())
    domain.urge_case(case.pk, by(city, "工委甲"), level=2, note="内部要求")
    page = text(client.get(f"/follow/{case.number}/"))

    assert "已督办" in page
    assert not [word for word in ("内部要求", "工委甲", "市直机关工委") if word in page]


def test_passing_to_and_fro_is_shown_with_units_and_no_names(client: Client, city: City, followed: Followed):
    case = followed()
    do(city, case, "分办甲", "transfer", to=city.units["zjj"])
    do(city, case, "住建经办", "transfer", to=city.units["sthjj"])
    do(city, case, "环境经办", "transfer", to=city.units["zjj"])
    page = client.get(f"/follow/{case.number}/")

    assert [(one.unit, one.passed_on, one.again) for one in page.context["passages"]][-3:] == [
        ("市住房和建设局", True, False),
        ("市生态环境局", True, False),
        ("市住房和建设局", False, True),
    ]
    assert "在单位之间转过 2 次，期限没有因此变化。" in reasons(client, case)
    assert not [name for name in ("住建经办", "环境经办", "分办甲") if name in text(page)]


def test_merged_case_says_that_its_limit_stands(client: Client, city: City, followed: Followed):
    case = handled(city, followed())
    main = handled(city, file_message(city))
    domain.merge_case(case.pk, by(city, "住建经办"), into=main)
    page = client.get(f"/follow/{case.number}/")

    assert page.context["standing"].where == "市住房和建设局正在办理，与同类事项一起答复。"
    assert page.context["delays"] == ["与同类事项并案办理，期限不变，办好后同样给您答复。"]
    assert main.number not in text(page)


def test_promises_stand_with_their_day_and_whether_they_were_kept(
    client: Client, city: City, followed: Followed
):
    by_day = timezone.localdate() + dt.timedelta(days=10)
    case = answered(city, followed(), promises=[domain.Promise("补种行道树", by_day)])
    running = client.get(f"/follow/{case.number}/").context["promises"]
    late = promises_of(case, by_day + dt.timedelta(days=1))

    assert [(one.text, one.by, one.standing) for one in running] == [("补种行道树", by_day, "running")]
    assert [one.standing for one in late] == ["late"]


# The head that is asked for every minute


def test_head_alone_is_unchanged_until_something_happens(client: Client, city: City, followed: Followed):
    case = followed()
    address = client.get(f"/follow/{case.number}/").context["case"]
    path = f"/follow/{case.number}/now/?seen={address.revision}"
    first = client.get(path)
    same = client.get(path, headers={"if-none-match": first["ETag"]})
    do(city, case, "分办甲", "transfer", to=city.units["zjj"])
    after = client.get(path, headers={"if-none-match": first["ETag"]})

    assert (first.status_code, same.status_code, after.status_code) == (200, 304, 200)
    assert "刚刚有了新进展" not in text(first)
    assert "刚刚有了新进展" in text(after)
    assert "市住房和建设局" in text(after)
    assert first["Cache-Control"] == "private, no-cache"


def test_once_it_has_ended_the_part_brings_the_form_of_the_rating(
    client: Client, city: City, followed: Followed
):
    case = followed()
    path = f"/follow/{case.number}/now/"
    client.get(f"/follow/{case.number}/")
    before = client.get(path)
    answered(city, case)
    after = client.get(path)
    same = client.get(path, headers={"if-none-match": after["ETag"]})
    client.post(f"/follow/{case.number}/rate/", {"rate-grade": "very-satisfied"})
    rated = client.get(path)

    assert 'id="rating"' not in text(before)
    assert "您满意吗？" in text(after)
    assert "csrfmiddlewaretoken" not in text(after)
    assert '<div id="to-note"></div>' in text(after)
    assert same.status_code == 304
    assert ("您满意吗？" in text(rated), "您的评价" in text(rated)) == (False, True)


def test_head_is_nobody_elses(followed: Followed, city: City):
    case, stranger, officer = followed(), Client(), Client()
    officer.force_login(city.accounts["分办甲"])
    answers = [
        browser.get(path)
        for browser in (stranger, officer)
        for path in (f"/follow/{case.number}/now/", "/follow/LY1999-000001/now/")
    ]

    assert {answer.status_code for answer in answers} == {404}
    assert not [
        answer for answer in answers if case.number in text(answer).replace(answer.request["PATH_INFO"], "")
    ]


def test_wrong_codes_slow_a_number_down(followed: Followed):
    case = followed()
    answers = [Client().post("/follow/", {"number": case.number, "code": "AAAA2222"}) for _ in range(12)]

    assert [answer.status_code for answer in answers[:10]] == [422] * 10
    assert answers[-1].status_code == 429
    assert "手机验证码" in text(answers[-1])


def test_visitor_follows_their_own_without_a_code_and_nobody_elses(followed: Followed, city: City):
    case, other = followed(), file_message(city)
    browser = Client()
    visitor = visitors.visitor_for("13800138000", actor="", at=timezone.now())
    browser.get("/")
    session = browser.session
    session[VISITOR_KEY], session[UNTIL_KEY] = visitor.pk, timezone.now().timestamp() + LASTS
    session.save()

    assert TEXT in text(browser.get(f"/follow/{case.number}/"))
    assert browser.get(f"/follow/{case.number}/now/").status_code == 200
    assert "请填写查询码" in text(browser.get(f"/follow/{other.number}/"))
    assert browser.get(f"/follow/{other.number}/now/").status_code == 404


# Complaints


GROUND = {"complain-ground": "passing-on", "complain-detail": "转了三家都说不归自己管。"}


def complained(client: Client, city: City, followed: Followed) -> tuple[Case, Case]:
    city.seat("szgw", "inspector", "督查甲")
    case = handled(city, followed())
    client.post(f"/follow/{case.number}/complain/", GROUND)
    return case, Case.objects.get(procedure="complaint")


def test_complaint_is_a_case_of_its_own_that_the_unit_never_sees(
    client: Client, city: City, followed: Followed
):
    case, complaint = complained(client, city, followed)
    page = client.get(f"/follow/{case.number}/")
    sees = {
        name: Case.objects.visible_to(city.accounts[name]).filter(pk=complaint.pk).exists()
        for name in ("住建经办", "住建局长", "环境经办", "分办甲", "督查甲")
    }
    officer = Client()
    officer.force_login(city.accounts["住建经办"])
    desk = text(officer.get(f"/desk/cases/{case.number}/"))

    assert (complaint.about_unit, complaint.related, complaint.identity) == (
        city.units["zjj"], case, case.identity
    )  # fmt: skip
    assert complaint.number in text(page)
    assert sees == {
        "住建经办": False, "住建局长": False, "环境经办": False, "分办甲": False, "督查甲": True
    }  # fmt: skip
    assert case.title in desk
    assert not [word for word in (complaint.number, "投诉", "转了三家") if word in desk]
    assert followed().revision == case.revision


def test_one_complaint_at_a_time(client: Client, city: City, followed: Followed):
    case, _ = complained(client, city, followed)
    again = client.post(f"/follow/{case.number}/complain/", GROUND)

    assert again.status_code == 422
    assert "已经有一件投诉正在核查" in text(again)
    assert "转了三家都说不归自己管。" in text(again)
    assert Case.objects.filter(procedure="complaint").count() == 1


def test_complaint_says_what_is_missing_and_is_not_complained_of_itself(
    client: Client, city: City, followed: Followed
):
    case, complaint = complained(client, city, followed)
    empty = client.post(f"/follow/{case.number}/complain/", {})
    itself = client.get(f"/follow/{complaint.number}/")
    refused = client.post(f"/follow/{complaint.number}/complain/", GROUND)

    assert empty.status_code == 422
    assert "请选择“投诉事由”。" in text(empty)
    assert itself.context["complaint_form"] is None
    assert "不能再投诉" in text(refused)


@pytest.mark.parametrize("count", [1, 3])
def test_page_asks_a_fixed_number_of_statements(client: Client, city: City, followed: Followed, count: int):
    case = handled(city, followed())
    for number in range(count):
        domain.add_note(case.pk, domain.By(f"requester:{case.pk}", timezone.now()), text=f"补充 {number}")
        domain.urge_case(case.pk, by(city, "工委甲"), level=1)
    with CaptureQueriesContext(connection) as page:
        client.get(f"/follow/{case.number}/")
    with CaptureQueriesContext(connection) as head:
        client.get(f"/follow/{case.number}/now/")

    assert (len(page), len(head)) == STATEMENTS
