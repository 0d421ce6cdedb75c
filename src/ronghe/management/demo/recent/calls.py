"""Open calls (揭榜): one that takes answers now, one whose work was accepted."""

from __future__ import annotations

import datetime as dt

from ronghe.casework import domain as casework
from ronghe.casework.models import Case
from ronghe.management.demo.recent.weeks import Weeks
from ronghe.organisations.models import Organisation

CLAIMS, CALL = "claims", "open-task"


def call(weeks: Weeks) -> None:
    """Both calls are the committee's."""
    units = weeks.city.units
    running = _posted(
        weeks,
        5,
        "把企业环保手续一次告知做到位",
        "三十个高频事项一张清单，窗口首问准确率达到百分之九十八。",
        -60,
    )
    for back, unit, plan in (
        (3, units["sthjj"], "由综合业务科牵头编制清单，先在两个园区试行，三十天内全市推开。"),
        (2, units["zwfwj"], "把清单接入窗口系统，按行业自动生成办事指引。"),
    ):
        _claim(weeks, running, unit, back, plan)
    _sign(weeks, running, units["sthjj"], 1)
    _finished(weeks)


def _finished(weeks: Weeks) -> None:
    units, staff = weeks.city.units, weeks.handler(weeks.city.units["szgw"])
    case = _posted(weeks, 34, "解决园区夜班职工出行难", "夜班职工等车时间不超过二十分钟。", -5)
    for unit, plan in (
        (units["jtj"], "开通三条定制夜班线，按打卡数据排班。"),
        (units["csglj"], "增设共享单车停放点和照明。"),
    ):
        _claim(weeks, case, unit, 32, plan)
        _sign(weeks, case, unit, 31)
    casework.close_call(case.pk, weeks.by(staff, weeks.at(28, "17:00")), parallel=CLAIMS)
    chosen = [str(units["jtj"].pk)]
    weeks.do(case, staff, weeks.at(27, "10:00"), "chosen", chosen=chosen)
    progress = {"progress": "三条夜班线已开通一个月，平均等车十四分钟，满意度问卷回收两百份。"}
    weeks.do(case, weeks.handler(units["jtj"]), weeks.at(6, "16:00"), values=progress)
    weeks.do(case, staff, weeks.at(4, "10:30"), "pass")


def _posted(weeks: Weeks, back: int, title: str, target: str, finish: int) -> Case:
    staff = weeks.handler(weeks.city.units["szgw"])
    values = {"detail": f"{title}。", "target": target, "finish": weeks.day(finish).isoformat()}
    case = weeks.task(CALL, staff, weeks.at(back, "09:30"), title, values)
    return weeks.do(case, staff, weeks.at(back, "10:00"))


def _claim(weeks: Weeks, case: Case, unit: Organisation, back: int, plan: str) -> None:
    by = weeks.by(weeks.city.leaders[unit.pk], weeks.at(back, "11:00"))
    casework.claim_lane(case.pk, by, parallel=CLAIMS, organisation=unit, values={"plan": plan})


def _sign(weeks: Weeks, case: Case, unit: Organisation, back: int) -> None:
    head = weeks.city.leaders[unit.pk]
    step = case.steps.get(done_at=None, holder=unit)
    by = weeks.by(head, weeks.at(back, "09:00") + dt.timedelta(minutes=unit.pk % 50))
    casework.complete_step(case.pk, by, step=step.no, outcome="sign")
