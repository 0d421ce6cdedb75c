"""Meetings, party days and study of the last months, most of them held; some are planned for the next days."""

from __future__ import annotations

import datetime as dt
from typing import Any

from ronghe.activities import domain as activities
from ronghe.activities.domain import Told
from ronghe.activities.models import Activity
from ronghe.core.worktime import SHANGHAI
from ronghe.definitions import queries as definitions
from ronghe.management.demo.party.founding import MONTHS, Party
from ronghe.management.demo.party.words import CLASSES, COMMITTEE, MEETINGS, THEMES, TOPICS
from ronghe.organisations.models import Organisation, Person

HELD = 0.9
"""The share of meetings that are held and recorded in the branches of other departments."""

OWN_GAPS = {(0, 0), (0, 1), (1, 2)}
"""Which branches of the demonstration accounts held no committee meeting, how many months ago."""


def hold(
    party: Party, code: str, day: dt.date, clock: str, person: Person, *units: Organisation, **told: Any
) -> Activity | None:
    """An activity of these units, recorded two hours after it began; nothing when that is still to come."""
    weeks = party.weeks
    begins = dt.datetime.combine(day, dt.time.fromisoformat(clock), SHANGHAI)
    at = begins + dt.timedelta(hours=2)
    if at > weeks.at(0, "17:00"):
        return None
    kind = definitions.get("activity", code, day)
    told.setdefault("ends_at", begins + dt.timedelta(minutes=90))
    return activities.record(
        kind, weeks.by(person, at), Told(organisers=units, begins_at=begins, **told), is_confirmed=True
    )


def meet(party: Party) -> None:
    """Month by month, department by department."""
    for ago in range(MONTHS, -1, -1):
        for code, branches in party.branches.items():
            _department(party, code, branches, ago)
            for number, branch in enumerate(branches):
                _branch(party, branch, number, ago)
        _group(party, ago)
    _plan(party)


def _department(party: Party, code: str, branches: list[Organisation], ago: int) -> None:
    """The study day of the unit, and the party day that its branches hold together."""
    unit = party.city.units[code]
    month = party.month(ago).month
    if _is_held(party, unit):
        study = {"study-form": "study-day", "topic": TOPICS[month % len(TOPICS)]}
        officer = party.weeks.handler(unit)
        people = 12 + party.weeks.random.randint(0, 9)
        hold(party, "study", party.day(ago, 8), "15:00", officer, unit, values=study, people=people)
    if ago != 1 and _is_held(party, unit):
        hold(
            party,
            "theme-day",
            party.day(ago, 10),
            "14:30",
            party.secretaries[branches[0].pk],
            *branches,
            values={"theme": THEMES[month % len(THEMES)]},
            quantities={"answered": str(party.weeks.random.randint(5, 30))},
            people=sum(_came(party, branch) for branch in branches),
        )


def _branch(party: Party, branch: Organisation, number: int, ago: int) -> None:
    """三会一课: a members' meeting and a class in each quarter, the committee each month."""
    month, secretary = party.month(ago).month, party.secretaries[branch.pk]
    is_own = branch in party.own
    is_left_out = (ago == 0 and branch in party.excused) or (is_own and (number, ago) in OWN_GAPS)
    if (number == 0 or is_own) and not is_left_out and _is_held(party, branch):
        values = {"topic": COMMITTEE[(month + number) % len(COMMITTEE)]}
        hold(
            party,
            "committee-meeting",
            party.day(ago, 3 + number),
            "16:00",
            secretary,
            branch,
            values=values,
            people=3,
        )
    if month % 3 == 2 and _is_held(party, branch) and not (is_own and number == 2):
        values = {"topic": MEETINGS[month // 3 % len(MEETINGS)]}
        hold(
            party,
            "members-meeting",
            party.day(ago, 6),
            "15:30",
            secretary,
            branch,
            values=values,
            **_who(party, branch),
        )
    if month % 3 == 0 and (is_own or number == 0):
        values = {"topic": CLASSES[month // 3 % len(CLASSES)]}
        hold(
            party,
            "party-class",
            party.day(ago, 12),
            "09:30",
            secretary,
            branch,
            values=values,
            people=_came(party, branch),
        )


def _group(party: Party, ago: int) -> None:
    group = party.city.units["sthjj-x1"]
    values = {"topic": TOPICS[(ago + 1) % len(TOPICS)]}
    if ago != 2:
        leader = party.city.leaders[group.pk]
        hold(party, "group-meeting", party.day(ago, 7), "17:00", leader, group, values=values, people=4)


def _plan(party: Party) -> None:
    """The first branch has planned its next days."""
    weeks, (first, second, _third) = party.weeks, party.own
    secretary = party.secretaries[first.pk]
    by = weeks.by(secretary, weeks.at(1, "16:10"))
    for code, back, clock, units, values in (
        ("committee-meeting", -3, "16:00", [first], {"topic": "研究年度民主评议党员工作方案"}),
        ("theme-day", -5, "14:30", [first, second], {"theme": "进园区、解难题"}),
        ("party-class", -8, "09:30", [first], {"topic": "用好“四下基层”工作方法"}),
    ):
        told = Told(
            organisers=units, begins_at=weeks.at(back, clock), values=values, place="局机关三楼会议室"
        )
        activities.plan(definitions.get("activity", code, by.at.date()), by, told, is_confirmed=True)


def _is_held(party: Party, unit: Organisation) -> bool:
    """Whether a unit holds what is due; the branches of the demonstration accounts have their own gaps."""
    return unit in party.own or party.weeks.random.random() < HELD


def _came(party: Party, branch: Organisation) -> int:
    return len(party.members[branch.pk]) - party.weeks.random.randint(0, 1)


def _who(party: Party, branch: Organisation) -> dict[str, Any]:
    """By name in the branches of the demonstration accounts, a number elsewhere."""
    members = party.members[branch.pk]
    if branch in party.own:
        return {"persons": {person.pk: "" for person in members[:-1]}}
    return {"people": _came(party, branch)}
