"""Who sees what on the desks: every address × every account × own, others' and a petition about one's own unit."""

from __future__ import annotations

import re

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from ronghe.casework.models import Case
from ronghe.ledger.models import Entry
from ronghe.organisations import domain as organisations
from ronghe.organisations.models import Reading
from tests.city import City
from tests.www.desk_cases import PETITIONER, PHONE, do, file_petition, file_request

pytestmark = [pytest.mark.page, pytest.mark.both, pytest.mark.django_db]
EVERYBODY = ["环境经办", "环境局长", "住建经办", "分办甲", "工委甲", "管家甲"]
READ = ["case", "case-preview"]
ACTS = [
    ("case-step", [1, "accept"]),
    ("case-pause", [1]),
    ("case-extend", [1]),
    ("case-assign", [1]),
    ("case-resume", []),
    ("case-note", []),
    ("case-reveal", []),
]


@pytest.fixture
def petition(city: City) -> Case:
    """A petition about 市生态环境局 that 市住房和建设局 answers."""
    case = do(city, "分办甲", file_petition(city), 1, "transfer", to=city.units["zjj"])
    return do(city, "住建经办", case, 2, "accept")


@pytest.fixture
def specialist(city: City):
    """A petition officer, who may read protected identities; gone again after the test."""
    city.unit("xfj", "petition-office", "市信访局")
    return city.seat("xfj", "petition-officer", "信访专员")


@pytest.mark.parametrize("name", ["desk", "cases", "board", "triage", "me"])
def test_stranger_is_asked_to_sign_in(client: Client, name: str) -> None:
    answer = client.get(reverse(name))

    assert (answer.status_code, answer["Location"]) == (302, f"/sign-in/?next={reverse(name)}")


@pytest.mark.parametrize(("name", "more"), [("case", []), ("case-preview", []), *ACTS])
def test_stranger_sees_and_does_nothing_with_a_case(
    city: City, client: Client, name: str, more: list
) -> None:
    case = file_request(city)
    address = reverse(name, args=[case.number, *more])

    answers = [client.get(address), client.post(address, {"revision": case.revision})]

    assert {answer.status_code for answer in answers} <= {302, 405}
    assert Case.objects.get(pk=case.pk).revision == case.revision


@pytest.mark.parametrize(
    ("name", "own", "petition_"),
    [
        ("环境经办", 200, 404),
        ("环境局长", 200, 404),
        ("住建经办", 404, 200),
        ("分办甲", 404, 200),
        ("工委甲", 200, 200),
        ("管家甲", 404, 404),
    ],
)
def test_case_is_shown_to_its_unit_and_hidden_from_others(
    city: City, signed, petition: Case, name: str, own: int, petition_: int
) -> None:
    request = file_request(city)
    client = signed(name)

    seen = {
        (page, case.procedure): client.get(
            reverse(page, args=[case.number]), headers={"HX-Request": "true"}
        ).status_code
        for page in READ
        for case in (request, petition)
    }

    assert seen == {
        (page, procedure): status
        for page in READ
        for procedure, status in (("enterprise-request", own), ("petition", petition_))
    }


@pytest.mark.parametrize(("name", "more"), ACTS)
@pytest.mark.parametrize("who", ["住建经办", "管家甲"])
def test_hidden_case_cannot_be_acted_on(city: City, signed, who: str, name: str, more: list) -> None:
    case = file_request(city)

    answer = signed(who).post(reverse(name, args=[case.number, *more]), {"revision": case.revision})

    assert answer.status_code == 404
    assert Case.objects.get(pk=case.pk).revision == case.revision


@pytest.mark.parametrize(("name", "more"), ACTS)
def test_known_case_of_another_cannot_be_acted_on(city: City, signed, name: str, more: list) -> None:
    case = file_request(city)

    answer = signed("工委甲").post(reverse(name, args=[case.number, *more]), {"revision": case.revision})

    assert answer.status_code == 403
    assert Case.objects.get(pk=case.pk).revision == case.revision


def test_only_triage_officers_have_a_triage_desk(city: City, signed) -> None:
    status = {name: signed(name).get(reverse("triage")).status_code for name in EVERYBODY}

    assert status == {**dict.fromkeys(EVERYBODY, 403), "分办甲": 200}


