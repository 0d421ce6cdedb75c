"""What people thought of their answers: good, bad and done again, odd and set aside, contested; and complaints."""

from __future__ import annotations

import datetime as dt
from typing import Any

from ronghe.casework.domain.complaining import complain
from ronghe.casework.models import Case
from ronghe.judgements.domain import Rated, appeal_rating, rate_case, settle_rating
from ronghe.judgements.models import Judgement
from ronghe.management.demo.recent.weeks import DEMO, Weeks
from ronghe.organisations.queries import powers_of

OPINION = "经现场核实，情况属实，已责令整改并安排复查，复查结果一周内再次告知。"


def rate(weeks: Weeks) -> None:
    """One good rating with words; a bad one done again by others and rated again; one that was just given."""
    good = _answered(weeks, 4, "洗车店污水流到路面", "洗车店污水直接流到人行道上，请处理。")
    _give(good, weeks.at(2, "20:10"), "very-satisfied", comment="上门两次，问题真解决了。")
    again = _answered(weeks, 8, "废品收购站焚烧冒烟", "废品收购站傍晚焚烧杂物，烟味呛人。")
    _give(again, weeks.at(6, "19:30"), "dissatisfied", "unsolved", "off-point")
    again.refresh_from_db()
    own = weeks.own
    opinion = "已当场拆除焚烧点，收购站书面承诺不再焚烧，连续三个傍晚复查没有冒烟。"
    writer, deputy = weeks.handler(which=1), weeks.city.deputies[own.pk]
    again = weeks.answered(again, 3, "14:00", opinion, writer=writer, checker=deputy)
    _give(again, weeks.at(2, "19:45"), "satisfied", comment="这次看到变化了。")
    fresh = _answered(weeks, 1, "加油站油气味重", "加油站油气味飘进教室，请检查油气回收装置。")
    _give(fresh, weeks.now - dt.timedelta(minutes=35), "very-dissatisfied", "slow", "passed-around")


def doubt(weeks: Weeks) -> None:
    """One given seconds after the answer went out, set aside until somebody has looked."""
    case = _answered(weeks, 1, "宠物店气味扰民", "楼下宠物店气味大，请上门看看。", "16:05")
    assert case.closed_at is not None  # noqa: S101 - it was answered
    _give(case, case.closed_at + dt.timedelta(seconds=6), "very-satisfied")


def contest(weeks: Weeks) -> None:
    """The unit contests two bad ratings; about one the inspector has decided."""
    texts = (
        ("铁路旁噪声", "铁路经过小区，夜里列车鸣笛，请加装隔声屏。"),
        ("邻居家养鸽子", "邻居在楼顶养鸽子，粪便掉到阳台。"),
    )
    for number, (title, detail) in enumerate(texts):
        case = _answered(weeks, 6, title, detail, f"11:0{number}")
        bad = _give(case, weeks.at(4, f"19:0{number}"), "very-dissatisfied", "unsolved")
        at = weeks.at(3, f"09:1{number}")
        handler = weeks.handler()
        appeal_rating(
            bad.pk,
            reason="所提事项不属本单位职责，答复已写明主管单位和联系方式，并已代为转送，请核实。",
            powers=powers_of(handler, at.date()),
            at=at,
        )
        if number:
            _settle(weeks, bad)


def _settle(weeks: Weeks, bad: Judgement) -> None:
    inspector = weeks.handler(weeks.city.units["szgw"], 1)
    at = weeks.at(2, "15:40")
    settle_rating(
        bad.pk,
        ground="genuine",
        note="已电话回访来信人，评价为本人真实意思，维持原评价。",
        powers=powers_of(inspector, at.date()),
        at=at,
    )


def complaint(weeks: Weeks) -> None:
    """Two complain of how they were handled: one waits at the committee's desk, one is looked into."""
    for number, (ground, detail) in enumerate(
        (("empty-answer", "答复只说会处理，没有说怎么处理。"), ("passing-on", "前后转了三个单位才有人管。"))
    ):
        case = _answered(
            weeks, 7, f"示例市场冷库噪声（{number + 1}）", "市场冷库压缩机整夜运转，请处理。", f"15:0{number}"
        )
        at = weeks.at(3 - number, f"20:0{number}")
        opened = complain(case.pk, values={"ground": ground, "detail": detail}, at=at, channel="web")
        if number:
            inspector = weeks.handler(weeks.city.units["szgw"], 1)
            weeks.do(opened.case, inspector, weeks.at(1, "10:20"), "accept")


def _answered(weeks: Weeks, back: int, title: str, detail: str, clock: str = "14:30") -> Case:
    case = weeks.taken(weeks.message(weeks.at(back + 2, "09:10"), title, detail), back + 2, "10:05")
    return weeks.answered(case, back, clock, OPINION)


def _give(case: Case, at: dt.datetime, grade: str, *reasons: str, comment: str = "") -> Judgement:
    rated = Rated(case.pk, case.procedure, case.round, case.responsible_id)
    values: dict[str, Any] = {"grade": grade, "reasons": list(reasons)}
    actor = f"requester:{case.pk}"
    return rate_case(rated, values=values, actor=actor, at=at, comment=comment, origin=DEMO)
