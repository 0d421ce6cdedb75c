"""Who must be there for a meeting to be one, and who alone may write a figure."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from ronghe.activities.domain import By, Told, change, plan, record
from ronghe.activities.domain.intake import ActivityIntake
from ronghe.activities.exceptions import DomainError
from ronghe.activities.models import Activity
from ronghe.core.tables import Row, Status
from ronghe.definitions import queries as definitions
from ronghe.organisations.queries import Powers, powers_of
from tests.casework.kernel import load
from tests.city import City, moment

pytestmark = [pytest.mark.db, pytest.mark.both, pytest.mark.django_db]
NOW, BEGAN = moment("2026-03-05 18:00"), moment("2026-03-05 15:00")
PLANTING = """
activity: counted-planting
title: 植树核数
by: [branch]
quantities:
  - {code: trees, title: 植树, unit: 株}
  - {code: alive, title: 成活, unit: 株, by: {organisation: work-committee}}
"""


def by(city: City, name: str) -> By:
    account = city.accounts[name]
    return By(f"person:{account.person_id}", NOW, powers_of(account, NOW.date()))


def told(city: City, **more: Any) -> Told:
    return Told(**{"organisers": [city.units["zb1"]], "begins_at": BEGAN, **more})


def meeting(city: City, **more: Any) -> Activity:
    kind = definitions.get("activity", "committee-meeting", NOW.date())
    return record(kind, by(city, "支书甲"), told(city, values={"topic": "研究发展党员"}, **more))


@pytest.fixture
def committee(party_city: City) -> City:
    """A committee of three."""
    party_city.seat("zb1", "branch-committee-member", "党员乙")
    return party_city


def test_committee_meets_with_more_than_half_of_its_members(committee: City) -> None:
    with pytest.raises(DomainError) as refused:
        meeting(committee, people=1)

    assert (refused.value.code, refused.value.data["needed"]) == ("no-quorum", 2)
    assert "应到 3 人，到会 1 人；到会要超过半数（至少 2 人）才能开会。" in refused.value.message
    assert Activity.objects.count() == 0
    assert meeting(committee, people=2).state == "held"


def test_named_people_count_by_the_posts_they_hold(committee: City) -> None:
    people = {committee.people[name].pk: "" for name in ("支书甲", "党员甲")}
    with pytest.raises(DomainError, match="到会 1 人"):
        meeting(committee, persons=people)


def test_meeting_nobody_counted_is_not_refused(committee: City) -> None:
    activity = meeting(committee)
    assert activity.people is None
    with pytest.raises(DomainError, match="到会 1 人"):
        change(
            activity.pk, by(committee, "支书甲"), told(committee, values={"topic": "研究发展党员"}, people=1)
        )


def test_planned_meeting_needs_nobody_yet(committee: City) -> None:
    kind = definitions.get("activity", "committee-meeting", NOW.date())
    later = told(committee, begins_at=moment("2026-03-09 15:00"), values={"topic": "研究"}, people=1)
    assert plan(kind, by(committee, "支书甲"), later).state == "planned"


@pytest.fixture
def planting(party_city: City, tmp_path: Path) -> City:
    load(tmp_path, PLANTING)
    return party_city


def kind() -> Any:
    return definitions.get("activity", "counted-planting", NOW.date())


def test_figure_is_written_by_whom_it_names_only(planting: City) -> None:
    with pytest.raises(DomainError) as refused:
        record(kind(), by(planting, "支书甲"), told(planting, quantities={"trees": "30", "alive": "28"}))

    assert refused.value.data["errors"].keys() == {"alive"}
    assert "“成活”只由“" in refused.value.message
    activity = record(kind(), by(planting, "支书甲"), told(planting, quantities={"trees": "30"}))
    assert activity.quantities == {"trees": {"": 30}}


def test_figure_of_somebody_else_stays_when_the_rest_is_mended(planting: City) -> None:
    quantities = {"trees": "30", "alive": "28"}
    activity = record(kind(), By("system:test", NOW), told(planting, quantities=quantities))

    activity = change(activity.pk, by(planting, "支书甲"), told(planting, quantities={"trees": "31"}))
    assert activity.quantities == {"trees": {"": 31}, "alive": {"": 28}}
    activity = change(
        activity.pk, by(planting, "支书甲"), told(planting, quantities={"trees": "31", "alive": "28"})
    )
    assert activity.quantities == {"trees": {"": 31}, "alive": {"": 28}}
    with pytest.raises(DomainError, match="只由"):
        change(activity.pk, by(planting, "支书甲"), told(planting, quantities={"alive": "29"}))


@pytest.mark.parametrize(
    ("name", "status"), [("支书甲", Status.REFUSED), ("工委甲", Status.ACCEPTED), ("", Status.ACCEPTED)]
)
def test_table_writes_a_figure_only_for_whom_it_names(planting: City, name: str, status: Status) -> None:
    powers: Powers | None = by(planting, name).powers if name else None
    cells = {"kind": "植树核数", "organisers": planting.units["zb1"].name, "begins": "2026-03-05"}
    row = Row(2, {}, cells, {"植树": "30", "成活": "28"})
    intake = ActivityIntake("b1", NOW, False, powers=powers)

    [verdict] = intake.take([row])
    assert verdict.status is status
    assert ("成活" in verdict.reasons) == (status is Status.REFUSED)
