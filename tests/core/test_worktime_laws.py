"""The sixteen laws of a working-time clock, each a property over random calendars, starts, limits and pauses."""

import os
import time as process_time
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, strategies as st

from ronghe.core.worktime import (
    SHANGHAI,
    Calendar,
    CalendarDay,
    ClockEvent,
    ClockLog,
    Convention,
    Limit,
    OfficeHours,
    Reading,
    Unit,
    due_after,
)
from ronghe.core.worktime.scale import OfficeSeconds, Scale, scale_of
from tests.core.clocks import FIRST, UNITS, at, calendars, instants, log_of, pauses

pytestmark = pytest.mark.unit
STARTS = instants(date(2023, 12, 20), date(2024, 2, 20))
AMOUNTS = st.integers(1, 40)
NOWS = instants(date(2023, 12, 20), date(2024, 6, 30))
WORDS = st.sampled_from(list(Unit))
WORKED = st.sampled_from([Unit.WORKDAY, Unit.DAY, Unit.HOUR])
LAW = Convention()
Spans = list[tuple[datetime, datetime]]


def due_of(reading: Reading) -> datetime:
    assert reading.due is not None
    return reading.due


def brute_due(calendar: Calendar, start: datetime, n: int, spans: Spans, *, natural: bool) -> datetime:
    """Walk from day to day: a day counts if it is not inside [from, to), by days, of any pause."""
    day, counted = start.date(), 0
    while counted < n or not (calendar.is_workday(day) and not in_pause(calendar, day, spans)):
        day += timedelta(1)
        counted += (natural or calendar.is_workday(day)) and not in_pause(calendar, day, spans)
    return calendar.closing(day)


def in_pause(calendar: Calendar, day: date, spans: Spans) -> bool:
    return any(day_of(calendar, begin) <= day < day_of(calendar, end) for begin, end in spans)


def day_of(calendar: Calendar, instant: datetime) -> date:
    """The day an instant belongs to: after closing, the next."""
    day = instant.date()
    return day + timedelta(1) if instant >= calendar.closing(day) else day


def minutes_worked(calendar: Calendar, start: datetime) -> Iterator[datetime]:
    """The ends of the working minutes after `start`, one by one."""
    at_minute = start
    while True:
        spans = calendar.hours_on(at_minute.toordinal()).spans
        if not calendar.is_workday(at_minute.date()) or at_minute.time() >= spans[-1][1]:
            at_minute = calendar.opening(at_minute.date() + timedelta(1))
            continue
        inside = any(begin <= at_minute.time() < end for begin, end in spans)
        at_minute += timedelta(minutes=1)
        if inside:
            yield at_minute


@given(calendars(), WORKED, st.integers(-50, 50), st.integers(0, 200_000))
def test_law_1_adding_and_counting_are_inverse(calendar: Calendar, unit: Unit, shift: int, n: int) -> None:
    scale, a = positions(calendar, unit, shift)
    n = n if unit == Unit.HOUR else n % 300

    d = scale.add(a, n)

    assert d >= a
    assert scale.count(a, d) == n
    if n:
        assert scale.count(a, d - 1) == n - 1
    else:
        assert d == a


@given(calendars(), WORKED, *[st.integers(-300, 300)] * 3)
def test_law_2_counts_of_neighbouring_stretches_add_up(
    calendar: Calendar, unit: Unit, x: int, y: int, z: int
) -> None:
    (scale, a), (_, b), (_, c) = (positions(calendar, unit, shift) for shift in (x, y, z))

    assert scale.count(a, b) + scale.count(b, c) == scale.count(a, c)


@given(calendars(), WORKED, st.integers(-50, 50), st.integers(0, 300), st.integers(0, 300))
def test_law_3_adding_twice_is_adding_the_sum(calendar: Calendar, unit: Unit, x: int, m: int, n: int) -> None:
    scale, a = positions(calendar, unit, x)

    assert scale.add(scale.add(a, m), n) == scale.add(a, m + n)


@given(calendars(), WORKED, *[st.integers(-50, 50)] * 2, st.integers(0, 300))
def test_law_4_adding_is_monotone(calendar: Calendar, unit: Unit, x: int, y: int, n: int) -> None:
    (scale, a), (_, b) = positions(calendar, unit, min(x, y)), positions(calendar, unit, max(x, y))

    assert scale.add(a, n) < scale.add(a, n + 1)
    assert scale.add(a, n) <= scale.add(b, n)


