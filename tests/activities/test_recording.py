"""Planning, recording, correcting and cancelling activities; what the ledger says of each."""

from __future__ import annotations

import uuid
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings, strategies as st

from ronghe.activities.domain import By, Told, cancel, change, hold, plan, record, told_of
from ronghe.activities.enums import Ground
from ronghe.activities.exceptions import DomainError, StaleRevision
from ronghe.activities.models import Activity
from ronghe.definitions import queries as definitions
from ronghe.ledger.models import Entry
from ronghe.organisations.models import Person
from ronghe.organisations.queries import powers_of
from tests.city import City, moment

pytestmark = [pytest.mark.db, pytest.mark.django_db]
NOW = moment("2026-03-05 18:00")
BEGAN = moment("2026-03-05 15:00")
THEME = {"theme": "进园区访企业"}


def by(city: City, name: str, at: Any = NOW, revision: int | None = None) -> By:
    # Asked anew: what was remembered of another day's powers is of no use here.
    person = Person.objects.get(pk=city.people[name].pk)
    return By(f"person:{person.pk}", at, powers_of(person, at.date()), revision)


def kind(code: str = "theme-day") -> Any:
    return definitions.get("activity", code, NOW.date())


def told(city: City, *units: str, **more: Any) -> Told:
    return Told(
        **{
            "organisers": [city.units[unit] for unit in units or ("zb1",)],
            "begins_at": BEGAN,
            "place": "支部活动室",
            "values": THEME,
            **more,
        }
    )


def entries(activity: Activity) -> list[tuple[str, int | None, str]]:
    """Kind, quantity and which of its own entries it corrects (by seq), in order."""
    rows = list(Entry.objects.filter(subject_type="activity", subject_id=activity.pk).order_by("seq"))
    seqs = {row.pk: row.seq for row in rows}
    return [(row.kind, row.quantity, str(seqs.get(row.corrects_id or 0, ""))) for row in rows]


def standing(**where: Any) -> list[Entry]:
    """The entries that count: not corrected by a later one."""
    rows = list(Entry.objects.filter(**where))
    corrected = set(Entry.objects.exclude(corrects=None).values_list("corrects", flat=True))
    return [row for row in rows if row.pk not in corrected]


def test_recorded_at_once_it_counts_for_its_organiser(party_city: City) -> None:
    city = party_city
    activity = record(kind(), by(city, "支书甲"), told(city, people=12))
    assert (activity.state, activity.title, activity.people) == ("held", "主题党日：进园区访企业", 12)
    assert entries(activity) == [("activity.held", 12, "")]
    entry = Entry.objects.get(subject_type="activity", subject_id=activity.pk)
    assert (entry.at, entry.code, entry.organisation_id) == (BEGAN, "theme-day", city.units["zb1"].pk)
    assert entry.data == {"people": 12}
    touched = set(entry.touches.values_list("role", "type", "ref"))
    assert touched == {("organiser", "organisation", city.units["zb1"].pk)}


def test_the_same_submission_is_the_same_activity(party_city: City) -> None:
    submission = uuid.uuid4()
    first = record(kind(), by(party_city, "支书甲"), told(party_city), submission=submission)
    again = record(kind(), by(party_city, "支书甲"), told(party_city), submission=submission)
    assert (again.pk, Activity.objects.count(), len(entries(first))) == (first.pk, 1, 1)


def test_planned_then_held_as_it_was(party_city: City) -> None:
    city = party_city
    planned = plan(kind(), by(city, "支书甲"), told(city, begins_at=moment("2026-03-10 09:00")))
    assert (planned.state, entries(planned)) == ("planned", [("activity.planned", None, "")])

    at = moment("2026-03-10 12:00")
    begins = moment("2026-03-10 09:30")
    held = hold(planned.pk, by(city, "支书甲", at, 1), told(city, begins_at=begins, people=5))
    assert (held.state, held.begins_at, held.revision) == ("held", begins, 2)
    assert entries(held) == [("activity.planned", None, ""), ("activity.held", 5, "")]
    with pytest.raises(DomainError, match="已经登记"):
        hold(planned.pk, by(city, "支书甲", at), told(city, begins_at=begins))


def test_a_joint_activity_is_one_for_all_and_one_for_each(party_city: City) -> None:
    city = party_city
    quantities = {"answered": "3", "opinions": "2"}
    activity = record(kind(), by(city, "支书甲"), told(city, "zb1", "zb2", quantities=quantities))
    assert entries(activity) == [
        ("activity.held", None, ""),
        ("quantity.recorded", 3, ""),
        ("quantity.recorded", 2, ""),
    ]
    for unit in ("zb1", "zb2"):
        ref = city.units[unit].pk
        where = {"touches__role": "organiser", "touches__type": "organisation", "touches__ref": ref}
        assert [row.kind for row in standing(kind="activity.held", **where)] == ["activity.held"]


