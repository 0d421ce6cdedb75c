"""An address counts once the code that was sent there was typed; nobody learns it from a page, a log or the database."""

from __future__ import annotations

import datetime as dt

import pytest
from django.db import connection

from ronghe.definitions.queries import calendar
from ronghe.messages import queries
from ronghe.messages.domain import Address, deliver, rotate_messages, wipe
from ronghe.messages.domain.reaching import ask_code, confirm, forget, shown, shown_asked
from ronghe.messages.exceptions import ReachError
from ronghe.messages.models import Message, Reach
from ronghe.messages.queries.readers import reader
from tests.city import moment
from tests.messages.test_choosing import Taking

pytestmark = [pytest.mark.db, pytest.mark.both, pytest.mark.django_db]

CLERK = Address("person", 7)
MONDAY = moment("2026-03-02 10:00")
MINUTE = dt.timedelta(minutes=1)


def ask(
    typed: str = "13800138000", channel: str = "sms", at: dt.datetime = MONDAY, code: int = 123456
) -> Reach:
    return ask_code(CLERK, channel, typed, at=at, draw=lambda _most: code)


def refusal(code: str, at: dt.datetime = MONDAY) -> str:
    with pytest.raises(ReachError) as refused:
        confirm(CLERK, "sms", code, at=at)
    return refused.value.code


def known(channel: str = "sms") -> str | None:
    return reader(CLERK, MONDAY.date()).where(channel)


def test_a_code_goes_to_the_address_over_its_channel_and_nowhere_else():
    ask()
    text, letter = Taking("sms"), Taking("mail")

    night = MONDAY.replace(hour=23)
    assert deliver(night, calendar(), transport=[text, letter]) == 1
    assert (text.got, letter.got) == ([("13800138000", "核对联系方式")], [])
    assert "123456" in text.parcels[0].text
    assert (queries.inbox(7), queries.unread_count(7), known()) == ([], 0, None)


def test_typing_it_puts_the_address_in_force():
    ask()

    row = confirm(CLERK, "sms", " 123 ４56", at=MONDAY + 9 * MINUTE)

    assert (known(), shown(row), shown_asked(row)) == ("13800138000", "138****8000", "")
    assert refusal("123456", MONDAY + 9 * MINUTE) == "code-expired"


def test_the_address_stands_sealed():
    confirm(CLERK, "sms", "123456", at=ask().asked_at or MONDAY)

    with connection.cursor() as cursor:
        cursor.execute("SELECT sealed, code_hash FROM messages_room_reach")
        sealed, hashed = cursor.fetchone()
    assert (b"13800138000" in bytes(sealed), hashed) == (False, "")


def test_an_earlier_address_stays_until_the_new_one_is_confirmed():
    ask(), confirm(CLERK, "sms", "123456", at=MONDAY)
    row = ask("13900139000", at=MONDAY + MINUTE, code=1)

    assert (known(), shown_asked(row)) == ("13800138000", "139****9000")
    confirm(CLERK, "sms", "000001", at=MONDAY + MINUTE)
    assert known() == "13900139000"


def test_a_code_is_spent_after_five_wrong_ones():
    ask()

    assert [refusal("999999") for _ in range(6)] == ["wrong-code"] * 5 + ["code-spent"]
    assert (refusal("123456"), known()) == ("code-spent", None)


def test_a_code_lasts_ten_minutes():
    ask()

    assert refusal("123456", MONDAY + 10 * MINUTE) == "code-expired"


def test_codes_are_not_sent_too_often():
    ask()
    with pytest.raises(ReachError) as soon:
        ask(at=MONDAY + dt.timedelta(seconds=59))
    for number in range(1, 10):
        ask(at=MONDAY + number * MINUTE)
    with pytest.raises(ReachError) as many:
        ask(at=MONDAY + 10 * MINUTE)

    assert (soon.value.code, many.value.code, Message.objects.count()) == ("too-soon", "too-many", 10)


@pytest.mark.parametrize(
    ("channel", "typed"),
    [
        ("sms", "12345"),
        ("sms", "0755-12345678"),
        ("mail", "wang"),
        ("mail", "a@b.cn\nBcc: c@d.cn"),
        ("wecom", "张三"),
        ("wecom", "a|b"),
        ("webhook", "abc"),
    ],
)
def test_what_is_no_address_is_refused(channel: str, typed: str):
    with pytest.raises(ReachError) as refused:
        ask(typed, channel)
    assert (refused.value.code, Message.objects.count()) == ("address", 0)


@pytest.mark.parametrize(
    ("channel", "typed", "masked"),
    [
        ("sms", "+86 138 0013 8000", "138****8000"),
        ("mail", "wang.jg@example.gov.cn", "w***@example.gov.cn"),
        ("wecom", "WangJianGuo", "Wa***"),
    ],
)
def test_it_is_shown_masked(channel: str, typed: str, masked: str):
    assert shown_asked(ask(typed, channel)) == masked


def test_forgotten_and_wiped_are_gone():
    ask(), confirm(CLERK, "sms", "123456", at=MONDAY)
    forget(CLERK, "sms")
    assert known() is None
    ask(at=MONDAY + MINUTE), wipe(CLERK)
    assert Reach.objects.count() == 0


def test_addresses_are_sealed_anew_with_the_messages(settings: pytest.FixtureRequest):
    settings.IDENTITY_KEYS = ["old"]  # type: ignore[attr-defined]
    ask(), confirm(CLERK, "sms", "123456", at=MONDAY)
    settings.IDENTITY_KEYS = ["new", "old"]  # type: ignore[attr-defined]

    assert rotate_messages() == 2
    settings.IDENTITY_KEYS = ["new"]  # type: ignore[attr-defined]
    assert known() == "13800138000"
