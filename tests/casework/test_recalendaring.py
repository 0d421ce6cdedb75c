"""A holiday notice published: what is due follows the days, once, in batches that may be killed anywhere."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from hypothesis import given, strategies as st

from ronghe.casework import domain
from ronghe.casework.domain import escalate_due, recalendar_due, rederiving
from ronghe.casework.domain.recalendaring import moves
from ronghe.casework.domain.rederiving import due_of
from ronghe.casework.models import Case, Step
from ronghe.casework.queries.clocks import sentence_of
from ronghe.casework.queries.recalendared import moved_for, moved_rows
from ronghe.core.worktime import Announcement, Calendar, ClockEvent, ClockLog, DaysOff, Limit, MakeUp, Unit
from ronghe.definitions.domain import calendar_with, publish_notice
from ronghe.definitions.exceptions import NoticeRefused
from ronghe.definitions.models import CalendarNotice, Rederivation
from ronghe.definitions.queries.calendars import built, calendar, rows_by_year
from ronghe.ledger.models import Entry
from ronghe.messages.models import Message
from ronghe.messages.queries import inbox
from ronghe.organisations.queries import powers_of
from tests.casework.test_desk_acts import by, do, file, reconciled
from tests.city import ACTOR, SHANGHAI, City, moment

pytestmark = [pytest.mark.db, pytest.mark.both, pytest.mark.django_db]
FILED, KNOWN, SETTLED = "2026-12-29 10:00", "2026-12-29 12:00", "2026-12-29 12:01"
NEW_YEAR = Announcement(
    2027,
    (
        DaysOff("元旦", dt.date(2027, 1, 1), dt.date(2027, 1, 3)),
        DaysOff("春节", dt.date(2027, 2, 5), dt.date(2027, 2, 11)),
    ),
    (MakeUp(dt.date(2027, 1, 9), "元旦"),),
    "国办发明电〔2026〕9号",
    dt.date(2026, 12, 29),
)


def accepted(city: City, **more: Any) -> Case:
    """A request of the environment bureau filed before the notice, due in the new year (5 working days)."""
    return do(city, file(city, at=FILED, **more), "环境经办", "2026-12-29 10:30", "accept")


def publish(notice: Announcement = NEW_YEAR, at: str = KNOWN) -> CalendarNotice:
    return publish_notice(notice, actor=ACTOR, at=moment(at))


def run(at: str = SETTLED, **more: Any) -> int:
    """Every round there is to do; how many clocks moved."""
    moved = 0
    for _ in range(50):
        moved += recalendar_due(moment(at), **more)
        if not Rederivation.objects.filter(finished_at=None).exists():
            return moved
    raise AssertionError("the rounds do not come to an end")


def said(case: Case) -> list[dict[str, Any]]:
    found = Entry.objects.filter(subject_type="case", subject_id=case.pk, kind="clock.recalendared")
    return [entry.data for entry in found.order_by("seq")]


def due(case: Case) -> str:
    case.refresh_from_db()
    return f"{case.due.astimezone(SHANGHAI):%m-%d %H:%M}"


def test_a_due_date_in_the_new_year_is_provisional_before_the_notice_and_firm_after(city: City) -> None:
    case = accepted(city)
    now = moment("2026-12-29 11:00")
    before = (due(case), "暂定" in sentence_of(case, now, calendar()))
    publish()

    assert run() == 1
    assert before == ("01-05 18:00", True)
    assert (due(case), "暂定" in sentence_of(case, now, calendar())) == ("01-06 18:00", False)
    assert said(case) == [
        {
            "year": 2027,
            "version": 1,
            "was": "2027-01-05T18:00:00+08:00",
            "due": "2027-01-06T18:00:00+08:00",
        }
    ]
    assert case.clock["events"][-1] == {
        "kind": "recalendar",
        "at": moment(SETTLED).isoformat(),
        "document": "2027-1",
    }
    assert (run(), len(said(case))) == (0, 1)
    reconciled()


def test_the_publishing_is_in_the_ledger_and_a_correction_is_the_next_version(city: City) -> None:
    case = accepted(city)
    publish()
    run()
    with pytest.raises(NoticeRefused):
        publish()
    again = Announcement(2027, NEW_YEAR.off[1:], (), "国办发明电〔2026〕10号", dt.date(2026, 12, 30))
    publish(again, "2026-12-30 09:00")
    run("2026-12-30 09:01")

    published = Entry.objects.filter(kind="calendar.published", subject_type="calendar", subject_id=2027)
    assert [entry.data for entry in published.order_by("seq")] == [
        {"year": 2027, "version": 1, "document": "国办发明电〔2026〕9号"},
        {"year": 2027, "version": 2, "document": "国办发明电〔2026〕10号"},
    ]
    assert (due(case), [one["version"] for one in said(case)]) == ("01-05 18:00", [1, 2])
    with pytest.raises(TypeError):
        CalendarNotice.objects.get(version=1).save()
    reconciled()


def test_closed_cases_and_those_not_touched_stay_as_they_are(city: City) -> None:
    closed, near = accepted(city), accepted(city)
    do(city, closed, "环境经办", "2026-12-29 11:00", "ready")
    done = domain.withdraw_case(near.pk, by(city, "环境经办", "2026-12-29 11:00"))
    early = do(city, file(city, at="2026-12-01 10:00"), "环境经办", "2026-12-01 10:30", "accept")
    kept = [
        (case.pk, case.due, case.clock, case.revision)
        for case in Case.objects.filter(pk__in=[done.pk, early.pk])
    ]
    publish()
    run()

    assert [
        (case.pk, case.due, case.clock, case.revision)
        for case in Case.objects.filter(pk__in=[done.pk, early.pk])
    ] == kept
    assert (said(done), said(early), len(said(closed))) == ([], [], 1)
    reconciled()


def test_a_step_moves_by_its_own_entry(city: City) -> None:
    case = file(city, at="2026-12-31 17:00")  # four office hours to take it up
    step = Step.objects.get(case=case, done_at=None)
    publish()

    assert (step.due, run()) == (moment("2027-01-01 12:00"), 2)
    step.refresh_from_db()
    assert (step.due, [one.get("step") for one in said(case)]) == (moment("2027-01-04 12:00"), [None, 1])
    reconciled()


def test_a_paused_clock_is_brought_in_step_and_resumes_by_the_new_days(city: City) -> None:
    case = accepted(city)
    step = case.steps.get(done_at=None)
    domain.pause_case(
        case.pk,
        by(city, "环境经办", "2026-12-29 11:00", case),
        step=step.no,
        ground="supplement",
        note="补照片",
    )
    publish()
    run()
    paused = due(case)
    domain.resume_case(case.pk, by(city, "环境经办", "2026-12-31 10:00", case))

    assert (paused, due(case)) == ("01-06 18:00", "01-07 18:00")
    reconciled()


def test_what_would_move_is_told_before_and_is_what_moves(city: City) -> None:
    cases = [accepted(city) for _ in range(3)]
    told = [(move.case.pk, move.was, move.due) for move in moves(calendar(), calendar_with(NEW_YEAR))]
    notice = publish()
    run()
    powers = powers_of(city.accounts["工委甲"], dt.date(2026, 12, 29))
    rows = moved_rows(notice, moved_for(notice, powers))

    assert told == [(case.pk, moment("2027-01-05 18:00"), moment("2027-01-06 18:00")) for case in cases]
    assert [(row.case.pk, row.was, row.due) for row in rows] == told
    assert {row.days for row in rows} == {(dt.date(2027, 1, 1),)}
    other = powers_of(city.accounts["住建经办"], dt.date(2026, 12, 29))
    assert list(moved_for(notice, other)) == []


def test_the_requester_and_the_officers_are_told_the_officers_once_for_all(city: City) -> None:
    cases = [accepted(city) for _ in range(3)]
    Message.objects.all().delete()
    publish()
    run()

    mine = list(inbox(city.people["环境经办"].pk))
    assert [one.title for one in mine] == ["2027 年放假安排公布，您有 3 件的期限变了"]
    assert inbox(city.people["住建经办"].pk) == []
    requesters = Message.objects.filter(to_type="identity", kind="clock.recalendared")
    assert sorted(requesters.values_list("about_id", flat=True)) == sorted(case.pk for case in cases)


def test_killed_in_the_middle_it_goes_on_and_does_nothing_twice(
    city: City, monkeypatch: pytest.MonkeyPatch
) -> None:
    cases = [accepted(city) for _ in range(5)]
    publish()
    real, left = rederiving.bring_in_step, [3]

    def killed(case_id: int, *more: Any) -> int:
        if not left[0]:
            raise KeyboardInterrupt
        left[0] -= 1
        return real(case_id, *more)

    monkeypatch.setattr(rederiving, "bring_in_step", killed)
    with pytest.raises(KeyboardInterrupt):
        recalendar_due(moment(SETTLED))
    half = [len(said(case)) for case in cases]
    monkeypatch.undo()
    run(most=2)

    assert (half, [len(said(case)) for case in cases]) == ([1, 1, 1, 0, 0], [1] * 5)
    assert Message.objects.filter(to_type="identity", kind="clock.recalendared").count() == 5
    reconciled()


def test_what_an_older_publishing_moves_is_not_lost_when_the_next_one_comes_first(city: City) -> None:
    case = accepted(city)
    publish()
    later = Announcement(
        2028, (DaysOff("元旦", dt.date(2028, 1, 1), dt.date(2028, 1, 3)),), (), "国办发明电〔2027〕1号"
    )
    publish(later, "2026-12-29 12:00")

    assert (run(), due(case)) == (1, "01-06 18:00")


def test_a_case_filed_by_the_old_days_while_the_pass_ran_is_found_by_the_last_pass(city: City) -> None:
    early = accepted(city)
    publish()
    recalendar_due(moment("2026-12-29 12:00"))
    assert due(early) == "01-06 18:00"
    assert Rederivation.objects.get().finished_at is None  # a process may still count by the old days
    late = accepted(city)
    Case.objects.filter(pk=late.pk).update(
        due=moment("2027-01-05 18:00")
    )  # as one that had not looked would write

    assert (run(), due(late)) == (1, "01-06 18:00")


def test_what_was_reminded_stays_so_and_a_nearer_date_is_reminded_of(city: City) -> None:
    case = accepted(city)
    escalate_due(moment("2027-01-05 10:00"), calendar())  # a day before it is due: yellow
    case.refresh_from_db()
    reminded = list(case.reminded)
    publish(at="2027-01-05 10:00")
    run("2027-01-05 10:01")
    case.refresh_from_db()

    assert (reminded, case.reminded, due(case)) == ([0], [0], "01-06 18:00")
    escalate_due(moment("2027-01-06 09:30"), calendar())
    case.refresh_from_db()
    assert case.reminded == [0]
    escalate_due(moment("2027-01-07 09:30"), calendar())
    case.refresh_from_db()
    assert (case.reminded, case.urged) == ([0, 1], 1)


days = st.integers(0, 70).map(lambda number: dt.date(2026, 12, 20) + dt.timedelta(days=number))
limits = st.builds(
    Limit, st.integers(0, 30), st.sampled_from([Unit.WORKDAY, Unit.DAY, Unit.HOUR])
) | st.builds(Limit, st.integers(0, 2), st.just(Unit.MONTH))
spans = st.builds(
    lambda first, more: DaysOff("放假", first, first + dt.timedelta(days=more)), days, st.integers(0, 8)
)
notices = st.builds(
    lambda off, made: Announcement(2027, tuple(off), tuple(MakeUp(day) for day in made)),
    st.lists(spans, max_size=4),
    st.lists(days, max_size=4),
)
hours = st.integers(0, 24 * 60).map(lambda minutes: dt.timedelta(minutes=minutes))


@given(limits, days, hours, st.lists(st.tuples(days, hours, st.booleans()), max_size=4), notices)
def test_the_rederived_due_is_that_of_a_fresh_fold_and_moves_only_when_touched(
    limit: Limit,
    day: dt.date,
    hour: dt.timedelta,
    pauses: list[tuple[dt.date, dt.timedelta, bool]],
    notice: Announcement,
) -> None:
    """Law 13 of the clock, through the very functions the worker uses."""
    before = built(rows_by_year())
    after = built({**rows_by_year(), 2027: notice.rows()})
    start = dt.datetime.combine(day, dt.time(), SHANGHAI) + hour
    events = [ClockEvent("start", start, limit=limit)]
    for on, at, is_pause in sorted(pauses):
        moment_of = dt.datetime.combine(on, dt.time(), SHANGHAI) + at
        if moment_of > events[-1].at:
            events.append(ClockEvent("pause" if is_pause else "resume", moment_of))
    log = ClockLog(tuple(events))
    was, now = due_of(log, before), due_of(log, after)
    fresh = ClockLog(tuple(events)).reading(after, events[-1].at).due
    marked = log.append(ClockEvent("recalendar", start + dt.timedelta(days=400), document="2027-1"))

    assert now == fresh == due_of(marked, after)
    assert was is not None
    assert now is not None
    if now != was:
        changed = before.changed_days(after)
        assert any(start.date() <= one <= max(was, now).date() for one in changed)
        assert changed[0] <= was.date()  # so that `touched`, which asks no more, finds it


def test_a_calendar_is_what_was_published_over_the_packs() -> None:
    plain: Calendar = calendar()
    publish()

    assert calendar().changed_days(plain) == tuple(
        row.date for row in NEW_YEAR.rows() if row.date.weekday() < 5 or row.is_workday
    )
    assert (plain.is_announced(2027), calendar().is_announced(2027)) == (False, True)
