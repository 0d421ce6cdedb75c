"""Why a clock is due when it is, day by day and briefly; and the calculator that commands and pages ask."""

from datetime import date, datetime

import pytest
from hypothesis import given, strategies as st

from ronghe.core.errors import RongheError
from ronghe.core.worktime import Calendar, CalendarDay, ClockEvent, ClockLog, Convention, DayLine, Limit, Unit
from ronghe.core.worktime.calculator import answer, read_clock, read_instant
from tests.core.clocks import at, calendars, china, clock, instants, log_of, pauses

pytestmark = pytest.mark.unit


def told(log: ClockLog, now: str) -> list[str]:
    return [f"{line.date:%m-%d} {line.n} {line.reason}" for line in log.explain(china(), at(now))]


def test_every_day_says_why_it_counted_or_not() -> None:
    log = clock("2026-09-24T10:30", "6 工作日", ("2026-09-29T10:00", "2026-09-30T15:00"), extend=["1 工作日"])

    lines = log.explain(china(), at("2026-10-16T10:00"))

    assert lines[0] == DayLine(
        date(2026, 9, 24), "周四", False, 0, "起算日不计；延期 +1 工作日（延〔2026〕1号）"
    )
    assert told(log, "2026-10-16T10:00")[1:] == [
        "09-25 0 中秋节放假",
        "09-26 0 中秋节放假",
        "09-27 0 中秋节放假",
        "09-28 1 第1个工作日",
        "09-29 1 暂停：事由1",
        "09-30 2 第2个工作日",
        *[f"10-0{day} 2 国庆节放假" for day in range(1, 8)],
        "10-08 3 第3个工作日",
        "10-09 4 第4个工作日",
        "10-10 5 第5个工作日（国庆节调休上班，计入）",
        "10-11 5 周末",
        "10-12 6 第6个工作日",
        "10-13 7 第7个工作日；18:00 到期",
        "10-14 7 已超期第1个工作日",
        "10-15 7 已超期第2个工作日",
        "10-16 7 已超期第3个工作日",
    ]
    assert log.explain_briefly(china(), at("2026-10-16T10:00")) == (
        "从2026年9月24日（周四）次日起算；期限7 个工作日（含延期 +1 工作日（延〔2026〕1号））；"
        "中秋节放假3天、国庆节放假7天不计；10月10日调休上班计入；暂停1 个工作日不计；"
        "故2026年10月13日（周二） 18:00 到期。"
    )


def test_natural_days_tell_the_roll_to_a_working_day() -> None:
    log = clock("2026-09-28", "3 自然日", ("2026-10-08T10:00", "2026-10-09T10:00"))

    assert told(log, "2026-10-11") == [
        "09-28 0 起算日不计",
        "09-29 1 第1天",
        "09-30 2 第2天",
        "10-01 3 第3天",
        *[f"10-0{day} 3 国庆节放假，顺延至下一工作日" for day in range(2, 8)],
        "10-08 3 暂停：事由1",
        "10-09 3 顺延至本日；18:00 到期",
        "10-10 3 已超期第1天",
        "10-11 3 已超期第2天",
    ]
    assert log.explain_briefly(china(), at("2026-10-11")) == (
        "从2026年9月28日（周一）次日起算；期限3 天；暂停1 天不计；"
        "期满日2026年10月1日（周四）不是工作日或在暂停中，顺延至下一工作日；故2026年10月9日（周五） 18:00 到期。"
    )


def test_months_count_days_and_a_stop_is_told() -> None:
    log = clock("2026-01-31", "1 月", stop="2026-03-01T10:00")

    lines = told(log, "2026-03-05")

    assert lines[-2:] == ["02-28 28 第28天；18:00 到期", "03-01 28 已超期第1天；办结"]
    assert log.explain_briefly(china(), at("2026-03-05")) == (
        "从2026年1月31日（周六）次日起算；期限1 个月；故2026年2月28日（周六） 18:00 到期。"
    )


def test_days_after_an_early_stop_are_told_to_the_due_day() -> None:
    assert told(clock("2026-06-01", "3 工作日", stop="2026-06-02T10:00"), "2026-07-01") == [
        "06-01 0 起算日不计",
        "06-02 1 第1个工作日；办结",
        "06-03 2 第2个工作日",
        "06-04 3 第3个工作日；18:00 到期",
    ]


