"""提醒, the test channel of a demonstration, and asking a colleague to act for me."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.core.management import call_command
from django.test import Client
from django.utils import timezone

from ronghe.casework.models import Case
from ronghe.definitions.queries import calendar
from ronghe.messages import queries
from ronghe.messages.domain import Address, deliver, send
from ronghe.messages.models import Message
from ronghe.organisations.domain import Contact, delegate, end_appointment, seal_identity
from ronghe.organisations.models import Appointment, Delegation
from ronghe.organisations.queries import powers_of
from tests.city import City, moment
from tests.www.desk_cases import ago, do, file_petition, file_request

pytestmark = [pytest.mark.page, pytest.mark.both, pytest.mark.django_db]


def tell(city: City, name: str = "环境经办", title: str = "催办", **more: Any) -> Message:
    to = Address("person", city.people[name].pk)
    return send(to, kind="reminded", title=title, text="请今天办理。", at=ago(hours=1), **more)


def page_of(client: Client, address: str = "/desk/inbox/", status: int = 200, **more: Any) -> str:
    answer = client.get(address, **more)
    assert answer.status_code == status
    return answer.content.decode()


def tomorrow(days: int = 0) -> str:
    return (timezone.localdate() + dt.timedelta(days=days)).isoformat()


# 提醒


def test_my_messages_stand_here_newest_first_and_nobody_elses(city: City, officer: Client):
    tell(city, title="甲提醒"), tell(city, title="乙提醒"), tell(city, "住建经办", title="别人的")

    page = page_of(officer)

    assert page.index("乙提醒") < page.index("甲提醒")
    assert ("别人的" in page, page.count("未读")) == (False, 2)
    assert '<span class="tag tabular">2</span>' in page


def test_without_messages_it_says_what_would_be_here(officer: Client):
    page = page_of(officer)

    assert ("还没有提醒。" in page, "全部标为已读" in page, 'class="tag' in page) == (True, False, False)


def test_opening_one_marks_it_read_and_goes_to_its_case(city: City, officer: Client):
    case = file_request(city)
    link = f"/desk/cases/{case.number}/"
    message = tell(city, link=link, about=("case", case.pk))

    answer = officer.get(f"/desk/inbox/{message.pk}/")

    assert (answer.status_code, answer["Location"]) == (302, link)
    assert queries.unread_count(city.people["环境经办"].pk) == 0
    assert "未读" not in page_of(officer)


@pytest.mark.parametrize("link", ["", "https://elsewhere.example/", "//elsewhere.example/"])
def test_a_message_leads_nowhere_outside(city: City, officer: Client, link: str):
    assert officer.get(f"/desk/inbox/{tell(city, link=link).pk}/")["Location"] == "/desk/inbox/"


def test_a_message_of_somebody_else_is_not_found(city: City, officer: Client):
    other = tell(city, "住建经办")

    assert officer.get(f"/desk/inbox/{other.pk}/").status_code == 404
    other.refresh_from_db()
    assert other.read_at is None


def test_what_is_about_a_case_no_longer_visible_does_not_say_what_it_said(city: City, officer: Client):
    case = file_petition(city)  # about this very bureau
    message = tell(city, title="反映审批推诿", link=f"/desk/cases/{case.number}/", about=("case", case.pk))

    page = page_of(officer)

    assert ("反映审批推诿" in page, "请今天办理" in page, "现在不能查看" in page) == (False, False, True)
    assert officer.get(f"/desk/inbox/{message.pk}/")["Location"] == "/desk/inbox/"


def test_all_are_marked_read_at_once_and_only_mine(city: City, officer: Client):
    tell(city), tell(city), tell(city, "住建经办")

    assert officer.post("/desk/inbox/read/").status_code == 302
    assert [queries.unread_count(city.people[name].pk) for name in ("环境经办", "住建经办")] == [0, 1]
    assert officer.get("/desk/inbox/read/").status_code == 405


def test_many_messages_come_in_pages_under_one_number_of_statements(
    city: City, officer: Client, django_assert_max_num_queries: Any, django_assert_num_queries: Any
):
    case = file_request(city)
    tell(city, title="第一条", about=("case", case.pk))
    page_of(officer)
    with django_assert_max_num_queries(12) as one:
        page_of(officer)
    for _ in range(22):
        tell(city, about=("case", case.pk))
    with django_assert_num_queries(len(one)):
        page = page_of(officer)

    assert ("第 1 页，共 2 页" in page, "第一条" in page) == (True, False)
    assert "第一条" in page_of(officer, "/desk/inbox/?page=2")


@pytest.mark.parametrize("address", ["/desk/inbox/", "/desk/inbox/1/"])
def test_strangers_are_asked_to_sign_in(city: City, client: Client, address: str):
    assert client.get(address)["Location"].startswith("/sign-in/")


# 测试通道


@pytest.mark.parametrize(
    ("demo", "transport", "status"), [(True, "test", 200), (False, "test", 404), (True, "sms", 404)]
)
def test_the_test_channel_is_shown_in_a_demonstration_only(
    city: City, client: Client, settings: Any, demo: bool, transport: str, status: int
):
    settings.DEMO, settings.TRANSPORT = demo, transport

    assert client.get("/test-messages/").status_code == status


def test_the_public_reads_there_what_the_phone_would_show(city: City, client: Client, settings: Any):
    settings.DEMO = True
    assert "还没有消息" in page_of(client, "/test-messages/")
    identity = seal_identity(Contact("王建国", "13800138000"), actor="system:test", at=ago(hours=2))
    send(
        Address("identity", identity.pk),
        kind="sign-in-code",
        title="登录验证码",
        text="验证码 246810，5 分钟内有效。",
        link="/follow/",
        at=moment("2026-03-02 10:00"),
        urgent=True,
    )
    tell(city, title="内部提醒")
    deliver(timezone.now(), calendar())

    page = page_of(client, "/test-messages/")

    assert [words in page for words in ("246810", "138****8000", 'href="/follow/"', "没有真的发出")] == [
        True
    ] * 4
    assert [words in page for words in ("内部提醒", "13800138000", "王建国")] == [False] * 3


def test_the_worker_delivers_each_round(city: City, settings: Any, capsys: Any):
    identity = seal_identity(Contact(phone="13800138000"), actor="system:test", at=ago(hours=2))
    send(Address("identity", identity.pk), kind="x", title="码", text="1", at=ago(hours=1), urgent=True)

    call_command("work", rounds=1)

    assert [told.state for told in queries.sent_to_identity(identity.pk)] == ["sent"]


# 代办


def ask(client: Client, **given: str) -> Any:
    typed = {"taker": "环境经办", "first": tomorrow(), "last": tomorrow(4), "reason": "外出学习"} | given
    return client.post("/desk/me/", typed)


def test_a_colleague_is_asked_told_and_asked_no_more(city: City, client: Client):
    head, officer = city.people["环境局长"], city.people["环境经办"]
    client.force_login(city.accounts["环境局长"])

    assert ask(client)["Location"] == "/desk/me/"
    given = Delegation.objects.get()
    assert (given.giver, given.taker, given.begins, (given.ends - given.begins).days) == (
        head, officer, timezone.localdate(), 5,
    )  # fmt: skip
    assert [told.title for told in queries.inbox(officer.pk)] == ["环境局长请您代办"]
    assert "结束代办" in page_of(client, "/desk/me/")

    client.force_login(city.accounts["环境经办"])
    page = page_of(client, "/desk/me/")
    assert ("（代 环境局长）" in page, "环境局长请您代办" in page) == (True, True)
    assert client.post(f"/desk/me/delegations/{given.pk}/end/").status_code == 404

    client.force_login(city.accounts["环境局长"])
    assert client.post(f"/desk/me/delegations/{given.pk}/end/")["Location"] == "/desk/me/"
    assert "结束代办" not in page_of(client, "/desk/me/")


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"taker": ""}, "请填写一位同事的姓名"),
        ({"taker": "住建经办"}, "里没有叫“住建经办”的在任同事"),
        ({"taker": "环境局长"}, "不能请自己代办"),
        ({"first": "后天"}, "看不懂这个日期"),
        ({"first": "2020-01-01"}, "不能从过去的"),
        ({"last": "2020-01-01"}, "早于第一天"),
        ({"last": "2199-01-01"}, "最长 92 天"),
        ({"reason": "长" * 201}, "最多 200 个字"),
    ],
)
def test_what_is_refused_is_said_and_kept(city: City, client: Client, given: dict[str, str], said: str):
    client.force_login(city.accounts["环境局长"])

    answer = ask(client, **given)

    assert (answer.status_code, said in answer.content.decode()) == (422, True)
    assert (Delegation.objects.count(), Message.objects.count()) == (0, 0)
    assert next(iter(given.values())) in answer.content.decode()


def lend(city: City, giver: str, taker: str) -> Delegation:
    today = timezone.localdate()
    return delegate(
        city.people[giver],
        city.people[taker],
        begins=today,
        ends=today + dt.timedelta(days=3),
        reason="",
        actor=f"person:{city.people[giver].pk}",
        at=timezone.localtime(),
    )


def visible(city: City, name: str, case: Case) -> bool:
    powers = powers_of(type(city.people[name]).objects.get(pk=city.people[name].pk), timezone.localdate())
    return Case.objects.visible_with(powers).filter(pk=case.pk).exists()


def test_a_complaint_about_the_givers_unit_is_hidden_from_the_taker_too(city: City):
    """分办甲 sits at the triage desk below 工委甲's committee; the petition is about the triage desk."""
    case = file_petition(city)
    Case.objects.filter(pk=case.pk).update(about_unit=city.units["fbzx"])
    assert [visible(city, name, case) for name in ("工委甲", "分办甲")] == [True, False]

    lend(city, "分办甲", "工委甲")

    assert [visible(city, name, case) for name in ("工委甲", "分办甲")] == [False, False]


