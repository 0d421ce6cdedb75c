"""Residents sign in by a code; enterprises are claimed, verified, shared with delegates and left."""

from __future__ import annotations

import datetime as dt
import itertools
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from ronghe.core.creditcode import make
from ronghe.ledger.models import Entry
from ronghe.ledger.queries import entries_of
from ronghe.messages.models import Message
from ronghe.messages.queries import inbox, sent_to_identity
from ronghe.organisations import domain
from ronghe.organisations.domain import Contact, claims, tallies, visitors
from ronghe.organisations.domain.visitors import AGAIN, LASTS, TRIES
from ronghe.organisations.exceptions import VisitorError
from ronghe.organisations.models import Claim, Identity, SignInCode, Visitor
from ronghe.organisations.queries import powers_of
from ronghe.organisations.queries.visitors import (
    Grounds,
    claims_of,
    may_settle_any,
    may_speak,
    spoken_for,
    to_settle,
)
from tests.city import ACTOR, FOUNDED, City, moment

pytestmark = [pytest.mark.db, pytest.mark.django_db]

PHONE, OTHER = "13800138000", "13900139000"
CODE = make("91440300MA5F0A1B2")
AT = moment("2026-03-02 10:00")
SECOND = dt.timedelta(seconds=1)
MINUTE = dt.timedelta(minutes=1)


def send(phone: str = PHONE, at: dt.datetime = AT, digits: int = 123456) -> SignInCode:
    return visitors.send_code(phone, at=at, draw=lambda _: digits)


def enter(phone: str = PHONE, at: dt.datetime = AT) -> Visitor:
    """Somebody signed in."""
    send(phone, at)
    return visitors.sign_in(phone, "123456", at=at)


def refusal(function: Callable[..., object], *args: object, **more: object) -> str:
    with pytest.raises(VisitorError) as raised:
        function(*args, **more)
    assert raised.value.message.endswith("。")
    return raised.value.code


def statements(function: Callable[..., object], *args: object, **more: object) -> int:
    with CaptureQueriesContext(connection) as said:
        function(*args, **more)
    return len(said)


def test_first_sign_in_registers_and_the_next_one_finds(city: City):
    first = enter()
    second = enter("+86 138-0013-8000", AT + dt.timedelta(days=3))

    assert second == first
    assert (Visitor.objects.count(), second.seen_at) == (1, AT + dt.timedelta(days=3))
    assert [(entry.kind, entry.actor) for entry in entries_of(("visitor", first.pk))] == [
        ("visitor.began", f"visitor:{first.pk}")
    ]
    assert visitors.contact_of(first) == Contact(phone=PHONE)


def test_the_code_goes_to_the_phone_at_once_and_stands_nowhere_else(city: City):
    code = send()

    (told,) = sent_to_identity(code.identity_id or 0)
    assert told.text.startswith("验证码 123456，5 分钟内有效")
    assert told.urgent
    assert "123456" not in repr(SignInCode.objects.values().get())
    assert b"123456" not in bytes(Message.objects.get().sealed or b"")
    assert not Entry.objects.filter(data__icontains="123456").exists()


def test_leading_zeros_belong_to_the_code(city: City):
    send(digits=42)

    assert visitors.sign_in(PHONE, "０００ ０４２", at=AT) == Visitor.objects.get()


@pytest.mark.parametrize("phone", ["", "12345", "1380013800", "138001380000", "0755-82001234", "22800138000"])
def test_only_a_mobile_number_gets_a_code(city: City, phone: str):
    assert refusal(visitors.send_code, phone, at=AT) == "phone"


@pytest.mark.parametrize(
    ("later", "expected"),
    [(LASTS - SECOND, ""), (LASTS, "code-expired"), (dt.timedelta(days=1), "code-expired")],
)
def test_a_code_lasts_five_minutes(city: City, later: dt.timedelta, expected: str):
    send()

    if expected:
        assert refusal(visitors.sign_in, PHONE, "123456", at=AT + later) == expected
    else:
        assert visitors.sign_in(PHONE, "123456", at=AT + later)


