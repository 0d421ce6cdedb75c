"""What went wrong in other people's clocks, one test a bug; the issue it was reported in stands beside it."""

from datetime import UTC, date, timedelta

import pytest

from ronghe.core.errors import RongheError
from ronghe.core.worktime import Calendar, CalendarDay, ClockEvent, ClockLog, Light, Limit, OfficeHours, Unit
from tests.core.clocks import at, china, clock

pytestmark = pytest.mark.unit


def due(start: str, limit: str, *pauses: tuple[str, str], now: str = "2026-06-30") -> str:
    found = clock(start, limit, *pauses).reading(china(), at(now)).due
    assert found is not None
    return f"{found:%Y-%m-%dT%H:%M}"


def test_a_pause_over_a_weekend_costs_no_working_day() -> None:
    """glpi#10594, glpi#14937: the pause was measured round the clock, the limit in working days."""
    plain = due("2026-06-01T10:00", "8 工作日")

    assert plain == "2026-06-11T18:00"
    assert due("2026-06-01T10:00", "8 工作日", ("2026-06-05T19:00", "2026-06-08T08:30")) == plain
    assert due("2026-06-01T10:00", "8 工作日", ("2026-06-05T10:00", "2026-06-08T08:30")) == "2026-06-12T18:00"


def test_a_working_day_is_not_twenty_four_office_hours() -> None:
    """jmix#790."""
    assert due("2026-06-01T09:00", "1 工作日") == "2026-06-02T18:00"
    assert due("2026-06-01T09:00", "7 工时") == "2026-06-01T18:00"
    assert due("2026-06-01T09:00", "24 工时") == "2026-06-04T12:00"


def test_extending_keeps_the_pauses_so_far() -> None:
    """glpi#6902, glpi#15605: changing the agreement dropped them."""
    paused = clock("2026-06-01", "5 工作日", ("2026-06-03", "2026-06-05"), extend=["3 工作日"])

    assert paused.reading(china(), at("2026-06-10")).due == at("2026-06-15T18:00")


@pytest.mark.parametrize("limit", ["5 工作日", "5 自然日", "1 月", "4 工时"])
def test_a_paused_clock_is_never_in_breach(limit: str) -> None:
    """glpi#24481."""
    paused = clock("2026-06-01T10:00", limit, ("2026-06-01T11:00", ""))

    reading = paused.reading(china(), at("2026-12-15T20:00"))

    assert (reading.overdue, reading.late, reading.paused, reading.provisional) == (False, 0, True, True)
    assert reading.light(Limit(3, Unit.WORKDAY)) == Light.PAUSED


@pytest.mark.parametrize("start", ["2026-06-01T10:00", "2026-06-05T17:30", "2026-06-06T23:59"])
@pytest.mark.parametrize("limit", ["3 工作日", "9 自然日", "1 月", "5 工时"])
@pytest.mark.parametrize("yellow", ["0 工作日", "1 工作日", "2 自然日", "1 月", "1 工时", "9 工时"])
def test_a_warning_comes_in_office_hours(start: str, limit: str, yellow: str) -> None:
    """glpi#22678, glpi#15357, glpi#15429: "one hour before" landed at midnight."""
    calendar, reading = china(), clock(start, limit).reading(china(), at(start))

    since = reading.yellow_from(Limit.parse(yellow))

    assert since is not None
    assert calendar.is_workday(since.date())
    assert calendar.opening(since.date()) <= since <= calendar.closing(since.date())
    assert reading.due is not None
    assert since <= reading.due


@pytest.mark.parametrize(
    "start", ["2026-06-01T18:30", "2026-06-02T00:00", "2026-06-02T08:59", "2026-06-02T09:00"]
)
def test_what_arrives_out_of_hours_counts_from_the_opening(start: str) -> None:
    """glpi#687, JBPM-9546, jbpm#1342."""
    assert due(start, "2 工时") == "2026-06-02T11:00"
    assert clock(start, "2 工时").reading(china(), at("2026-06-02T10:30")).left == 30 * 60


@pytest.mark.parametrize("off", range(5))
def test_any_weekday_may_be_a_day_off(off: int) -> None:
    """osTicket#6739: the result depended on which weekdays were configured; osTicket#6847: breaks as holidays."""
    weekly = [date(2026, 6, 1) + timedelta(off + 7 * week) for week in range(9)]
    calendar = Calendar(CalendarDay(day, is_workday=False) for day in weekly)

    reading = clock("2026-05-31", "8 工作日").reading(calendar, at("2026-06-01"))

    assert reading.due is not None
    assert calendar.count(date(2026, 5, 31), reading.due.date()) == 8
    assert reading.due.date() == date(2026, 6, 12) - timedelta(off == 4)


def test_zero_days_before_is_the_day_itself_and_five_before_lands_on_a_working_day() -> None:
    """zendesk/biz#138, biz#73, business_time#179."""
    calendar = Calendar()

    assert [calendar.add(date(2026, 6, day), 0) for day in (5, 6, 8)] == [
        date(2026, 6, day) for day in (5, 6, 8)
    ]
    assert calendar.add(date(2026, 6, 8), -5) == date(2026, 6, 1)
    assert calendar.add(date(2026, 6, 8), -1) == date(2026, 6, 5)
    assert calendar.add(date(2026, 6, 7), -5) == date(2026, 6, 1)


