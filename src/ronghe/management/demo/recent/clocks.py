"""The clock stands still or runs longer: extensions asked, approved and refused; supplements asked of who wrote."""

from __future__ import annotations

from ronghe.casework import domain as casework
from ronghe.casework.models import Case
from ronghe.core.worktime import Limit
from ronghe.management.demo.recent.weeks import Weeks

LONGER = Limit.parse("3 工作日")
ASKED = (
    ("废气治理设施改造后怎样验收", "喷涂线废气治理设施已更换，想先试运行一个月再验收，请明确程序。"),
    ("危险废物转移联单迟迟不通过", "危险废物转移联单提交后一直显示审核中，仓库快满了，请协调。"),
    ("雨污分流改造期间能否保留临时排口", "厂区雨污分流改造要两个月，期间能否保留一个临时排口，请答复。"),
)
WHY = "需委托第三方监测机构出具监测报告，预计三个工作日后取得"


def extend(weeks: Weeks) -> None:
    """One extension waits for the leader, one was approved, one refused."""
    head = weeks.city.leaders[weeks.own.pk]
    waiting, approved, refused = (
        weeks.taken(weeks.request(weeks.at(4, f"09:1{number}"), *asked), 4, f"10:1{number}")
        for number, asked in enumerate(ASKED)
    )
    _ask(weeks, approved, 2, "15:00")
    casework.settle_extension(approved.pk, weeks.by(head, weeks.at(1, "09:30")), approve=True)
    _ask(weeks, refused, 2, "16:10")
    casework.settle_extension(
        refused.pk,
        weeks.by(head, weeks.at(1, "09:40")),
        approve=False,
        note="现场情况清楚，不需要另行监测，请按期答复",
    )
    _ask(weeks, waiting, 0, "10:30")


def _ask(weeks: Weeks, case: Case, back: int, clock: str) -> None:
    at = weeks.at(back, clock)
    casework.ask_extension(
        case.pk,
        weeks.by(weeks.handler(), at),
        step=case.steps.get(done_at=None).no,
        limit=LONGER,
        document=f"办延〔{at.year}〕{case.pk}号",
        note=WHY,
    )


def supplement(weeks: Weeks) -> None:
    """Something more is asked of two who wrote; one has answered."""
    first = weeks.message(
        weeks.at(4, "11:05"), "楼下餐馆油烟直排", "楼下餐馆油烟从后窗直排，晚上不敢开窗，请核查。"
    )
    second = weeks.message(weeks.at(3, "10:20"), "河道有异味", "散步时闻到河道有异味，请查一查源头。")
    for case, back, question in (
        (weeks.taken(first, 4, "14:20"), 3, "请补充餐馆名称和油烟最重的时段。"),
        (weeks.taken(second, 3, "11:30"), 1, "请补充是哪一段河道、大约几点闻到。"),
    ):
        casework.ask_supplement(
            case.pk,
            weeks.by(weeks.handler(), weeks.at(back, "15:20")),
            step=case.steps.get(done_at=None).no,
            ground="supplement",
            question=question,
        )
    told = "店名是“示例小炒”，每晚六点到九点油烟最重。"
    casework.answer_supplement(first.pk, text=told, actor=f"requester:{first.pk}", at=weeks.at(2, "20:15"))


def draft(weeks: Weeks) -> None:
    """Replies written by the handler wait for a second person to check and send them."""
    for number, (title, detail, opinion) in enumerate(DRAFTS):
        case = weeks.taken(weeks.request(weeks.at(2, f"09:3{number}"), title, detail), 2, f"11:1{number}")
        weeks.drafted(case, 0, f"09:3{number}", opinion)


DRAFTS = (
    (
        "排污许可证变更法定代表人要交什么",
        "公司更换法定代表人，排污许可证怎么变更，要不要重新监测？",
        "变更法定代表人属于基本信息变更，不需要重新监测。请在全国排污许可证管理信息平台提交变更表和营业执照，三个工作日内办结。",
    ),
    (
        "环评豁免名录怎么对照",
        "新增一条包装线，没有废气废水，是否需要办理环评？",
        "仅分割、组装的包装线不纳入环评管理，无须办理环评手续，请留存工艺说明备查。",
    ),
)
