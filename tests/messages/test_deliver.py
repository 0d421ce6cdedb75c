"""Messages are sealed, leave once, and disturb nobody when they should not."""

from __future__ import annotations

import datetime as dt
import os
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

import pytest
from django.db import connection, transaction
from hypothesis import given, strategies as st

from ronghe.definitions.queries import calendar
from ronghe.messages import queries
from ronghe.messages.domain import Address, deliver, mark_read, rotate_messages, send, wipe
from ronghe.messages.exceptions import MessageError, TransportError
from ronghe.messages.models import Message
from ronghe.messages.rules import public_may_be_disturbed, staff_may_be_disturbed
from ronghe.messages.transports import Parcel, TestTransport, chosen
from tests.city import SHANGHAI, moment

pytestmark = [pytest.mark.db, pytest.mark.both, pytest.mark.django_db]

CLERK, RESIDENT = Address("person", 7), Address("identity", 9)
MONDAY = moment("2026-03-02 10:00")


class Kept:
    """A transport that keeps what it took; refuses as long as `broken`."""

    name = "kept"

    def __init__(self, *, broken: bool = False) -> None:
        self.broken = broken
        self.parcels: list[Parcel] = []

    def hand(self, parcel: Parcel) -> None:
        if self.broken:
            raise TransportError("busy", "短信网关没有应答，稍后再发。")
        self.parcels.append(parcel)


def tell(to: Address, title: str = "催办", at: dt.datetime = MONDAY, **more: Any) -> Message:
    return send(to, kind="reminded", title=title, text=f"{title}：请今天办理。", at=at, **more)


def round_at(now: dt.datetime, transport: Kept) -> int:
    return deliver(now, calendar(), transport=transport)


def test_what_is_told_stands_sealed_and_its_reader_reads_it():
    message = tell(CLERK, "二号地块", link="/desk/cases/3/", about=("case", 3))

    with connection.cursor() as cursor:
        cursor.execute("SELECT sealed, kind, about_type, about_id FROM messages_room_message")
        sealed, *rest = cursor.fetchone()
    assert "二号地块".encode() not in bytes(sealed)
    assert rest == ["reminded", "case", 3]
    assert [(told.title, told.text, told.link, told.about) for told in queries.inbox(7)] == [
        ("二号地块", "二号地块：请今天办理。", "/desk/cases/3/", ("case", 3))
    ]
    assert (queries.inbox(8), queries.sent_to_identity(7), queries.unread_count(7)) == ([], [], 1)
    mark_read(message, at=MONDAY)
    assert queries.unread_count(7) == 0


def test_it_is_written_in_the_transaction_of_the_act():
    with transaction.atomic():
        tell(CLERK)
        transaction.set_rollback(True)

    assert Message.objects.count() == 0


@pytest.mark.parametrize(("to", "title"), [(Address("case", 1), "标题"), (CLERK, "  ")])
def test_a_message_to_nobody_or_without_words_is_refused(to: Address, title: str):
    with pytest.raises(MessageError) as refused:
        send(to, kind="x", title=title, text="内容", at=MONDAY)

    assert (refused.value.code, Message.objects.count()) == ("bad-message", 0)


def test_several_for_one_of_the_staff_leave_as_one_digest():
    for title in ("甲件催办", "乙件催办"):
        tell(CLERK, title)
    tell(Address("person", 8), "丙件催办")
    tell(CLERK, "督办", urgent=True)
    transport = Kept()

    assert round_at(MONDAY, transport) == 4
    assert sorted((parcel.to.ref, parcel.title, parcel.text) for parcel in transport.parcels) == [
        (7, "您有 2 条提醒", "甲件催办\n乙件催办"),
        (7, "督办", "督办：请今天办理。"),
        (8, "丙件催办", "丙件催办：请今天办理。"),
    ]
    assert round_at(MONDAY, transport) == 0


def test_the_public_is_told_one_by_one():
    for title in ("请评价", "已答复"):
        tell(RESIDENT, title)
    transport = Kept()

    assert round_at(MONDAY, transport) == 2
    assert [parcel.title for parcel in transport.parcels] == ["请评价", "已答复"]


