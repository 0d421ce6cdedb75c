"""Subscriptions: what happens is delivered in order, once each, signed, and only of what its owner sees."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Collection, Iterator, Mapping
from typing import Any

import pytest
from django.db import transaction

from ronghe.definitions.queries import calendar
from ronghe.ledger.domain import record, sequence
from ronghe.ledger.models import Entry, Position
from ronghe.messages import queries
from ronghe.messages.domain import deliver, hooks, rotate_messages
from ronghe.messages.domain.feeding import feed_hooks
from ronghe.messages.exceptions import HookError
from ronghe.messages.models import Attempt, Hook, Message
from ronghe.messages.transports.webhook import WebhookTransport, signature
from ronghe.organisations.domain import create_person, open_account
from ronghe.organisations.models import Account
from tests.city import ACTOR, PASSWORD, moment
from tests.messages.servers import Web, web

pytestmark = [pytest.mark.db, pytest.mark.both, pytest.mark.django_db]

MONDAY = moment("2026-03-02 10:00")
MINUTE, HOUR = dt.timedelta(minutes=1), dt.timedelta(hours=1)
SECRET = "shared-secret"
KINDS = ("case.accepted", "case.closed")


@pytest.fixture(autouse=True)
def _near(settings: Any) -> None:
    settings.LOOPBACK_HOOKS = True


@pytest.fixture
def there() -> Iterator[Web]:
    with web() as server:
        yield server


@pytest.fixture
def owner() -> Account:
    person = create_person(name="工委甲", actor=ACTOR, at=MONDAY)
    return open_account(person, username="工委甲", password=PASSWORD, actor=ACTOR, at=MONDAY)


def subscribe(owner: Account, url: str, **more: Any) -> Hook:
    given = {"name": "区工单系统", "kinds": KINDS} | more
    hook, secret = hooks.make_hook(
        owner, url=url, **given, actor=ACTOR, at=MONDAY, draw=lambda _length: SECRET
    )
    assert secret == SECRET
    return hook


def happen(case: int, kind: str = "case.accepted", at: dt.datetime = MONDAY) -> None:
    record(kind, subject=("case", case), actor="person:3", at=at, data={"step": 1} if "acc" in kind else {})


def close(case: int) -> None:
    record(
        "case.closed",
        subject=("case", case),
        actor="person:3",
        at=MONDAY,
        data={"result": "done", "due": None, "round": 1},
    )


def everybody_sees(_account: Account, cases: Collection[int]) -> Mapping[int, str]:
    return {case: f"N{case:04}" for case in cases}


def only(*seen: int) -> Any:
    return lambda _account, cases: {case: f"N{case:04}" for case in cases if case in seen}


def feed(seen: Any = everybody_sees, now: dt.datetime = MONDAY) -> int:
    sequence()
    return feed_hooks(now, seen=seen)


def go(now: dt.datetime = MONDAY, hidden: Any = None) -> int:
    return deliver(now, calendar(), transport=WebhookTransport(), hidden=hidden)


def bodies(there: Web) -> list[Any]:
    return [asked.json() for asked in there.asked]


def test_what_happens_arrives_signed_and_says_nothing_of_anybody(owner: Account, there: Web):
    subscribe(owner, f"{there.url}/in")
    happen(7)

    assert (feed(), go()) == (1, 1)
    (asked,) = there.asked
    moment_ = asked.headers["x-ronghe-timestamp"]
    assert asked.headers["x-ronghe-signature"] == f"sha256={signature(SECRET, moment_, asked.body)}"
    assert asked.json() == {
        "position": Position.objects.get(entry__subject_id=7).position,
        "kind": "case.accepted",
        "at": MONDAY.isoformat(),
        "case": {"id": 7, "number": "N0007", "seq": 1},
        "unit": None,
    }
    assert (feed(), go()) == (0, 0)


def test_only_what_comes_later_and_only_wanted_kinds(owner: Account, there: Web):
    happen(1), sequence()
    subscribe(owner, there.url)
    (
        happen(2),
        record("case.noted", subject=("case", 2), actor="person:3", at=MONDAY, data={"note": 1}),
        close(2),
    )

    assert (feed(), go()) == (2, 2)
    assert [(body["case"]["id"], body["kind"]) for body in bodies(there)] == [
        (2, "case.accepted"),
        (2, "case.closed"),
    ]


def test_a_case_its_owner_does_not_see_is_never_pushed(owner: Account, there: Web):
    hook = subscribe(owner, there.url)
    happen(1), happen(2), happen(3)

    assert (feed(only(2)), go()) == (1, 1)
    assert [body["case"]["id"] for body in bodies(there)] == [2]
    hook.refresh_from_db()
    assert (hook.position, feed()) == (Position.objects.count(), 0)


def test_what_is_hidden_meanwhile_does_not_leave(owner: Account, there: Web):
    subscribe(owner, there.url)
    happen(1), happen(2), feed()

    assert go(hidden=lambda _to, rows: {row.pk for row in rows if row.about_id == 1}) == 1
    assert [body["case"]["id"] for body in bodies(there)] == [2]
    assert Message.objects.get(about_id=1).state == "dropped"


def test_they_arrive_in_order_and_none_overtakes_a_refused_one(owner: Account, there: Web):
    subscribe(owner, there.url)
    for case in (1, 2, 3):
        happen(case)
    feed()
    there.replies = [(200, {}, b""), (500, {}, b""), (200, {}, b"")]

    assert [go(MONDAY + after * MINUTE) for after in (0, 0.5, 1)] == [1, 0, 2]
    assert [body["case"]["id"] for body in bodies(there)] == [1, 2, 2, 3]
    keys = [asked.headers["x-ronghe-delivery"] for asked in there.asked]
    assert keys[1] == keys[2]
    assert len(set(keys)) == 3


def test_a_stop_between_rows_and_position_neither_loses_nor_doubles(owner: Account, there: Web):
    """Killed anywhere inside, the transaction is as if it had not been; done again, it is done once."""
    hook = subscribe(owner, there.url)
    happen(1), happen(2), sequence()
    saved = Hook.save

    def killed(*_args: Any, **_more: Any) -> None:
        raise KeyboardInterrupt

    Hook.save = killed  # type: ignore[method-assign, assignment]
    try:
        with pytest.raises(KeyboardInterrupt), transaction.atomic():
            feed_hooks(MONDAY, seen=everybody_sees)
    finally:
        Hook.save = saved  # type: ignore[method-assign]
    hook.refresh_from_db()
    assert (Message.objects.count(), hook.position < Position.objects.count()) == (0, True)

    assert [feed() for _ in range(3)] == [2, 0, 0]
    assert (go(), [body["case"]["id"] for body in bodies(there)]) == (2, [1, 2])


def test_a_worker_that_died_after_posting_posts_again_under_the_same_id(owner: Account, there: Web):
    subscribe(owner, there.url)
    happen(1), feed()

    go()
    Message.objects.update(state="handing", sent_at=None, not_before=MONDAY + 15 * MINUTE)
    Attempt.objects.all().delete()

    assert [go(MONDAY + after * MINUTE) for after in (1, 16)] == [0, 1]
    first, second = (asked.headers["x-ronghe-delivery"] for asked in there.asked)
    assert (first == second, there.asked[0].body == there.asked[1].body) == (True, True)


def test_a_worker_that_died_after_keeping_the_try_does_not_post_again(owner: Account, there: Web):
    subscribe(owner, there.url)
    happen(1), feed(), go()
    Message.objects.update(state="handing", sent_at=None, not_before=MONDAY + 15 * MINUTE)

    assert (go(MONDAY + 16 * MINUTE), len(there.asked), Message.objects.get().state) == (1, 1, "sent")


def test_gone_ends_it(owner: Account, there: Web):
    hook = subscribe(owner, there.url)
    happen(1), happen(2), feed()
    there.replies = [(410, {}, b"")]

    assert (go(), len(there.asked)) == (0, 1)
    hook.refresh_from_db()
    assert (hook.active, hook.cause, hook.ended_at) == (False, "gone", MONDAY)
    assert set(Message.objects.filter(to_type="hook").values_list("state", flat=True)) == {"dropped"}
    assert Entry.objects.get(kind="hook.ended").data == {"account": owner.pk, "ground": "gone"}
    assert [told.title for told in queries.inbox(owner.person_id or 0)] == ["推送“区工单系统”已结束"]
    happen(3)
    assert (feed(), queries.dead_letters().count()) == (0, 0)


def test_a_day_of_trouble_pauses_it_and_its_owner_is_told_once(owner: Account, there: Web):
    hook = subscribe(owner, there.url)
    happen(1), happen(2), feed()
    there.replies = [(503, {}, b"")]
    now = MONDAY
    for _ in range(12):
        go(now)
        hook.refresh_from_db()
        if not hook.active:
            break
        now = Message.objects.filter(to_type="hook").order_by("pk")[0].not_before

    assert (hook.active, hook.cause, now - MONDAY >= 24 * HOUR) == (False, "failing", True)
    assert [told.kind for told in queries.inbox(owner.person_id or 0)] == ["hook-paused"]
    assert (go(now + 24 * HOUR), queries.dead_letters().count()) == (0, 0)

    there.replies = [(200, {}, b"")]
    happen(3)
    assert feed() == 0
    hooks.resume_hook(hook, at=now + 48 * HOUR)
    assert (feed(now=now + 48 * HOUR), go(now + 48 * HOUR)) == (1, 3)
    assert [body["case"]["id"] for body in bodies(there)][-3:] == [1, 2, 3]


def test_a_delivery_that_is_taken_ends_the_trouble(owner: Account, there: Web):
    hook = subscribe(owner, there.url)
    happen(1), feed()
    there.replies = [(503, {}, b""), (204, {}, b"")]
    go()
    hook.refresh_from_db()
    assert hook.failing_since == MONDAY
    go(MONDAY + MINUTE)
    hook.refresh_from_db()
    assert hook.failing_since is None


def signed(there: Web) -> list[str]:
    """With which of the secrets the last delivery was signed."""
    asked = there.asked[-1]
    moment, told = asked.headers["x-ronghe-timestamp"], asked.headers["x-ronghe-signature"].split(" ")
    names = {f"sha256={signature(one, moment, asked.body)}": one for one in (SECRET, "second", "third")}
    return [names[one] for one in told]


def test_a_new_secret_signs_beside_the_old_one_for_a_day(owner: Account, there: Web):
    hook = subscribe(owner, there.url)
    assert hooks.rotate_secret(hook, at=MONDAY, draw=lambda _length: "second") == "second"
    found = []
    for number, now in enumerate((MONDAY, MONDAY + 24 * HOUR - MINUTE, MONDAY + 24 * HOUR), 1):
        happen(number), feed(now=now), go(now)
        found.append(signed(there))

    assert found == [["second", SECRET], ["second", SECRET], ["second"]]


def test_of_two_new_ones_the_oldest_signs_no_more_and_the_former_may_be_dropped(owner: Account, there: Web):
    hook = subscribe(owner, there.url)
    hooks.rotate_secret(hook, at=MONDAY, draw=lambda _length: "second")
    hooks.rotate_secret(hook, at=MONDAY + HOUR, draw=lambda _length: "third")
    rotate_messages(batch_size=1)
    happen(1), feed(now=MONDAY + HOUR), go(MONDAY + HOUR)
    both = signed(there)
    hooks.drop_former(hook)
    happen(2), feed(now=MONDAY + HOUR), go(MONDAY + HOUR)

    assert (both, signed(there)) == (["third", "second"], ["third"])


def test_what_happens_in_a_pause_is_pushed_afterwards(owner: Account, there: Web):
    hook = subscribe(owner, there.url)
    hooks.pause_hook(hook)
    happen(1)
    assert (feed(), go()) == (0, 0)

    hooks.resume_hook(hook, at=MONDAY)

    assert (feed(), go(), bodies(there)[0]["case"]["id"]) == (1, 1, 1)


def test_a_trial_goes_the_same_way(owner: Account, there: Web):
    hooks.try_hook(subscribe(owner, there.url), at=MONDAY)

    assert (go(), json.loads(there.asked[0].body)["kind"]) == (1, "hook.trial")


def test_the_subscription_of_a_closed_account_ends(owner: Account, there: Web):
    hook = subscribe(owner, there.url)
    happen(1)
    Account.objects.filter(pk=owner.pk).update(is_active=False)

    assert (feed(), Message.objects.filter(to_type="hook").count()) == (0, 0)
    hook.refresh_from_db()
    assert (hook.cause, hook.active) == ("closed", False)


def test_an_ended_one_is_not_changed_any_more(owner: Account, there: Web):
    hook = subscribe(owner, there.url)
    happen(1), feed()
    hooks.end_hook(hook, actor=ACTOR, at=MONDAY)

    assert go() == 0
    for act in (hooks.pause_hook, hooks.drop_former):
        with pytest.raises(HookError) as refused:
            act(hook)
        assert refused.value.code == "ended"


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ({"name": " "}, "name"),
        ({"kinds": ()}, "kinds"),
        ({"url": "http://example.gov.cn/"}, "url"),
        ({"url": "https://" + "a" * 600}, "url"),
    ],
)
def test_what_is_no_subscription(owner: Account, given: dict[str, Any], code: str):
    with pytest.raises(HookError) as refused:
        subscribe(owner, **({"url": "https://example.gov.cn/in"} | given))
    assert (refused.value.code, Hook.objects.count()) == (code, 0)


def test_the_secret_stands_sealed(owner: Account):
    hook = subscribe(owner, "https://example.gov.cn/in")

    assert SECRET.encode() not in bytes(Hook.objects.get(pk=hook.pk).sealed)
    assert Entry.objects.get(kind="hook.began").data == {"account": owner.pk}
