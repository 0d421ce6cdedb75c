"""党员名册: transferred in and out, taken as a table, imported by its keeper for their own branches only."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from ronghe.core.idnumber import check_character
from ronghe.ledger.models import Entry
from ronghe.organisations import domain
from ronghe.organisations.models import Appointment, Person
from tests.city import ACTOR, FOUNDED, City
from tests.tables import text_file

pytestmark = [pytest.mark.page, pytest.mark.django_db]
FIRST = "44030119800101001"
ID = FIRST + check_character(FIRST)


@pytest.fixture(autouse=True)
def _data_lies_apart(settings: Any, tmp_path: Path) -> None:
    settings.DATA_DIR = tmp_path / "data"


@pytest.fixture
def secretary(party_city: City, client: Client) -> Client:
    client.force_login(party_city.accounts["支书甲"])
    return client


def branches_of(name: str) -> list[tuple[str, bool]]:
    """(code of the branch, whether still) of the rolls somebody stands or stood on."""
    rows = Appointment.objects.filter(person__name=name, post__kind="party-member").order_by("begins", "pk")
    return [(one.post.organisation.code, one.ends is None) for one in rows]


def seat_of(name: str) -> Appointment:
    return Appointment.objects.get(person__name=name, post__kind="party-member", ends=None)


def done(client: Client, path: str, **given: str) -> Any:
    """Asked, then confirmed."""
    sent = {"on": str(timezone.localdate()), **given}
    shown = client.post(path, sent)
    assert shown.status_code == 200, re.sub(r"<[^>]+>|\s+", " ", shown.content.decode())[:2000]
    return client.post(path, {**sent, "step": "confirmed"})


def test_somebody_comes_onto_a_roll_and_nothing_shows_their_number_again(
    party_city: City, secretary: Client
) -> None:
    unit = party_city.units["zb1"].pk
    path = reverse("members-in", args=[unit])

    answer = done(secretary, path, name="新来的", id_number=ID, phone="13800001234")

    page = secretary.get(answer.url).content.decode()
    assert branches_of("新来的") == [("zb1", True)]
    assert "新来的" in page
    assert "138****1234" in page
    assert ID not in page
    entry = Entry.objects.filter(kind="appointment.began", code="party-member").order_by("-pk").first()
    assert entry is not None
    assert entry.actor == f"person:{party_city.people['支书甲'].pk}"


@pytest.mark.parametrize(
    ("given", "column", "said"),
    [
        ({"name": "党员甲"}, "name", "已经在这个支部的名册里"),
        ({"name": "张三", "id_number": "440301198001010010"}, "id_number", "身份证"),
    ],
)
def test_what_cannot_be_taken_is_said_beside_the_field(
    party_city: City, secretary: Client, given: dict[str, str], column: str, said: str
) -> None:
    path = reverse("members-in", args=[party_city.units["zb1"].pk])
    answer = secretary.post(path, {"on": str(timezone.localdate()), **given})

    assert answer.status_code == 422
    assert said in str(answer.context["form"].errors[column])
    assert not Person.objects.filter(name="张三").exists()


def test_out_ends_it_and_to_a_branch_one_keeps_begins_there_the_same_day(
    party_city: City, client: Client
) -> None:
    client.force_login(party_city.accounts["党委书记"])
    second = str(party_city.units["zb2"].pk)

    done(client, reverse("members-out", args=[seat_of("党员乙").pk]), to=second)
    done(client, reverse("members-out", args=[seat_of("党员丙").pk]), to="")

    assert branches_of("党员乙") == [("zb1", False), ("zb2", True)]
    assert branches_of("党员丙") == [("zb1", False)]
    left = client.get(reverse("members") + "?state=left").content.decode()
    assert "党员丙" in left


def test_the_table_leaves_a_trace_and_holds_no_number(secretary: Client, party_city: City) -> None:
    answer = secretary.get(reverse("members") + "?format=xlsx")
    assert b"".join(answer.streaming_content)[:2] == b"PK"  # type: ignore[attr-defined]
    answer.close()

    entry = Entry.objects.get(kind="export.made", subject_id=party_city.people["支书甲"].pk)
    assert (entry.code, entry.data["rows"]) == ("members", 6)


def test_a_keeper_imports_rosters_and_those_of_their_own_branches_only(
    secretary: Client, tmp_path: Path
) -> None:
    rows = [
        {
            "姓名": "名册一",
            "身份证号": ID,
            "党支部": "zb1",
            "起始日期": "2026-02-01",
            "手机号": "13800001234",
        },
        {"姓名": "名册二", "身份证号": "", "党支部": "zb2", "起始日期": "2026-02-01", "手机号": ""},
    ]
    file = text_file(tmp_path / "名册.csv", rows)

    def send(kind: str) -> Any:
        sent = SimpleUploadedFile(file.name, file.read_bytes())
        return secretary.post(reverse("imports"), {"kind": kind, "file": sent})

    assert send("people").status_code == 422
    preview = send("members")
    page = secretary.get(preview.url).content.decode()
    assert ID not in page
    assert "13800001234" not in page
    assert "名册不由您管理" in page
    result = secretary.post(preview.url, {"act": "import"})
    assert result.status_code == 302
    assert (branches_of("名册一"), branches_of("名册二")) == ([("zb1", True)], [])


def test_who_keeps_no_roll_imports_no_roster(party_city: City, client: Client) -> None:
    client.force_login(party_city.accounts["工委甲"])

    assert 'value="members"' not in client.get(reverse("imports")).content.decode()


def test_a_longer_roll_asks_no_more_of_the_database(party_city: City, secretary: Client) -> None:
    def asked() -> int:
        with CaptureQueriesContext(
            connection,
        ) as queries:
            assert secretary.get(reverse("members")).status_code == 200
        return len(queries)

    before = asked()
    seat = party_city.units["zb1"].posts.get(kind="party-member")
    for name in "子丑寅":
        person = domain.create_person(
            name=f"添{name}", contact=domain.Contact(name=name, phone="13800001234"), actor=ACTOR, at=FOUNDED
        )
        domain.appoint(seat, person=person, actor=ACTOR, at=FOUNDED)

    assert asked() == before