@pytest.mark.parametrize(
    ("to", "urgent", "now", "leaves"),
    [
        (CLERK, False, "2026-03-02 09:00", True),
        (CLERK, False, "2026-03-02 08:59", False),
        (CLERK, False, "2026-03-02 12:30", False),  # lunch
        (CLERK, False, "2026-03-02 18:00", False),
        (CLERK, False, "2026-03-07 10:00", False),  # Saturday
        (CLERK, False, "2026-02-28 10:00", True),  # Saturday worked for the Spring Festival
        (CLERK, False, "2026-10-01 10:00", False),  # National Day, a Thursday
        (CLERK, True, "2026-10-01 23:00", True),
        (RESIDENT, False, "2026-10-01 20:59", True),
        (RESIDENT, False, "2026-03-02 21:00", False),
        (RESIDENT, False, "2026-03-02 07:59", False),
        (RESIDENT, False, "2026-03-02 08:00", True),
        (RESIDENT, True, "2026-03-02 03:00", True),
    ],
)
def test_who_is_disturbed_when(to: Address, urgent: bool, now: str, leaves: bool):
    tell(to, at=moment("2026-01-05 09:00"), urgent=urgent)

    assert round_at(moment(now), Kept()) == int(leaves)


INSTANTS = st.datetimes(dt.datetime(2026, 1, 1), dt.datetime(2026, 12, 31, 23), timezones=st.just(SHANGHAI))


@given(
    st.lists(st.tuples(st.sampled_from([CLERK, RESIDENT]), st.booleans()), max_size=6),
    st.lists(INSTANTS, max_size=6),
)
def test_nobody_is_told_twice_nor_outside_their_hours(letters: list[Any], rounds: list[dt.datetime]):
    with transaction.atomic():
        for number, (to, urgent) in enumerate(letters):
            tell(to, f"第{number}件", at=moment("2025-12-31 09:00"), urgent=urgent)
        told: list[str] = []
        for now in sorted(rounds):
            transport = Kept(broken=now.minute % 3 == 0)
            round_at(now, transport)
            for parcel in transport.parcels:
                titles = parcel.text.split("\n") if parcel.key.startswith("digest") else [parcel.title]
                told += titles
                quiet = not (
                    staff_may_be_disturbed(now, calendar())
                    if parcel.to == CLERK
                    else public_may_be_disturbed(now, calendar())
                )
                assert not quiet or all(letters[int(title[1])][1] for title in titles)
        assert len(told) == len(set(told)) == Message.objects.filter(state="sent").count()
        transaction.set_rollback(True)


def test_a_refusal_is_kept_visible_and_tried_again_after_growing_waits():
    tell(RESIDENT)
    transport = Kept(broken=True)
    tried = []
    for minute in range(60):
        round_at(MONDAY + dt.timedelta(minutes=minute), transport)
        tried.append(queries.troubled().get().tries)
    message = queries.troubled().get()

    assert [tried.index(count) for count in (1, 2, 3, 4)] == [0, 1, 6, 36]
    assert (message.state, message.trouble, message.sent_at) == ("failed", "busy", None)
    transport.broken = False
    assert round_at(MONDAY + dt.timedelta(hours=3), transport) == 1
    assert (len(transport.parcels), queries.troubled().count()) == (1, 0)


def test_what_a_stopped_worker_held_is_taken_up_when_its_lease_is_over():
    tell(RESIDENT)
    Message.objects.update(state="handing", not_before=MONDAY + dt.timedelta(minutes=10))
    transport = Kept()

    assert [round_at(MONDAY + dt.timedelta(minutes=after), transport) for after in (9, 10, 30)] == [0, 1, 0]


def test_what_was_read_on_the_page_is_not_sent_any_more():
    mark_read(tell(CLERK, at=moment("2026-03-01 10:00")), at=moment("2026-03-01 11:00"))

    assert round_at(MONDAY, Kept()) == 0
    assert [(told.state, told.read_at) for told in queries.inbox(7)] == [("sent", moment("2026-03-01 11:00"))]


def test_the_words_for_an_erased_identity_are_wiped_and_never_leave():
    tell(RESIDENT)

    assert (wipe(RESIDENT), round_at(MONDAY, Kept())) == (1, 0)
    assert (queries.sent_to_identity(9), Message.objects.count()) == ([], 1)


def test_messages_are_sealed_anew_under_a_new_key(settings: Any):
    settings.IDENTITY_KEYS = ["old"]
    for title in ("甲", "乙"):
        tell(CLERK, title)
    settings.IDENTITY_KEYS = ["new", "old"]

    assert rotate_messages(batch_size=1) == 2
    settings.IDENTITY_KEYS = ["new"]
    assert [told.title for told in queries.inbox(7)] == ["乙", "甲"]


