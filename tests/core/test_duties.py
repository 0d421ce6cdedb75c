"""What is owed: windows, standings, and what must hold of any days."""

from datetime import date, timedelta
from functools import partial
from itertools import pairwise

import pytest
from hypothesis import given, strategies as st

from ronghe.core.duties import (
    EXCUSED,
    GAP,
    LATE,
    MET,
    OPEN,
    Lasting,
    clipped,
    later,
    left,
    over,
    periods,
    stood,
)
from ronghe.core.errors import DefinitionError
from ronghe.core.periods import Every
from ronghe.core.worktime import Calendar, Limit, Unit

pytestmark = pytest.mark.unit
CALENDAR = Calendar()
HALF_YEAR = partial(later, length=Limit(6, Unit.MONTH), calendar=CALENDAR)
NEVER = date(2026, 1, 1)
WORDS = st.sampled_from([Every.WEEK, Every.MONTH, Every.QUARTER, Every.HALF_YEAR, Every.YEAR])
DAYS = st.lists(st.dates(date(2025, 1, 1), date(2026, 12, 31)), max_size=12).map(sorted)
TODAY = st.dates(date(2025, 3, 1), date(2027, 1, 31))
BETTER = {GAP: 0, OPEN: 0, EXCUSED: 0, LATE: 1, MET: 2}


def day(text: str) -> date:
    return date.fromisoformat(f"2026-{text}")


def months(first: str, last: str, **more: object):
    return periods(Every.MONTH, (day(first), day(last)), CALENDAR, **more)


def told(found):
    return [(one.window.name, one.standing, one.gaps) for one in found]


@pytest.mark.parametrize(
    ("done", "today", "expected"),
    [
        ([], "03-10", [("2026-01", GAP, 1), ("2026-02", GAP, 2), ("2026-03", OPEN, 2)]),
        (["01-05"], "01-06", [("2026-01", MET, 0)]),
        (
            ["01-05", "03-31"],
            "04-01",
            [("2026-01", MET, 0), ("2026-02", GAP, 1), ("2026-03", MET, 0), ("2026-04", OPEN, 0)],
        ),
        (
            ["02-02", "02-20"],
            "02-28",
            [("2026-01", LATE, 0), ("2026-02", MET, 0)],
        ),  # the first of two makes up
        (["02-02"], "02-28", [("2026-01", GAP, 1), ("2026-02", MET, 0)]),  # one meeting is never two
        (
            ["03-02", "03-03", "03-04"],
            "03-31",
            [("2026-01", GAP, 1), ("2026-02", LATE, 0), ("2026-03", MET, 0)],
        ),
    ],
)
def test_months(done, today, expected) -> None:
    days = [day(one) for one in done]

    assert told(stood(months("01-01", "12-31"), days, day(today))) == expected


def test_the_due_day_itself_is_in_time_and_the_next_is_not() -> None:
    [january] = months("01-01", "01-31")

    assert [one.standing for one in stood([january], [], day("01-31"))] == [OPEN]
    assert [one.standing for one in stood([january], [], day("02-01"))] == [GAP]


def test_within_is_counted_from_the_beginning_of_the_period() -> None:
    year = periods(Every.YEAR, (day("01-01"), day("12-31")), CALENDAR, within=Limit(1, Unit.MONTH))

    assert [(one.first, one.due, one.last) for one in year] == [(day("01-01"), day("01-31"), day("12-31"))]
    assert [one.standing for one in stood(year, [], day("02-01"))] == [GAP]
    assert [one.standing for one in stood(year, [day("01-31")], day("02-01"))] == [MET]
    assert [one.standing for one in stood(year, [day("05-01")], day("06-01"))] == [LATE]


def test_a_daily_duty_is_owed_on_working_days_only() -> None:
    days = periods(Every.DAY, (day("03-05"), day("03-10")), CALENDAR)  # Thursday to Tuesday

    assert [one.name for one in days] == ["2026-03-05", "2026-03-06", "2026-03-09", "2026-03-10"]


@pytest.mark.parametrize(
    ("every", "begins", "ends", "owes"),
    [
        (Every.YEAR, "01-05", None, True),  # founded on 5 January: the year is owed
        (Every.MONTH, "03-16", None, True),  # 16 of 31 days are left
        (Every.MONTH, "03-17", None, False),  # 15 of 31
        (Every.MONTH, "03-31", None, False),
        (Every.MONTH, "01-01", "04-01", True),  # there to its last day
        (Every.MONTH, "01-01", "03-31", False),
    ],
)
def test_who_began_or_ended_in_the_period(every, begins, ends, owes) -> None:
    [window] = periods(every, (day("03-10"), day("03-10")), CALENDAR)

    assert bool(list(clipped([window], day(begins), day(ends) if ends else None))) is owes


@pytest.mark.parametrize(
    ("excused", "standing"),
    [
        (("03-01", "03-15"), GAP),  # 16 of 31 days were left
        (("03-01", "03-16"), EXCUSED),
        (("03-20", "05-01"), GAP),
        (("01-01", "12-31"), EXCUSED),
    ],
)
def test_an_excuse_of_more_than_half_of_the_days_excuses(excused, standing) -> None:
    window = months("03-01", "03-31")
    spans = [(day(excused[0]), day(excused[1]))]

    assert [one.standing for one in stood(window, [], day("06-01"), excused=spans)] == [standing]
    assert [one.standing for one in stood(window, [day("03-03")], day("06-01"), excused=spans)] == [MET]


