"""推送: whoever leads, oversees or administers subscribes another system; the secret is shown once."""

from __future__ import annotations

import datetime as dt
import re
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from ronghe.casework.models import Case
from ronghe.ledger.domain import sequence
from ronghe.management.telling import hand_over, push
from ronghe.messages.models import Hook, Message
from ronghe.messages.transports.webhook import signature
from ronghe.organisations.domain import delegate
from tests.city import ACTOR, City
from tests.messages.servers import web
from tests.www.desk_cases import file_petition, file_request

pytestmark = [pytest.mark.page, pytest.mark.both, pytest.mark.django_db]

HOOKS = "/desk/me/hooks/"
GIVEN = {"name": "区工单系统", "url": "https://example.gov.cn/in", "kinds": ["case.opened", "case.closed"]}


@pytest.fixture(autouse=True)
def _channel(settings: Any) -> None:
    settings.TRANSPORT, settings.LOOPBACK_HOOKS = "webhook", True


def at(city: City, client: Client, name: str = "环境局长") -> Client:
    client.force_login(city.accounts[name])
    return client


def make(client: Client, **given: Any) -> tuple[Hook, str]:
    answer = client.post(HOOKS, GIVEN | given)
    assert answer.status_code == 200, answer.content.decode()
    found = re.search(r"<code>(\S+)</code>", answer.content.decode())
    assert found is not None
    return Hook.objects.latest("pk"), found[1]


def page_of(client: Client, address: str = HOOKS, status: int = 200) -> str:
    answer = client.get(address)
    assert answer.status_code == status
    return answer.content.decode()


@pytest.mark.parametrize(
    ("name", "status"), [("工委甲", 200), ("环境局长", 200), ("环境经办", 403), ("管家甲", 403)]
)
def test_whoever_answers_for_something_may_subscribe(city: City, client: Client, name: str, status: int):
    assert at(city, client, name).get(HOOKS).status_code == status


def test_acting_for_another_gives_no_subscription(city: City, client: Client):
    today = timezone.localdate()
    delegate(
        city.people["环境局长"],
        city.people["环境经办"],
        begins=today,
        ends=today + dt.timedelta(days=3),
        reason="",
        actor=ACTOR,
        at=timezone.localtime(),
    )
    at(city, client, "环境经办")

    assert client.get(HOOKS).status_code == 403
    assert "推送到别的系统" not in page_of(client, "/desk/me/")


def test_a_new_one_shows_its_secret_once(city: City, client: Client):
    hook, secret = make(at(city, client))

    assert (hook.name, hook.kinds, len(secret) > 30) == ("区工单系统", ["case.closed", "case.opened"], True)
    page = page_of(client, f"{HOOKS}{hook.pk}/")
    assert (secret in page, "提出、办结" in page, "推送中" in page) == (
        False,
        True,
        True,
    )
    assert "区工单系统" in page_of(client)


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"name": ""}, "请给推送起个名字"),
        ({"url": "http://example.gov.cn/in"}, "要以 https:// 开头"),
        ({"kinds": []}, "请至少选一种"),
        ({"kinds": ["identity.read"]}, "identity.read"),
    ],
)
def test_what_is_refused_is_said_and_kept(city: City, client: Client, given: dict[str, Any], said: str):
    answer = at(city, client).post(HOOKS, GIVEN | given)

    assert (answer.status_code, said in answer.content.decode(), Hook.objects.count()) == (422, True, 0)


def test_without_any_it_says_what_would_be_here(city: City, client: Client, settings: Any):
    settings.TRANSPORT = "test"
    page = page_of(at(city, client))

    assert ("还没有推送" in page, "不会真的发出" in page) == (True, True)


def test_one_of_somebody_else_is_not_found(city: City, client: Client):
    hook, _secret = make(at(city, client, "工委甲"))
    at(city, client, "环境局长")

    page_of(client, f"{HOOKS}{hook.pk}/", 404)
    assert client.post(f"{HOOKS}{hook.pk}/change/", {"act": "end"}).status_code == 404
    assert client.post(f"{HOOKS}{hook.pk}/change/", {"act": "fly"}).status_code == 404