def test_nor_does_acting_for_another_show_a_complaint_about_ones_own_unit(city: City):
    case = file_petition(city)
    Case.objects.filter(pk=case.pk).update(about_unit=city.units["fbzx"])

    lend(city, "工委甲", "分办甲")

    assert not visible(city, "分办甲", case)
    assert visible(city, "分办甲", file_petition(city))


def test_the_taker_does_the_givers_work(city: City):
    seats = Appointment.objects.filter(person=city.people["环境局长"])
    case = file_request(city)
    lend(city, "环境局长", "环境经办")
    end_appointment(
        Appointment.objects.get(person=city.people["环境经办"]), actor="system:test", at=timezone.localtime()
    )
    powers = powers_of(city.people["环境经办"], timezone.localdate())

    assert (seats.count(), powers.acting_name("handle", city.units["sthjj"].pk)) == (1, "环境局长")
    assert visible(city, "环境经办", case)
    assert do(city, "环境经办", case, 1, "accept").revision > case.revision


def test_me_page_has_a_fixed_number_of_statements(
    city: City, client: Client, django_assert_max_num_queries: Any, django_assert_num_queries: Any
):
    client.force_login(city.accounts["工委甲"])
    lend(city, "分办甲", "工委甲")
    page_of(client, "/desk/me/")
    with django_assert_max_num_queries(22) as one:
        page_of(client, "/desk/me/")
    for number in range(2):
        city.seat("fbzx", "triage-officer", f"分办{number}")
        lend(city, f"分办{number}", "工委甲")
    with django_assert_num_queries(len(one)):
        page_of(client, "/desk/me/")
