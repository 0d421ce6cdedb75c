"""Who stands on a roll is told by its own pages to its keepers, to each person of themselves, and by nothing else.

Every address that names at most a number is asked as everybody who keeps no roll, or another's: no name of a member in
it, and the page the same when the members do not exist. `openly` taken away, the same examination finds the leaks.
"""

from __future__ import annotations

import datetime as dt
import logging
from collections.abc import Iterator

import pytest
from django.db import transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from ronghe.core.memory import forget
from ronghe.definitions.queries import live
from ronghe.organisations import domain
from ronghe.organisations.models import Appointment, Person
from ronghe.organisations.queries import powers_of, rolls
from ronghe.organisations.queries.accounts import WantedPeople, find_people
from tests.city import ACTOR, FOUNDED, City
from tests.matrix.addresses import all_addresses
from tests.matrix.asking import ask

pytestmark = [pytest.mark.page, pytest.mark.django_db]
MEMBERS = ("尉迟暗甲", "尉迟暗乙")
SIGNED_IN = "尉迟明丙"
STRANGERS = ("工委甲", "管理员", "机关管理员", "支书乙", SIGNED_IN)
WIDE = ("工委甲", "管理员")  # who sees most: asked of every address; the others of those where people stand
KEEPERS = {"支书甲": "zb1", "党委书记": "zb1"}
# Asked with the name, as somebody would who looks for a person.
ASKED = {
    "search": "q",
    "admin-people": "q",
    "admin-posts": "q",
    "admin-units": "q",
    "organisations": "q",
}
NEAR = frozenset(
    {
        "organisation",
        "organisations",
        "organisation-act",
        "search",
        "admin-people",
        "admin-posts",
        "me",
        "members",
        "my-facts",
    }
)
LEAKING = frozenset({"organisation", "admin-people", "search"})


@pytest.fixture(autouse=True)
def _refusals_are_expected() -> Iterator[None]:
    logging.disable(logging.CRITICAL)
    yield
    logging.disable(logging.NOTSET)


@pytest.fixture
def rolled(party_city: City, db: None) -> City:
    """Two members of the first branch known by the roll only, and one who signs in and keeps nothing."""
    city = City(dict(party_city.units), dict(party_city.people), dict(party_city.accounts))
    city.seat("szgw", "administrator", "管理员")
    city.seat("sthjj", "unit-administrator", "机关管理员")
    seat = city.units["zb1"].posts.get(kind="party-member")
    for name in (*MEMBERS, SIGNED_IN):
        person = domain.create_person(name=name, actor=ACTOR, at=FOUNDED)
        domain.appoint(seat, person=person, actor=ACTOR, at=FOUNDED)
        city.people[name] = person
    city.accounts[SIGNED_IN] = domain.open_account(
        city.people[SIGNED_IN], username=SIGNED_IN, password="a-long-test-password", actor=ACTOR, at=FOUNDED
    )
    return city


def numbers_of(city: City) -> list[int]:
    """Of the branch, of a member, of their post and of their seat in it."""
    seat = Appointment.objects.get(person=city.people[MEMBERS[0]])
    return [city.units["zb1"].pk, city.people[MEMBERS[0]].pk, seat.post_id, seat.pk]


def asked_of(city: City) -> Iterator[tuple[str, str]]:
    """(name, path) of every address that names nothing or numbers only; lists as tables too, and looked for by name."""
    numbers = numbers_of(city)
    branch = city.units["zb1"].pk
    for address in all_addresses():
        if not address.parameters:
            paths = [reverse(address.name)]
        elif address.parameters == ("pk",):
            paths = [reverse(address.name, args=[number]) for number in numbers[:2]]
        else:
            paths = []
        for path in paths:
            yield address.name, path
            if address.name in ASKED:
                yield from ((address.name, f"{path}?{ASKED[address.name]}={name}") for name in MEMBERS)
                yield address.name, f"{path}?{ASKED[address.name]}=机关第一党支部"
    for act in ("appoint", "open-post"):
        yield "organisation-act", reverse("organisation-act", args=[branch, act])
    for act in ("leave", "hand-over", "rename-post", "end-post"):
        for number in numbers[2:]:
            yield "organisation-row-act", reverse("organisation-row-act", args=[branch, act, number])
    yield "organisation", reverse("organisation", args=[branch]) + "?on=2026-01-06"
    yield "organisation", reverse("organisation", args=[branch]) + "?on=2010-01-06"
    yield "organisations", reverse("organisations") + "?format=xlsx"
    yield "admin-people", reverse("admin-people") + "?state=idle"