def test_office_hours_are_told_in_hours_and_minutes() -> None:
    log = clock("2026-09-24T15:30", "10 工时", ("2026-09-28T09:00", "2026-09-29T00:00"))

    assert told(log, "2026-10-12T10:00")[:7] == [
        "09-24 2 计 2 小时 30 分，累计 2 小时 30 分",
        "09-25 2 中秋节放假",
        "09-26 2 中秋节放假",
        "09-27 2 中秋节放假",
        "09-28 2 暂停：事由1",
        "09-29 9 计 7 小时，累计 9 小时 30 分",
        "09-30 10 计 30 分，累计 10 小时；09:30 到期",
    ]
    assert told(log, "2026-10-12T10:00")[7:9] == ["10-01 10 国庆节放假", "10-02 10 国庆节放假"]
    assert told(log, "2026-10-12T10:00")[-1] == "10-12 10 已超期"
    assert log.explain_briefly(china(), at("2026-10-12")) == (
        "从2026年9月24日（周四） 15:30 起算；期限10 小时；中秋节放假3天不计；暂停7 小时不计；"
        "故2026年9月30日（周三） 09:30 到期。"
    )


def test_an_hour_clock_started_after_closing_tells_the_idle_evening() -> None:
    made_up = clock("2026-10-09T18:30", "2 工时")

    assert told(made_up, "2026-10-09T18:30") == [
        "10-09 0 当日未计办公时间",
        "10-10 2 计 2 小时，累计 2 小时（国庆节调休上班，计入）；11:00 到期",
    ]


def test_an_open_pause_is_told_as_if_resumed_now() -> None:
    log = clock("2026-06-01", "3 工作日").append(ClockEvent("pause", at("2026-06-02T10:00")))

    assert told(log, "2026-06-04T10:00") == [
        "06-01 0 起算日不计",
        "06-02 0 暂停",
        "06-03 0 暂停",
        "06-04 1 第1个工作日；仍在暂停，假定现在恢复",
        "06-05 2 第2个工作日",
        "06-06 2 周末",
        "06-07 2 周末",
        "06-08 3 第3个工作日；18:00 到期",
    ]


@pytest.mark.parametrize(
    ("convention", "start", "lines", "brief"),
    [
        (Convention(start_counts=True), "2026-06-02", ["06-02 1 第1个工作日；18:00 到期"], "从2026年6月2日（周二）当日起算"),
        (
            Convention(late_arrival_waits=True),
            "2026-06-05T19:00",
            [
                "06-05 0 起算日不计",
                "06-06 0 非工作时间收到，视为次一工作日收到，当日不计",
                "06-07 0 非工作时间收到，视为次一工作日收到，当日不计",
                "06-08 0 非工作时间收到，视为次一工作日收到，当日不计",
                "06-09 1 第1个工作日；18:00 到期",
            ],
            "从2026年6月8日（周一）次日起算",
        ),
    ],
)  # fmt: skip
def test_conventions_are_explained(convention: Convention, start: str, lines: list[str], brief: str) -> None:
    log = ClockLog(clock(start, "1 工作日").events, convention)

    assert told(log, start) == lines
    assert log.explain_briefly(china(), at(start)).startswith(f"{brief}；期限1 个工作日；")


def test_nothing_to_explain_is_said_so() -> None:
    unlimited = clock("2026-06-01", None)

    assert ClockLog().explain(china(), at("2026-06-01")) == []
    assert unlimited.explain(china(), at("2026-06-01")) == []
    assert ClockLog().explain_briefly(china(), at("2026-06-01")) == "尚未起算。"
    assert unlimited.explain_briefly(china(), at("2026-06-01")) == "从2026年6月1日（周一）起，不计时限。"


def test_an_unannounced_year_is_said_so() -> None:
    brief = clock("2026-12-20", "15 工作日").explain_briefly(china(), at("2026-12-20"))

    assert "放假安排尚未全部公布，按周一至周五暂算" in brief


def test_a_working_weekday_with_a_row_is_no_made_up_day() -> None:
    calendar = Calendar(
        [
            CalendarDay(date(2026, 6, 2), is_workday=True, name="节"),
            CalendarDay(date(2026, 6, 3), False, name="“节”"),
        ]
    )
    log = clock("2026-06-01", "2 工作日")

    assert [line.reason for line in log.explain(calendar, at("2026-06-01"))] == [
        "起算日不计",
        "第1个工作日",
        "节放假",
        "第2个工作日；18:00 到期",
    ]
    assert "节放假1天不计；故" in log.explain_briefly(calendar, at("2026-06-01"))


def test_a_long_span_tells_its_first_and_last_days() -> None:
    lines = clock("2020-01-01", "2000 工作日").explain(china(), at("2040-01-01"))

    assert len(lines) == 1100
    assert lines[550].reason.startswith("（此前从略")
    assert next(line for line in lines if "到期" in line.reason).n == 2000
    assert lines[-1].reason.startswith("已超期第")