def test_midnight_and_closing_are_boundaries_without_gap_or_overlap() -> None:
    """zendesk/biz#138, Business_Duration#7, businesstimedelta#5 and #6, business_time#227."""
    assert due("2026-06-01T00:00", "1 工作日") == due("2026-06-01T23:59", "1 工作日") == "2026-06-02T18:00"
    assert due("2026-06-01T18:00", "1 工时") == due("2026-06-02T00:00", "1 工时") == "2026-06-02T10:00"
    assert due("2026-06-01T12:00", "1 工时") == due("2026-06-01T14:00", "1 工时") == "2026-06-01T15:00"
    assert due("2026-06-01T09:00", "3 工时") == "2026-06-01T12:00"


def test_a_night_between_two_days_holds_no_office_time() -> None:
    """Business_Duration#7: eight hours, or negative ones."""
    night = clock("2026-06-01T18:00", "4 工时")

    assert night.reading(china(), at("2026-06-02T09:00")).left == 4 * 3600
    assert night.reading(china(), at("2026-06-02T09:00")).elapsed == 0


def test_counting_backwards_is_negative_not_nothing() -> None:
    """business_time#119, business_time#158."""
    assert china().count(date(2026, 6, 8), date(2026, 6, 1)) == -5
    assert clock("2026-06-01", "2 工作日").reading(china(), at("2026-06-08")).remaining == -3


def test_history_keeps_the_offset_of_its_own_day() -> None:
    """dbt_zendesk#25, va.gov-cms#10383, azure-devops-docs#8675; Shanghai had summer time until 1991."""
    summer_1988 = clock("1988-07-01T10:00", "2 工作日").reading(china(), at("1988-07-01T10:00"))

    assert summer_1988.due is not None
    assert summer_1988.due.astimezone(UTC).hour == 9
    assert summer_1988.provisional


def test_holidays_and_the_calendar_given_are_used() -> None:
    """JBPM-4533, pm4py#558: accepted and ignored."""
    assert due("2026-09-30", "1 工作日", now="2026-09-30") == "2026-10-08T18:00"
    assert clock("2026-09-30", "1 工作日").reading(Calendar(), at("2026-09-30")).due == at("2026-10-01T18:00")


@pytest.mark.parametrize("day", ["2019-04-28", "2019-05-05"])
def test_made_up_sundays_are_worked(day: str) -> None:
    """holidays#3293."""
    assert china().is_workday(date.fromisoformat(day))


def test_events_of_one_instant_keep_the_order_of_the_log() -> None:
    """camunda#57538, Flowable forum 904: catch-up in undefined order."""
    noon, start = at("2026-06-02T12:00"), clock("2026-06-01", "5 工作日")
    pause, resume = ClockEvent("pause", noon), ClockEvent("resume", noon)

    resumed = start.append(pause).append(resume).reading(china(), at("2026-06-04"))
    paused = start.append(pause).append(resume).append(pause).reading(china(), at("2026-06-04"))

    assert (resumed.paused, resumed.due) == (False, at("2026-06-08T18:00"))
    assert (paused.paused, paused.due) == (True, at("2026-06-10T18:00"))


def test_an_extension_told_twice_extends_once() -> None:
    """A message delivered again must not lengthen a limit; two extensions differ in their document."""
    log = clock("2026-06-01", "5 工作日", extend=["1 工作日", "1 工作日"])

    assert ClockLog((*log.events, *log.events)).reading(china(), at("2026-06-04")) == log.reading(
        china(), at("2026-06-04")
    )
    assert log.reading(china(), at("2026-06-04")).limit == Limit(7, Unit.WORKDAY)


def test_new_office_hours_do_not_reach_back() -> None:
    """Jira Service Management: editing a calendar recalculates everything."""
    summer = OfficeHours(date(2026, 6, 8), tuple((a.time(), b.time()) for a, b in [(at("2026-06-08T08:30"), at("2026-06-08T12:00")), (at("2026-06-08T14:30"), at("2026-06-08T17:30"))]))  # fmt: skip
    calendar = Calendar([], [summer])

    assert clock("2026-06-01", "4 工作日").reading(calendar, at("2026-06-01")).due == at("2026-06-05T18:00")
    assert clock("2026-06-01", "5 工作日").reading(calendar, at("2026-06-01")).due == at("2026-06-08T17:30")


@pytest.mark.parametrize(
    ("limit", "extend", "expected"),
    [
        ("15 自然日", [], "2026-09-16T18:00"),
        ("60 自然日", [], "2026-11-02T18:00"),
        ("60 自然日", ["30 自然日"], "2026-11-30T18:00"),
    ],
)
def test_petition_limits_are_natural_days_rolled_over_days_off(
    limit: str, extend: list[str], expected: str
) -> None:
    """Source: 信访工作条例 (2022) 第22条 (15日), 第34条 (60日, 延长不超过30日); 2026-10-31 is a Saturday."""
    reading = clock("2026-09-01T09:30", limit, extend=extend).reading(china(), at("2026-09-01T09:30"))

    assert (reading.due, reading.rolled) == (at(expected), limit == "60 自然日" and not extend)


def test_a_span_beyond_year_9999_is_refused() -> None:
    for limit in ("100000 月", "100000 自然日"):
        with pytest.raises(RongheError, match="9999"):
            clock("9990-06-01", limit).reading(china(), at("9990-06-01"))