def test_a_code_is_used_once(city: City):
    enter()

    assert refusal(visitors.sign_in, PHONE, "123456", at=AT + SECOND) == "code-expired"


def test_a_code_bears_five_wrong_tries_and_then_not_even_the_right_one(city: City):
    send()
    wrong = [refusal(visitors.sign_in, PHONE, "000000", at=AT) for _ in range(TRIES)]

    assert wrong == ["wrong-code"] * TRIES
    assert refusal(visitors.sign_in, PHONE, "123456", at=AT) == "code-spent"
    assert Visitor.objects.count() == 0


def test_the_newest_code_wins(city: City):
    send()
    send(at=AT + AGAIN, digits=654321)

    assert refusal(visitors.sign_in, PHONE, "123456", at=AT + AGAIN) == "wrong-code"
    assert visitors.sign_in(PHONE, "654321", at=AT + AGAIN)


def test_a_code_is_for_its_own_phone(city: City):
    send()
    send(OTHER, digits=654321)

    assert refusal(visitors.sign_in, OTHER, "123456", at=AT) == "wrong-code"
    assert refusal(visitors.sign_in, "13700137000", "123456", at=AT) == "code-expired"


def test_another_code_after_a_minute_and_five_an_hour(city: City):
    send()
    soon = refusal(visitors.send_code, PHONE, at=AT + AGAIN - SECOND)
    for number in range(1, 5):
        send(at=AT + number * AGAIN)
    with pytest.raises(VisitorError) as raised:
        send(at=AT + 5 * AGAIN)

    assert (soon, raised.value.code) == ("code-too-soon", "too-many-codes")
    assert raised.value.data == {"again": AT + dt.timedelta(hours=1)}
    assert "请在 11:00 以后再试" in raised.value.message
    assert send(at=AT + dt.timedelta(hours=1))


def test_ten_codes_a_day_leave_a_guesser_fifty_tries_in_a_million(city: City):
    """Somebody guesses at one phone a whole day, asking for a new code whenever one is given."""
    draws, guesses = itertools.count(500_000), 0
    for minute in range(24 * 60):
        at = AT + minute * MINUTE
        try:
            send(at=at, digits=next(draws))
        except VisitorError:
            continue
        for number in range(TRIES + 3):
            guesses += refusal(visitors.sign_in, PHONE, f"{number:06d}", at=at) == "wrong-code"

    odds = 1 - (1 - 1 / 10**6) ** guesses
    assert guesses == 50
    assert odds < 0.00005001
    assert Visitor.objects.count() == 0


def test_a_phone_with_cases_and_a_stranger_get_the_same_at_the_same_cost(city: City):
    domain.seal_identity(Contact(name="张三", phone=OTHER), actor=ACTOR, at=FOUNDED)
    known = statements(send, OTHER)
    stranger = statements(send, "13700137000")
    again = statements(send, OTHER, AT + AGAIN)
    enter(PHONE, AT)
    visitor = statements(send, PHONE, AT + AGAIN)

    assert known == stranger
    assert again == visitor


def test_asking_often_leaves_one_identity(city: City):
    before = Identity.objects.count()
    for number in range(4):
        send(at=AT + number * AGAIN)
    enter(at=AT + dt.timedelta(hours=2))

    assert Identity.objects.count() == before + 1


def test_a_rotated_key_still_knows_the_visitor(city: City, settings: Any):
    settings.IDENTITY_KEYS = ["old"]
    first = enter()
    send(at=AT + MINUTE)
    settings.IDENTITY_KEYS = ["new", "old"]

    assert visitors.sign_in(PHONE, "123456", at=AT + MINUTE) == first
    assert enter(at=AT + 3 * MINUTE) == first


def test_an_erased_visitor_begins_anew(city: City):
    first = enter()
    send(at=AT + MINUTE)
    domain.erase(first.identity, actor=ACTOR, at=AT + MINUTE)

    assert refusal(visitors.sign_in, PHONE, "123456", at=AT + MINUTE) == "code-expired"
    assert enter(at=AT + 2 * MINUTE) != first