def test_what_no_key_opens_is_kept_and_holds_nobody_else_up(settings: Any):
    settings.IDENTITY_KEYS = ["lost"]
    tell(RESIDENT)
    settings.IDENTITY_KEYS = ["kept"]
    tell(CLERK)

    assert round_at(MONDAY, Kept()) == 1
    assert [message.trouble for message in queries.troubled()] == ["identity-key"]


def test_the_test_transport_shows_what_it_took_in_a_demonstration_only(settings: Any):
    tell(RESIDENT, "验证码")
    tell(CLERK, "内部提醒")
    assert deliver(MONDAY, calendar()) == 2

    shown = {}
    for demo in (True, False):
        settings.DEMO = demo
        shown[demo] = [told.title for told in queries.on_test_transport()]
    assert shown == {True: ["验证码"], False: []}
    assert [type(transport) for transport in chosen()] == [TestTransport]


def test_an_unknown_transport_is_named_and_nothing_is_lost(settings: Any):
    settings.TRANSPORT = "pigeon"
    tell(RESIDENT)

    with pytest.raises(MessageError) as refused:
        deliver(MONDAY, calendar())
    assert refused.value.code == "unknown-transport"
    assert ("pigeon" in refused.value.message, Message.objects.get().state) == (True, "waiting")


def titles_of(transport: Kept) -> list[str]:
    return [
        title
        for parcel in transport.parcels
        for title in (parcel.text.split("\n") if parcel.key.startswith("digest") else [parcel.title])
    ]


def tell_many() -> None:
    for number in range(12):
        tell(Address("person", number % 3 + 1), f"第{number}件")
        tell(Address("identity", number % 3 + 1), f"公众第{number}件")


def test_a_worker_that_comes_in_between_leaves_nothing_to_tell_twice():
    tell_many()
    second = Kept()

    class Interrupted(Kept):
        def hand(self, parcel: Parcel) -> None:
            round_at(MONDAY, second)
            super().hand(parcel)

    first = Interrupted()

    assert round_at(MONDAY, first) == len(titles_of(first))
    told = titles_of(first) + titles_of(second)
    assert (len(told), len(set(told)), bool(second.parcels)) == (24, 24, True)


@pytest.mark.django_db(transaction=True)
def test_two_workers_at_once_tell_everybody_once():
    if connection.vendor != "postgresql":
        pytest.skip("an in-memory SQLite database has one writer by its nature; see the next test")
    tell_many()
    transport, counts, start = Kept(), [], threading.Barrier(2)

    def work() -> None:
        start.wait(30)
        try:
            counts.append(round_at(MONDAY, transport))
        finally:
            connection.close()

    workers = [threading.Thread(target=work) for _ in range(2)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join(30)

    told = titles_of(transport)
    assert (sum(counts), len(told), len(set(told)), len(transport.parcels)) == (24, 24, 24, 3 + 12)


TWO_PROCESSES = """
import multiprocessing, django
django.setup()
from django.core.management import call_command
from django.db import connection
from tests.messages.test_deliver import MONDAY, Kept, round_at, tell_many, titles_of

def work(start, told):
    transport = Kept()
    start.wait(30)
    round_at(MONDAY, transport)
    told.put(titles_of(transport))

for room in ("organisations", "messages_room"):
    call_command("migrate", room, verbosity=0)
tell_many()
connection.close()
fork = multiprocessing.get_context("fork")
start, told = fork.Barrier(2), fork.Queue()
workers = [fork.Process(target=work, args=(start, told)) for _ in range(2)]
for worker in workers:
    worker.start()
print(*told.get(timeout=30), *told.get(timeout=30))
for worker in workers:
    worker.join(30)
print(*(worker.exitcode for worker in workers))
"""


@pytest.mark.skipif(connection.vendor != "sqlite", reason="PostgreSQL is asked by the test above")
def test_two_processes_on_one_sqlite_file_tell_everybody_once(tmp_path: Path):
    more = {"RONGHE_DATABASE_URL": f"sqlite:///{tmp_path / 'two.sqlite3'}", "RONGHE_DATA_DIR": str(tmp_path)}
    environment = {**os.environ, **more, "DJANGO_SETTINGS_MODULE": "ronghe.settings"}
    run = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", TWO_PROCESSES],
        env=environment,
        text=True,
        capture_output=True,
        timeout=120,
        check=False,
        cwd=Path(__file__).resolve().parents[2],
    )
    told, codes = (line.split() for line in run.stdout.splitlines())

    assert (run.returncode, codes) == (0, ["0", "0"]), run.stderr
    assert (len(told), len(set(told))) == (24, 24)