def positions(calendar: Calendar, unit: Unit, shift: int) -> tuple[Scale, int]:
    scale = scale_of(unit, calendar, LAW)
    step = 4_321 if unit == Unit.HOUR else 1
    return scale, scale.position(at("2024-03-01T10:00")) + shift * step


@given(calendars(), STARTS, AMOUNTS, WORDS, pauses())
def test_law_5_at_the_due_time_everything_has_elapsed(
    calendar: Calendar, start: datetime, n: int, unit: Unit, spans: Spans
) -> None:
    n = n % 12 + 1 if unit == Unit.MONTH else n
    log = log_of(start, Limit(n, unit), spans)
    due = due_of(log.reading(calendar, start))

    reading = log.reading(calendar, due)

    assert (reading.due, reading.elapsed, reading.remaining, reading.left) == (due, n, 0, 0)
    assert not reading.overdue
    assert log.reading(calendar, due + timedelta(minutes=1)).overdue


@given(calendars(), STARTS, AMOUNTS, WORDS, pauses(2), st.integers(0, 10**6), *[st.integers(0, 90_000)] * 2)
def test_law_6_a_paused_clock_stands_still(
    calendar: Calendar, start: datetime, n: int, unit: Unit, spans: Spans, when: int, x: int, y: int
) -> None:
    log = log_of(start, Limit(n, unit), spans)
    due = due_of(log.reading(calendar, start))
    begin = start + (due - start) * (when / 10**6 * 0.999)
    log = log.append(ClockEvent("pause", begin, ground="补正"))

    first = log.reading(calendar, begin + timedelta(minutes=min(x, y)))
    second = log.reading(calendar, begin + timedelta(minutes=max(x, y)))

    assert first.paused
    assert second.paused
    assert second.provisional
    assert not second.overdue
    assert (first.remaining, first.left) == (second.remaining, second.left)
    assert due <= due_of(first) <= due_of(second)


@given(calendars(), STARTS, AMOUNTS, st.sampled_from([Unit.WORKDAY, Unit.HOUR]), pauses(3), pauses(1))
def test_law_7_a_pause_moves_due_by_what_it_covers(
    calendar: Calendar, start: datetime, n: int, unit: Unit, spans: Spans, more: Spans
) -> None:
    plain, paused = log_of(start, Limit(n, unit), spans), log_of(start, Limit(n, unit), [*spans, *more])
    before, after = due_of(plain.reading(calendar, start)), due_of(paused.reading(calendar, start))
    scale = scale_of(unit, calendar, LAW)
    old, new = taken(scale, spans), taken(scale, [*spans, *more])

    moved = range(scale.position(before) + 1, scale.position(after) + 1)
    covered = active(scale, old, scale.origin(start), scale.position(after)) - n * scale.length(0, 1)

    assert after >= before
    assert active(scale, old, scale.position(before), scale.position(after)) == covered
    assert active(scale, new, scale.origin(start), scale.position(after)) == n * scale.length(0, 1)
    if not covered:
        assert not moved


def taken(scale: Scale, spans: Spans) -> list[tuple[int, int]]:
    """Disjoint stretches, by cutting the line at every edge: not how the fold does it."""
    cuts = [(scale.cut(begin, resumes=False), scale.cut(end, resumes=True)) for begin, end in spans]
    edges = sorted({edge for cut in cuts for edge in cut})
    return [(a, b) for a, b in pairwise(edges) if any(lo <= a and b <= hi for lo, hi in cuts)]


def active(scale: Scale, away: list[tuple[int, int]], a: int, b: int) -> int:
    clipped = [(max(a, lo), min(b, hi)) for lo, hi in away]
    return scale.count(a, b) - sum(scale.count(lo, hi) for lo, hi in clipped if lo < hi)


@given(calendars(), STARTS, AMOUNTS, WORKED, pauses(), st.integers(1, 20), NOWS, st.randoms())
def test_law_8_extending_commutes_with_pausing(
    calendar: Calendar,
    start: datetime,
    n: int,
    unit: Unit,
    spans: Spans,
    k: int,
    now: datetime,
    random: st.DataObject,
) -> None:
    log = log_of(start, Limit(n, unit), spans)
    extension = ClockEvent("extend", start + timedelta(hours=30), Limit(k, unit), document="延1号")
    events = list(log.events)
    events.insert(random.randint(1, len(events)), extension)  # type: ignore[attr-defined]

    extended = ClockLog(tuple(events)).reading(calendar, now)

    assert extended == log.append(extension).reading(calendar, now)
    assert extended.due == log_of(start, Limit(n + k, unit), spans).reading(calendar, now).due


