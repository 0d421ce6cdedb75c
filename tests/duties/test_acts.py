"""The check, reminders once, excuses and confirmations."""

from __future__ import annotations

from typing import Any

import pytest

from ronghe.definitions.queries import calendar
from ronghe.duties import domain
from ronghe.duties.exceptions import DomainError
from ronghe.duties.models import Check, Excuse, Owed, Reminded
from ronghe.duties.queries.lines import current
from ronghe.ledger.domain import sequence
from ronghe.ledger.models import Entry
from ronghe.messages.models import Message
from ronghe.organisations.queries import Powers, powers_of
from tests.city import City, moment
from tests.duties.duty_city import day, held

pytestmark = pytest.mark.db
MEMBERS, CLASS = ("three-meetings", "members"), ("three-meetings", "class")


def powers(city: City, name: str, on: str = "2026-07-01") -> Powers:
    return powers_of(city.people[name], day(on))


def standing(city: City, unit: str, period: str) -> str:
    rows = Owed.objects.filter(organisation=city.units[unit], line="members", period=period)
    return rows.values_list("standing", flat=True).first() or ""


def excuse(city: City, by: str, unit: str = "zb1", **more: Any) -> Excuse:
    given = {"begins": day("2026-01-01"), "ends": day("2026-03-31"), "reason": "整建制参加防汛", **more}
    return domain.excuse(
        current(day("2026-07-01"))[MEMBERS], ("organisation", city.units[unit].pk), organisation=city.units[unit].pk,
        powers=powers(city, by), actor=f"person:{city.people[by].pk}", at=moment("2026-07-01 10:00"),
        calendar=calendar(), **given,
    )  # fmt: skip


@pytest.mark.django_db
def test_the_check_writes_what_is_reckoned_and_a_second_one_nothing(branches: City) -> None:
    held(branches.units["zb1"], "members-meeting", "2026-02-03", number=1)

    first = domain.check_all(moment("2026-07-01 02:00"), calendar())
    again = domain.check_all(moment("2026-07-01 03:00"), calendar())

    assert (first > 0, again) == (True, 0)
    assert [standing(branches, "zb1", f"2026-Q{n}") for n in (1, 2, 3)] == ["met", "gap", "open"]
    assert [standing(branches, "zb2", f"2026-Q{n}") for n in (1, 2, 3)] == ["gap", "gap", "open"]


@pytest.mark.django_db
def test_what_happens_by_day_is_looked_at_within_the_minute(branches: City) -> None:
    sequence()
    domain.check_due(moment("2026-07-01 09:00"), calendar())
    assert domain.check_due(moment("2026-07-01 09:01"), calendar()) == 0
    held(branches.units["zb2"], "members-meeting", "2026-07-01", number=7)
    sequence()

    changed = domain.check_due(moment("2026-07-01 10:01"), calendar())

    assert (changed, standing(branches, "zb2", "2026-Q3")) == (1, "met")
    assert Check.objects.count() == 1


@pytest.mark.django_db
def test_each_is_reminded_once_in_one_message_and_then_it_is_escalated(branches: City) -> None:
    domain.check_all(moment("2026-03-26 02:00"), calendar())

    told = [domain.remind_due(moment(f"2026-03-26 1{hour}:30"), calendar()) for hour in (0, 1)]

    secretary = branches.people["一支部书记"].pk
    letters = Message.objects.filter(kind="duty.reminded", to_id=secretary)
    assert told[0] > 0
    assert told[1] == 0
    assert letters.count() == 1
    assert Reminded.objects.filter(line="members", period="2026-Q1", rule=0).count() == 2  # two branches
    assert Entry.objects.filter(kind="duty.reminded").count() == told[0]
    assert domain.remind_due(moment("2026-03-28 10:00"), calendar()) == 0  # a Saturday


@pytest.mark.django_db
def test_two_gaps_open_a_talk_once(branches: City) -> None:
    domain.check_all(moment("2026-07-01 02:00"), calendar())

    domain.remind_due(moment("2026-07-01 10:00"), calendar())
    domain.remind_due(moment("2026-07-01 11:00"), calendar())

    talks = Entry.objects.filter(kind="case.opened", definition="procedure:duty-talk")
    # 党员大会 of two branches, and the committee meeting of the first, which has missed it six times: only at the second.
    assert talks.count() == 2


@pytest.mark.django_db
def test_an_excuse_is_given_from_above_with_a_reason(branches: City) -> None:
    domain.check_all(moment("2026-07-01 02:00"), calendar())
    for nobody in ("一支部书记", "二支部书记", "环境局长"):
        with pytest.raises(DomainError, match="上级单位领导"):
            excuse(branches, nobody)
    with pytest.raises(DomainError, match="为什么"):
        excuse(branches, "工委甲", reason=" ")
    assert not Excuse.objects.exists()

    given = excuse(branches, "工委甲")

    assert [standing(branches, "zb1", f"2026-Q{n}") for n in (1, 2)] == ["excused", "gap"]
    assert standing(branches, "zb2", "2026-Q1") == "gap"
    domain.end_excuse(
        given, organisation=branches.units["zb1"].pk, powers=powers(branches, "工委甲"), actor="person:1",
        at=moment("2026-07-01 11:00"), calendar=calendar(),
    )  # fmt: skip
    assert standing(branches, "zb1", "2026-Q1") == "gap"
    assert [one.kind for one in Entry.objects.filter(kind__startswith="duty.exc").order_by("pk")] == [
        "duty.excused",
        "duty.excuse-ended",
    ]


@pytest.mark.django_db
def test_a_line_known_from_memory_counts_once_its_source_is_confirmed(branches: City) -> None:
    on, at = day("2026-07-01"), moment("2026-07-01 10:00")
    line = current(on)[CLASS]
    assert line.is_advice
    with pytest.raises(DomainError, match="督查人员或管理员"):
        domain.confirm(line, document="文件", powers=powers(branches, "一支部书记"), actor="person:1", at=at)
    with pytest.raises(DomainError, match="出处"):
        domain.confirm(line, document=" ", powers=powers(branches, "工委甲"), actor="person:1", at=at)

    row = domain.confirm(
        line, document="市委组织部〔2026〕3号", powers=powers(branches, "工委甲"), actor="person:1", at=at
    )

    assert not current(on)[CLASS].is_advice
    assert Entry.objects.get(kind="duty.confirmed").subject_id == row.pk
    domain.withdraw(current(on)[CLASS], powers=powers(branches, "工委甲"), actor="person:1", at=at)
    assert current(on)[CLASS].is_advice