def test_it_counts_for_what_it_is_about(party_city: City) -> None:
    city = party_city
    firm = ("organisation", city.units["enterprise"].pk)
    activity = record(kind(), by(city, "支书甲"), told(city, about=[firm], guides=[city.units["szgw"]]))
    entry = Entry.objects.get(subject_type="activity", subject_id=activity.pk)
    assert {(touch.role, touch.ref) for touch in entry.touches.all()} == {
        ("organiser", city.units["zb1"].pk),
        ("about", firm[1]),
        ("guide", city.units["szgw"].pk),
    }


def test_names_stand_in_no_entry(party_city: City) -> None:
    city = party_city
    persons = {city.people[name].pk: "" for name in ("党员甲", "党员乙")}
    activity = record(
        kind(), by(city, "支书甲"), told(city, persons=persons, counts={city.units["zb2"].pk: 4})
    )
    assert activity.people == 6
    rows = set(activity.participants.values_list("person__name", "organisation__code", "count"))
    assert rows == {("党员甲", "zb1", 1), ("党员乙", "zb1", 1), (None, "zb2", 4)}
    for entry in Entry.objects.filter(subject_type="activity", subject_id=activity.pk):
        assert not entry.touches.filter(type="person").exists()
        assert set(entry.data) <= {"people", "values", "until"}


def test_a_change_names_its_fields_and_corrects_what_stood(party_city: City) -> None:
    city = party_city
    activity = record(kind(), by(city, "支书甲"), told(city, people=12, quantities={"answered": "3"}))
    change(activity.pk, by(city, "支书甲", revision=2), told(city, people=10, quantities={"answered": "4"}))
    assert entries(activity) == [
        ("activity.held", 12, ""),
        ("quantity.recorded", 3, ""),
        ("activity.changed", None, "1"),
        ("activity.held", 10, ""),
        ("quantity.recorded", 4, "2"),
    ]
    changed = Entry.objects.get(kind="activity.changed", subject_id=activity.pk)
    assert changed.data == {"fields": ["answered", "people"]}
    assert [row.quantity for row in standing(kind="activity.held")] == [10]

    change(activity.pk, by(city, "支书甲", revision=5), told(city, people=10))
    assert entries(activity)[5:] == [
        ("activity.changed", None, "4"),
        ("activity.held", 10, ""),
        ("quantity.recorded", None, "5"),
    ]


def test_a_change_of_words_leaves_what_counts(party_city: City) -> None:
    city = party_city
    activity = record(kind(), by(city, "支书甲"), told(city, people=12))
    change(activity.pk, by(city, "支书甲"), told(city, people=12, place="规划馆"))
    assert entries(activity) == [("activity.held", 12, ""), ("activity.changed", None, "")]
    change(activity.pk, by(city, "支书甲"), told(city, people=12, place="规划馆"))
    assert len(entries(activity)) == 2


def test_two_editors_lose_nothing(party_city: City) -> None:
    city = party_city
    activity = record(kind(), by(city, "支书甲"), told(city, people=12))
    change(activity.pk, by(city, "委员甲", revision=1), told(city, people=11))
    with pytest.raises(StaleRevision) as refused:
        change(activity.pk, by(city, "支书甲", revision=1), told(city, people=9))
    assert refused.value.data["revision"] == 3
    assert Activity.objects.get(pk=activity.pk).people == 11


def test_cancelled_it_counts_no_more(party_city: City) -> None:
    city = party_city
    activity = record(kind(), by(city, "支书甲"), told(city, quantities={"answered": "3"}))
    cancel(activity.pk, by(city, "支书甲"), ground=Ground.DUPLICATE)
    assert entries(activity)[2:] == [
        ("activity.cancelled", None, "1"),
        ("quantity.recorded", None, "2"),
    ]
    assert standing(kind="activity.held") == []
    for act in (cancel, change):
        more = {"ground": Ground.MISTAKEN} if act is cancel else {"told": told(city)}
        with pytest.raises(DomainError, match="已经取消"):
            act(activity.pk, by(city, "支书甲"), **more)


@pytest.mark.parametrize(
    ("name", "units"), [("支书乙", ["zb1"]), ("工委甲", ["zb1"]), ("环境经办", ["zb1"]), ("党员甲", ["zb1"])]
)
def test_who_may_not_record(party_city: City, name: str, units: list[str]) -> None:
    with pytest.raises(DomainError, match="您的岗位不替这个单位登记"):
        record(kind(), by(party_city, name), told(party_city, *units))


@pytest.mark.parametrize("name", ["支书甲", "委员甲"])
def test_who_may_record(party_city: City, name: str) -> None:
    assert record(kind(), by(party_city, name), told(party_city)).state == "held"


def test_another_branch_changes_nothing(party_city: City) -> None:
    activity = record(kind(), by(party_city, "支书甲"), told(party_city))
    with pytest.raises(DomainError, match="您的岗位不能改"):
        change(activity.pk, by(party_city, "支书乙"), told(party_city, people=3))
    with pytest.raises(DomainError, match="您的岗位不能改"):
        cancel(activity.pk, by(party_city, "工委甲"), ground=Ground.MISTAKEN)


