"""What registers keep: projects at every stage with their figures, plots of four classes, the library; and two excuses."""

from __future__ import annotations

import datetime as dt
from typing import Any

from ronghe.casework.models import Case
from ronghe.duties import domain as duties
from ronghe.duties.queries.lines import current
from ronghe.management.demo.party.founding import Party
from ronghe.management.demo.party.words import LIBRARY, PLOTS, PROJECTS
from ronghe.management.demo.recent.weeks import DEMO
from ronghe.organisations.queries import powers_of
from ronghe.registers import domain as registers
from ronghe.registers.models import Entry


def keep(party: Party) -> None:
    """Each register by the unit it belongs to."""
    for number, project in enumerate(PROJECTS):
        _project(party, number, *project)
    for number, (title, code, place, soil, area) in enumerate(PLOTS):
        plot = _entry(
            party, "plot", "zrzyj", 50 - number, title=title,
            values={"number": code, "place": place, "soil-class": soil, "batch": "第一批"},
        )  # fmt: skip
        _figure(party, plot, "area", area, 50 - number)
    for number, (title, shelf, version, summary) in enumerate(LIBRARY):
        values = {"shelf": shelf, "version": version, "summary": summary}
        _entry(party, "library-item", "szgw", 40 - number, title=title, values=values)


def _entry(party: Party, register: str, unit: str, back: int, **more: Any) -> Entry:
    keeper = party.city.units[unit]
    person = party.weeks.handler(keeper)
    return registers.begin_entry(
        register,
        organisation=keeper,
        actor=f"person:{person.pk}",
        at=party.weeks.at(back, "10:15"),
        may_be_alike=True,
        origin=DEMO,
        **more,
    ).entry


def _project(
    party: Party, number: int, title: str, kind: str, place: str, intent: int, stages: tuple[str, ...]
) -> None:
    weeks, unit = party.weeks, party.city.units["swj"]
    values = {"project-kind": kind, "place": place, "content": f"{title}，分两期建设。", "key": number < 2}
    entry = _entry(party, "project", "swj", 80 - number, title=title, values=values)
    case = Case.objects.get(thing_type="entry", thing_id=entry.pk)
    for place_, stage in enumerate(stages):
        case = weeks.do(case, weeks.handler(unit), weeks.at(70 - 15 * place_ - number, "10:40"), stage)
    _figure(party, entry, "intent", intent, 78 - number)
    for ago in (3, 2, 1) if len(stages) > 1 else ():
        month = party.month(ago)
        share = intent // 24
        _figure(party, entry, "invested", share, 70, nature="plan", period=f"{month:%Y-%m}")
        done = share * (9 + ago - number) // 10
        back = next(back for back in range(1, 90) if weeks.day(back) < _after(month))
        _figure(party, entry, "invested", done, max(back - 2, 1), nature="actual", period=f"{month:%Y-%m}")
    if stages:
        _figure(party, entry, "paid", intent // 5, 9)
        person = weeks.handler(unit)
        registers.confirm_entry(entry.pk, actor=f"person:{person.pk}", at=weeks.at(8, "16:40"), origin=DEMO)


def _after(month: dt.date) -> dt.date:
    return (month + dt.timedelta(days=32)).replace(day=1)


def _figure(party: Party, entry: Entry, code: str, value: int | str, back: int, **more: Any) -> None:
    person = party.weeks.handler(entry.organisation)
    at = party.weeks.at(back, "16:20")
    registers.record_figure(
        ("entry", entry.pk), code, value, actor=f"person:{person.pk}", at=at, origin=DEMO, **more
    )


def excuse(party: Party) -> None:
    """Two branches are excused from their committee meetings for a while."""
    weeks = party.weeks
    staff = weeks.handler(party.city.units["szgw"])
    line = current(weeks.last)["three-meetings", "committee"]
    reasons = ("支部委员抽调参加专项工作，由党员大会直接研究", "支部正在换届，委员尚未选出")
    for branch, reason in zip(party.excused, reasons, strict=True):
        at = weeks.at(2, "11:20")
        duties.excuse(
            line,
            ("organisation", branch.pk),
            organisation=branch.pk,
            begins=party.month(0),
            ends=weeks.last + dt.timedelta(days=45),
            reason=reason,
            document="市直机关工委批复",
            powers=powers_of(staff, at.date()),
            actor=f"person:{staff.pk}",
            at=at,
            calendar=weeks.calendar,
        )
