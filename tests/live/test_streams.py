"""A real process: what is done is told at once to who may know it, nothing lost, nothing twice, and to nobody else."""

from __future__ import annotations

import signal
import time

import pytest
from django.contrib.sessions.backends.db import SessionStore
from django.test import Client
from django.utils import timezone

from ronghe.casework import domain
from ronghe.casework.models import Case
from ronghe.casework.queries.timeline import is_told
from ronghe.ledger.models import Entry
from ronghe.live.tokens import ACCOUNT, FOLLOWING, Reader, Ticket
from ronghe.organisations import domain as organisations
from ronghe.organisations.models import Appointment
from tests.city import City
from tests.live.running import Running, wait_for
from tests.www.desk_cases import file_message, file_petition, file_request
from tests.www.followed_cases import do

pytestmark = [pytest.mark.db, pytest.mark.both]


def staff(city: City, name: str, case: Case | None) -> Ticket:
    client = Client()
    client.force_login(city.accounts[name])
    return Ticket(Reader(ACCOUNT, city.accounts[name].pk, client.session.session_key), case and case.pk)


def requester(case: Case, of: Case | None = None) -> Ticket:
    session = SessionStore()
    session["followed"] = {case.number: case.pk}
    session.save()
    return Ticket(Reader(FOLLOWING, 0, session.session_key), (of or case).pk)


def seqs(case: Case, *, told: bool = False) -> list[int]:
    entries = Entry.objects.filter(subject_type="case", subject_id=case.pk).order_by("seq")
    return [entry.seq for entry in entries if is_told(entry) or not told]


def note(case: Case, text: str = "今天又堵了。") -> None:
    domain.add_note(case.pk, domain.By(f"requester:{case.pk}", timezone.now()), text=text)


def test_an_act_is_told_to_the_desk_and_to_the_requester_each_what_they_may_know(
    live: Running, shared_city: City
):
    case = file_message(shared_city)
    before = len(seqs(case)), len(seqs(case, told=True))
    desk, person = live.follow(staff(shared_city, "工委甲", case)), live.follow(requester(case))

    began = time.monotonic()
    do(shared_city, case, "分办甲", "transfer", to=shared_city.units["zjj"])
    mine = desk.seqs(len(seqs(case)) - before[0])
    theirs = person.seqs(len(seqs(case, told=True)) - before[1])
    took = time.monotonic() - began

    assert mine == seqs(case)[before[0] :]
    assert theirs == seqs(case, told=True)[before[1] :]
    assert len(theirs) < len(mine)
    assert took < 2
    assert (desk.is_silent(0.3), person.is_silent(0.3)) == (True, True)


def test_what_happened_while_away_is_replayed_once_in_order(live: Running, shared_city: City):
    case = file_message(shared_city)
    ticket = staff(shared_city, "分办甲", case)
    stream = live.follow(ticket)
    note(case)
    last = stream.take()
    stream.close()
    note(case, "又一次。")
    note(case, "第三次。")

    by_address = live.follow(ticket, after=last.seq)
    by_browser = live.follow(ticket, after=1, headers={"Last-Event-ID": last.id})

    assert last.id == str(last.seq)
    assert by_address.seqs(2) == by_browser.seqs(2) == seqs(case)[-2:]
    assert by_address.is_silent()


def test_the_process_killed_and_started_again_loses_and_doubles_nothing(live: Running, shared_city: City):
    case = file_message(shared_city)
    ticket = requester(case)
    stream = live.follow(ticket, after=0)
    got = stream.seqs(len(seqs(case, told=True)))
    note(case)
    got += stream.seqs(1)
    live.stop(signal.SIGKILL)
    assert stream.take() is None
    note(case, "进程不在时写的。")
    live.start()

    again = live.follow(ticket, headers={"Last-Event-ID": str(got[-1])})
    got += again.seqs(1)
    note(case, "回来以后写的。")
    got += again.seqs(1)

    assert got == seqs(case, told=True)
    assert again.is_silent()


def test_stopping_closes_every_stream_within_two_seconds(live: Running, shared_city: City):
    case = file_message(shared_city)
    streams = [live.follow(requester(case)) for _ in range(5)]
    wait_for(lambda: live.health()[1]["followers"] == 5)

    began = time.monotonic()
    live.process.terminate()
    ended = [stream.take() for stream in streams]
    closed = time.monotonic() - began
    live.process.wait(10)

    assert ended == [None] * 5
    assert closed < 2
    assert live.process.returncode == 0