@given(calendars(), STARTS, AMOUNTS, pauses(), NOWS, st.booleans(), st.randoms(), st.booleans())
def test_law_9_pauses_count_once_in_any_order_and_equal_brute_force(
    calendar: Calendar, start: datetime, n: int, spans: Spans, now: datetime, natural: bool, random: st.DataObject,
    twice: bool,
) -> None:  # fmt: skip
    log = log_of(start, Limit(n, Unit.DAY if natural else Unit.WORKDAY), spans)
    events = list(log.events) * (1 + twice)
    random.shuffle(events)  # type: ignore[attr-defined]

    reading = ClockLog(tuple(events)).reading(calendar, now)

    assert reading == log.reading(calendar, now)
    assert reading.due == brute_due(calendar, start, n, spans, natural=natural)
    days = (start.date() + timedelta(i) for i in range(1, (now.date() - start.date()).days + 1))
    lived = [day for day in days if natural or calendar.is_workday(day)]
    if not reading.overdue:
        assert reading.elapsed == min(n, sum(not in_pause(calendar, day, spans) for day in lived))


@given(calendars(), STARTS, st.integers(1, 12), pauses(2))
def test_law_9_office_hours_equal_minute_by_minute(
    calendar: Calendar, start: datetime, n: int, spans: Spans
) -> None:
    counted = (
        minute
        for minute in minutes_worked(calendar, start)
        if not any(begin < minute <= end for begin, end in spans)
    )

    due = next(minute for index, minute in enumerate(counted, 1) if index == n * 60)

    assert log_of(start, Limit(n, Unit.HOUR), spans).reading(calendar, start).due == due


@given(calendars(), STARTS, AMOUNTS, WORDS, pauses(), st.integers(0, 10**5), NOWS)
def test_law_10_what_comes_too_late_is_recorded_without_effect(
    calendar: Calendar, start: datetime, n: int, unit: Unit, spans: Spans, later: int, now: datetime
) -> None:
    log = log_of(start, Limit(n, unit), spans)
    due = due_of(log.reading(calendar, start))
    begin = due + timedelta(minutes=later)
    late_pause = log.append(ClockEvent("pause", begin, ground="补正"))
    idle_resume = log.append(ClockEvent("resume", start + timedelta(minutes=1), ground="未曾暂停"))

    for changed in (late_pause, idle_resume):
        for moment in (now, begin, begin + timedelta(9)):
            assert changed.reading(calendar, moment) == log.reading(calendar, moment)
    if spans:
        again = log.append(ClockEvent("pause", spans[0][0] + (spans[0][1] - spans[0][0]) / 2, ground="0"))
        assert again.reading(calendar, now) == log.reading(calendar, now)


@given(calendars(), STARTS, AMOUNTS, WORDS, pauses(), NOWS, NOWS)
def test_law_11_time_only_passes(
    calendar: Calendar, start: datetime, n: int, unit: Unit, spans: Spans, a: datetime, b: datetime
) -> None:
    log = log_of(start, Limit(n, unit), spans)

    first, second = log.reading(calendar, min(a, b)), log.reading(calendar, max(a, b))

    assert first.due == second.due == log.due(calendar, a)
    assert (
        due_after(calendar, start, Limit(n, unit))
        == log_of(start, Limit(n, unit), []).reading(calendar, a).due
    )
    assert 0 <= first.elapsed <= second.elapsed
    assert 0 <= first.late <= second.late
    assert first.overdue <= second.overdue
    assert first.elapsed + first.remaining == n


@given(calendars(), STARTS, AMOUNTS, UNITS, pauses(), NOWS, st.integers(0, 12))
def test_law_12_replaying_a_stored_or_split_log_gives_the_same(
    calendar: Calendar, start: datetime, n: int, unit: str, spans: Spans, now: datetime, cut: int
) -> None:
    log = log_of(start, Limit(n, Unit(unit)), spans).append(ClockEvent("stop", start + timedelta(40)))

    replayed = ClockLog(log.events[:cut])
    for event in log.events[cut:]:
        replayed = ClockLog.from_json(replayed.to_json()).append(event)

    assert replayed == log
    assert replayed.reading(calendar, now) == log.reading(calendar, now)


