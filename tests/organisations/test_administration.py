"""管理: what manages a unit, what keeps an administrator, seats handed over, sign-ins from day to day."""

from __future__ import annotations

import pytest

from ronghe.ledger.models import Entry
from ronghe.organisations import domain
from ronghe.organisations.domain.administrators import has_administrator
from ronghe.organisations.domain.founding import found_administrator
from ronghe.organisations.exceptions import OrganisationError
from ronghe.organisations.models import Account, Appointment, Organisation, Person
from ronghe.organisations.queries import Powers, powers_of
from ronghe.organisations.rules import may_close, may_keep_person, may_manage, may_seat, may_set_up
from tests.city import ACTOR, FOUNDED, PASSWORD, City, moment

pytestmark = [pytest.mark.db, pytest.mark.both, pytest.mark.django_db]
LATER = moment("2026-03-02 10:00")
ON = LATER.date()
WHEN = {"actor": ACTOR, "at": LATER}


def powers(city: City, name: str) -> Powers:
    return powers_of(Person.objects.get(pk=city.people[name].pk), ON)


def seat(city: City, name: str) -> Appointment:
    return Appointment.objects.get(person=city.people[name], ends=None)


@pytest.fixture
def managed(city: City) -> City:
    """An office below the department, and who manages the department."""
    city.unit("zjj-k1", "office", "住建科室", parent=city.units["zjj"])
    city.seat("zjj-k1", "handler", "科室经办")
    city.seat("zjj", "unit-administrator", "住建管理")
    city.seat("szgw", "administrator", "管理甲")
    return city


def test_manage_covers_the_subtree_and_gives_no_cases(managed: City):
    mine = powers(managed, "住建管理")
    units = {code: managed.units[code].pk for code in ("zjj", "zjj-k1", "sthjj", "szgw")}

    assert mine.scope("manage") == {units["zjj"], units["zjj-k1"]}
    assert {code: may_manage(mine, pk) for code, pk in units.items()} == {
        "zjj": True, "zjj-k1": True, "sthjj": False, "szgw": False
    }  # fmt: skip
    assert (mine.has("handle"), mine.has("administer"), mine.scope("lead")) == (False, False, frozenset())
    assert all(may_manage(powers(managed, "管理甲"), pk) for pk in units.values())


@pytest.mark.parametrize(
    ("kind", "may"),
    [
        ("head", True), ("handler", True), ("unit-administrator", True), ("clerk", True),
        ("administrator", False), ("inspector", False), ("triage-officer", False), ("petition-officer", False),
        ("committee-staff", False),
    ],
)  # fmt: skip
def test_a_manager_fills_no_post_that_covers_the_city(managed: City, kind: str, may: bool):
    mine, here, there = powers(managed, "住建管理"), managed.units["zjj-k1"].pk, managed.units["sthjj"].pk

    assert (may_set_up(mine, kind, here), may_set_up(mine, kind, there)) == (may, False)
    assert may_set_up(powers(managed, "管理甲"), kind, there)
    assert not may_set_up(powers(managed, "住建局长"), kind, here)


def test_nobody_seats_themselves_above_what_they_hold(managed: City):
    mine, own = powers(managed, "住建管理"), managed.people["住建管理"].pk
    unit = managed.units["zjj"].pk

    assert [may_seat(mine, kind, unit, own) for kind in ("handler", "head", "unit-administrator")] == [
        False, False, True
    ]  # fmt: skip
    assert may_seat(mine, "head", unit, managed.people["住建经办"].pk)
    city = powers(managed, "管理甲")
    assert [may_seat(city, kind, unit, city.person_id) for kind in ("administrator", "inspector")] == [
        True, False
    ]  # fmt: skip


def test_a_person_is_kept_by_who_manages_all_they_may_do(managed: City):
    def keeps(name: str, whose: str) -> bool:
        theirs = powers(managed, whose)
        return may_keep_person(powers(managed, name), managed.people[whose].pk, theirs.posts)

    assert {whose: keeps("住建管理", whose) for whose in ("住建局长", "科室经办", "环境经办", "工委甲", "住建管理")} == {
        "住建局长": True, "科室经办": True, "环境经办": False, "工委甲": False, "住建管理": False
    }  # fmt: skip
    domain.delegate(
        managed.people["住建局长"], managed.people["科室经办"], begins=ON, ends=moment("2026-03-09 10:00").date(),
        reason="", **WHEN,
    )  # fmt: skip
    assert keeps("住建管理", "科室经办")
    other = domain.create_post(managed.units["sthjj"], kind="handler", **WHEN)
    domain.appoint(other, person=managed.people["住建局长"], **WHEN)
    assert (keeps("住建管理", "住建局长"), keeps("住建管理", "科室经办")) == (False, False)
    assert not may_close(powers(managed, "住建管理"), managed.people["住建管理"].pk)


def test_a_seat_for_one_is_handed_over_and_not_shared(managed: City):
    head, coming = seat(managed, "住建局长"), managed.people["住建经办"]
    before = Entry.objects.count()

    with pytest.raises(OrganisationError) as taken:
        domain.appoint(head.post, person=coming, **WHEN)
    assert Entry.objects.count() == before
    new = domain.hand_over(head, to=coming, **WHEN)

    assert taken.value.code == "seat-taken"
    head.refresh_from_db()
    assert (head.ends, new.begins, new.person) == (ON, ON, coming)
    kinds = Entry.objects.order_by("pk").values_list("kind", flat=True)[before:]
    assert list(kinds) == ["appointment.ended", "appointment.began"]


