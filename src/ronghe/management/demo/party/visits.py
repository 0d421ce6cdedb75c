"""Going out: visits to enterprises, a walk through a process, tree planting; what was found becomes cases."""

from __future__ import annotations

from typing import Any

from ronghe.activities import domain as activities
from ronghe.activities.models import Activity
from ronghe.casework.models import Case
from ronghe.definitions.things import Ref
from ronghe.management.demo.party.founding import Party
from ronghe.management.demo.party.meetings import hold
from ronghe.management.demo.party.words import FOUND
from ronghe.management.demo.recent.weeks import DEMO
from ronghe.organisations import domain as organisations
from ronghe.organisations.models import Organisation, Person
from ronghe.registers import domain as registers


def visit(party: Party) -> None:
    """The service group visits its enterprises; of three things found one is solved, one done, one open."""
    weeks, group = party.weeks, party.city.groups[0]
    steward = weeks.handler(group)
    for number, (detail, unit) in enumerate(FOUND):
        found = [{"detail": detail, "unit": unit}]
        activity = _visited(party, steward, group, 12 - 3 * number, result="生产经营平稳。", findings=found)
        for case in _followed(party, activity, steward, 12 - 3 * number):
            _handled(party, case, steward, number)
    _visited(party, steward, group, 1, result="订单饱满，暂无诉求。", findings=[])
    _campaign(party)


def _visited(
    party: Party,
    person: Person,
    unit: Organisation,
    back: int,
    *,
    firm: Organisation | None = None,
    **said: Any,
) -> Activity | None:
    firm = firm or party.weeks.firm()
    return hold(
        party,
        "visit",
        party.weeks.day(back),
        "09:30",
        person,
        unit,
        values=said,
        quantities={"solved": "1"},
        about=[("organisation", firm.pk)],
        place=firm.name,
        people=2,
    )


def _followed(party: Party, activity: Activity | None, person: Person, back: int) -> list[Case]:
    """What came of it, asked for on the same afternoon."""
    if activity is None:
        return []
    refs = activities.follow_up(activity.pk, party.weeks.by(person, party.weeks.at(back, "15:10")))
    return [Case.objects.get(pk=number) for type_, number in refs if type_ == "case"]


def _handled(party: Party, case: Case, steward: Person, number: int) -> None:
    """The first is solved, the second waits to be confirmed, the third for its unit."""
    weeks = party.weeks
    if number < 2:
        holder = case.steps.get(done_at=None).holder
        told = {"measures": "已联系企业并现场核实，办理路径一次告知。"}
        case = weeks.do(case, weeks.handler(holder), weeks.at(5 - number, "10:20"), values=told)
    if number == 0:
        weeks.do(case, steward, weeks.at(3, "11:00"), "pass")


def _campaign(party: Party) -> None:
    """走访帮扶月 of the demonstration accounts' department: four enterprises, two of them visited."""
    weeks, city = party.weeks, party.city
    served = [*city.served.get(city.groups[0].pk, ()), *city.enterprises]
    begun = weeks.at(8, "09:00")
    for number, firm in enumerate(list(dict.fromkeys(served))[:4]):
        organisations.relate(
            "campaign-target",
            from_=("organisation", weeks.own.pk),
            to=("organisation", firm.pk),
            actor=f"person:{city.leaders[weeks.own.pk].pk}",
            at=begun,
        )
        if number < 2:
            said = {"result": "送政策上门，讲清排污许可变更条件。", "findings": []}
            _visited(party, weeks.handler(), weeks.own, 4 - number, firm=firm, **said)


def walk(party: Party) -> None:
    """The leader walks through a process of their own department; a party day at a firm finds something too."""
    weeks, own = party.weeks, party.weeks.own
    head, secretary = party.city.leaders[own.pk], party.secretaries[party.own[0].pk]
    walked = hold(
        party,
        "walk-through",
        weeks.day(14),
        "09:30",
        head,
        own,
        values={
            "way": "citizen",
            "item": "排污许可证变更",
            "aspects": ["conditions", "simplified"],
            "findings": [{"detail": "同一份监测报告要交两次", "unit": "sthjj"}],
        },
        about=[("organisation", party.city.units["smzx"].pk)],
        people=3,
    )
    _followed(party, walked, head, 14)
    firm = weeks.firm()
    day = hold(
        party,
        "theme-day",
        weeks.day(7),
        "10:00",
        secretary,
        party.own[0],
        values={
            "theme": "项目现场踏勘",
            "result": "到企业现场宣讲政策，收集意见三条。",
            "findings": [{"detail": "二期临时用电还没有接通", "unit": "zjj"}],
        },
        quantities={"answered": "12", "opinions": "3"},
        about=[("organisation", firm.pk)],
        place=firm.name,
        people=8,
    )
    _followed(party, day, secretary, 7)


def plant(party: Party) -> None:
    """Last month the branches planted trees: each its own, the grove counts them once."""
    weeks, day = party.weeks, party.day(1, 10)
    grove = registers.begin_entry(
        "forest-plot",
        title="市直机关党员先锋林",
        values={"place": {"address": "东湖区湿地公园西侧"}, "theme": "先锋"},
        organisation=party.city.units["szgw"],
        actor=f"person:{weeks.handler(party.city.units['szgw']).pk}",
        at=weeks.at(60, "10:00"),
        origin=DEMO,
    ).entry
    about: list[Ref] = [("entry", grove.pk)]
    for branches in party.branches.values():
        trees = {branch.pk: str(weeks.random.randint(15, 60)) for branch in branches}
        came = {branch.pk: str(len(party.members[branch.pk])) for branch in branches}
        hold(
            party,
            "tree-planting",
            day,
            "09:00",
            party.secretaries[branches[0].pk],
            *branches,
            quantities={"trees": trees, "planters": came},
            about=about,
            place="东湖区湿地公园西侧",
            people=sum(map(int, came.values())),
        )
