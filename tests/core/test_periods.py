"""Calendar periods: reading, writing, walking and holding instants."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given, strategies as st

from ronghe.core.errors import DefinitionError
from ronghe.core.periods import SHANGHAI, Every, Period

pytestmark = pytest.mark.unit
DAYS = st.dates(date(1990, 1, 1), date(2060, 1, 1))
WORDS = st.sampled_from([Every.DAY, Every.WEEK, Every.MONTH, Every.QUARTER, Every.HALF_YEAR, Every.YEAR])


@pytest.mark.parametrize(
    ("written", "first", "last", "label"),
    [
        ("2023", date(2023, 1, 1), date(2023, 12, 31), "2023年"),
        (2023, date(2023, 1, 1), date(2023, 12, 31), "2023年"),
        ("2023-H1", date(2023, 1, 1), date(2023, 6, 30), "2023年上半年"),
        ("2023h2", date(2023, 7, 1), date(2023, 12, 31), "2023年下半年"),
        ("2023-Q1", date(2023, 1, 1), date(2023, 3, 31), "2023年第一季度"),
        ("2023Q2", date(2023, 4, 1), date(2023, 6, 30), "2023年第二季度"),
        ("2023q3", date(2023, 7, 1), date(2023, 9, 30), "2023年第三季度"),
        (" 2023-Q4 ", date(2023, 10, 1), date(2023, 12, 31), "2023年第四季度"),
        ("2024-02", date(2024, 2, 1), date(2024, 2, 29), "2024年2月"),
        ("2026-03-02", date(2026, 3, 2), date(2026, 3, 2), "2026年3月2日"),
        ("2026-W10", date(2026, 3, 2), date(2026, 3, 8), "2026年第10周"),
        ("2020w53", date(2020, 12, 28), date(2021, 1, 3), "2020年第53周"),
        ("2023-07-01..2023-07-31", date(2023, 7, 1), date(2023, 7, 31), "2023年7月1日至2023年7月31日"),
        ("2023-07-01..2023-07-01", date(2023, 7, 1), date(2023, 7, 1), "2023年7月1日"),
    ],
)
def test_parse_reads_each_form(written: object, first: date, last: date, label: str) -> None:
    period = Period.parse(written)

    assert (period.first, period.last, period.label) == (first, last, label)
    assert Period.parse(str(period)) == period


@pytest.mark.parametrize(
    ("written", "code"),
    [
        ("", "period.unreadable"),
        (None, "period.unreadable"),
        ("去年", "period.unreadable"),
        ("2023-Q5", "period.unreadable"),
        ("2023-7", "period.unreadable"),
        ("2023-13", "period.impossible"),
        ("2023-00", "period.impossible"),
        ("2021-W53", "period.impossible"),
        ("2023-02-29", "period.impossible"),
        ("0000", "period.impossible"),
        ("9999", "period.impossible"),
        ("0001-01-01..0001-01-02", "period.impossible"),
        ("2023-02-30..2023-03-01", "period.impossible"),
        ("2023-02-03..", "period.impossible"),
        ("2023-03-02..2023-03-01", "period.reversed"),
    ],
)
def test_parse_refuses_with_a_cure(written: object, code: str) -> None:
    with pytest.raises(DefinitionError) as refused:
        Period.parse(written)

    assert refused.value.code == code
    assert refused.value.cure


def test_instants_are_half_open_in_shanghai() -> None:
    july = Period.parse("2023-07")

    assert july.start == datetime(2023, 6, 30, 16, tzinfo=UTC)
    assert july.end == datetime(2023, 8, 1, tzinfo=SHANGHAI)
    assert july.contains(datetime(2023, 7, 31, 15, 59, tzinfo=UTC))
    assert not july.contains(datetime(2023, 7, 31, 16, tzinfo=UTC))
    assert july.contains(date(2023, 7, 31))
    assert not july.contains(date(2023, 8, 1))


@given(DAYS, WORDS)
def test_holding_holds_and_steps_back_and_forth(day: date, every: Every) -> None:
    period = Period.holding(day, every)

    assert period.contains(day)
    assert period.next().first == period.last + timedelta(1)
    assert period.next().previous() == period
    assert period.previous().end == period.start
    assert Period.parse(str(period)) == period


@given(DAYS, st.integers(0, 400))
def test_days_step_by_their_length(day: date, length: int) -> None:
    period = Period(day, day + timedelta(length))

    assert period.next().first == period.end.date()
    assert period.next().previous() == period
    assert period.previous().next() == period


@given(DAYS, st.integers(0, 800), WORDS)
def test_split_covers_every_day_once(day: date, length: int, every: Every) -> None:
    whole = Period(day, day + timedelta(length))

    parts = list(whole.split(every))

    assert parts[0].contains(whole.first)
    assert parts[-1].contains(whole.last)
    assert [one.next() for one in parts[:-1]] == parts[1:]


def test_split_of_a_year_into_quarters_and_of_days_into_days() -> None:
    assert [str(part) for part in Period.parse("2023").split(Every.QUARTER)] == [
        "2023-Q1",
        "2023-Q2",
        "2023-Q3",
        "2023-Q4",
    ]
    assert len(list(Period.parse("2024-02").split(Every.DAYS))) == 29