@pytest.mark.parametrize("wrong", ["not-sitting", "hand-over-self", "person-left"])
def test_a_hand_over_that_cannot_be_changes_nothing(managed: City, wrong: str):
    one, to = seat(managed, "住建经办"), managed.people["科室经办"]
    if wrong == "not-sitting":
        domain.end_appointment(one, **WHEN)
    elif wrong == "person-left":
        domain.leave(to, **WHEN)
        to.refresh_from_db()
    before = Entry.objects.count()

    with pytest.raises(OrganisationError) as refused:
        domain.hand_over(one, to=managed.people["住建经办"] if wrong == "hand-over-self" else to, **WHEN)

    assert (refused.value.code, Entry.objects.count()) == (wrong, before)
    assert (seat(managed, "住建经办").ends is None) if wrong != "not-sitting" else True


def _take_out(city: City, how: str, without: Person) -> None:
    one = seat(city, "管理甲")
    match how:
        case "end_appointment":
            domain.end_appointment(one, **WHEN)
        case "end_post":
            domain.end_post(one.post, **WHEN)
        case "leave":
            domain.leave(one.person, **WHEN)
        case "close_account":
            domain.close_account(city.accounts["管理甲"], **WHEN)
        case "merge":
            domain.merge_organisation(city.units["szgw"], into=city.units["gw2"], **WHEN)
        case _:
            domain.hand_over(one, to=without, **WHEN)


@pytest.mark.parametrize(
    "how", ["end_appointment", "end_post", "leave", "close_account", "merge", "hand_over"]
)
def test_the_last_who_can_sign_in_to_administer_stays(managed: City, how: str):
    without = domain.create_person(name="没有账号的人", **WHEN)
    managed.unit("gw2", "work-committee", "另一个工委")
    before = Entry.objects.count()

    with pytest.raises(OrganisationError) as refused:
        _take_out(managed, how, without)

    assert (refused.value.code, Entry.objects.count()) == ("last-administrator", before)
    assert has_administrator(ON)


def test_one_of_two_administrators_may_go(managed: City):
    managed.seat("zjj", "administrator", "管理乙")

    domain.leave(managed.people["管理甲"], **WHEN)

    assert has_administrator(ON)
    assert not Account.objects.get(username="管理甲").is_active


def test_a_sign_in_from_day_to_day(managed: City):
    account, person = managed.accounts["住建经办"], managed.people["住建经办"]

    domain.close_account(account, **WHEN)
    assert domain.reopen_account(account, **WHEN).is_active
    assert domain.rename_account(account, username=" zhujian ", **WHEN).username == "zhujian"
    with pytest.raises(OrganisationError) as taken:
        domain.rename_account(account, username="环境局长", **WHEN)
    domain.leave(person, **WHEN)
    with pytest.raises(OrganisationError) as gone:
        domain.reopen_account(account, **WHEN)

    assert [taken.value.code, gone.value.code] == ["username-taken", "person-left"]
    assert list(
        Entry.objects.filter(subject_type="account", subject_id=account.pk).order_by("seq").values_list("kind", flat=True)
    ) == ["account.opened", "account.closed", "account.reopened", "account.renamed", "account.closed"]  # fmt: skip


def test_first_password_is_read_out_and_holds_the_rules(city: City):
    letters = iter("abcdefghjkmnpqrs")
    said = domain.first_password(lambda _all: next(letters))

    assert said == "abcd-efgh-jkmn-pqrs"
    person = domain.create_person(name="某人", **WHEN)
    account = domain.open_account(person, username="mouren", password=said, must_change=True, **WHEN)
    assert (account.must_change, domain.first_password() != domain.first_password()) == (True, True)


def test_what_is_recorded_of_a_person_is_corrected(city: City):
    person = domain.create_person(
        name="李四", contact=domain.Contact(name="李四", phone="13800000001"), **WHEN
    )
    before = Entry.objects.count()

    domain.change_person(person, name="李四", employee_number=None, **WHEN)
    assert Entry.objects.count() == before
    changed = domain.change_person(person, name="李肆", employee_number="A1", email="li@example.com", **WHEN)

    assert changed.identity is not None
    kept = domain.open_contact(changed.identity)
    assert (kept.name, kept.phone, kept.email) == ("李肆", "13800000001", "li@example.com")
    entry = Entry.objects.latest("pk")
    assert (entry.kind, entry.data) == ("person.changed", {"fields": ["name", "number", "contact"]})


def test_a_fresh_city_gets_its_first_administrator_once(city: City):
    given = {"unit": "市数据局", "name": "甲某", "username": "jiamou", "password": PASSWORD}

    account = found_administrator(**given, **WHEN)

    assert powers_of(account, ON).has("administer")
    assert account.must_change
    assert Organisation.objects.get(name="市数据局").kind == "work-committee"
    with pytest.raises(OrganisationError) as again:
        found_administrator(**{**given, "username": "yimou"}, **WHEN)
    assert again.value.code == "has-administrator"
    assert FOUNDED < LATER
