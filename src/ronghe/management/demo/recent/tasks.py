"""What the city does besides answering: decisions, links, needs, blockages, filings and upgrades; one or two each."""

from __future__ import annotations

from ronghe.management.demo.recent.seats import GROUP
from ronghe.management.demo.recent.weeks import Weeks
from ronghe.organisations.models import Organisation


def decide(weeks: Weeks) -> None:
    """A meeting of the leading group decided two things: one runs, one waits for the group to verify it."""
    group = weeks.city.units[GROUP]
    office = weeks.handler(group)
    for number, (unit, title) in enumerate((("zjj", "精简施工许可申报材料"), ("sthjj", "推行环评告知承诺"))):
        values = {
            "meeting": "市优化营商环境改革工作领导小组第三次会议",
            "held": weeks.day(16).isoformat(),
            "detail": f"{title}，本季度内完成并公布。",
            "unit": unit,
            "finish": weeks.day(-12).isoformat(),
        }
        case = weeks.task(
            "meeting-decision", office, weeks.at(15, f"10:0{number}"), title, values, about=group
        )
        if number:
            progress = {"progress": "告知承诺实施方案已印发，首批八个行业开始试行。"}
            weeks.do(case, weeks.handler(), weeks.at(2, "16:20"), values=progress)


def link(weeks: Weeks) -> None:
    """Two enterprises look for somebody; for one it was found."""
    steward = weeks.handler(weeks.city.groups[0])
    for number, (kind, detail) in enumerate(
        (("market", "希望对接本地整车配套"), ("policy", "想了解首台套保险补偿"))
    ):
        values = {"kind-of-link": kind, "detail": f"{detail}，请帮助联系。"}
        case = weeks.task(
            "link-service", steward, weeks.at(9, f"10:2{number}"), detail, values, about=_firm(weeks, number)
        )
        if number:
            holder = case.steps.get(done_at=None).holder
            found = {"counterpart": "市工业和信息化局政策辅导专班", "progress": "已上门讲解并协助填报。"}
            case = weeks.do(case, weeks.handler(holder), weeks.at(6, "15:10"), values=found)
            weeks.do(case, weeks.handler(holder), weeks.at(2, "10:40"), "linked")


def need(weeks: Weeks) -> None:
    """Needs found on visits: one is studied, the proposal of the other waits for a second person."""
    steward, handler = weeks.handler(weeks.city.groups[0]), weeks.handler()
    for number, (origin, title) in enumerate(
        (("visit", "同一份监测报告在两个窗口各交一次"), ("requests", "排污许可变更进度查不到"))
    ):
        values = {"origin": origin, "pain": "again", "detail": f"{title}，企业希望改进。", "unit": "sthjj"}
        case = weeks.task(
            "need", steward, weeks.at(11, f"14:1{number}"), title, values, about=_firm(weeks, number + 2)
        )
        if number:
            found = {"finding": "系统已有数据，缺对外查询入口，可行。"}
            case = weeks.do(case, handler, weeks.at(7, "10:00"), "propose", values=found)
            plan = {"proposal-text": "在办事大厅增加按许可证编号查询进度的入口，三十天内上线。"}
            weeks.do(case, handler, weeks.at(2, "11:15"), values=plan)


def block(weeks: Weeks) -> None:
    """Blockages of work style: one to be put right, one to be struck off by the inspector."""
    inspector = weeks.handler(weeks.city.units["szgw"], 1)
    for number, (kind, title) in enumerate(
        (("sluggish", "材料收下后两周无人联系企业"), ("shirking", "窗口和科室互相推让"))
    ):
        values = {"type-of-block": kind, "detail": f"走流程时发现：{title}。", "unit": "sthjj"}
        case = weeks.task("work-style-block", inspector, weeks.at(8, f"10:3{number}"), title, values)
        if number:
            fixed = {"causes": "首问责任没有落到人。", "measures": "设首问岗，转办要当面交接并登记。"}
            weeks.do(case, weeks.handler(), weeks.at(2, "09:50"), values=fixed)


def goods(weeks: Weeks) -> None:
    """Goods handed over point to point: one filing waits at the triage desk, one was passed."""
    steward = weeks.handler(weeks.city.groups[0])
    for number, back in enumerate((0, 3)):
        values = {
            "detail": "示例轴承两吨",
            "route": "示例园区北门至示例物流园",
            "handover-day": weeks.day(-2).isoformat(),
            "disinfection": "装卸区全面消杀，司机不下车。",
        }
        case = weeks.task(
            "goods-filing",
            steward,
            weeks.at(back, "16:40"),
            "示例轴承交接",
            values,
            about=_firm(weeks, number),
        )
        if number:
            unit = weeks.city.units["jtj"]
            case = weeks.taken(case, 2, "09:20", unit)
            weeks.do(case, weeks.handler(unit), weeks.at(2, "11:00"), "pass")


def upgrade(weeks: Weeks) -> None:
    """Technical upgrades: one prepared, one being built."""
    steward, unit = weeks.handler(weeks.city.groups[0]), weeks.city.units["gxj"]
    for number, title in enumerate(("喷涂线自动化改造", "注塑车间节能改造")):
        values = {
            "detail": f"{title}，更新设备并接入能耗监测。",
            "planned": "800",
            "finish": weeks.day(-120).isoformat(),
            "unit": "gxj",
        }
        case = weeks.task(
            "technical-upgrade",
            steward,
            weeks.at(30, f"11:0{number}"),
            title,
            values,
            about=_firm(weeks, number),
        )
        if number:
            case = weeks.do(case, weeks.handler(unit), weeks.at(20, "10:00"), "start")
            built = {"invested-so-far": "260", "progress": "设备基础完工，首批设备到场。"}
            weeks.do(case, weeks.handler(unit), weeks.at(3, "10:00"), "report", values=built)


def _firm(weeks: Weeks, number: int) -> Organisation:
    """One of the enterprises the first group serves, always the same."""
    served = weeks.city.served.get(weeks.city.groups[0].pk) or weeks.city.enterprises
    return served[number % len(served)]
