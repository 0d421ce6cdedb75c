"""Limits: an office behind one address does not notice them; a script gets nowhere; nobody is shut out."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from ronghe.casework.models import Case
from ronghe.organisations.domain import visitors
from ronghe.organisations.exceptions import VisitorError
from ronghe.organisations.models import Tally
from ronghe.www import limits
from ronghe.www.limits import (
    CODES_BY_NETWORK,
    CODES_BY_SESSION,
    FILED_BY_NETWORK,
    FILED_BY_PHONE,
    FILED_BY_SESSION,
    FILED_BY_VISITOR,
    WRONG_BY_NETWORK,
    WRONG_BY_NUMBER,
)
from tests.city import City, moment
from tests.www.test_visitor import ANN, BEN, signed_in

pytestmark = [pytest.mark.page, pytest.mark.django_db]

AT = moment("2026-03-02 10:00")
SECOND = dt.timedelta(seconds=1)
OFFICE = "203.0.113.9"


@pytest.fixture(autouse=True)
def _city(city: City) -> None:
    """Every page of this file stands in the small city."""


@pytest.fixture
def clock(monkeypatch: Any) -> list[dt.datetime]:
    """The clock of the pages: set its one instant."""
    now = [AT]
    monkeypatch.setattr(timezone, "now", lambda: now[0])
    return now


def text(response: Any) -> str:
    return response.content.decode()


def asked(rf: Any, address: str = OFFICE, session: str | None = None, **more: Any) -> Any:
    """A request from an address, with a session of that key."""
    request = rf.get("/", REMOTE_ADDR=address, **more)
    request.session = type("Session", (), {"session_key": session})()
    request.user = None
    return request


def file(client: Client, message: dict[str, Any], phone: str = ANN, address: str = OFFICE) -> Any:
    sent = {**message, "submission": str(uuid.uuid4()), "phone": phone}
    return client.post("/submit/", sent, REMOTE_ADDR=address)


def test_two_hundred_people_of_one_office_file_within_an_hour(
    clock: list[dt.datetime], message: dict[str, Any]
):
    refused = []
    for number in range(200):
        clock[0] = AT + number * 18 * SECOND
        page = file(Client(), message, f"138{number:08d}")
        if page.status_code != 302:
            refused.append(number)

    assert refused == []
    assert Case.objects.count() == 200


def test_a_rush_from_one_network_is_asked_for_a_phone_code_and_goes_on(
    clock: list[dt.datetime], message: dict[str, Any], rf: Any
):
    for number in range(FILED_BY_NETWORK.most):
        limits.count_filing(asked(rf), f"138{number:08d}", AT)
    client = Client()
    stopped = file(client, message)
    other = file(Client(), message, BEN, "198.51.100.1")
    signed_in(ANN, client)
    kept = client.get("/submit/")
    gone_on = file(client, message)

    assert (stopped.status_code, other.status_code, gone_on.status_code) == (429, 302, 302)
    for said in (
        "请先用手机验证码登录再提交，写的内容都在",
        "12345",
        "10:10:00",
        "/my/sign-in/?next=/submit/",
    ):
        assert said in text(stopped)
    assert message["detail"] in text(stopped)
    assert message["detail"] in text(kept)


@pytest.mark.parametrize(
    ("limit", "same"),
    [(FILED_BY_PHONE, "phone"), (FILED_BY_SESSION, "session"), (FILED_BY_NETWORK, "network")],
)
def test_a_script_filing_by_phone_browser_or_network_is_stopped(rf: Any, limit: Any, same: str):
    def request(number: int) -> Any:
        address = OFFICE if same == "network" else f"10.{number}.0.1"
        return asked(rf, address, "one" if same == "session" else f"s{number}")

    def phone(number: int) -> str:
        return ANN if same == "phone" else f"138{number:08d}"

    filed = 0
    for number in range(limit.most + 5):
        if limits.filing_refusal(request(number), phone(number), AT) is None:
            limits.count_filing(request(number), phone(number), AT)
            filed += 1

    assert filed == limit.most
    assert limits.filing_refusal(request(250), phone(250), AT + limit.span) is None


def test_a_visitor_files_twenty_an_hour(clock: list[dt.datetime], message: dict[str, Any], rf: Any):
    client = signed_in(ANN)
    answers = {file(client, message).status_code for _ in range(FILED_BY_VISITOR.most)}
    over = file(client, message)
    clock[0] = AT + dt.timedelta(hours=1)

    assert (answers, over.status_code) == ({302}, 429)
    assert "请在 11:00:00 以后再试" in text(over)
    assert file(client, message).status_code == 302


def test_staff_who_file_for_others_are_not_counted(message: dict[str, Any], city: City):
    client = Client()
    client.force_login(city.accounts["分办甲"])
    answers = {file(client, message).status_code for _ in range(FILED_BY_PHONE.most + 2)}

    assert answers == {302}


def test_the_same_submission_again_is_not_one_more(clock: list[dt.datetime], message: dict[str, Any]):
    client = Client()
    answers = {client.post("/submit/", message).status_code for _ in range(FILED_BY_PHONE.most + 2)}

    assert answers == {302}
    assert Case.objects.count() == 1
    assert set(Tally.objects.values_list("count", flat=True)) == {1}


def test_a_browser_asks_ten_codes_an_hour(rf: Any):
    request = asked(rf, session="one")
    sent = 0
    while limits.code_refusal(request, AT) is None:
        limits.count_code(request, AT)
        sent += 1

    assert sent == CODES_BY_SESSION.most
    assert limits.code_refusal(asked(rf, session="another"), AT) is None


def test_a_crowded_network_waits_seconds_for_a_code_not_hours(rf: Any):
    for _ in range(CODES_BY_NETWORK.most):
        limits.count_code(asked(rf), AT)
    first, second = (limits.code_refusal(asked(rf), AT) for _ in range(2))
    later = limits.code_refusal(asked(rf), AT + 5 * SECOND)

    assert (first, later) == (None, None)
    assert second is not None
    assert second.again == AT + 5 * SECOND


def test_a_script_guessing_at_every_phone_from_one_network_does_not_get_in(rf: Any):
    """A day of guessing at codes sent to ever other phones, as fast as it is let: the odds of one right guess."""
    network, guesses = limits.network_of(asked(rf)), 0
    for minute in range(60):
        at = AT + minute * 60 * SECOND
        for _ in range(20):
            if limits.try_refusal(network, at) is None:
                limits.count_wrong_code(network, at)
                guesses += 1

    a_day = 24 * guesses
    assert guesses <= WRONG_BY_NETWORK.most + 60
    assert 1 - (1 - 1e-6) ** a_day < 0.003


def test_a_guesser_at_the_page_is_slowed_and_told(client: Client, clock: list[dt.datetime]):
    says = []
    for number in range(WRONG_BY_NETWORK.most + 2):
        sent = {"stage": "enter", "phone": f"138{number:08d}", "code": "000000"}
        says.append(text(Client().post("/my/sign-in/", sent, REMOTE_ADDR=OFFICE)))

    assert "请重新获取一个" in says[-2]
    assert "从这里试的人太多，这次没有处理。请在 10:01:00 以后再试" in says[-1]


def test_own_phone_is_never_guessed_within_its_tries(clock: list[dt.datetime]):
    visitors.send_code(ANN, at=AT, draw=lambda _: 123456)
    for number in range(5):
        with pytest.raises(VisitorError):
            visitors.sign_in(ANN, f"{number:06d}", at=AT)

    with pytest.raises(VisitorError, match="作废"):
        visitors.sign_in(ANN, "123456", at=AT)


def test_wrong_follow_codes_slow_one_number_down_and_no_other(rf: Any):
    for _ in range(WRONG_BY_NUMBER.most):
        limits.count_wrong_follow("LY2026-000001", AT)
    tries = [limits.follow_refusal("LY2026-000001", AT + second * SECOND) for second in range(120)]

    assert limits.follow_refusal("LY2026-000002", AT) is None
    assert [second for second, refused in enumerate(tries) if refused is None] == [0, 60]
    told = tries[1]
    assert told is not None
    assert (told.by_code, "手机验证码登录" in told.says, "10:01:00" in told.says) == (True, True, True)
    assert limits.follow_refusal("LY2026-000001", AT + dt.timedelta(hours=1)) is None


@pytest.mark.parametrize(
    ("address", "forwarded", "proxies", "expected"),
    [
        ("203.0.113.9", "", 0, "203.0.113.0/24"),
        ("203.0.113.9", "198.51.100.7", 0, "203.0.113.0/24"),
        ("10.0.0.1", "1.2.3.4, 198.51.100.7", 1, "198.51.100.0/24"),
        ("10.0.0.1", "9.9.9.9, 198.51.100.7, 10.0.0.2", 2, "198.51.100.0/24"),
        ("10.0.0.1", "", 1, "10.0.0.0/24"),
        ("2001:db8:1:2345::1", "", 0, "2001:db8:1:2300::/56"),
        ("", "", 0, ""),
        ("10.0.0.1", "unknown", 1, ""),
    ],
)
def test_network_is_that_of_the_visitor_and_only_own_proxies_are_believed(
    rf: Any, settings: Any, address: str, forwarded: str, proxies: int, expected: str
):
    settings.PROXIES = proxies

    assert limits.network_of(asked(rf, address, HTTP_X_FORWARDED_FOR=forwarded)) == expected


def test_no_address_and_no_phone_stand_in_the_counts(client: Client, message: dict[str, Any]):
    file(client, message)

    kept = " ".join(Tally.objects.values_list("key", flat=True))
    assert (OFFICE in kept, "203.0.113" in kept, ANN in kept) == (False, False, False)
    assert len(kept.split()) == 2
