"""消息设置: where somebody is reached and by what they are told, for the staff and for visitors; the log in 提醒."""

from __future__ import annotations

import datetime as dt
import re
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.test import Client
from django.utils import timezone

from ronghe.definitions.queries import calendar
from ronghe.messages.domain import Address, deliver, send
from ronghe.messages.domain.reaching import ask_code, confirm
from ronghe.messages.exceptions import TransportError
from ronghe.messages.models import Message, Preference, Reach
from ronghe.messages.queries import words_of
from ronghe.messages.queries.readers import reader
from ronghe.messages.transports import Parcel
from ronghe.organisations.domain.visitors import visitor_for
from ronghe.organisations.models import Visitor
from ronghe.www.visitor.session import LASTS, UNTIL_KEY, VISITOR_KEY
from tests.city import ACTOR, City, moment

pytestmark = [pytest.mark.page, pytest.mark.both, pytest.mark.django_db]

DESK, PORTAL = "/desk/me/messages/", "/my/messages/"
PHONE = "13800138000"


@pytest.fixture
def visitor(client: Client, city: City) -> Visitor:
    """Somebody of the public, signed in."""
    found = visitor_for("13912345678", actor=ACTOR, at=timezone.now())
    session = client.session
    session.update({VISITOR_KEY: found.pk, UNTIL_KEY: timezone.now().timestamp() + LASTS})
    session.save()
    client.cookies[django_settings.SESSION_COOKIE_NAME] = session.session_key or ""
    return found


@pytest.fixture(autouse=True)
def _channels(settings: Any) -> None:
    settings.TRANSPORT = "wecom,sms,mail"


def me(city: City) -> Address:
    return Address("person", city.people["环境经办"].pk)


def page_of(client: Client, address: str = DESK, status: int = 200) -> str:
    answer = client.get(address)
    assert answer.status_code == status
    return answer.content.decode()


def verify(to: Address, channel: str, typed: str) -> None:
    at = timezone.localtime()
    ask_code(to, channel, typed, at=at, draw=lambda _most: 123456)
    confirm(to, channel, "123456", at=at)


def code() -> str:
    message = Message.objects.filter(kind="reach-code").latest("pk")
    return re.findall(r"[0-9]{6}", words_of(message)[1])[0]


def test_an_address_is_entered_verified_and_taken_back(city: City, officer: Client):
    assert "还没有填" in page_of(officer)

    assert officer.post(f"{DESK}sms/", {"stage": "ask", "address": PHONE})["Location"] == f"{DESK}#where"
    page = page_of(officer)
    assert ("138****8000" in page, PHONE in page, code() in page) == (True, False, False)
    assert officer.post(f"{DESK}sms/", {"stage": "confirm", "code": code()}).status_code == 302
    assert ("已核对" in page_of(officer), reader(me(city), timezone.localdate()).where("sms")) == (
        True,
        PHONE,
    )

    officer.post(f"{DESK}sms/", {"stage": "forget"})
    assert Reach.objects.count() == 0


@pytest.mark.parametrize(
    ("channel", "typed", "said"),
    [
        ("sms", {"stage": "ask", "address": "123"}, "手机号应为 11 位数字"),
        ("mail", {"stage": "ask", "address": "wang"}, "电子邮箱要写成"),
        ("wecom", {"stage": "ask", "address": ""}, "请填写要核对的地址"),
        ("sms", {"stage": "confirm", "code": "000000"}, "已经用过或过期"),
    ],
)
def test_what_is_refused_is_said_beside_its_field(
    officer: Client, channel: str, typed: dict[str, str], said: str
):
    if typed["stage"] == "confirm":
        officer.post(f"{DESK}sms/", {"stage": "ask", "address": PHONE})
        said = "验证码不对"

    answer = officer.post(f"{DESK}{channel}/", typed)

    assert (answer.status_code, said in answer.content.decode()) == (422, True)


@pytest.mark.parametrize("channel", ["webhook", "page", "pigeon"])
def test_there_are_only_channels_with_an_address(officer: Client, channel: str):
    assert officer.post(f"{DESK}{channel}/", {"stage": "ask", "address": PHONE}).status_code == 404


def ticked(page: str) -> set[tuple[str, str]]:
    found = re.findall(r'name="way-([a-z]+)" value="([a-z]+)"( checked)?', page)
    return {(group, channel) for group, channel, on in found if on}


def test_the_table_shows_what_is_usual_and_keeps_what_is_chosen(city: City, officer: Client):
    verify(me(city), "sms", PHONE)
    usual = ticked(page_of(officer))
    assert (("duty", "sms") in usual, ("work", "sms") in usual, ("work", "wecom") in usual) == (
        True,
        False,
        True,
    )

    chosen = {
        "way-duty": ["sms"],
        "way-work": ["sms", "mail"],
        "daily": ["work"],
        "quiet_from": "22:00",
        "quiet_until": "07:00",
    }
    assert officer.post(DESK, chosen)["Location"] == DESK

    page = page_of(officer)
    assert ticked(page) == {("duty", "sms"), ("work", "sms"), ("work", "mail")}
    kept = Preference.objects.get()
    assert (kept.choices["work"], kept.quiet_from, kept.quiet_until) == (
        {"channels": ["sms", "mail"], "daily": True}, dt.time(22), dt.time(7),
    )  # fmt: skip
    assert ('value="22:00"' in page, "恢复通常的方式" in page) == (True, True)
    officer.post(DESK, {"usual": "1"})
    assert (Preference.objects.count(), ticked(page_of(officer))) == (0, usual)


