"""What replies promised: kept, broken, late and running; and deeds that were promised to everybody."""

from __future__ import annotations

from ronghe.casework.domain import Promise
from ronghe.casework.models import Case
from ronghe.management.demo.recent.weeks import Weeks

DEED = "deed"


def promise(weeks: Weeks) -> None:
    """Four replies that promised something, each followed up."""
    kept = _promised(weeks, 9, 4, "河岸排口异味", "在排口加装除臭设施")
    broken = _promised(weeks, 10, 5, "洒水车作业时间太早", "洒水车早间作业推迟到七点以后")
    _promised(weeks, 8, 2, "建筑垃圾运输车带泥上路", "在工地出口设置冲洗平台")
    _promised(weeks, 4, -8, "公园旁喷漆作坊气味大", "督促作坊安装废气收集设施并复查")
    handler, head = weeks.handler(), weeks.city.leaders[weeks.own.pk]
    done = {"progress": "除臭设施已经装好，连续三天现场复查没有异味。"}
    weeks.do(kept, handler, weeks.at(5, "16:00"), values=done)
    weeks.do(kept, head, weeks.at(4, "10:00"), "pass")
    tried = {"progress": "与作业单位协商，早高峰前必须完成主干道作业，推迟不能实行。"}
    weeks.do(broken, handler, weeks.at(4, "15:10"), values=tried)
    weeks.do(
        broken, head, weeks.at(3, "09:20"), "break", note="与交通保障冲突，改为降低噪声等级，已向来信人说明"
    )


def _promised(weeks: Weeks, back: int, until: int, title: str, words: str) -> Case:
    """A letter answered that day with a promise; the case that follows it up."""
    detail = f"{title}，影响周边居民，请处理并告知结果。"
    case = weeks.taken(weeks.message(weeks.at(back + 2, "09:15"), title, detail), back + 2, "10:50")
    promised = [Promise(words, weeks.day(until))]
    opinion = f"您反映的情况属实，我单位将{words}，完成后请您监督。"
    case = weeks.answered(case, back, "10:00", opinion, promises=promised)
    return Case.objects.get(related=case, procedure="promise-follow-up")


def deeds(weeks: Weeks) -> None:
    """One done, one missed, one late, two running."""
    for number, (code, title, served, filed, until) in enumerate(DEEDS):
        unit = weeks.city.units[code]
        values = {
            "kind-of-deed": "enterprise" if number == 3 else "livelihood",
            "programme": "practical-deeds",
            "detail": f"{title}，完成后移交使用并公布联系电话。",
            "served": served,
            "promised-day": weeks.day(until).isoformat(),
        }
        case = weeks.task(DEED, weeks.handler(unit), weeks.at(filed, "10:00"), title, values)
        if number < 2:
            _confirm(weeks, case, is_done=number == 0)


def _confirm(weeks: Weeks, case: Case, *, is_done: bool) -> None:
    unit = case.responsible
    assert unit is not None  # noqa: S101 - whoever promised is responsible
    result = "全部完成并移交使用，现场已公示。" if is_done else "完成四处，其余两处因管线迁改未能开工。"
    weeks.do(case, weeks.handler(unit), weeks.at(5, "15:30"), values={"outcome": result})
    head, at = weeks.city.leaders[unit.pk], weeks.at(4, "11:00")
    if is_done:
        weeks.do(case, head, at, "publish")
    else:
        weeks.do(case, head, at, "miss", note="两处管线迁改未完成，明年一季度续办")


DEEDS = (
    ("csglj", "新建口袋公园三处", "示例街道居民", 40, 4),
    ("zjj", "老旧小区加装无障碍坡道六处", "示例小区老年居民", 40, 5),
    ("jtj", "增设夜间公交站亭照明二十处", "夜班职工", 35, 3),
    ("sthjj", "为三十家小微企业免费做一次环保体检", "小微企业", 20, -15),
    ("wjw", "社区卫生站配齐慢性病常用药", "社区老年居民", 15, -20),
)
