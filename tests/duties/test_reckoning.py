"""How duties stand, from what the ledger says was done."""

from __future__ import annotations

import pytest

from ronghe.definitions.queries import calendar
from ronghe.duties.queries.reckoning import stands_of
from ronghe.ledger.domain import Touch, record
from tests.city import ACTOR, City, moment
from tests.duties.duty_city import day, held

pytestmark = pytest.mark.db
MEMBERS, COMMITTEE = ("three-meetings", "members"), ("three-meetings", "committee")


def told(city: City, unit: str, on: str, *keys: tuple[str, str]) -> list[tuple[str, str, str, int]]:
    stands = stands_of([city.units[unit].pk], day(on), calendar())
    wanted = [one for one in stands if not keys or one.line.key in keys]
    return [(one.line.code, one.window.name, one.stood.standing, one.gaps) for one in wanted]


@pytest.mark.django_db
def test_nothing_done_is_open_and_then_a_gap(branches: City) -> None:
    assert told(branches, "zb1", "2026-03-31", MEMBERS) == [("members", "2026-Q1", "open", 0)]
    assert told(branches, "zb1", "2026-07-01", MEMBERS) == [
        ("members", "2026-Q1", "gap", 1),
        ("members", "2026-Q2", "gap", 2),
        ("members", "2026-Q3", "open", 2),
    ]


@pytest.mark.django_db
def test_a_branch_without_a_committee_owes_no_committee_meeting(branches: City) -> None:
    assert [one[1] for one in told(branches, "zb1", "2026-02-28", COMMITTEE)] == ["2026-01", "2026-02"]
    assert told(branches, "zb2", "2026-02-28", COMMITTEE) == []


@pytest.mark.django_db
def test_one_record_counts_for_every_unit_it_touches(branches: City) -> None:
    other = Touch("organiser", "organisation", branches.units["zb2"].pk)
    held(branches.units["zb1"], "members-meeting", "2026-02-03", number=1, touches=(other,))

    for unit in ("zb1", "zb2"):
        assert told(branches, unit, "2026-03-31", MEMBERS) == [("members", "2026-Q1", "met", 0)]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("after", "standing"), [("activity.cancelled", "gap"), ("corrected-away", "gap"), ("photographed", "met")]
)
def test_what_was_cancelled_or_corrected_does_not_count(branches: City, after: str, standing: str) -> None:
    unit = branches.units["zb1"]
    entry = held(unit, "members-meeting", "2026-02-03", number=1)
    at = moment("2026-02-04 09:00")
    if after == "activity.cancelled":
        record(after, subject=("activity", 1), actor=ACTOR, at=at, data={"ground": "mistaken"})
    elif after == "corrected-away":
        kept = {"code": "visit", "definition": "activity:visit", "organisation_id": unit.pk}
        record("activity.held", subject=("activity", 1), actor=ACTOR, at=at, corrects=entry.pk, **kept)
    else:
        record("activity.photographed", subject=("activity", 1), actor=ACTOR, at=at, data={"attachment": 1})

    assert told(branches, "zb1", "2026-04-01", MEMBERS)[0] == (
        "members",
        "2026-Q1",
        standing,
        int(standing == "gap"),
    )


@pytest.mark.django_db
def test_a_term_runs_from_the_last_election_of_whoever_was_elected(branches: City) -> None:
    unit = branches.units["zb1"]
    key = ("re-election-term", "")
    assert told(branches, "zb1", "2026-02-01", key) == [("", "2026-01-05..2029-01-04", "open", 0)]

    for number, (on, result) in enumerate((("2026-03-02", "elected"), ("2026-05-02", "postponed")), 1):
        record(
            "case.closed", subject=("case", 900 + number), actor=ACTOR, at=moment(f"{on} 09:00"),
            organisation_id=unit.pk, definition="procedure:re-election", data={"result": result, "round": 1},
        )  # fmt: skip

    assert told(branches, "zb1", "2026-06-01", key) == [
        ("", "2026-01-05..2029-01-04", "met", 0),
        ("", "2026-03-03..2029-03-02", "open", 0),
    ]


@pytest.mark.django_db
def test_who_stands_where_is_asked_in_a_fixed_number_of_statements(
    branches: City, django_assert_max_num_queries: object
) -> None:
    for number in range(1, 5):
        held(branches.units["zb1"], "members-meeting", f"2026-0{number}-03", number=number)
    calendar()

    with django_assert_max_num_queries(22):  # type: ignore[operator]
        told(branches, "zb1", "2026-06-01")