def test_a_duty_cannot_be_switched_off_everywhere_and_what_was_ticked_stays(city: City, officer: Client):
    verify(me(city), "sms", PHONE)

    answer = officer.post(DESK, {"way-work": ["sms"], "quiet_from": "22:00", "quiet_until": "07:00"})
    page = answer.content.decode()

    assert (answer.status_code, "“催办督办”按规定必须告诉您" in page, Preference.objects.count()) == (
        422,
        True,
        0,
    )
    assert (ticked(page), 'value="22:00"' in page) == ({("work", "sms")}, True)


@pytest.mark.parametrize(
    ("hours", "said"),
    [(("22:00", ""), "请把起止时间都填上"), (("晚上", "07:00"), "请写成 22:00 这样的时间")],
)
def test_quiet_hours_are_both_or_neither(officer: Client, hours: tuple[str, str], said: str):
    answer = officer.post(DESK, {"quiet_from": hours[0], "quiet_until": hours[1]})

    assert (answer.status_code, said in answer.content.decode()) == (422, True)


def test_a_channel_that_is_not_in_force_is_not_kept(officer: Client, settings: Any):
    settings.TRANSPORT = "sms"

    officer.post(DESK, {"way-work": ["sms", "mail", "webhook", "test"], "way-duty": ["sms"]})

    assert Preference.objects.get().choices["work"]["channels"] == ["sms"]
    page = page_of(officer)
    assert ("手机号" in page, "电子邮箱" in page) == (True, False)


def test_without_any_channel_it_says_so(officer: Client, settings: Any):
    settings.TRANSPORT = "page"

    assert "还没有启用别的通道" in page_of(officer)


def test_on_the_test_channel_it_says_that_nothing_leaves(officer: Client, settings: Any):
    settings.TRANSPORT = "test"
    page = page_of(officer)

    assert ("不会真的发出" in page, "手机号" in page, ("work", "test") in ticked(page)) == (True, True, True)


# Visitors


def test_a_visitor_chooses_among_what_the_public_is_told(visitor: Visitor, client: Client):
    page = page_of(client, PORTAL)
    assert ("139****5678" in page, "13912345678" in page, "企业微信" in page) == (True, False, False)
    assert ticked(page) == {(group, "sms") for group in ("ask", "answer", "progress", "claim")}

    assert client.post(PORTAL, {"way-ask": ["sms"], "way-answer": ["sms"]}).status_code == 302

    kept = Preference.objects.get()
    assert (kept.to_type, kept.to_id, kept.choices["progress"]["channels"]) == (
        "identity",
        visitor.identity_id,
        [],
    )
    refused = client.post(PORTAL, {"way-ask": ["sms"]})
    assert (refused.status_code, "“办结和评价”按规定必须告诉您" in refused.content.decode()) == (422, True)


def test_a_visitor_may_give_a_mail_address_and_no_other_phone(visitor: Visitor, client: Client):
    assert client.post(f"{PORTAL}mail/", {"stage": "ask", "address": "wang@example.cn"}).status_code == 302
    client.post(f"{PORTAL}mail/", {"stage": "confirm", "code": code()})

    assert "w***@example.cn" in page_of(client, PORTAL)
    assert client.post(f"{PORTAL}sms/", {"stage": "ask", "address": PHONE}).status_code == 404


@pytest.mark.parametrize("address", [DESK, PORTAL])
def test_strangers_are_asked_to_sign_in(city: City, client: Client, address: str):
    assert client.get(address).status_code == 302
    assert client.post(f"{address}mail/", {"stage": "ask"}).status_code == 302


# The log


class Channel:
    """One that takes or refuses."""

    def __init__(self, name: str, refusal: TransportError | None = None) -> None:
        self.name, self.refusal = name, refusal

    def hand(self, parcel: Parcel) -> None:
        if self.refusal is not None:
            raise self.refusal


def test_the_inbox_says_where_each_was_sent(city: City, officer: Client, django_assert_num_queries: Any):
    monday = moment("2026-03-02 10:00")
    verify(me(city), "sms", PHONE), verify(me(city), "mail", "wang@example.gov.cn")
    Message.objects.all().delete()

    def tell() -> None:
        send(me(city), kind="case.urged", title="催办", text="请今天办理。", at=monday)

    tell()
    deliver(
        monday, calendar(), transport=[Channel("sms"), Channel("mail", TransportError("no-such-host", ""))]
    )

    page = page_of(officer, "/desk/inbox/")
    assert re.search(r"短信\s+\S+ \S+ \d\d:\d\d 已发", page)
    assert ("电子邮件 找不到对方地址" in page, "稍后再发" in page) == (True, True)
    with django_assert_num_queries(count := _count(officer)):
        page_of(officer, "/desk/inbox/")
    tell(), tell()
    deliver(monday + dt.timedelta(minutes=5), calendar(), transport=[Channel("sms"), Channel("mail")])
    assert _count(officer) == count


def _count(client: Client) -> int:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    with CaptureQueriesContext(connection) as context:
        page_of(client, "/desk/inbox/")
    return len(context)


def test_settings_take_a_fixed_number_of_statements(
    city: City, officer: Client, django_assert_max_num_queries: Any
):
    for channel, typed in (("sms", PHONE), ("mail", "wang@example.gov.cn"), ("wecom", "wang")):
        verify(me(city), channel, typed)
    page_of(officer)
    with django_assert_max_num_queries(16):
        page_of(officer)