def test_excused_periods_neither_add_to_gaps_nor_break_them() -> None:
    found = stood(months("01-01", "04-30"), [], day("05-01"), excused=[(day("02-01"), day("02-28"))])

    assert [(one.standing, one.gaps) for one in found] == [(GAP, 1), (EXCUSED, 1), (GAP, 2), (GAP, 3)]


@pytest.mark.parametrize(
    ("done", "today", "expected"),
    [
        ([], "2026-06-30", [("2026-01-01", OPEN, "2026-06-30", 0)]),
        ([], "2026-07-01", [("2026-01-01", GAP, "2026-06-30", 1)]),
        ([], "2027-01-01", [("2026-01-01", GAP, "2026-06-30", 1), ("2026-07-01", GAP, "2026-12-30", 2)]),
        (
            ["2026-03-10"],
            "2026-04-01",
            [("2026-01-01", MET, "2026-06-30", 0), ("2026-03-11", OPEN, "2026-09-10", 0)],
        ),
        (
            ["2026-08-01"],
            "2026-08-02",
            [("2026-01-01", LATE, "2026-06-30", 0), ("2026-08-02", OPEN, "2027-02-01", 0)],
        ),
        (
            ["2025-11-11"],
            "2026-04-01",
            [("2025-11-12", OPEN, "2026-05-11", 0)],
        ),  # the last time before it is known
    ],
)
def test_a_length_runs_from_the_last_time(done, today, expected) -> None:
    lasting = Lasting(NEVER, None, HALF_YEAR)

    found = lasting.stood([date.fromisoformat(one) for one in done], date.fromisoformat(today))

    assert [(str(one.window.first), one.standing, str(one.window.due), one.gaps) for one in found] == expected


def test_an_excuse_puts_off_the_end_of_a_term() -> None:
    lasting = Lasting(NEVER, None, HALF_YEAR, excused=[(day("06-01"), day("09-30"))])

    [one] = lasting.stood([], day("09-30"))
    [late] = lasting.stood([], day("10-01"))

    assert (one.standing, one.window.due, one.window.name) == (OPEN, day("09-30"), "2026-01-01..2026-06-30")
    assert (late.standing, late.window.name) == (GAP, one.window.name)


def test_whoever_ended_owes_no_more() -> None:
    assert Lasting(NEVER, day("06-30"), HALF_YEAR).stood([], day("12-01")) == []


def test_moments() -> None:
    three = Limit(3, Unit.WORKDAY)  # 2026-03-20 is a Friday

    assert [left(day("03-20"), day(one), three, CALENDAR) for one in ("03-16", "03-17", "03-20", "03-21")] == [
        False, True, True, False,
    ]  # fmt: skip
    assert [left(day("03-31"), day(one), Limit(1, Unit.MONTH), CALENDAR) for one in ("02-27", "02-28", "03-01")] == [
        False, False, True,
    ]  # fmt: skip
    assert [over(day("03-20"), day(one), Limit(5, Unit.DAY), CALENDAR) for one in ("03-24", "03-25")] == [
        False,
        True,
    ]
    with pytest.raises(DefinitionError):
        later(day("03-20"), Limit(4, Unit.HOUR), CALENDAR)


@given(WORDS, st.dates(date(2025, 1, 1), date(2026, 1, 1)), st.integers(0, 800))
def test_windows_tile_the_days(every, first, length) -> None:
    last = first + timedelta(length)
    windows = periods(every, (first, last), CALENDAR)

    assert windows[0].first <= first
    assert windows[-1].last >= last
    assert all(one.last + timedelta(1) == other.first for one, other in pairwise(windows))
    assert len({one.name for one in windows}) == len(windows)


@given(WORDS, DAYS, st.dates(date(2025, 1, 1), date(2026, 12, 31)), TODAY)
def test_one_more_done_makes_nothing_worse(every, done, more, today) -> None:
    windows = periods(every, (date(2025, 1, 1), date(2026, 12, 31)), CALENDAR)

    before, after = (stood(windows, days, today) for days in (done, sorted([*done, more])))

    assert all(BETTER[two.standing] >= BETTER[one.standing] for one, two in zip(before, after, strict=True))
    assert all(two.gaps <= one.gaps for one, two in zip(before, after, strict=True))


@given(WORDS, DAYS, TODAY)
def test_nothing_counts_twice_and_no_time_turns_met_into_gap(every, done, today) -> None:
    windows = periods(every, (date(2025, 1, 1), date(2026, 12, 31)), CALENDAR)
    done = [one for one in done if one <= today]

    found, later_on = stood(windows, done, today), stood(windows, done, today + timedelta(40))

    used = [one.done for one in found if one.done is not None]
    assert len(used) == len(set(used))
    assert all(
        two.standing == one.standing
        for one, two in zip(found, later_on, strict=False)
        if one.standing in {MET, LATE, GAP}
    )


@given(DAYS, st.dates(date(2025, 1, 1), date(2026, 12, 31)), TODAY)
def test_a_later_time_leaves_what_was_met_before(done, more, today) -> None:
    lasting = Lasting(date(2025, 1, 1), None, HALF_YEAR)
    before = lasting.stood(done, today)

    after = lasting.stood(sorted([*done, max([more, *done])]), today)

    kept = {(one.window, one.standing) for one in before if one.standing in {MET, LATE}}
    assert kept <= {(one.window, one.standing) for one in after}


@given(DAYS, TODAY)
def test_windows_of_a_length_follow_each_other(done, today) -> None:
    found = Lasting(date(2025, 1, 1), None, HALF_YEAR).stood(done, today)

    assert all(one.window.first < other.window.first for one, other in pairwise(found))
    assert sum(one.standing == OPEN for one in found) <= 1