def test_it_is_paused_taken_up_renewed_and_ended(city: City, client: Client):
    hook, secret = make(at(city, client))
    change = f"{HOOKS}{hook.pk}/change/"

    client.post(change, {"act": "pause"})
    assert (
        "已暂停" in page_of(client, f"{HOOKS}{hook.pk}/"),
        "恢复推送" in page_of(client, f"{HOOKS}{hook.pk}/"),
    ) == (True, True)
    client.post(change, {"act": "resume"})
    renewed = client.post(change, {"act": "rotate"}).content.decode()
    assert ("<code>" in renewed, secret in renewed) == (True, False)
    assert "同时带新旧两个签名" in renewed
    client.post(change, {"act": "drop"})
    assert "同时带新旧两个签名" not in page_of(client, f"{HOOKS}{hook.pk}/")
    client.post(change, {"act": "end"})
    page = page_of(client, f"{HOOKS}{hook.pk}/")
    assert ("已结束" in page, "试推一条" in page) == (True, False)
    assert "已经结束" in client.post(change, {"act": "pause"}, follow=True).content.decode()


def test_what_its_owner_sees_is_pushed_and_nothing_else(city: City, client: Client):
    with web() as there:
        _hook, secret = make(at(city, client), url=there.url, kinds=["case.opened"])
        mine, hidden = file_request(city), file_petition(city)
        assert not Case.objects.visible_to(city.accounts["环境局长"]).filter(pk=hidden.pk).exists()
        sequence()
        now = timezone.localtime()
        assert (push(now), push(now), hand_over(now), hand_over(now)) == (1, 0, 1, 0)

        (asked,) = there.asked
        assert asked.json()["case"]["number"] == mine.number
        moment = asked.headers["x-ronghe-timestamp"]
        assert asked.headers["x-ronghe-signature"] == f"sha256={signature(secret, moment, asked.body)}"
        told = asked.body.decode()
        assert not [word for word in (mine.title, hidden.number) if word in told]
        page = page_of(client, f"{HOOKS}{Hook.objects.latest('pk').pk}/")
        assert ("收下了" in page, "提出" in page) == (True, True)


def test_a_case_that_vanished_from_sight_does_not_leave(city: City, client: Client):
    with web() as there:
        make(at(city, client), url=there.url, kinds=["case.opened"])
        case = file_request(city)
        sequence(), push(timezone.localtime())
        Case.objects.filter(pk=case.pk).update(about_unit=city.units["sthjj"])

        assert (hand_over(timezone.localtime()), there.asked) == (0, [])
        assert Message.objects.get(kind="hook").state == "dropped"


def test_a_trial_is_seen_on_the_page(city: City, client: Client):
    with web() as there:
        there.replies = [(500, {}, b"")]
        hook, _secret = make(at(city, client), url=there.url)
        client.post(f"{HOOKS}{hook.pk}/change/", {"act": "try"})
        hand_over(timezone.localtime())

        page = page_of(client, f"{HOOKS}{hook.pk}/")
    assert [word in page for word in ("试推", "对方没有收下", "没有收下，正在重试")] == [True] * 3


def test_lists_take_a_fixed_number_of_statements(
    city: City, client: Client, django_assert_max_num_queries: Any, django_assert_num_queries: Any
):
    at(city, client)
    first, _secret = make(client)
    page_of(client)
    with django_assert_max_num_queries(12) as one:
        page_of(client)
    count = len(one)
    for number in range(2):
        make(client, name=f"第{number}个")
    with django_assert_num_queries(count):
        page_of(client)
    for _ in range(3):
        client.post(f"{HOOKS}{first.pk}/change/", {"act": "try"})
    with django_assert_max_num_queries(12):
        page_of(client, f"{HOOKS}{first.pk}/")
