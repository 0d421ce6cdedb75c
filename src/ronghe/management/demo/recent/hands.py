"""Through whose hands a case goes: repeats merged and split, a second matter split off, sent to and fro, handled jointly."""

from __future__ import annotations

from ronghe.casework import domain as casework
from ronghe.management.demo.recent.weeks import Weeks

NIGHT = "东湖示例工地连续几晚施工到凌晨，影响休息，请核查夜间施工许可。"


def merge(weeks: Weeks) -> None:
    """Two letters tell the same and are answered together; a third turned out to be another matter."""
    handler = weeks.handler()
    first, repeat, other = (
        weeks.taken(weeks.message(weeks.at(5, f"09:0{number}"), title, NIGHT), 5, f"10:3{number}")
        for number, title in enumerate(
            ("示例工地夜间施工扰民", "示例工地半夜还在施工", "示例工地附近夜里有噪声")
        )
    )
    for number, case in enumerate((repeat, other)):
        at = weeks.at(4, f"09:2{number}")
        casework.merge_case(case.pk, weeks.by(handler, at), into=first, note="反映同一工地同一问题")
    casework.split_case(
        other.pk, weeks.by(handler, weeks.at(2, "14:10")), note="经电话核实，噪声来自相邻市场的冷库"
    )


def split_off(weeks: Weeks) -> None:
    """A letter told of two matters."""
    case = weeks.message(
        weeks.at(3, "09:25"), "垃圾站异味和路灯不亮", "小区旁垃圾站有异味；另外门口三盏路灯不亮。"
    )
    weeks.taken(case, 3, "10:40")
    casework.split_off(
        case.pk,
        weeks.by(weeks.handler(), weeks.at(3, "14:35")),
        values={"detail": "小区门口三盏路灯不亮，请维修。"},
        note="路灯事项单独立件，另行分办",
    )


def to_and_fro(weeks: Weeks) -> None:
    """Nobody would have it: handed on and sent back, and back again."""
    units, own = weeks.city.units, weeks.own
    case = weeks.message(
        weeks.at(4, "08:50"),
        "商铺空调外机噪声",
        "临街商铺空调外机正对卧室，噪声很大，问了几个部门都说不归自己管。",
    )
    desk = weeks.handler(units["fbzx"])
    for back, clock, person, to, note in (
        (4, "09:20", desk, own, "噪声问题，请生态环境部门接办"),
        (4, "15:30", weeks.handler(), None, "属社会生活噪声，不属本单位职责"),
        (3, "09:15", desk, units["gaj"], "社会生活噪声，请公安机关接办"),
        (3, "11:20", weeks.handler(units["gaj"]), own, "涉及固定设备噪声，应由生态环境部门监测"),
        (2, "10:05", weeks.handler(), units["csglj"], "外机安装位置应由城市管理部门先行处理"),
        (1, "16:40", weeks.handler(units["csglj"]), own, "安装位置未违反规定，请先监测噪声"),
    ):
        weeks.do(case, person, weeks.at(back, clock), "transfer", to=to, note=note)


def jointly(weeks: Weeks) -> None:
    """Two units assist; one has given its opinion."""
    units = weeks.city.units
    case = weeks.request(
        weeks.at(3, "09:40"),
        "园区污水管网扩容涉及三家单位",
        "园区污水管网扩容，道路开挖和用电迁改要一并解决，请牵头协调。",
    )
    case = weeks.taken(case, 3, "11:00")
    helping = [units["zjj"], units["csglj"]]
    case = weeks.do(case, weeks.handler(), weeks.at(2, "09:30"), "joint", co_handlers=helping)
    step = case.steps.get(done_at=None, holder=units["zjj"])
    by = weeks.by(weeks.handler(units["zjj"]), weeks.at(1, "10:15"))
    casework.complete_step(case.pk, by, step=step.no, outcome="done", note="开挖方案可行，请于夜间分段施工")
