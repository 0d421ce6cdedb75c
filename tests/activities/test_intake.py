"""Past activities from a table: a report of row, problem and cure; nothing half-written; twice changes nothing."""

from __future__ import annotations

from typing import Any

import pytest

from ronghe.activities.domain.intake import ActivityIntake
from ronghe.activities.models import Activity
from ronghe.core.tables import Status
from ronghe.ledger.models import Entry
from tests.city import City, moment
from tests.tables import rows_of

pytestmark = [pytest.mark.db, pytest.mark.django_db]
AT = moment("2026-03-20 10:00")
GOOD = {
    "编号": "h1",
    "活动类型": "主题党日",
    "党支部": "市生态环境局第一党支部、市生态环境局第二党支部",
    "日期": "2026-03-05",
    "主题": "进园区访企业",
    "地点": "园区",
    "人数": "12人",
    "企业": "示范精密制造有限公司",
    "答疑解惑": 14,
}


def take(*rows: dict[str, Any]) -> list[tuple[Status, dict[str, str]]]:
    intake = ActivityIntake("b1", AT, source="旧台账")
    verdicts = [*intake.take(rows_of(rows, intake.columns)), *intake.finish()]
    return [(verdict.status, dict(verdict.reasons)) for verdict in verdicts]


def test_a_row_is_one_activity_and_twice_changes_nothing(party_city: City) -> None:
    assert take(GOOD) == [(Status.ACCEPTED, {})]
    activity = Activity.objects.get()
    assert (activity.title, activity.people, activity.quantities) == (
        "主题党日：进园区访企业",
        12,
        {"answered": {"": 14}},
    )
    assert (activity.begins_at, activity.source, activity.source_number) == (
        moment("2026-03-05 09:00"),
        "旧台账",
        "h1",
    )
    assert activity.sides.filter(role="organiser").count() == 2
    before = Entry.objects.count()
    assert take(GOOD) == [(Status.ALREADY, {})]
    nameless = {key: value for key, value in GOOD.items() if key != "编号"}
    assert take(nameless) == [(Status.ALREADY, {})]
    assert (Activity.objects.count(), Entry.objects.count()) == (1, before)


@pytest.mark.parametrize(
    ("wrong", "column"),
    [
        ({"活动类型": "团建"}, "kind"),
        ({"党支部": "没有这个支部"}, "organisers"),
        ({"党支部": "市生态环境局"}, "organisers"),
        ({"日期": "2026-13-05"}, "begins"),
        ({"日期": "2026-04-05"}, "begins"),
        ({"日期": ""}, "begins"),
        ({"人数": "十几"}, "people"),
        ({"答疑解惑": "若干"}, "答疑解惑"),
        ({"主题": ""}, "主题"),
    ],
)
def test_what_is_wrong_is_told_by_row_and_column(
    party_city: City, wrong: dict[str, str], column: str
) -> None:
    other = {**GOOD, "编号": "h2", "日期": "2026-03-06"}
    found = take({**GOOD, **wrong}, other)
    assert sorted(status for status, _ in found) == [Status.ACCEPTED, Status.REFUSED]
    reasons = next(reasons for status, reasons in found if status is Status.REFUSED)
    assert list(reasons) == [column]
    assert reasons[column]
    assert list(Activity.objects.values_list("source_number", flat=True)) == ["h2"]


def test_a_branch_brings_in_its_own_alone(party_city: City) -> None:
    own = frozenset({party_city.units["zb2"].pk})
    intake = ActivityIntake("b1", AT, source="旧台账", within=own)
    other = {**GOOD, "编号": "h2", "党支部": "市生态环境局第一党支部"}
    verdicts = list(intake.take(rows_of([GOOD, other], intake.columns)))
    assert [verdict.status for verdict in verdicts] == [Status.ACCEPTED, Status.REFUSED]
    assert list(verdicts[1].reasons) == ["organisers"]