# Enterprises


@pytest.fixture
def registered(city: City) -> City:
    """The enterprise has a registered contact."""
    seat = domain.create_post(city.units["enterprise"], kind="enterprise-contact", actor=ACTOR, at=FOUNDED)
    person = domain.create_person(name="联系甲", contact=Contact(phone=PHONE), actor=ACTOR, at=FOUNDED)
    domain.appoint(seat, person=person, actor=ACTOR, at=FOUNDED)
    return city


def of(city: City, name: str) -> Any:
    return powers_of(city.people[name], AT.date())


def speaks(visitor: Visitor, city: City) -> bool:
    return may_speak(visitor, city.units["enterprise"].pk)


def test_the_registered_phone_speaks_at_once(registered: City):
    visitor = enter()
    claim = claims.ask_claim(visitor, CODE.lower(), at=AT)

    assert (claim.state, speaks(visitor, registered)) == ("verified", True)
    assert [(entry.kind, entry.data) for entry in entries_of(("claim", claim.pk))] == [
        ("claim.asked", {"about": registered.units["enterprise"].pk}),
        ("claim.verified", {"about": registered.units["enterprise"].pk, "ground": "registered-phone"}),
    ]
    assert inbox(registered.people["管家甲"].pk) == []


def test_any_other_phone_waits_for_the_steward_who_hears_of_it(registered: City):
    visitor = enter(OTHER)
    claim = claims.ask_claim(visitor, CODE, at=AT)

    assert (claim.state, speaks(visitor, registered)) == ("asked", False)
    assert [told.title for told in inbox(registered.people["管家甲"].pk)] == [
        "请核实：有人申请代表示范精密制造有限公司"
    ]
    assert claims.ask_claim(visitor, CODE, at=AT) == claim


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("123", "credit-code-length"),
        (make("91440300MA5F0A1B9"), "no-such-enterprise"),
        (CODE[:-1] + "0", "credit-code-check"),
    ],
)
def test_only_a_right_code_of_the_register_is_claimed(city: City, code: str, expected: str):
    with pytest.raises(Exception) as raised:  # noqa: PT011 - the code is compared
        claims.ask_claim(enter(), code, at=AT)

    assert raised.value.code == expected
    assert Claim.objects.count() == 0


@pytest.mark.parametrize(
    ("name", "sees"),
    [("管家甲", True), ("分办甲", True), ("环境局长", False), ("住建经办", False), ("工委甲", False)],
)
def test_who_may_settle_a_claim(city: City, name: str, sees: bool):
    claim = claims.ask_claim(enter(OTHER), CODE, at=AT)
    powers = of(city, name)

    assert (to_settle(powers).filter(pk=claim.pk).exists(), may_settle_any(powers)) == (sees, sees)
    if sees:
        assert claims.settle_claim(claim, powers=powers, approve=True, at=AT).state == "verified"
    else:
        assert refusal(claims.settle_claim, claim, powers=powers, approve=True, at=AT) == "not-yours"


def test_nobody_settles_their_own_claim(city: City):
    person = city.people["管家甲"]
    person.identity = domain.seal_identity(Contact(phone=OTHER), actor=ACTOR, at=FOUNDED)
    person.save()
    claim = claims.ask_claim(enter(OTHER), CODE, at=AT)

    assert refusal(claims.settle_claim, claim, powers=of(city, "管家甲"), approve=True, at=AT) == "not-yours"


def test_a_refusal_tells_why_and_may_be_asked_again(city: City):
    visitor = enter(OTHER)
    claim = claims.ask_claim(visitor, CODE, at=AT)
    claims.settle_claim(claim, powers=of(city, "分办甲"), approve=False, ground=Grounds.UNKNOWN_PERSON, at=AT)
    told = sent_to_identity(visitor.identity_id)[0]

    assert (told.title, speaks(visitor, city)) == ("企业核实没有通过", False)
    assert "企业说不认识这个人" in told.text
    assert [one.state for one in claims_of(visitor)] == ["refused"]
    assert (
        refusal(claims.settle_claim, claim, powers=of(city, "分办甲"), approve=True, at=AT) == "claim-settled"
    )
    assert claims.ask_claim(visitor, CODE, at=AT).state == "asked"
    assert [one.state for one in claims_of(visitor)] == ["asked"]