@given(calendars(), STARTS, AMOUNTS, WORDS, pauses(), NOWS, st.dates(FIRST, date(2024, 12, 20)))
def test_law_13_a_changed_day_moves_only_clocks_that_meet_it(
    calendar: Calendar, start: datetime, n: int, unit: Unit, spans: Spans, now: datetime, changed: date
) -> None:
    row = CalendarDay(changed, not calendar.is_workday(changed))
    other = Calendar([*(row for row in calendar.rows.values() if row.date != changed), row])
    log = log_of(start, Limit(n, unit), spans)
    due = due_of(log.reading(calendar, now))

    assert other.changed_days(calendar) == (changed,)
    if not start.date() <= changed <= due.date():
        assert log.reading(other, now).due == due
        marked = log.append(ClockEvent("recalendar", now, document=other.version))
        assert marked.reading(other, now).due == due


@pytest.fixture
def process_zone() -> Iterator[None]:
    before = os.environ.get("TZ")
    yield
    os.environ.pop("TZ", None)
    if before is not None:
        os.environ["TZ"] = before
    process_time.tzset()


@pytest.mark.usefixtures("process_zone")
def test_law_14_the_zone_of_the_process_does_not_matter() -> None:
    log = log_of(
        at("2024-03-08T16:30"), Limit(9, Unit.HOUR), [(at("2024-03-11T10:00"), at("2024-03-12T15:30"))]
    )
    readings = []

    for zone in ("UTC", "America/New_York", "Asia/Shanghai", "Pacific/Kiritimati"):
        os.environ["TZ"] = zone
        process_time.tzset()
        elsewhere = at("2024-03-12T18:30").astimezone(ZoneInfo(zone))
        readings.append(log.reading(Calendar(), elsewhere))

    assert readings == [readings[0]] * 4
    assert readings[0].due == at("2024-03-13T15:00")


@given(instants(date(2024, 2, 20), date(2024, 3, 20)), AMOUNTS, WORDS)
def test_law_14_a_zone_with_summer_time_keeps_its_wall_clock(start: datetime, n: int, unit: Unit) -> None:
    there = start.replace(tzinfo=ZoneInfo("America/New_York"))
    clock = log_of(there, Limit(n, unit), [])

    due = due_of(clock.reading(Calendar(zone=ZoneInfo("America/New_York")), there))
    same_here = due_of(log_of(start, Limit(n, unit), []).reading(Calendar(), start))

    assert due.replace(tzinfo=SHANGHAI) == same_here


@given(calendars(), STARTS, AMOUNTS, pauses(), NOWS, st.lists(st.integers(0, 40), min_size=1, max_size=3))
def test_law_15_steps_within_what_remains_end_within_the_case(
    calendar: Calendar, start: datetime, n: int, spans: Spans, opened: datetime, wanted: list[int]
) -> None:
    case = log_of(start, Limit(n, Unit.WORKDAY), spans)
    whole = case.reading(calendar, opened)
    branches = [
        log_of(opened, Limit(min(most, whole.remaining), Unit.WORKDAY), spans)
        for most in wanted
        if opened >= start and whole.remaining > 0 and most
    ]

    for branch in branches:
        assert due_of(branch.reading(calendar, opened)) <= due_of(whole)


@given(calendars(), STARTS, AMOUNTS, st.integers(0, 40), WORDS, pauses(), NOWS)
def test_law_16_what_was_promised_is_due_no_later_than_what_the_law_sets(
    calendar: Calendar, start: datetime, promised: int, more: int, unit: Unit, spans: Spans, now: datetime
) -> None:
    ours, legal = (log_of(start, Limit(n, unit), spans) for n in (promised, promised + more))

    assert due_of(ours.reading(calendar, now)) <= due_of(legal.reading(calendar, now))


def test_dated_office_hours_are_counted_across_their_change() -> None:
    summer = OfficeHours(date(2024, 5, 6), ((time(8, 30), time(12)), (time(14, 30), time(17, 30))))
    short = OfficeHours(date(2024, 5, 8), ((time(10), time(12)),))
    calendar = Calendar([], [short, summer])
    scale = OfficeSeconds(calendar, LAW)

    a, b = scale.position(at("2024-05-03T17:00")), scale.position(at("2024-05-09T11:00"))

    assert scale.count(a, b) == (1 + 6.5 + 6.5 + 2 + 1) * 3600
    assert scale.add(a, scale.count(a, b)) == b
    assert scale.back(b, scale.count(a, b)) == a
    assert scale.instant(scale.add(a, 3600)) == at("2024-05-03T18:00")
    assert scale.instant(scale.add(a, 3601)) == at("2024-05-06T08:30").replace(second=1)