@given(
    calendars(),
    instants(date(2024, 1, 1), date(2024, 2, 20)),
    st.integers(1, 40),
    st.sampled_from(Unit),
    pauses(),
)
def test_the_last_counted_day_is_the_due_day_and_counts_up_by_one(
    calendar: Calendar, start: datetime, n: int, unit: Unit, spans: list[tuple[datetime, datetime]]
) -> None:
    log = log_of(start, Limit(n, unit), spans)
    reading = log.reading(calendar, start)

    lines = log.explain(calendar, start)

    assert reading.due is not None
    assert "到期" in lines[-1].reason
    assert lines[-1].date == reading.due.date()
    assert all(line.reason for line in lines)
    if unit in (Unit.WORKDAY, Unit.DAY):
        assert [line.n for line in lines if line.counted] == list(range(1, n + 1))
    if unit == Unit.HOUR:
        assert lines[-1].n == n


NOW = at("2026-10-09T10:00")


def test_the_calculator_answers_in_plain_values() -> None:
    log = read_clock("2026-10-08T10:30", "2 工作日", ["2026-10-09..2026-10-10"], ["1 工作日"], china())

    assert answer(log, china(), NOW, Limit(1, Unit.WORKDAY)) == {
        "due": "2026-10-13T18:00:00+08:00",
        "elapsed": 0,
        "remaining": 3,
        "late": 0,
        "provisional": False,
        "light": "paused",
        "days": [
            {"date": "2026-10-08", "counted": False, "n": 0, "reason": "起算日不计；延期 +1 工作日"},
            {"date": "2026-10-09", "counted": False, "n": 0, "reason": "暂停"},
            {"date": "2026-10-10", "counted": True, "n": 1, "reason": "第1个工作日（国庆节调休上班，计入）"},
            {"date": "2026-10-11", "counted": False, "n": 1, "reason": "周末"},
            {"date": "2026-10-12", "counted": True, "n": 2, "reason": "第2个工作日"},
            {"date": "2026-10-13", "counted": True, "n": 3, "reason": "第3个工作日；18:00 到期"},
        ],
    }


def test_the_calculator_tells_pauses_and_extensions_apart() -> None:
    log = read_clock(
        "2026-06-01", "2 工作日", ["2026-06-02..2026-06-03", "2026-06-04.."], ["1 工作日"] * 2, china()
    )

    reading = log.reading(china(), at("2026-06-05"))

    assert (reading.limit, reading.grounds, reading.provisional) == (Limit(4, Unit.WORKDAY), ("第2段",), True)
    assert answer(ClockLog(), china(), NOW)["due"] is None


@pytest.mark.parametrize(
    ("written", "whole_day", "moment"),
    [
        ("2026-09-25", False, "2026-09-25T00:00"),
        (" 2026-09-25 ", True, "2026-09-25T18:00"),
        ("2026-09-25T10:30", True, "2026-09-25T10:30"),
        ("2026-09-25T02:30Z", False, "2026-09-25T10:30"),
    ],
)
def test_read_instant_reads_days_and_moments(written: str, whole_day: bool, moment: str) -> None:
    assert read_instant(written, china(), is_whole_day=whole_day) == at(moment)


@pytest.mark.parametrize(
    ("start", "limit", "pauses", "extensions", "said"),
    [
        ("2026-02-30", "5 工作日", [], [], "没有“2026-02-30”这个日期或时刻，请写成 2026-09-25"),
        ("昨天", "5 工作日", [], [], "看不懂时间“昨天”，请写成"),
        ("0001-01-01", "5 工作日", [], [], "只能计算 1950 年至 2200 年"),
        ("2026-02-03", "5 天", [], [], "单位“天”不认识；请写成“5 工作日”"),
        ("2026-02-03", "-5 工作日", [], [], "不能是负数"),
        ("2026-02-03", "5 工作日", ["2026-02-05"], [], "看不懂暂停“2026-02-05”，请写成"),
        ("2026-02-03", "5 工作日", ["2026-02-05..2026-02-04"], [], "恢复早于开始"),
        ("2026-02-03", "5 工作日", ["2026-02-05..2026-02-31"], [], "没有“2026-02-31”"),
        ("2026-02-03", "5 工作日", [], ["5"], "没有单位"),
        ("2026-02-03", "5 工作日", [], ["5 自然日"], "请改用同一单位"),
    ],
)
def test_the_calculator_refuses_and_says_what_to_write(
    start: str, limit: str, pauses: list[str], extensions: list[str], said: str
) -> None:
    with pytest.raises(RongheError) as refused:
        read_clock(start, limit, pauses, extensions, china())

    assert said in refused.value.message