@pytest.mark.parametrize("name", ["环境局长", "环境经办", "住建经办"])
def test_who_may_not_see_a_case_gets_no_stream(live: Running, shared_city: City, name: str):
    petition = file_petition(shared_city)  # about 市生态环境局, waiting at the triage desk

    refused = live.follow(staff(shared_city, name, petition))
    let_in = live.follow(staff(shared_city, "分办甲", petition))

    assert (refused.status, let_in.status) == (403, 200)


def test_who_follows_one_case_gets_no_other(live: Running, shared_city: City):
    mine, another = file_message(shared_city), file_message(shared_city, "另一件。")

    assert live.follow(requester(mine, of=another)).status == 403


def test_tokens_that_are_altered_or_of_an_ended_session_open_nothing(live: Running, shared_city: City):
    case = file_message(shared_city)
    ticket = requester(case)
    SessionStore(ticket.reader.session).delete()

    assert live.follow("no-token").status == 403
    assert live.follow(ticket).status == 403


def test_only_our_own_pages_are_answered(live: Running, shared_city: City):
    ticket = requester(file_message(shared_city))

    ours = live.follow(ticket, headers={"Origin": "http://127.0.0.1:8000"})
    others = live.follow(ticket, headers={"Origin": "http://evil.example"})
    elsewhere = live.follow(ticket, headers={"Host": "evil.example"})

    assert (ours.status, ours.headers["access-control-allow-origin"]) == (200, "http://127.0.0.1:8000")
    assert (others.status, elsewhere.status) == (403, 403)


def test_a_right_lost_between_two_events_ends_the_stream(live: Running, shared_city: City):
    case = file_request(shared_city)
    stays, goes = (live.follow(staff(shared_city, name, case)) for name in ("环境局长", "环境经办"))
    note(case)
    assert (stays.take().name, goes.take().name) == ("entry", "entry")

    seat = Appointment.objects.get(person=shared_city.people["环境经办"])
    organisations.end_appointment(seat, actor="system:test", at=timezone.now())
    note(case, "又一次。")

    assert (goes.take().name, goes.take()) == ("gone", None)
    assert stays.take().name == "entry"


def test_a_closed_account_and_an_ended_session_lose_their_streams(live: Running, shared_city: City):
    case = file_request(shared_city)
    worklist = live.follow(staff(shared_city, "住建局长", None))
    ticket = staff(shared_city, "工委甲", case)
    page = live.follow(ticket)
    wait_for(lambda: live.health()[1]["followers"] == 2)

    organisations.close_account(shared_city.accounts["住建局长"], actor="system:test", at=timezone.now())
    assert worklist.rest() == ["gone"]

    SessionStore(ticket.reader.session).delete()
    note(case)
    assert (page.take().name, page.take()) == ("gone", None)


def test_worklists_change_with_their_cases_and_with_no_others(live: Running, shared_city: City):
    case = file_message(shared_city)
    triage, stewards, housing = (
        live.follow(staff(shared_city, name, None)) for name in ("分办甲", "管家甲", "住建经办")
    )
    assert [stream.take().name for stream in (triage, stewards, housing)] == ["changed"] * 3

    do(shared_city, case, "分办甲", "transfer", to=shared_city.units["zjj"])

    assert (triage.take().name, housing.take().name) == ("changed", "changed")
    assert stewards.is_silent()


def test_a_worklist_says_nothing_of_a_complaint_about_its_unit(live: Running, shared_city: City):
    petition = file_petition(shared_city)
    environment, triage = (live.follow(staff(shared_city, name, None)) for name in ("环境局长", "分办甲"))
    assert (environment.take().name, triage.take().name) == ("changed", "changed")

    do(shared_city, petition, "分办甲", "transfer", to=shared_city.units["zjj"])

    assert triage.take().name == "changed"
    assert environment.is_silent()


def test_a_new_seat_is_told_and_lets_in_at_once(live: Running, shared_city: City):
    case = file_message(shared_city)
    ticket = staff(shared_city, "住建经办", case)
    worklist = live.follow(staff(shared_city, "住建经办", None))
    assert (live.follow(ticket).status, worklist.take().name) == (403, "changed")

    now = timezone.now()
    seat = organisations.create_post(
        shared_city.units["fbzx"], kind="triage-officer", actor="system:test", at=now
    )
    organisations.appoint(seat, person=shared_city.people["住建经办"], actor="system:test", at=now)

    assert worklist.take().name == "changed"
    assert live.follow(ticket).status == 200