def leaks(client: Client, city: City, *, only: frozenset[str] = frozenset()) -> set[str]:
    """The addresses that tell a member's name, or are another page when there are no such members."""
    found = set[str]()
    answers = {}
    for name, path in asked_of(city):
        if only and name not in only:
            continue
        answer = ask(client, path)
        if answer.status not in (403, 404):
            answers[name, path] = answer
        if any(member in answer.text.replace(_asked(path), "") for member in MEMBERS):
            found.add(name)
    with transaction.atomic():
        gone = Person.objects.filter(name__in=MEMBERS)
        Appointment.objects.filter(person__in=gone).delete()
        gone.delete()
        forget()
        pages = {asked: ask(client, asked[1]).plain for asked in answers}
        transaction.set_rollback(True)
    forget()
    # Asked once more, because a clock on the page may have moved on meanwhile.
    differing = [asked for asked, page in pages.items() if page != answers[asked].plain]
    return found | {asked[0] for asked in differing if ask(client, asked[1]).plain != pages[asked]}


def _asked(path: str) -> str:
    """What was looked for stands in the field it was typed into."""
    return path.rpartition("=")[2] if "?q=" in path else "\0"


@pytest.mark.parametrize("name", STRANGERS)
def test_no_page_tells_who_stands_on_a_roll_to_who_does_not_keep_it(
    rolled: City, client: Client, name: str
) -> None:
    client.force_login(rolled.accounts[name])

    assert leaks(client, rolled, only=frozenset() if name in WIDE else NEAR) == set()


def test_the_examination_finds_every_list_that_forgets_the_rule(
    rolled: City, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rolls, "roll_kinds", lambda _on: frozenset())
    client.force_login(rolled.accounts["管理员"])

    assert leaks(client, rolled, only=LEAKING) == LEAKING


@pytest.mark.parametrize("name", KEEPERS)
def test_keepers_read_their_roll_and_its_table(rolled: City, client: Client, name: str) -> None:
    client.force_login(rolled.accounts[name])
    branch = rolled.units[KEEPERS[name]].pk

    for path in (reverse("members"), reverse("members-branch", args=[branch])):
        for asked in (path, f"{path}?format=xlsx"):
            answer = ask(client, asked)
            assert [member for member in MEMBERS if member not in answer.text] == []


def test_the_roll_of_another_branch_does_not_exist(rolled: City, client: Client) -> None:
    client.force_login(rolled.accounts["支书乙"])
    seat = Appointment.objects.get(person=rolled.people[MEMBERS[0]]).pk
    first = rolled.units["zb1"].pk

    for name, number in (("members-branch", first), ("members-in", first), ("members-out", seat)):
        assert client.get(reverse(name, args=[number])).status_code == 404
    assert MEMBERS[0] not in ask(client, reverse("members") + "?q=" + MEMBERS[0]).text.replace(
        f'value="{MEMBERS[0]}"', ""
    )


def test_each_person_reads_their_own_and_nobody_elses(rolled: City, client: Client) -> None:
    client.force_login(rolled.accounts[SIGNED_IN])
    page = ask(client, reverse("my-facts")).text

    assert "市生态环境局第一党支部 党员" in page
    assert not any(name in page for name in (*MEMBERS, "支书甲", "党员甲"))
    assert client.get(reverse("members")).status_code == 403


def test_an_administrator_sees_that_an_account_exists_but_not_the_membership(
    rolled: City, client: Client
) -> None:
    client.force_login(rolled.accounts["管理员"])

    lists = ask(client, reverse("admin-people") + f"?q={SIGNED_IN}").text
    page = ask(client, reverse("admin-person", args=[rolled.people[SIGNED_IN].pk])).text

    assert SIGNED_IN in lists
    assert SIGNED_IN in page
    assert "党支部" not in page
    assert client.get(reverse("admin-person", args=[rolled.people[MEMBERS[0]].pk])).status_code == 404


def test_who_is_known_by_a_roll_only_is_found_by_number_and_not_by_name(rolled: City) -> None:
    today = timezone.localdate()
    person = rolled.people[MEMBERS[0]]
    Person.objects.filter(pk=person.pk).update(employee_number="A-7731")

    def found(text: str) -> list[str]:
        return [one.name for one in find_people(WantedPeople(today, None, text))]

    assert (found(MEMBERS[0]), found("A-7731")) == ([], [MEMBERS[0]])


def test_a_roll_of_before_its_definition_is_one_too() -> None:
    assert "party-member" in rolls.roll_kinds(dt.date(2010, 1, 1))


def test_only_who_keeps_a_roll_holds_that_power(rolled: City) -> None:
    keeping = {one.edition.code for one in live("post", timezone.localdate()) if "roll" in one.body.may}
    on = timezone.localdate()
    zb1, zb2 = (rolled.units[code].pk for code in ("zb1", "zb2"))

    def reach(name: str) -> tuple[bool, bool]:
        scope = powers_of(rolled.accounts[name], on).scope("roll")
        return zb1 in scope, zb2 in scope

    assert {"branch-secretary", "branch-committee-member", "party-committee-secretary"} <= keeping
    told = {name: reach(name) for name in ("支书甲", "支书乙", "党委书记", "工委甲", "管理员", SIGNED_IN)}
    assert told == {
        "支书甲": (True, False),
        "支书乙": (False, True),
        "党委书记": (True, True),
        "工委甲": (False, False),
        "管理员": (False, False),
        SIGNED_IN: (False, False),
    }
