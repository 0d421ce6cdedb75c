"""Cases that are late: urged by people, supervised, explained; and what the clock itself writes of the oldest."""

from __future__ import annotations

from ronghe.casework import domain as casework
from ronghe.management.demo.recent.weeks import Weeks

CLOCKED = 40
"""Of how many overdue cases the demonstration lets the clock write; the worker goes on with the rest."""


def urge(weeks: Weeks) -> None:
    """One urged and explained, one supervised with no word yet, one both."""
    staff = weeks.handler(weeks.city.units["szgw"])
    late = [
        weeks.taken(weeks.request(weeks.at(9, f"09:0{number}"), title, detail), 9, f"10:2{number}")
        for number, (title, detail) in enumerate(LATE)
    ]
    for case in (late[0], late[2]):
        by = weeks.by(staff, weeks.at(3, "09:30"))
        casework.urge_case(case.pk, by, level=1, note="已超过承诺时限，请抓紧答复企业")
    for case in late[1:]:
        by = weeks.by(staff, weeks.at(1, "09:45"))
        casework.urge_case(case.pk, by, level=2, note="请主要负责人过问，两个工作日内答复并报送整改情况")
    casework.explain_case(
        late[0].pk,
        weeks.by(weeks.handler(), weeks.at(2, "15:00")),
        text="监测机构设备检修，报告推迟两天取得，已向企业说明，后天答复。",
    )
    casework.explain_case(
        late[2].pk,
        weeks.by(weeks.city.leaders[weeks.own.pk], weeks.at(0, "10:10")),
        text="已由分管领导牵头，今天下午现场会商，明天答复。",
    )


LATE = (
    ("锅炉改造后监测报告多久有效", "锅炉改造后做过一次监测，换证时又要求重新监测，请明确报告有效期。"),
    ("在线监测设备数据传输中断", "在线监测设备联网后数据经常中断，联系平台没有回音，请协调。"),
    ("固体废物临时堆场能否延期", "固体废物临时堆场下月到期，处置厂排期要两个月，请明确能否延期。"),
)


def by_the_clock(weeks: Weeks) -> None:
    """What the worker would have written in the last office hours, of those longest overdue."""
    casework.escalate_due(weeks.at(0, "17:55"), weeks.calendar, most=CLOCKED)
