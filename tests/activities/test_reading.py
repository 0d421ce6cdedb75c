"""Activities as the notation sees them, as things, as steps of cases, and what may occur only once."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest

from ronghe.activities.domain import By, activity_facts, change, hold, plan, record
from ronghe.activities.exceptions import DomainError
from ronghe.activities.models import Activity
from ronghe.activities.queries.listing import Wanted, find_activities, planned_between, to_record
from ronghe.core.select import Quantity, Where
from ronghe.definitions import queries as definitions
from ronghe.definitions.kinds.base import OnePer
from ronghe.definitions.queries import Loaded
from ronghe.definitions.things import facts_of, titles_of, visible_of
from ronghe.organisations.queries import OrganisationFacts, powers_of
from tests.activities.test_recording import BEGAN, NOW, by, kind, told
from tests.city import City, moment

pytestmark = [pytest.mark.db, pytest.mark.django_db]
DAY = NOW.date()


def once(*keys: str, otherwise: str = "refuse", code: str = "theme-day") -> Loaded:
    """A kind as it would be with a `one_per`."""
    loaded = kind(code)
    only = OnePer(**{"keys": keys, "or": otherwise})
    body = loaded.body.model_copy(update={"one_per": only})
    return Loaded(loaded.edition, body, loaded.first_effective)


def test_facts_are_typed_and_follow_its_sides(party_city: City) -> None:
    city = party_city
    firm = ("organisation", city.units["enterprise"].pk)
    quantities = {"answered": "14"}
    activity = record(kind(), by(city, "支书甲"), told(city, people=3, about=[firm], quantities=quantities))
    facts = activity_facts(activity)
    asked = ("kind", "day", "place", "people", "members", "present-share", "theme", "answered")
    assert [facts.get(name) for name in asked] == [
        "theme-day",
        dt.date(2026, 3, 5),
        "支部活动室",
        Decimal(3),
        Decimal(6),
        Decimal("0.5"),
        "进园区访企业",
        Quantity(Decimal(14), "人次"),
    ]
    assert facts.get("organiser") == [OrganisationFacts(city.units["zb1"], DAY)]
    where = {"organiser": "zb1", "about.kind": "enterprise", "present-share": {"least": 0.5}}
    assert Where.parse(where).matches(facts)
    assert not Where.parse({"organiser": "zb2"}).matches(facts)


def test_who_was_there_by_kind_of_post(party_city: City) -> None:
    city = party_city
    persons = {city.people["支书甲"].pk: "", city.people["党员乙"].pk: ""}
    activity = record(kind(), by(city, "支书甲"), told(city, persons=persons))
    facts = activity_facts(activity)
    assert facts.get("with") == ["branch-secretary", "party-member"]
    assert Where.parse({"with": "branch-secretary"}).matches(facts)
    # Two of six members, counted by name.
    assert facts.get("present-share") == Decimal(2) / 6


def test_as_a_thing_it_is_seen_by_its_sides_alone(party_city: City) -> None:
    city = party_city
    activity = record(kind(), by(city, "支书甲"), told(city, counts={city.units["zjj"].pk: 2}))
    ref = ("activity", activity.pk)
    assert titles_of([ref]) == {ref: "主题党日：进园区访企业"}
    found = facts_of(ref, DAY)
    assert found is not None
    assert found.get("kind") == "theme-day"
    assert facts_of(("activity", 999_999), DAY) is None
    seen = {
        name: bool(visible_of([ref], powers_of(city.people[name], DAY)))
        for name in ("支书甲", "党员甲", "支书乙", "住建经办", "环境经办", "工委甲", "党委书记")
    }
    assert seen == {
        "支书甲": True,
        "党员甲": True,
        "支书乙": False,
        "住建经办": True,
        "环境经办": False,
        "工委甲": True,
        "党委书记": True,
    }


def test_only_once_by_its_keys(party_city: City) -> None:
    city = party_city
    monthly = once("organiser", "month")
    first = record(monthly, by(city, "支书甲"), told(city))
    with pytest.raises(DomainError, match="同样的只登记一次"):
        record(monthly, by(city, "支书甲"), told(city, begins_at=moment("2026-03-01 09:00")))
    record(monthly, by(city, "支书甲"), told(city, begins_at=moment("2026-02-28 09:00")))
    record(monthly, by(city, "支书乙"), told(city, "zb2"))
    # It does not stand in its own way.
    change(first.pk, by(city, "支书甲"), told(city, people=3))


def test_look_alikes_are_asked_about(party_city: City) -> None:
    city = party_city
    flagged = once("organiser", "day", otherwise="flag")
    record(flagged, by(city, "支书甲"), told(city))
    with pytest.raises(DomainError, match="再提交一次确认"):
        record(flagged, by(city, "支书甲"), told(city))
    record(flagged, by(city, "支书甲"), told(city), is_confirmed=True)
    assert Activity.objects.count() == 2


@pytest.mark.parametrize(
    ("begins", "ends", "place", "is_free"),
    [
        ("09:00", "10:00", "会议室", True),
        ("09:00", "10:01", "会议室", False),
        ("10:30", "10:40", "会议室", False),
        ("11:00", "12:00", "会议室", True),
        ("10:30", "10:40", "礼堂", True),
    ],
)
def test_a_room_is_not_taken_twice(
    party_city: City, begins: str, ends: str, place: str, is_free: bool
) -> None:
    city = party_city
    room = once("place", "time")
    when: dict[str, Any] = {"place": "会议室"}
    at = "2026-03-06 "
    plan(
        room,
        by(city, "支书甲"),
        told(city, begins_at=moment(at + "10:00"), ends_at=moment(at + "11:00"), **when),
    )
    other = told(city, "zb2", begins_at=moment(at + begins), ends_at=moment(at + ends), place=place)
    if is_free:
        assert plan(room, by(city, "支书乙"), other).state == "planned"
    else:
        with pytest.raises(DomainError, match="不能重叠"):
            plan(room, by(city, "支书乙"), other)
    with pytest.raises(DomainError, match="请写明结束时间"):
        plan(room, by(city, "支书乙"), told(city, "zb2", begins_at=moment(at + "15:00")))


def test_each_organiser_has_its_own_figure(party_city: City) -> None:
    city = party_city
    loaded = kind()
    own = [one.model_copy(update={"per": "organiser"}) for one in loaded.body.quantities]
    body = loaded.body.model_copy(update={"quantities": tuple(own)})
    each = {str(city.units["zb1"].pk): "3", str(city.units["zb2"].pk): "4"}
    made = Loaded(loaded.edition, body, loaded.first_effective)
    activity = record(made, by(city, "支书甲"), told(city, "zb1", "zb2", quantities={"answered": each}))
    assert activity.quantities == {"answered": {key: int(value) for key, value in each.items()}}
    assert activity_facts(activity).get("answered") == Quantity(Decimal(7), "人次")


def test_lists_by_what_is_wanted(party_city: City) -> None:
    city = party_city
    mine = record(kind(), by(city, "支书甲"), told(city))
    theirs = record(kind(), by(city, "支书乙"), told(city, "zb2"))
    early = NOW.replace(hour=8)
    planned = plan(kind("members-meeting"), by(city, "支书甲", early), told(city, values={"topic": "学习"}))
    committee, secretary = (powers_of(city.people[name], DAY) for name in ("工委甲", "支书甲"))
    assert {one.pk for one in find_activities(committee, Wanted())} == {mine.pk, theirs.pk, planned.pk}
    assert {one.pk for one in find_activities(secretary, Wanted())} == {mine.pk, planned.pk}
    assert {one.pk for one in find_activities(committee, Wanted(organiser=city.units["zb2"].pk))} == {
        theirs.pk
    }
    assert {one.pk for one in find_activities(committee, Wanted(state="planned"))} == {planned.pk}
    assert [row.activity.pk for row in to_record(secretary, NOW)] == [planned.pk]
    assert to_record(committee, NOW) == []
    units = [city.units["zb1"].pk]
    assert [one.pk for one in planned_between(units, BEGAN, NOW)] == [planned.pk]
    hold(planned.pk, by(city, "支书甲"), told(city, values={"topic": "学习"}))
    assert to_record(secretary, NOW) == []


def test_the_system_records_too(party_city: City) -> None:
    activity = record(definitions.get("activity", "theme-day", DAY), By("import:b1", NOW), told(party_city))
    assert activity.opener == "import:b1"
