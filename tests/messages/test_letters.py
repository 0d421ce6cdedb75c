"""Dead letters: after the last try, or at once when trying again is no use; taken, sent again, dropped with a reason."""

from __future__ import annotations

import datetime as dt
from itertools import pairwise

import pytest

from ronghe.definitions.queries import calendar
from ronghe.ledger.models import Entry
from ronghe.messages import queries
from ronghe.messages.domain import Address, deliver, drop_letter, retry_letter, send, take_letter, wipe
from ronghe.messages.exceptions import MessageError, TransportError
from ronghe.messages.models import Attempt, Message
from ronghe.organisations.domain import create_person
from tests.city import ACTOR, moment
from tests.messages.test_deliver import Kept

pytestmark = [pytest.mark.db, pytest.mark.both, pytest.mark.django_db]

RESIDENT = Address("identity", 9)
MONDAY = moment("2026-03-02 10:00")
MINUTE = dt.timedelta(minutes=1)


class Never(Kept):
    """A channel that says that trying again is no use."""

    def hand(self, parcel: object) -> None:
        raise TransportError("no-such-user", "没有这个账号。", again=False)


def tell(**more: object) -> Message:
    given: dict[str, object] = {"kind": "rating-asked", "title": "请评价", "text": "请点开。", "at": MONDAY}
    return send(RESIDENT, **(given | more))  # type: ignore[arg-type]


def dead() -> Message:
    message = tell()
    deliver(MONDAY, calendar(), transport=Never())
    message.refresh_from_db()
    return message


def test_it_is_tried_eight_times_with_growing_waits_and_then_it_is_dead():
    message, tried = tell(), []
    broken = Kept(broken=True)
    now = MONDAY
    for _ in range(20):
        before = Attempt.objects.count()
        deliver(now, calendar(), transport=broken)
        if Attempt.objects.count() > before:
            tried.append(now)
        message.refresh_from_db()
        if message.state == "dead":
            break
        now = message.not_before.astimezone(MONDAY.tzinfo)
        if not 8 <= now.hour < 21:  # the public sleeps
            now = (now + dt.timedelta(days=now.hour >= 21)).replace(hour=8, minute=0)

    assert (message.state, message.trouble, message.tries, Attempt.objects.count()) == ("dead", "busy", 8, 8)
    assert [later - first for first, later in pairwise(tried[:4])] == [
        MINUTE, 5 * MINUTE, 30 * MINUTE,
    ]  # fmt: skip
    assert deliver(now + dt.timedelta(days=9), calendar(), transport=Kept()) == 0


def test_when_trying_again_is_no_use_it_is_dead_at_once():
    message = dead()

    assert (message.state, message.trouble, message.tries) == ("dead", "no-such-user", 1)
    assert (list(queries.dead_letters()), queries.counts()["dead"]) == ([message], 1)
    assert queries.failing().count() == 0


def test_what_is_urgent_is_not_tried_for_long():
    message = tell(urgent=True)
    for minutes in (0, 1, 6, 36):
        deliver(MONDAY + minutes * MINUTE, calendar(), transport=Kept(broken=True))

    message.refresh_from_db()
    assert (message.state, message.tries) == ("dead", 3)


def test_somebody_sees_to_it():
    message, person = dead(), create_person(name="管理员", actor=ACTOR, at=MONDAY)

    assert take_letter(message, person.pk).owner == person.pk
    assert queries.dead_letters().get().owner == person.pk
    assert take_letter(message, None).owner is None


def test_it_is_sent_again_from_the_first_try_on():
    message = dead()

    retry_letter(message, actor="person:3", at=MONDAY + MINUTE)

    kept = Kept()
    assert deliver(MONDAY + MINUTE, calendar(), transport=kept) == 1
    assert [parcel.key for parcel in kept.parcels] == [f"message-{message.pk}"]
    entry = Entry.objects.get(subject_type="message", subject_id=message.pk)
    assert (entry.kind, entry.actor, queries.dead_letters().count()) == ("message.retried", "person:3", 0)


def test_it_is_dropped_with_a_reason():
    message = dead()
    for note in ("", "无", "长" * 201):
        with pytest.raises(MessageError) as refused:
            drop_letter(message, actor="person:3", at=MONDAY, note=note)
        assert refused.value.code == "note-needed"

    drop_letter(message, actor="person:3", at=MONDAY, note="  已电话  告知 ")

    message.refresh_from_db()
    assert (message.state, message.note) == ("dropped", "已电话 告知")
    assert Entry.objects.get(subject_type="message").kind == "message.dropped"
    assert deliver(MONDAY + MINUTE, calendar(), transport=Kept()) == 0


def test_two_who_settle_it_at_once_do_it_once():
    message = dead()
    drop_letter(message, actor="person:3", at=MONDAY, note="已电话告知")

    for act in (
        lambda: retry_letter(message, actor="person:4", at=MONDAY),
        lambda: drop_letter(message, actor="person:4", at=MONDAY, note="重复"),
        lambda: take_letter(message, 4),
    ):
        with pytest.raises(MessageError) as refused:
            act()
        assert refused.value.code == "not-dead"
    assert Entry.objects.filter(subject_type="message").count() == 1


def test_one_without_words_is_not_sent_again():
    message = dead()
    wipe(RESIDENT)

    with pytest.raises(MessageError) as refused:
        retry_letter(message, actor="person:3", at=MONDAY)
    assert refused.value.code == "wiped"


def test_a_channel_out_of_reach_is_not_asked_by_everybody_in_a_round():
    class Away(Kept):
        asked = 0

        def hand(self, parcel: object) -> None:
            self.asked += 1
            raise TransportError("unreachable", "连不上。")

    for ref in range(9):
        send(Address("identity", ref + 1), kind="rating-asked", title="请评价", text="点开", at=MONDAY)
    away = Away()

    assert deliver(MONDAY, calendar(), transport=away) == 0
    assert (away.asked, queries.failing().count()) == (3, 9)
    kept = Kept()
    assert deliver(MONDAY + MINUTE, calendar(), transport=kept) == 9


def test_counts_and_names_for_who_looks_after_it(django_assert_num_queries: object):
    person = create_person(name="王处长", actor=ACTOR, at=MONDAY)
    letter = dead()
    mine = send(Address("person", person.pk), kind="x", title="题", text="文", at=MONDAY)

    assert queries.counts() == {"waiting": 1, "handing": 0, "failed": 0, "dead": 1}
    assert queries.whose([letter, mine]) == {letter.pk: "", mine.pk: "王处长"}
