"""Promises and the day each is due, counted from the day of writing."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given, strategies as st

from ronghe.core.worktime import Calendar, CalendarDay
from ronghe.text.promises import Promise, promises

pytestmark = pytest.mark.unit
CALENDAR = Calendar([CalendarDay(date(2026, 4, 6), is_workday=False)])  # 清明, a Monday
WEDNESDAY = date(2026, 3, 4)


@pytest.mark.parametrize(
    ("reply", "due"),
    [
        ("我局将于12月底前完成改造。", None),  # more than half a year away without a year
        ("我局将于今年12月底前完成改造。", date(2026, 12, 31)),
        ("我局将于6月底前完成改造。", date(2026, 6, 30)),
        ("计划6月前完成。", date(2026, 5, 31)),
        ("计划6月完成。", date(2026, 6, 30)),
        ("预计四月中旬开通。", date(2026, 4, 20)),
        ("预计4月上旬开通。", date(2026, 4, 10)),
        ("力争于３月２０日前修复。", date(2026, 3, 20)),
        ("确保2026年4月31日前完成。", date(2026, 4, 30)),
        ("拟于2月完成。", None),
        ("预计明年1月初动工。", date(2027, 1, 10)),
        ("预计2027年上半年动工。", date(2027, 6, 30)),
        ("预计今年第三季度完工。", date(2026, 9, 30)),
        ("计划年底前完工。", date(2026, 12, 31)),
        ("力争年内建成。", date(2026, 12, 31)),
        ("力争三年内消除。", date(2029, 3, 4)),
        ("我们将在15个工作日内答复您。", date(2026, 3, 25)),
        ("我们将在二十五个工作日内答复您。", date(2026, 4, 9)),  # over 清明
        ("将在10天内清理。", date(2026, 3, 14)),
        ("将在两周内清理。", date(2026, 3, 18)),
        ("将在48小时内处置。", date(2026, 3, 6)),
        ("将在一个月内清理。", date(2026, 4, 4)),
        ("将在半个月内清理。", date(2026, 3, 19)),
        ("将于下周三前清运。", date(2026, 3, 11)),
        ("将于下周内清运。", date(2026, 3, 15)),
        ("将于本周五清运。", date(2026, 3, 6)),
        ("将于周二前清运。", date(2026, 3, 10)),
        ("将于本月底完成。", date(2026, 3, 31)),
        ("将于月底完成。", date(2026, 3, 31)),
        ("将于下月10日前完成。", date(2026, 4, 10)),
        ("将于下个月完成。", date(2026, 4, 30)),
        ("明天将到现场。", date(2026, 3, 5)),
        ("拟3月10日开工，预计6月底完工。", date(2026, 6, 30)),
    ],
)
def test_due_day_is_told(reply: str, due: date | None) -> None:
    assert [(one.text, one.due) for one in promises(reply, WEDNESDAY, CALENDAR)] == [(reply, due)]


@pytest.mark.parametrize(
    "reply",
    [
        "我局已于3月2日完成修复。",
        "该路2025年12月底前将完工。",
        "将继续跟进。",
        "2月10日我们将情况告知您。",
        "窗口将自受理之日起15个工作日内办结。",
        "您可在30日内申请复议。",
        "公交将在每周一至周五加开。",
        "公司没有承诺三年内完成。",
        "业主大会于3月20日召开。",
        "预计需要99月。",
        "",
    ],
)
def test_no_promise(reply: str) -> None:
    assert promises(reply, WEDNESDAY, CALENDAR) == ()


@pytest.mark.parametrize("number", ["三三", "三三十", "十三三"])
def test_a_number_that_is_none_is_a_promise_without_a_day(number: str) -> None:
    [one] = promises(f"我局将在{number}天内修复。", WEDNESDAY, CALENDAR)

    assert one.due is None


def test_month_ends_on_its_last_day() -> None:
    [one] = promises("将在一个月内完成。", date(2026, 1, 31), CALENDAR)

    assert one.due == date(2026, 2, 28)


def test_promise_is_the_whole_sentence_and_says_where_it_stands() -> None:
    reply = "您好！经查属实。\n我局将于4月1日前修复，请监督。感谢。"

    assert promises(reply, WEDNESDAY, CALENDAR) == (
        Promise("我局将于4月1日前修复，请监督。", date(2026, 4, 1), 9, 25),
    )
    assert reply[9:25] == "我局将于4月1日前修复，请监督。"


PIECES = st.sampled_from(
    [
        *"将拟预计于年月日底前内下周三本0123459十半两个工作。，",
        "力争",
        "工作日",
        "2026年",
        "个月内",
        "下周",
        "x",
    ]
)


@given(st.lists(PIECES, max_size=14).map("".join), st.dates(date(2020, 1, 1), date(2035, 12, 31)))
def test_promises_stand_in_the_reply_and_are_never_due_before_it(reply: str, written: date) -> None:
    for one in promises(reply, written, CALENDAR):
        assert reply[one.start : one.end] == one.text
        assert one.due is None or one.due >= written