def test_a_delegate_speaks_with_their_own_phone_until_removed(registered: City):
    owner = enter()
    claim = claims.ask_claim(owner, CODE, at=AT)
    granted = claims.add_delegate(claim, phone=OTHER, name="李四", at=AT)
    delegate = enter(OTHER, AT + MINUTE)
    spoke = speaks(delegate, registered)
    nested = refusal(claims.add_delegate, granted, phone="13700137000", at=AT)
    not_theirs = refusal(claims.end_claim, claim, by=delegate, at=AT)
    claims.end_claim(granted, by=owner, at=AT)

    assert (spoke, nested, not_theirs, speaks(delegate, registered)) == (
        True,
        "not-owner",
        "not-yours",
        False,
    )
    assert visitors.contact_of(delegate) == Contact(name="李四", phone=OTHER)
    assert [(entry.kind, entry.actor) for entry in entries_of(("claim", granted.pk))] == [
        ("claim.asked", f"visitor:{owner.pk}"),
        ("claim.verified", f"visitor:{owner.pk}"),
        ("claim.ended", f"visitor:{owner.pk}"),
    ]


def test_an_owner_who_leaves_takes_along_whom_they_let_in(registered: City):
    owner = enter()
    claim = claims.ask_claim(owner, CODE, at=AT)
    claims.add_delegate(claim, phone=OTHER, at=AT)
    claims.end_claim(claim, by=owner, at=AT)

    assert list(Claim.objects.values_list("role", "state").order_by("pk")) == [
        ("owner", "ended"),
        ("delegate", "ended"),
    ]
    assert refusal(claims.add_delegate, claim, phone=OTHER, at=AT) == "not-owner"


def test_staff_who_serve_the_enterprise_may_end_a_claim_and_others_not(registered: City):
    owner = enter()
    claim = claims.ask_claim(owner, CODE, at=AT)
    strange = refusal(claims.end_claim, claim, powers=of(registered, "环境局长"), at=AT)
    claims.end_claim(claim, powers=of(registered, "管家甲"), at=AT)

    assert (strange, speaks(owner, registered), list(spoken_for(owner))) == ("not-yours", False, [])
    assert sent_to_identity(owner.identity_id)[0].title == "不再代表企业"


# Counting


def test_tries_are_counted_within_a_span(city: City):
    hour, key = dt.timedelta(hours=1), tallies.key_of("filing", PHONE)
    counts = [
        tallies.count_up(key, hour, at=moment(f"2026-03-02 {time}")) for time in ("10:00", "10:59", "11:00")
    ]

    assert counts == [1, 2, 1]
    assert tallies.counted(key, hour, at=moment("2026-03-02 10:30")) == 2
    assert tallies.counted(key, hour, at=moment("2026-03-02 12:00")) == 0
    assert PHONE not in key


def test_old_counts_are_dropped(city: City):
    from ronghe.organisations.models import Tally

    hour = dt.timedelta(hours=1)
    tallies.count_up("a", hour, at=AT)
    tallies.count_up("b", hour, at=AT + dt.timedelta(days=4))

    assert list(Tally.objects.values_list("key", flat=True)) == ["b"]


def test_an_enterprise_that_ended_that_night_is_not_spoken_for(city: City) -> None:
    domain.end_organisation(city.units["enterprise"], actor=ACTOR, at=moment("2026-03-02 00:10"))
    night = moment("2026-03-02 00:30").astimezone(dt.UTC)  # at Greenwich still the first of March

    with pytest.raises(VisitorError) as refused:
        claims.ask_claim(visitors.visitor_for(PHONE, actor=ACTOR, at=AT), CODE, at=night)
    assert refused.value.code == "no-such-enterprise"
