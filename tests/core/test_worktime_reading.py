"""Readings, lights, sentences, conventions and the log itself."""

from dataclasses import asdict
from datetime import date, datetime, time

import pytest
from hypothesis import given, strategies as st

from ronghe.core.errors import RongheError
from ronghe.core.worktime import (
    LAW,
    NOT_STARTED,
    Calendar,
    CalendarDay,
    ClockEvent,
    ClockLog,
    Convention,
    Light,
    Limit,
    OfficeHours,
    Reading,
    Unit,
    day_words,
    hours_words,
    latest_resume,
    sentence,
)
from ronghe.core.worktime.scale import add_months, scale_of
from tests.core.clocks import UNITS, at, calendars, china, clock, instants

pytestmark = pytest.mark.unit
YELLOW = Limit(1, Unit.WORKDAY)


def read(log: ClockLog, now: str) -> Reading:
    return log.reading(china(), at(now))


def test_a_reading_holds_everything_a_desk_shows() -> None:
    reading = read(
        clock("2026-09-25T10:00", "5 工作日", ("2026-09-28T09:00", "2026-09-30T10:00")), "2026-10-09T11:00"
    )

    assert reading == Reading(
        due=at("2026-10-12T18:00"),
        elapsed=3,
        remaining=2,
        overdue=False,
        late=0,
        provisional=False,
        paused=False,
        stopped=False,
        unit=Unit.WORKDAY,
        limit=Limit(5, Unit.WORKDAY),
        left=2,
    )


LIGHTS = [
    (
        clock("2026-06-01", "5 工作日"),
        "2026-06-05T08:59",
        Light.GREEN,
        "还剩 1 个工作日（6月8日 周一 下班前）",
    ),
    (
        clock("2026-06-01", "5 工作日"),
        "2026-06-05T09:00",
        Light.YELLOW,
        "还剩 1 个工作日（6月8日 周一 下班前）",
    ),
    (clock("2026-06-01", "5 工作日"), "2026-06-08T18:00", Light.YELLOW, "今天到期（下班前）"),
    (
        clock("2026-06-01", "5 工作日"),
        "2026-06-08T18:01",
        Light.RED,
        "已超期不足 1 个工作日（应于今天下班前）",
    ),
    (
        clock("2026-06-01", "5 工作日"),
        "2026-06-10T08:00",
        Light.RED,
        "已超 2 个工作日（应于6月8日 周一 下班前）",
    ),
    (
        clock("2026-06-01", "5 工作日", ("2026-06-03", "")),
        "2026-06-10T08:00",
        Light.PAUSED,
        "暂停中（事由1），还剩 4 个工作日，如现在恢复，6月15日 周一 下班前到期",
    ),
    (
        clock("2026-06-01", "5 工作日", ("2026-06-03", "2026-06-12")),
        "2026-06-10T08:00",
        Light.PAUSED,
        "暂停中（事由1），还剩 4 个工作日，6月17日 周三 下班前到期",
    ),
    (
        clock("2026-06-01", "5 工作日", stop="2026-06-03T10:00"),
        "2026-06-20",
        Light.DONE,
        "已办结（按时），用时 2 个工作日",
    ),
    (
        clock("2026-06-01", "5 工作日", stop="2026-06-10T10:00"),
        "2026-06-20",
        Light.DONE,
        "已办结（超 2 个工作日），用时 7 个工作日",
    ),
    (clock("2026-06-01", None), "2026-06-20", Light.NONE, "不计时限"),
    (clock("2026-06-01", None, stop="2026-06-03"), "2026-06-20", Light.DONE, "已办结，用时 2 个工作日"),
    (ClockLog(), "2026-06-20", Light.NONE, "不计时限"),
    (clock("2026-06-01T10:00", "5 工时"), "2026-06-01T10:20", Light.YELLOW, "今天到期（17:00 前）"),
    (
        clock("2026-06-01T17:00", "5 工时"),
        "2026-06-01T17:20",
        Light.YELLOW,
        "还剩 4 小时 40 分（6月2日 周二 15:00 前）",
    ),
    (
        clock("2026-06-01T17:00", "8 工时"),
        "2026-06-01T17:00",
        Light.YELLOW,
        "还剩 8 小时（6月2日 周二 下班前）",
    ),
    (
        clock("2026-06-01T17:00", "5 工时"),
        "2026-06-03T11:20",
        Light.RED,
        "已超 5 小时（应于6月2日 周二 15:00 前）",
    ),
    (clock("2026-06-01", "1 月"), "2026-06-11", Light.GREEN, "还剩 20 天（7月1日 周三 下班前）"),
    (clock("2026-06-01", "1 月"), "2026-08-10", Light.RED, "已超 40 天（应于7月1日 周三 下班前）"),
    (clock("2026-06-01", "5 自然日"), "2026-06-02", Light.GREEN, "还剩 4 天（6月8日 周一 下班前）"),
    (clock("2026-06-01", "5 自然日"), "2026-06-07", Light.YELLOW, "期满逢休息日，顺延至6月8日 周一 下班前"),
    (
        clock("2026-12-25", "5 工作日"),
        "2026-12-25",
        Light.GREEN,
        "还剩 5 个工作日（2027年1月1日 周五 下班前）（暂定，放假安排尚未公布）",
    ),
]


