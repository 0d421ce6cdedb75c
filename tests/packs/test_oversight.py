"""What the committee follows: decisions of leading groups, work-style blockages, complaints about handling."""

from __future__ import annotations

import datetime as dt

import pytest

from ronghe.casework.domain import open_case
from ronghe.casework.exceptions import DomainError
from ronghe.casework.models import Case
from ronghe.definitions import queries as definitions
from ronghe.organisations.domain import Contact
from ronghe.organisations.queries import powers_of
from tests.city import City, moment
from tests.packs.runs import do, file, stand

pytestmark = [
    pytest.mark.db,
    pytest.mark.django_db,
    pytest.mark.mechanism("S-019", "S-132", "S-134", "S-246"),
]
DAY = dt.date(2026, 3, 2)
DECISION = {
    "meeting": "优化营商环境改革工作领导小组第 3 次会议",
    "held": "2026-02-27",
    "detail": "4 月底前完成项目审批事项精简",
    "unit": "zjj",
    "finish": "2026-04-30",
}
BLOCK = {"type-of-block": "sluggish", "detail": "材料收下后两周无人联系", "unit": "sthjj"}
FIXED = {"causes": "交接无台账", "measures": "建立收件台账"}


@pytest.fixture
def group(city: City) -> None:
    city.unit("yhyshj", "leading-group", "市优化营商环境改革工作领导小组")
    city.seat("yhyshj", "leading-group-head", "组长甲")
    city.seat("yhyshj", "handler", "组办甲")


@pytest.fixture
def inspector(city: City) -> None:
    city.seat("szgw", "inspector", "督查甲")


def complaint(city: City) -> Case:
    """The requester of a case of the environment bureau complains about how it was handled."""
    message = open_case(
        definitions.get("procedure", "resident-message", DAY),
        values={"detail": "工地夜间施工"},
        at=moment("2026-03-02 09:30"),
        responsible=city.units["sthjj"],
    ).case
    return open_case(
        definitions.get("procedure", "complaint", DAY),
        values={"ground": "empty-answer", "detail": "只说已知悉，没有处理"},
        at=moment("2026-03-02 10:00"),
        about_unit=message.responsible,
        related=message,
        contact=Contact(name="李某", phone="13900139000"),
    ).case


@pytest.mark.usefixtures("group")
def test_a_decision_is_a_task_of_the_unit_verified_by_the_group(city: City) -> None:
    case = file(city, "meeting-decision", "组办甲", "2026-03-02 10:00", DECISION, about=city.units["yhyshj"])
    assert stand(case) == ("carry-out", "zjj", "04-30 18:00")

    case = do(city, case, "住建经办", "2026-04-20 10:00", values={"progress": "已精简 12 项"})
    assert stand(case) == ("verify", "yhyshj", "04-30 18:00")
    with pytest.raises(DomainError, match="岗位"):
        do(city, case, "住建局长", "2026-04-21 10:00", "pass")
    case = do(city, case, "组长甲", "2026-04-21 10:00", "fail", note="缺事项清单")
    case = do(city, case, "住建经办", "2026-04-22 10:00", values={"progress": "清单附后"})
    case = do(city, case, "组办甲", "2026-04-23 10:00", "pass")
    assert stand(case) == ("done", "zjj", "04-23 10:00")


@pytest.mark.usefixtures("group")
def test_a_decision_is_dropped_only_by_the_group_with_a_reason(city: City) -> None:
    case = file(city, "meeting-decision", "组办甲", "2026-03-02 10:00", DECISION, about=city.units["yhyshj"])
    case = do(city, case, "住建经办", "2026-04-20 10:00", values={"progress": "改革事项已由省统一"})

    case = do(city, case, "组长甲", "2026-04-21 10:00", "drop", note="第 4 次会议决定终止")
    assert stand(case) == ("dropped", "zjj", "04-21 10:00")


@pytest.mark.usefixtures("inspector")
def test_a_blockage_is_put_right_by_its_unit_and_struck_off_by_the_inspector(city: City) -> None:
    case = file(city, "work-style-block", "督查甲", "2026-03-02 10:00", BLOCK)
    assert stand(case) == ("rectify", "sthjj", "03-23 18:00")

    case = do(city, case, "环境局长", "2026-03-09 10:00", values=FIXED)
    assert stand(case) == ("verify", "szgw", "03-16 18:00")
    with pytest.raises(DomainError, match="理由"):
        do(city, case, "督查甲", "2026-03-10 10:00", "fail")
    case = do(city, case, "督查甲", "2026-03-10 10:00", "fail", note="台账仍空白")
    case = do(city, case, "环境局长", "2026-03-12 10:00", values=FIXED)
    case = do(city, case, "督查甲", "2026-03-13 10:00", "pass")
    assert stand(case) == ("cleared", "sthjj", "03-13 10:00")


@pytest.mark.usefixtures("inspector")
def test_a_blockage_may_prove_unfounded(city: City) -> None:
    case = do(
        city,
        file(city, "work-style-block", "督查甲", "2026-03-02 10:00", BLOCK),
        "环境局长",
        "2026-03-09 10:00",
        values=FIXED,
    )

    case = do(city, case, "督查甲", "2026-03-10 10:00", "unfounded", note="系统有联系记录")
    assert stand(case) == ("unfounded", "sthjj", "03-10 10:00")


@pytest.mark.usefixtures("inspector")
def test_a_complaint_is_answered_by_the_inspector_and_never_seen_by_the_unit(city: City) -> None:
    case = complaint(city)
    assert stand(case) == ("receive", "szgw", "03-04 18:00")

    with pytest.raises(DomainError, match="岗位"):
        do(city, case, "环境局长", "2026-03-03 10:00", "accept")
    unit = powers_of(city.accounts["环境局长"], DAY)
    assert not Case.objects.visible_with(unit).filter(pk=case.pk).exists()

    case = do(city, case, "督查甲", "2026-03-03 10:00", "accept")
    case = do(city, case, "督查甲", "2026-03-06 10:00", values={"finding": "答复确未写明处理结果"})
    assert stand(case) == ("reply", "szgw", "03-23 18:00")
    with pytest.raises(DomainError, match="答复"):
        do(city, case, "督查甲", "2026-03-09 10:00", "uphold")
    case = do(city, case, "督查甲", "2026-03-09 10:00", "uphold", reply="您的投诉属实，已要求重新办理。")
    assert stand(case) == ("upheld", "szgw", "03-09 10:00")


@pytest.mark.usefixtures("inspector")
def test_a_complaint_may_be_dismissed_declined_or_taken_back(city: City) -> None:
    case = do(city, complaint(city), "督查甲", "2026-03-03 10:00", "accept")
    case = do(city, case, "督查甲", "2026-03-06 10:00", values={"finding": "答复内容属实"})
    case = do(city, case, "督查甲", "2026-03-09 10:00", "dismiss", reply="经核查，答复内容属实。")
    assert stand(case) == ("dismissed", "szgw", "03-09 10:00")

    case = complaint(city)
    with pytest.raises(DomainError, match="理由"):
        do(city, case, "督查甲", "2026-03-03 10:00", "decline")
    case = do(city, case, "督查甲", "2026-03-03 10:00", "decline", note="与办件无关")
    assert stand(case) == ("declined", "szgw", "03-03 10:00")


def test_without_an_inspector_a_complaint_waits_at_the_triage_desk(city: City) -> None:
    assert stand(complaint(city)) == ("receive", "fbzx", "03-04 18:00")
