"""The calendar: oracles for every announced day, counting, adding, office hours, notices, versions."""

from datetime import UTC, date, datetime, time, timedelta

import chinese_calendar
import holidays
import numpy as np
import pytest
from hypothesis import given, strategies as st

from ronghe.core.errors import DefinitionError, RongheError
from ronghe.core.worktime import SHANGHAI, Calendar, CalendarDay, OfficeHours, days_from_notice
from tests.core.clocks import FIRST, LAST, at, calendars, china, notice

pytestmark = pytest.mark.unit
DAYS = st.dates(FIRST, LAST)


def test_every_day_2007_to_2026_agrees_with_two_libraries() -> None:
    calendar, china_days = china(), holidays.country_holidays("CN", years=range(2007, 2027))
    days = [date(2007, 1, 1) + timedelta(n) for n in range(7305)]

    assert days[-1] == date(2026, 12, 31)
    assert [day for day in days if calendar.is_workday(day) != chinese_calendar.is_workday(day)] == []
    assert [day for day in days if calendar.is_workday(day) != china_days.is_working_day(day)] == []


def test_counts_of_whole_years_are_those_published() -> None:
    counted = {year: china().count(date(year - 1, 12, 31), date(year, 12, 31)) for year in (2024, 2025, 2026)}

    assert counted == {2024: 251, 2025: 248, 2026: 248}


def test_announced_years_are_those_with_rows_of_their_own() -> None:
    assert [year for year in range(2005, 2029) if china().is_announced(year)] == list(range(2007, 2027))


@pytest.mark.parametrize(
    ("first", "last", "is_settled"),
    [
        (date(2025, 3, 1), date(2026, 12, 28), True),
        (date(2025, 12, 1), date(2025, 12, 31), True),
        (date(2026, 12, 1), date(2026, 12, 29), False),
        (date(2026, 12, 1), date(2027, 1, 4), False),
        (date(2006, 12, 1), date(2007, 1, 4), False),
    ],
)
def test_days_that_a_coming_notice_may_move_are_not_settled(
    first: date, last: date, is_settled: bool
) -> None:
    assert china().is_settled(first, last) is is_settled


@given(st.dates(date(1970, 1, 1), date(2100, 1, 1)), st.integers(1, 3000), st.lists(st.dates(FIRST, LAST)))
def test_add_agrees_with_numpy_rolling_backward(day: date, n: int, off: list[date]) -> None:
    calendar = Calendar(CalendarDay(one, is_workday=False) for one in off)

    expected = np.busday_offset(
        np.datetime64(day), n, roll="backward", holidays=[np.datetime64(d) for d in off]
    )

    assert calendar.add(day, n) == expected.astype(date)


@given(calendars(), DAYS, DAYS)
def test_count_equals_counting_day_by_day(calendar: Calendar, a: date, b: date) -> None:
    a, b = min(a, b), max(a, b)

    one_by_one = sum(calendar.is_workday(a + timedelta(n)) for n in range(1, (b - a).days + 1))

    assert calendar.count(a, b) == one_by_one
    assert calendar.count(b, a) == -one_by_one


@given(calendars(), DAYS, st.integers(1, 400))
def test_adding_back_undoes_adding(calendar: Calendar, day: date, n: int) -> None:
    later = calendar.add(day, n)

    assert calendar.add(later + timedelta(1), -1) == later
    earlier = calendar.add(day, -n)
    assert calendar.is_workday(earlier)
    assert calendar.count(earlier - timedelta(1), day - timedelta(1)) == n
    if calendar.is_workday(day):
        assert calendar.add(later, -n) == day


def test_a_later_publication_replaces_an_earlier_row() -> None:
    day = date(2020, 1, 31)
    first = CalendarDay(day, is_workday=True, published_at=date(2019, 11, 21), name="春节")
    second = CalendarDay(day, is_workday=False, published_at=date(2020, 1, 27), name="春节")

    assert Calendar([second, first]).is_workday(day) is False
    assert Calendar([second, first]).rows == {day: second}


def test_version_follows_rows_and_hours_only() -> None:
    row = CalendarDay(date(2024, 5, 1), is_workday=False, source="甲")
    summer = OfficeHours(date(2024, 5, 1), ((time(8, 30), time(12)), (time(14, 30), time(17, 30))))
    plain = Calendar([row])

    assert plain.version == Calendar([CalendarDay(row.date, is_workday=False, source="乙")]).version
    assert plain.version != Calendar([]).version
    assert plain.version != Calendar([row], [summer]).version
    assert plain.changed_days(Calendar([])) == (row.date,)
    assert plain.changed_days(plain) == ()


def test_office_hours_are_those_in_force_on_the_day() -> None:
    summer = OfficeHours(date(2024, 5, 1), ((time(8, 30), time(12)), (time(14, 30), time(17, 30))))
    calendar = Calendar([], [summer])

    assert calendar.opening(date(2024, 4, 30)) == at("2024-04-30T09:00")
    assert calendar.closing(date(2024, 4, 30)) == at("2024-04-30T18:00")
    assert calendar.opening(date(2024, 5, 1)) == at("2024-05-01T08:30")
    assert calendar.closing(date(2024, 5, 1)) == at("2024-05-01T17:30")
    assert Calendar([], []).closing(date(2024, 5, 1)) == at("2024-05-01T18:00")
    assert calendar.opening(date(2024, 5, 1)).tzinfo is SHANGHAI


@pytest.mark.parametrize(
    "spans", [(), ((time(9), time(9)),), ((time(12), time(9)),), ((time(9), time(13)), (time(12), time(18)))]
)
def test_office_hours_refuse_empty_or_crossing_spans(spans: tuple[tuple[time, time], ...]) -> None:
    with pytest.raises(RongheError, match="办公时间"):
        OfficeHours(date.min, spans)


def test_naive_instants_are_refused() -> None:
    with pytest.raises(RongheError, match="时区"):
        china().local(datetime(2024, 1, 1))
    assert china().local(datetime(2024, 1, 1, tzinfo=UTC)) == at("2024-01-01T08:00")


@pytest.mark.parametrize(("day", "n"), [(date(9999, 12, 1), 60), (date(1, 1, 2), -9)])
def test_days_beyond_the_calendar_are_refused(day: date, n: int) -> None:
    with pytest.raises(RongheError, match="9999"):
        china().add(day, n)


def test_days_from_notice_keeps_source_name_and_publication() -> None:
    days = days_from_notice(notice(2019))

    papers = (
        "http://www.gov.cn/zhengce/zhengceku/2018-12/06/content_5346276.htm "
        "http://www.gov.cn/zhengce/zhengceku/2019-03/22/content_5375877.htm"
    )
    assert days[0] == CalendarDay(date(2018, 12, 29), True, papers, date(2019, 3, 22), "元旦")
    assert days_from_notice(notice(2026))[0].published_at is None
    assert days_from_notice(notice(2027)) == []


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({}, ()),
        ({"days": [], "papers": "x"}, ()),
        ({"days": ["2024-05-01"]}, ("days", 0)),
        ({"days": [{"name": "节", "date": "2024-05-01", "isOffDay": "yes"}]}, ("days", 0)),
        ({"days": [{"name": "节", "date": "2024-02-30", "isOffDay": True}]}, ("days", 0, "date")),
    ],
)
def test_days_from_notice_names_the_wrong_field(
    wrong: dict[str, object], field: tuple[str | int, ...]
) -> None:
    with pytest.raises(DefinitionError) as refused:
        days_from_notice(wrong)

    assert refused.value.field == field
    assert refused.value.cure