def test_unit_complained_of_never_sees_the_petition_nor_its_counts(
    city: City, signed, petition: Case
) -> None:
    addresses = [
        "/desk/",
        "/desk/cases/",
        f"/desk/cases/?q={petition.number}",
        "/desk/board/",
        "/desk/cases/?unit=zjj",
    ]

    for name in ("环境经办", "环境局长"):
        client = signed(name)
        for address in addresses:
            page = client.get(address).content.decode()
            asked = re.sub(r'(value="|q=)[^"]*"', "", page)
            assert petition.number not in asked, (name, address)
            assert petition.title not in page, (name, address)
        assert client.get("/desk/board/").context["kinds"] == []


def test_unit_complained_of_does_not_see_it_at_the_triage_desk_either(city: City, signed) -> None:
    waiting = file_petition(city)

    assert signed("环境经办").get(reverse("case", args=[waiting.number])).status_code == 404
    assert waiting.number in signed("分办甲").get(reverse("triage")).content.decode()


def test_petitioner_appears_on_no_page_of_anybody(city: City, signed, specialist, petition: Case) -> None:
    do(city, "住建经办", petition, 3, "return", note="不归本局管")
    addresses = [
        "/desk/",
        "/desk/cases/",
        "/desk/board/",
        "/desk/triage/",
        f"/desk/triage/{petition.number}/",
    ]
    addresses += [reverse(name, args=[petition.number]) for name in READ]

    for name in [*EVERYBODY, "信访专员"]:
        client = signed(name)
        for address in addresses:
            for headers in ({}, {"HX-Request": "true"}):
                page = client.get(address, headers=headers).content.decode()
                assert PETITIONER not in page, (name, address)
                assert PHONE not in page, (name, address)


def test_worker_of_a_petition_sees_a_mask(city: City, signed, petition: Case) -> None:
    page = signed("住建经办").get(reverse("case", args=[petition.number])).content.decode()

    assert ("钱**" in page, "137****5678" in page, "查看真实身份" in page) == (True, True, False)


def test_requester_of_an_open_case_is_known_to_its_workers_only(city: City, signed) -> None:
    case = file_request(city)
    address = reverse("case", args=[case.number])

    shown = {
        name: "13800138000" in signed(name).get(address).content.decode() for name in ("环境经办", "工委甲")
    }

    assert shown == {"环境经办": True, "工委甲": False}


def seen_by_specialist(city: City) -> Case:
    """A petition that the petition office itself answers."""
    case = file_petition(city)
    return do(city, "分办甲", case, 1, "transfer", to=city.units["xfj"])


def test_identity_is_revealed_for_a_reason_and_recorded(city: City, client: Client, specialist) -> None:
    case = seen_by_specialist(city)
    client.force_login(specialist)
    address = reverse("case-reveal", args=[case.number])

    before = client.get(reverse("case", args=[case.number])).content.decode()
    refused = client.post(address, {"reason": "看"})
    shown = client.post(address, {"reason": "电话核实来信内容"})

    assert "查看真实身份" in before
    assert (refused.status_code, PHONE in refused.content.decode()) == (422, False)
    assert (shown.status_code, PETITIONER in shown.content.decode(), PHONE in shown.content.decode()) == (
        200,
        True,
        True,
    )
    assert "no-store" in shown["Cache-Control"]
    reading = Reading.objects.get()
    assert (reading.actor, reading.reason) == (f"person:{specialist.person_id}", "电话核实来信内容")
    entry = Entry.objects.get(kind="identity.read")
    assert [(touch.role, touch.type, touch.ref) for touch in entry.touches.all()] == [
        ("about", "case", case.pk)
    ]
    assert PHONE not in client.get(reverse("case", args=[case.number])).content.decode()
    assert client.get(address).status_code == 200
    assert Reading.objects.count() == 1


def test_erased_identity_breaks_no_page(city: City, client: Client, specialist) -> None:
    case = seen_by_specialist(city)
    organisations.erase(case.identity, actor="system:test", at=timezone.now())
    client.force_login(specialist)

    shown = client.get(reverse("case", args=[case.number]))
    refused = client.post(reverse("case-reveal", args=[case.number]), {"reason": "电话核实来信内容"})

    assert (shown.status_code, refused.status_code) == (200, 422)
    assert "已按规定清除" in refused.content.decode()


def test_refused_staff_stay_at_their_desk(signed, city: City) -> None:
    answer = signed("环境经办").get(reverse("triage"))
    page = answer.content.decode()

    assert answer.status_code == 403
    assert '<a class="btn btn-primary" href="/desk/">回到我的待办</a>' in page
    assert reverse("sign-out") in page
    assert 'href="/follow/"' not in page