@pytest.mark.parametrize(("log", "now", "light", "said"), LIGHTS)
def test_light_and_sentence(log: ClockLog, now: str, light: Light, said: str) -> None:
    reading = read(log, now)

    assert (reading.light(YELLOW), sentence(reading, at(now), china())) == (light, said)


def test_a_light_has_a_shape_and_a_word() -> None:
    assert [light.shape for light in Light] == ["○", "△", "■", "‖", "✓", "–"]
    assert [light.label for light in Light] == ["正常", "临期", "超期", "暂停", "办结", "无时限"]


def test_without_a_yellow_the_light_stays_green_to_the_end() -> None:
    assert read(clock("2026-06-01", "5 工作日"), "2026-06-08").light() == Light.GREEN
    assert NOT_STARTED.yellow_from(YELLOW) is None


def test_a_yellow_longer_than_the_calendar_is_yellow_at_once() -> None:
    reading = read(clock("1960-06-01", "5 工作日"), "1960-06-01T10:00")

    assert reading.yellow_from(Limit(100_000, Unit.HOUR)) is not None
    assert reading.yellow_from(Limit(100_000, Unit.DAY)) == china().opening(date(1686, 8, 23))


@pytest.mark.parametrize(
    ("convention", "start", "limit", "pause", "due"),
    [
        (LAW, "2026-06-01T10:00", "3 工作日", None, "2026-06-04T18:00"),
        (Convention(start_counts=True), "2026-06-01T10:00", "3 工作日", None, "2026-06-03T18:00"),
        (Convention(start_counts=True), "2026-06-01T10:00", "1 月", None, "2026-06-30T18:00"),
        (LAW, "2026-06-01T18:00", "3 工作日", None, "2026-06-04T18:00"),
        (Convention(late_arrival_waits=True), "2026-06-01T18:00", "3 工作日", None, "2026-06-05T18:00"),
        (Convention(late_arrival_waits=True), "2026-06-01T17:59", "3 工作日", None, "2026-06-04T18:00"),
        (Convention(late_arrival_waits=True), "2026-06-06T10:00", "3 工作日", None, "2026-06-11T18:00"),
        (LAW, "2026-06-01", "3 工作日", ("2026-06-02", "2026-06-03"), "2026-06-05T18:00"),
        (Convention(pause_day_counts=True), "2026-06-01", "3 工作日", ("2026-06-02", "2026-06-03"), "2026-06-04T18:00"),
        (Convention(resume_day_counts=False), "2026-06-01", "3 工作日", ("2026-06-02", "2026-06-03"), "2026-06-08T18:00"),
        (LAW, "2026-06-01", "5 自然日", None, "2026-06-08T18:00"),
        (Convention(roll_natural=False), "2026-06-01", "5 自然日", None, "2026-06-06T18:00"),
        (LAW, "2026-06-01", "5 自然日", ("2026-06-08T10:00", "2026-06-10T10:00"), "2026-06-10T18:00"),
    ],
)  # fmt: skip
def test_conventions_are_data(
    convention: Convention, start: str, limit: str, pause: tuple[str, str] | None, due: str
) -> None:
    log = ClockLog(clock(start, limit, *([pause] if pause else [])).events, convention)

    assert read(log, "2026-06-12").due == at(due)
    assert ClockLog.from_json(log.to_json()) == log
    assert ("convention" in log.to_json()) == (convention != LAW)


def test_a_pause_lasts_no_longer_than_its_maximum() -> None:
    until = latest_resume(china(), at("2026-06-02T10:00"), Limit(5, Unit.WORKDAY))
    log = clock("2026-06-01", "5 工作日").append(ClockEvent("pause", at("2026-06-02T10:00"), until=until))

    within, after = read(log, "2026-06-04T10:00"), read(log, "2026-07-10T10:00")

    assert until == at("2026-06-08T18:00")
    assert (within.paused, within.provisional, within.due) == (True, True, at("2026-06-10T18:00"))
    assert (after.paused, after.provisional, after.due) == (False, False, at("2026-06-15T18:00"))
    resumed = log.append(ClockEvent("resume", at("2026-06-03T10:00")))
    assert read(resumed, "2026-06-04T10:00").due == at("2026-06-09T18:00")


@given(calendars(), instants(), st.integers(1, 20), st.booleans())
def test_latest_resume_takes_away_exactly_its_maximum(
    calendar: Calendar, begin: datetime, n: int, counts: bool
) -> None:
    law = Convention(resume_day_counts=counts)
    for unit in (Unit.WORKDAY, Unit.DAY, Unit.HOUR):
        scale = scale_of(unit, calendar, law)

        until = latest_resume(calendar, begin, Limit(n, unit), law)

        lo, hi = scale.cut(begin, resumes=False), scale.cut(until, resumes=True)
        assert scale.whole(lo, scale.count(lo, hi)) == n