def test_a_secretary_names_only_their_own_members(party_city: City) -> None:
    city = party_city
    other = {city.people["党员丁"].pk: ""}
    with pytest.raises(DomainError) as refused:
        record(kind(), by(city, "支书甲"), told(city, persons=other))
    assert list(refused.value.data["errors"]) == ["persons"]
    # Who leads a group keeps no roll: numbers, no names.
    meeting = told(city, "xz1", values={"topic": "学习"}, persons={city.people["党员乙"].pk: ""})
    with pytest.raises(DomainError) as refused:
        record(kind("group-meeting"), by(city, "组长甲"), meeting)
    assert list(refused.value.data["errors"]) == ["persons"]


def test_whom_another_unit_named_stays_named(party_city: City) -> None:
    city = party_city
    names = {city.people["党员甲"].pk: ""}
    activity = record(kind(), by(city, "支书甲"), told(city, "zb1", "zb2", persons=names))
    change(activity.pk, by(city, "支书乙"), told(city, "zb1", "zb2", persons=names, place="规划馆"))
    activity.refresh_from_db()
    assert activity.place == "规划馆"
    assert [one.person_id for one in activity.participants.all()] == list(names)
    added = told(city, "zb1", "zb2", persons={**names, city.people["党员乙"].pk: ""})
    with pytest.raises(DomainError) as refused:
        change(activity.pk, by(city, "支书乙"), added)
    assert list(refused.value.data["errors"]) == ["persons"]


@pytest.mark.parametrize(
    "more",
    [
        {},
        {"title": "走进园区", "ends_at": moment("2026-03-05 16:00"), "is_online": True, "people": 3},
        {
            "quantities": {"answered": "4"},
            "values": {**THEME, "findings": [{"detail": "没有坡道", "unit": "zjj"}]},
        },
    ],
)
def test_told_again_as_it_is_it_changes_nothing(party_city: City, more: dict[str, Any]) -> None:
    city, units = party_city, party_city.units
    whole = told(
        city,
        "zb1",
        "zb2",
        about=[("organisation", units["enterprise"].pk)],
        guides=[units["hjdw"]],
        counts={units["zjj"].pk: 2},
        persons={city.people["党员甲"].pk: ""} if not more else {},
        **more,
    )
    activity = record(kind(), by(city, "支书甲"), whole)
    before = entries(activity)
    change(activity.pk, by(city, "支书甲"), told_of(activity))
    assert entries(activity) == before
    assert told_of(Activity.objects.get()).title == more.get("title", "")


@pytest.mark.parametrize(
    ("more", "field"),
    [
        ({"values": {}}, "theme"),
        ({"ends_at": moment("2026-03-05 14:00")}, "ends_at"),
        ({"quantities": {"answered": "2.5"}}, "answered"),
        ({"quantities": {"answered": "-1"}}, "answered"),
        ({"quantities": {"answered": "许多"}}, "answered"),
        ({"about": [("organisation", 999_999)]}, "about"),
        ({"people": -1}, "people"),
    ],
)
def test_what_is_wrong_is_said_beside_its_field(party_city: City, more: Any, field: str) -> None:
    with pytest.raises(DomainError) as refused:
        record(kind(), by(party_city, "支书甲"), told(party_city, **more))
    assert (refused.value.code, list(refused.value.data["errors"])) == ("invalid", [field])
    assert not Activity.objects.exists()


def test_only_the_kinds_named_organise(party_city: City) -> None:
    with pytest.raises(DomainError) as refused:
        record(kind(), By("system:test", NOW), told(party_city, "sthjj"))
    assert "应是：党支部" in refused.value.data["errors"]["organisers"]


def test_the_future_is_planned_and_the_past_recorded(party_city: City) -> None:
    city = party_city
    with pytest.raises(DomainError, match="还没有到开始的时间"):
        record(kind(), by(city, "支书甲"), told(city, begins_at=moment("2026-03-06 09:00")))
    with pytest.raises(DomainError, match="已经过去"):
        plan(kind(), by(city, "支书甲"), told(city, begins_at=moment("2026-03-01 09:00")))


@settings(max_examples=6, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(st.sampled_from(["zb1", "zb2", "both"]), st.integers(0, 500)), max_size=6))
def test_sums_count_once_for_the_city_and_once_for_each_organiser(
    party_city: City, acts: list[tuple[str, int]]
) -> None:
    """Whoever takes part: the city's sum counts each activity once, a branch's each of its own, joint ones too."""
    city = party_city
    made = []
    for whose, amount in acts:
        units = ["zb1", "zb2"] if whose == "both" else [whose]
        name = "支书乙" if whose == "zb2" else "支书甲"
        more = {"people": amount, "quantities": {"answered": str(amount)}}
        made.append(record(kind(), by(city, name), told(city, *units, **more)).pk)
    mine = {"subject_type": "activity", "subject_id__in": made}
    for entry_kind in ("activity.held", "quantity.recorded"):
        found = standing(kind=entry_kind, **mine)
        assert sum(row.quantity or 0 for row in found) == sum(amount for _, amount in acts)
        for unit in ("zb1", "zb2"):
            ref = city.units[unit].pk
            own = standing(kind=entry_kind, touches__role="organiser", touches__ref=ref, **mine)
            expected = sum(amount for whose, amount in acts if whose in (unit, "both"))
            assert sum(row.quantity or 0 for row in own) == expected
