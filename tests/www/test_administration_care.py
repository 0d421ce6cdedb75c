"""管理: who looked at whom, how long data is kept, how the work behind the pages goes."""

from __future__ import annotations

import re

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from ronghe.casework import domain as casework
from ronghe.casework.domain import By
from ronghe.casework.models import Case
from ronghe.jobs import domain as jobs
from ronghe.jobs.models import Chore
from ronghe.ledger.models import Entry
from ronghe.management.chores import CHORES
from ronghe.messages.domain import Address, send
from ronghe.messages.enums import MessageState
from ronghe.messages.models import Message
from ronghe.organisations import domain as organisations
from ronghe.registers.domain import begin_entry
from tests.city import ACTOR, City
from tests.www.desk_cases import PETITIONER, PHONE, ago, file_message, file_petition

pytestmark = [pytest.mark.page, pytest.mark.django_db]
READINGS, RETENTION, HEALTH, LETTERS = (
    "/desk/admin/readings/",
    "/desk/admin/retention/",
    "/desk/admin/health/",
    "/desk/admin/letters/",
)


@pytest.fixture
def signed(client: Client, city: City):
    """Sign in by name; 管理甲 administers."""
    city.seat("szgw", "administrator", "管理甲")

    def sign_in(name: str) -> Client:
        client.force_login(city.accounts[name])
        return client

    return sign_in


def read(case: Case, city: City, name: str, reason: str) -> None:
    assert case.identity is not None
    organisations.reveal(
        case.identity,
        actor=f"person:{city.accounts[name].person_id}",
        reason=reason,
        at=timezone.now(),
        about=("case", case.pk),
    )


def page(client: Client, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200
    return answer.content.decode()


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("管理甲", ["admin-readings", "admin-retention", "admin-health"]),
        ("工委甲", ["admin-readings"]),
    ],
)
def test_index_shows_what_one_may_open(signed, name: str, shown: list[str]) -> None:
    links = re.findall(r'href="/desk/admin/(\w+)/"', page(signed(name), "/desk/admin/"))
    assert [
        f"admin-{link}"
        for link in links
        if f"admin-{link}" in ("admin-readings", "admin-retention", "admin-health")
    ] == shown


@pytest.mark.parametrize("address", ["/desk/admin/", READINGS, RETENTION, HEALTH])
def test_others_are_refused(signed, address: str) -> None:
    assert signed("环境局长").get(address).status_code == 403


def test_readings_name_reader_and_reason_to_who_sees_the_case(signed, city: City) -> None:
    case = file_petition(city)
    read(case, city, "工委甲", "电话核实来信内容")
    text = page(signed("工委甲"), READINGS)
    assert case.number in text
    assert "电话核实来信内容" in text
    assert PETITIONER not in text
    assert PHONE not in text


def test_readings_of_cases_one_may_not_see_keep_their_reason(signed, city: City) -> None:
    case = file_petition(city)
    read(case, city, "工委甲", "核实反映生态环境局的来信")
    text = page(signed("管理甲"), READINGS)
    assert "工委甲" in text
    assert "您不能查看的办件" in text
    assert case.number not in text
    assert "核实反映" not in text


def test_readings_are_found_by_reader_and_day(signed, city: City) -> None:
    case = file_petition(city)
    read(case, city, "工委甲", "电话核实来信内容")
    person, today = city.accounts["分办甲"].person_id, timezone.localdate()
    client = signed("工委甲")
    rows = [
        len(re.findall("<tr data-row>", page(client, READINGS + query)))
        for query in (
            f"?since={today}&until={today}",
            "?until=2020-01-01",
            f"?person={person}",
            "?person=nobody",
        )
    ]
    assert rows == [1, 0, 1, 1], "who never looked is no choice, and what is no choice filters nothing"


def test_statements_do_not_grow_with_the_readings(signed, city: City) -> None:
    case = file_petition(city)
    counts = []
    for _ in range(2):
        read(case, city, "工委甲", "电话核实来信内容")
        client = signed("工委甲")
        with CaptureQueriesContext(connection) as asked:
            page(client, READINGS)
        counts.append(len(asked))
    assert counts[0] == counts[1]


def closed_message(city: City) -> Case:
    case = file_message(city)
    return casework.withdraw_case(case.pk, By(f"requester:{case.pk}", ago(hours=1)))


def find(client: Client, who: str) -> str:
    return client.post(RETENTION + "find/", {"who": who}).content.decode()


def test_a_requester_is_found_covered_and_erased(signed, city: City) -> None:
    case = closed_message(city)
    client = signed("管理甲")
    text = find(client, case.number)
    assert "赵**" in text
    assert "办理中 0 件，办结 1 件" in text
    assert "13911112222" not in text
    sent = {"who": case.number, "identity": case.identity_id, "ground": "asked"}
    assert client.post(RETENTION + "erase/", sent).status_code == 302
    case.identity.refresh_from_db()
    assert case.identity.erased_at is not None
    assert Entry.objects.filter(kind="case.erased", subject_id=case.pk).count() == 1


def test_without_a_ground_nothing_is_erased(signed, city: City) -> None:
    case = closed_message(city)
    answer = signed("管理甲").post(RETENTION + "erase/", {"who": case.number, "identity": case.identity_id})
    assert answer.status_code == 422
    assert not Entry.objects.filter(kind="identity.erased").exists()