def test_two_grounds_pause_until_both_are_resumed() -> None:
    log = clock("2026-06-01", "5 工作日", ("2026-06-02", "2026-06-04"), ("2026-06-03", ""))

    assert read(log, "2026-06-05").grounds == ("事由2",)
    assert read(log, "2026-06-03").grounds == ("事由1", "事由2")
    everything = log.append(ClockEvent("resume", at("2026-06-05")))
    assert read(everything, "2026-06-05").paused is False


def test_what_follows_a_stop_or_a_second_start_has_no_effect() -> None:
    log = clock("2026-06-01", "5 工作日", stop="2026-06-10T10:00")
    more = [
        ClockEvent("start", at("2026-06-02"), Limit(9, Unit.WORKDAY)),
        ClockEvent("extend", at("2026-06-11"), Limit(9, Unit.WORKDAY)),
        ClockEvent("pause", at("2026-06-11")),
        ClockEvent("stop", at("2026-06-12")),
    ]

    changed = ClockLog((*log.events, *more))

    assert read(changed, "2026-06-20") == read(log, "2026-06-20")
    assert read(log, "2026-06-20").stopped
    assert not read(log, "2026-06-09").stopped
    paused = clock("2026-06-01", "5 工作日", ("2026-06-03", ""), stop="2026-06-10T10:00")
    assert (read(paused, "2026-06-20").paused, read(paused, "2026-06-20").late) == (False, 0)


def test_an_unlimited_clock_still_counts_and_pauses() -> None:
    paused = clock("2026-06-01", None, ("2026-06-03", "")).append(
        ClockEvent("extend", at("2026-06-02"), Limit(2, Unit.DAY))
    )

    reading = read(paused, "2026-06-10")

    assert (reading.due, reading.elapsed, reading.paused, reading.limit) == (None, 1, True, None)


def test_natural_days_are_provisional_only_if_the_due_day_may_move() -> None:
    assert read(clock("2026-12-20", "15 自然日"), "2026-12-20").provisional
    assert read(clock("2006-12-20", "60 自然日"), "2006-12-20").provisional is False
    assert read(clock("2006-12-20", "15 工作日"), "2006-12-20").unannounced


def test_an_extension_must_be_in_the_unit_of_its_limit() -> None:
    with pytest.raises(RongheError, match="自然日") as refused:
        clock("2026-06-01", "5 工作日", extend=["3 自然日"])

    assert refused.value.code == "clock.units"


def test_events_refuse_what_cannot_be_read() -> None:
    with pytest.raises(RongheError, match="没有“begin”"):
        ClockEvent("begin", at("2026-06-01"))  # type: ignore[arg-type]
    with pytest.raises(RongheError, match="时区"):
        ClockEvent("start", datetime(2026, 6, 1))
    with pytest.raises(RongheError, match="时区"):
        ClockEvent("pause", at("2026-06-01"), until=datetime(2026, 6, 1))
    with pytest.raises(RongheError, match="延期"):
        ClockEvent("extend", at("2026-06-01"))


@given(instants(), UNITS, st.text(max_size=5), st.booleans())
def test_a_log_survives_json(when: datetime, unit: str, ground: str, limited: bool) -> None:
    events = (
        ClockEvent("start", when, Limit(5, Unit(unit)) if limited else None, document=ground),
        ClockEvent("pause", when, ground=ground, until=when),
        ClockEvent("recalendar", when, document=china().version),
    )

    assert ClockLog.from_json(ClockLog(events).to_json()) == ClockLog(events)


@given(st.dates(date(2, 1, 1), date(9990, 1, 1)), st.integers(0, 100))
def test_months_end_on_the_corresponding_day_or_the_last(day: date, months: int) -> None:
    later = add_months(day, months)

    assert (later.year - day.year) * 12 + later.month - day.month == months
    assert later.day == day.day or (later.day < day.day and (later.toordinal() + 1) and later.day >= 28)
    assert add_months(date(2024, 1, 31), 1) == date(2024, 2, 29)
    assert add_months(date(9999, 11, 30), 1) == date(9999, 12, 30)
    with pytest.raises(RongheError, match="9999"):
        add_months(date(9999, 12, 1), 1)


def test_words_for_days_and_hours() -> None:
    assert day_words(date(2026, 11, 26)) == "2026年11月26日 周四"
    assert day_words(date(2026, 11, 26), date(2026, 1, 1)) == "11月26日 周四"
    assert [hours_words(seconds) for seconds in (0, 1, 3600, 12_000)] == [
        "0 分",
        "1 分",
        "1 小时",
        "3 小时 20 分",
    ]


def test_seasonal_hours_shape_the_due_time() -> None:
    summer = OfficeHours(date(2026, 6, 3), ((time(8, 30), time(12)), (time(14, 30), time(17, 30))))
    calendar = Calendar([CalendarDay(date(2026, 6, 5), is_workday=False)], [summer])

    assert clock("2026-06-02T17:00", "2 工时").reading(calendar, at("2026-06-02")).due == at(
        "2026-06-03T09:30"
    )
    assert asdict(clock("2026-06-02", "3 工作日").reading(calendar, at("2026-06-02")))["due"] == at(
        "2026-06-08T17:30"
    )
