"""日历订阅: the due work of one person, behind an address that is its own key."""

from __future__ import annotations

import datetime as dt
import re
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from icalendar import Calendar as Ical, Event

from ronghe.casework.models import Case, Step
from ronghe.core.worktime import Calendar
from ronghe.ledger.models import Entry
from ronghe.organisations.domain import close_account
from ronghe.organisations.domain.tokens import issue_token
from ronghe.organisations.models import Token
from ronghe.www.calendar_feed.events import feed_of
from tests.city import ACTOR, City, moment
from tests.www.desk_cases import PETITIONER, file_petition, file_request

pytestmark = [pytest.mark.page, pytest.mark.both, pytest.mark.django_db]

PAGE = "/desk/me/calendar/"


@pytest.fixture(autouse=True)
def _site(settings: Any) -> None:
    settings.SITE_URL = "https://r.example.gov.cn"


def make(client: Client, city: City, name: str = "环境经办") -> str:
    """The path of a feed of theirs."""
    client.force_login(city.accounts[name])
    answer = client.post(PAGE, {"act": "renew"})
    found = re.search(r"https://r\.example\.gov\.cn(/calendar/\S+\.ics)", answer.content.decode())
    assert found is not None
    return found[1]


def events_of(path: str) -> list[Event]:
    answer = Client().get(path)
    assert (answer.status_code, answer["Content-Type"]) == (200, "text/calendar; charset=utf-8")
    return list(Ical.from_ical(answer.content).walk("VEVENT"))


def step_of(case: Case) -> Step:
    return Step.objects.get(case=case, done_at=None)


def test_each_open_step_is_an_event_without_names_or_words(city: City, client: Client):
    case = file_request(city)
    path = make(client, city)

    (event,) = events_of(path)

    step = step_of(case)
    assert (str(event["UID"]), str(event["URL"])) == (
        f"step-{step.pk}@r.example.gov.cn",
        f"https://r.example.gov.cn/desk/cases/{case.number}/",
    )
    assert re.fullmatch(rf"{case.number} \S+（(正常|临期|超期|暂停)）", str(event["SUMMARY"]))
    text = Client().get(path).content.decode()
    assert [word in text for word in ("王建国", "厂区", "13800138000")] == [False] * 3
    assert len(event.walk("VALARM")) == 2


def test_what_is_due_by_the_end_of_a_day_takes_the_day_and_an_hour_its_hour(city: City):
    days, case, now = Calendar(), file_request(city), timezone.localtime()
    account = city.accounts["环境经办"]
    shown = {}
    for due in ("2026-03-05 18:00", "2026-03-06 00:00", "2026-03-05 15:20"):
        Case.objects.filter(pk=case.pk).update(due=moment(due))
        Step.objects.filter(case=case).update(due=None)
        (event,) = Ical.from_ical(feed_of(account, now, days)).walk("VEVENT")
        shown[due] = (event.decoded("DTSTART"), event.decoded("DTEND"))
    fifth, sixth = dt.date(2026, 3, 5), dt.date(2026, 3, 6)
    assert shown == {
        "2026-03-05 18:00": (fifth, sixth),
        "2026-03-06 00:00": (fifth, sixth),
        "2026-03-05 15:20": (moment("2026-03-05 14:50"), moment("2026-03-05 15:20")),
    }


def test_it_is_the_same_until_something_changes(city: City, client: Client):
    case = file_request(city)
    path = make(client, city)
    first = Client().get(path)

    again = Client().get(path, headers={"If-None-Match": first["ETag"]})
    assert (again.status_code, again.content, again["ETag"]) == (304, b"", first["ETag"])
    Case.objects.filter(pk=case.pk).update(due=timezone.now() + dt.timedelta(days=400))
    Step.objects.filter(case=case).update(due=None)
    later = Client().get(path, headers={"If-None-Match": first["ETag"]})
    assert (later.status_code, later["ETag"] != first["ETag"]) == (200, True)
    assert (
        str(next(iter(Ical.from_ical(later.content).walk("VEVENT")))["UID"])
        == f"step-{step_of(case).pk}@r.example.gov.cn"
    )


def test_what_ended_is_there_no_more(city: City, client: Client):
    case = file_request(city)
    path = make(client, city)
    assert len(events_of(path)) == 1

    Step.objects.filter(case=case).update(done_at=timezone.now())

    assert events_of(path) == []


def test_what_is_hidden_from_them_is_not_there(city: City, client: Client):
    """The petition is about the very bureau; even with a step of it in hand it does not exist for them."""
    case = file_petition(city)
    Step.objects.filter(case=case).update(holder=city.units["sthjj"])
    path = make(client, city)

    assert events_of(path) == []
    assert not [word for word in (case.number, PETITIONER) if word in Client().get(path).content.decode()]


def test_a_renewed_or_ended_address_is_not_found(city: City, client: Client):
    old = make(client, city)
    new = make(client, city)
    assert [Client().get(path).status_code for path in (old, new)] == [404, 200]

    assert client.post(PAGE, {"act": "end"})["Location"] == PAGE
    assert Client().get(new).status_code == 404
    kinds = list(Entry.objects.filter(subject_type="token").order_by("pk").values_list("kind", flat=True))
    assert kinds == ["token.issued", "token.revoked", "token.issued", "token.revoked"]


def test_the_feed_of_a_closed_account_is_not_found(city: City, client: Client):
    path = make(client, city)

    close_account(city.accounts["环境经办"], actor=ACTOR, at=timezone.now())

    assert Client().get(path).status_code == 404


def test_a_key_for_something_else_opens_no_calendar(city: City):
    _token, secret = issue_token(
        city.accounts["环境经办"], name="接口", scopes=["cases.read"], actor=ACTOR, at=timezone.now()
    )

    assert [Client().get(f"/calendar/{one}.ics").status_code for one in (secret, "nothing")] == [404, 404]


def test_the_address_is_shown_once_and_kept_as_a_hash(city: City, client: Client):
    path = make(client, city)
    secret = path.removeprefix("/calendar/").removesuffix(".ics")

    page = client.get(PAGE).content.decode()

    assert (secret in page, "有一个订阅地址在用" in page, "还没有来读过" in page) == (False, True, True)
    assert not Token.objects.filter(hash__contains=secret).exists()
    Client().get(path)
    assert "最近一次来读是" in client.get(PAGE).content.decode()


def test_without_one_it_says_how(city: City, client: Client):
    client.force_login(city.accounts["环境经办"])
    page = client.get(PAGE).content.decode()

    assert ("生成订阅地址" in page, "苹果手机" in page, "停用" in page) == (True, True, False)


def test_strangers_are_asked_to_sign_in(city: City, client: Client):
    assert client.get(PAGE)["Location"].startswith("/sign-in/")


def test_a_feed_takes_a_fixed_number_of_statements(
    city: City, client: Client, django_assert_max_num_queries: Any, django_assert_num_queries: Any
):
    path = make(client, city)
    file_request(city), Client().get(path)
    with django_assert_max_num_queries(12) as one:
        Client().get(path)
    count = len(one)
    file_request(city), file_request(city)
    with django_assert_num_queries(count):
        assert len(events_of(path)) == 3