def test_open_cases_are_told_and_offer_no_button(signed, city: City) -> None:
    case = file_message(city)
    client = signed("管理甲")
    assert "清除，不能恢复" not in find(client, case.number)
    sent = {"who": case.number, "identity": case.identity_id, "ground": "asked"}
    answer = client.post(RETENTION + "erase/", sent)
    assert answer.status_code == 422
    assert "还有 1 件没有办结" in answer.content.decode()


def test_an_identity_one_did_not_ask_for_is_not_erased(signed, city: City) -> None:
    mine, other = closed_message(city), file_petition(city)
    sent = {"who": mine.number, "identity": other.identity_id, "ground": "asked"}
    assert signed("管理甲").post(RETENTION + "erase/", sent).status_code == 404


def test_nobody_found_is_said_beside_the_field(signed) -> None:
    answer = signed("管理甲").post(RETENTION + "find/", {"who": "13000000000"})
    assert answer.status_code == 422
    assert "没有找到" in answer.content.decode()


def test_health_names_the_chore_in_trouble_until_it_goes_well(signed) -> None:
    now = timezone.now()
    for chore in CHORES:
        jobs.went_well(chore.code, at=now, took_ms=3)
    client = signed("管理甲")
    assert "每一项都在按时做" in page(client, HEALTH)
    jobs.failed("deliver", at=now, trouble="unreachable")
    text = page(client, HEALTH)
    assert "有 1 项停了或出错" in text
    assert "连续出错 1 次：unreachable" in text
    assert client.post(HEALTH + "deliver/take/").status_code == 302
    assert Chore.objects.get(code="deliver").owner.name == "管理甲"
    jobs.went_well("deliver", at=now, took_ms=3)
    assert Chore.objects.get(code="deliver").owner is None


def test_a_worker_that_stopped_is_told(signed) -> None:
    for chore in CHORES:
        jobs.went_well(chore.code, at=ago(days=3), took_ms=3)
    assert f"有 {len(CHORES)} 项停了或出错" in page(signed("管理甲"), HEALTH)


def test_a_balancer_is_told_no_more_than_it_needs(client: Client) -> None:
    answer = client.get("/health/")
    assert (answer.status_code, answer.json()) == (200, {"status": "ok"})


def dead_letter(city: City) -> Message:
    person = city.accounts["环境经办"].person_id
    assert person is not None
    letter = send(
        Address("person", person), kind="case.urged", title="请尽快", text="保密的话", at=ago(days=1)
    )
    Message.objects.filter(pk=letter.pk).update(state=MessageState.DEAD)
    return Message.objects.get(pk=letter.pk)


def test_a_dead_letter_is_taken_and_sent_again(signed, city: City) -> None:
    letter = dead_letter(city)
    client = signed("管理甲")
    text = page(client, LETTERS)
    assert "环境经办" in text
    assert "保密的话" not in text
    assert "没有送达 1 条" in page(client, HEALTH)
    assert client.post(f"{LETTERS}{letter.pk}/", {"act": "take"}).status_code == 302
    assert "管理甲 在处理" in page(client, LETTERS)
    assert client.post(f"{LETTERS}{letter.pk}/", {"act": "retry"}).status_code == 302
    letter.refresh_from_db()
    assert letter.state == MessageState.WAITING
    assert client.post(f"{LETTERS}{letter.pk}/", {"act": "retry"}).status_code == 422, "it is dead no more"


def test_a_dead_letter_is_given_up_only_with_a_reason(signed, city: City) -> None:
    letter = dead_letter(city)
    client = signed("管理甲")
    answer = client.post(f"{LETTERS}{letter.pk}/", {"act": "drop"})
    assert answer.status_code == 422
    assert "请写明为什么不再发送" in answer.content.decode()
    assert client.post(f"{LETTERS}{letter.pk}/", {"act": "drop", "note": "已离任"}).status_code == 302
    letter.refresh_from_db()
    assert (letter.state, letter.note) == (MessageState.DROPPED, "已离任")


def test_an_entry_is_found_by_its_name_and_erased(signed, city: City) -> None:
    entry = begin_entry(
        "project", title="帮扶欧阳明月", values={"project-kind": "民生"}, organisation=city.units["zjj"],
        actor=ACTOR, at=ago(hours=2),
    ).entry  # fmt: skip
    client = signed("管理甲")
    assert "由市住房和建设局保管" in find(client, "帮扶欧阳明月")
    sent = {"who": "帮扶欧阳明月", "thing": f"entry:{entry.pk}", "words": "欧阳明月、人"}

    refused = client.post(RETENTION + "erase-thing/", sent)
    assert (refused.status_code, "欧阳明月、人" in refused.content.decode()) == (422, True)
    other = client.post(RETENTION + "erase-thing/", {**sent, "who": "别的名称", "ground": "asked"})
    assert other.status_code == 404
    assert client.post(RETENTION + "erase-thing/", {**sent, "ground": "asked"}).status_code == 302

    entry.refresh_from_db()
    assert entry.title == "帮扶****"
    erased = Entry.objects.get(kind="entry.erased", subject_id=entry.pk)
    assert erased.data == {"ground": "asked", "rows": 0}
    assert "没有找到" in find(client, "帮扶欧阳明月")


@pytest.mark.parametrize("name", ["工委甲", "住建局长"])
def test_who_does_not_administer_erases_nothing(signed, city: City, name: str) -> None:
    assert signed(name).post(RETENTION + "erase-thing/", {"who": "x", "thing": "entry:1"}).status_code == 403
