"""Office hours set on a page: clocks that are due from then on follow, by entries of their own, once."""

from __future__ import annotations

import datetime as dt

import pytest

from ronghe.casework.domain import retime_due
from ronghe.casework.models import Case
from ronghe.casework.queries.recalendared import retimed_for, retimed_rows
from ronghe.casework.queries.timeline import timeline
from ronghe.definitions.domain import publish_hours
from ronghe.definitions.exceptions import HoursRefused
from ronghe.definitions.models import HoursNotice
from ronghe.definitions.queries.calendars import calendar, calendar_at
from ronghe.ledger.models import Entry
from ronghe.messages.models import Message
from ronghe.organisations.queries import powers_of
from tests.casework.test_desk_acts import do, file, reconciled, said
from tests.city import ACTOR, SHANGHAI, City, moment

pytestmark = [pytest.mark.db, pytest.mark.both, pytest.mark.django_db]
SUMMER = [(dt.time(9), dt.time(12)), (dt.time(15), dt.time(18, 30))]
MORNINGS = [(dt.time(9), dt.time(12))]


def publish(day: str, spans: list[tuple[dt.time, dt.time]], at: str = "2026-08-03 12:00") -> HoursNotice:
    return publish_hours(dt.date.fromisoformat(day), spans, document="市府办通知", actor=ACTOR, at=moment(at))


def run(at: str = "2026-08-03 12:01", **more: int) -> int:
    moved = 0
    for _ in range(50):
        moved += retime_due(moment(at), **more)
        if not HoursNotice.objects.filter(finished_at=None).exists():
            return moved
    raise AssertionError("the rounds do not come to an end")


def due(case: Case) -> str:
    case.refresh_from_db()
    return f"{case.due.astimezone(SHANGHAI):%m-%d %H:%M}" if case.due else ""


def test_days_end_when_the_office_closes_and_hours_are_counted_anew(city: City) -> None:
    days = do(city, file(city), "环境经办", "2026-08-03 10:30", "accept")
    hours = file(city, at="2026-08-03 11:30")
    step = hours.steps.get(code="receive")
    before = (due(days), step.due.astimezone(SHANGHAI).strftime("%m-%d %H:%M"))
    notice = publish("2026-08-03", SUMMER)
    moved = run()
    step.refresh_from_db()

    assert before == ("08-10 18:00", "08-03 17:30")
    assert (moved, due(days)) == (3, "08-10 18:30")
    assert step.due.astimezone(SHANGHAI).strftime("%m-%d %H:%M") == "08-03 18:30"
    assert said(days, "clock.retimed") == [
        {"was": "2026-08-10T18:00:00+08:00", "due": "2026-08-10T18:30:00+08:00", "version": notice.pk}
    ]
    assert [one.outcome for one in timeline(days, is_public=True)][
        -1
    ] == "2026年8月10日 周一，从 18:00 到 18:30"
    assert not Message.objects.filter(kind="clock.retimed", to_type="identity").exists()
    assert Message.objects.filter(kind="clock.retimed", to_type="person").count() == 2
    assert (run(), Entry.objects.filter(kind="hours.published").count()) == (0, 1)
    seen = retimed_for(notice, powers_of(city.accounts["环境经办"], dt.date(2026, 8, 3)))
    assert {row.case.pk for row in retimed_rows(seen)} == {days.pk, hours.pk}
    assert not retimed_for(notice, powers_of(city.accounts["住建经办"], dt.date(2026, 8, 3))).exists()
    reconciled()


def test_what_is_due_before_they_begin_stays_and_whose_day_moves_is_told(city: City) -> None:
    early = file(city, at="2026-08-03 09:30")
    publish("2026-08-04", MORNINGS)
    late = file(city, at="2026-08-03 16:30")
    step = late.steps.get(code="receive")
    run()
    first = early.steps.get(code="receive")

    assert first.due == moment("2026-08-03 15:30")
    assert step.due == moment("2026-08-04 11:30")  # filed by the new hours already
    assert (due(early), due(late)) == ("08-10 12:00", "08-10 12:00")
    assert calendar_at(HoursNotice.objects.get(), is_before=True).closing(dt.date(2026, 8, 4)).hour == 18
    reconciled()


def test_it_may_be_killed_anywhere_and_be_run_twice(city: City) -> None:
    cases = [do(city, file(city), "环境经办", "2026-08-03 10:30", "accept") for _ in range(3)]
    publish("2026-08-03", SUMMER)
    found = [retime_due(moment("2026-08-03 12:01"), most=1) for _ in range(8)]

    assert (sum(found), max(found)) == (3, 1)
    assert [due(case) for case in cases] == ["08-10 18:30"] * 3
    assert Entry.objects.filter(kind="clock.retimed").count() == 3


def test_what_older_hours_move_is_not_lost_when_the_next_ones_come_first(city: City) -> None:
    case = do(city, file(city), "环境经办", "2026-08-03 10:30", "accept")
    publish("2026-08-05", SUMMER)
    publish("2026-09-01", MORNINGS)

    assert (run(), due(case)) == (1, "08-10 18:30")


def test_a_later_notice_for_the_same_day_stands(city: City) -> None:
    publish("2026-08-10", SUMMER)
    publish("2026-08-10", MORNINGS, at="2026-08-03 13:00")

    assert calendar().closing(dt.date(2026, 8, 10)) == moment("2026-08-10 12:00")
    assert calendar().closing(dt.date(2026, 8, 9)) == moment("2026-08-09 18:00")


@pytest.mark.parametrize(
    ("day", "spans", "said"),
    [
        ("2026-08-02", SUMMER, "已经过去"),
        ("2026-08-04", [(dt.time(9), dt.time(12)), (dt.time(14), dt.time(18))], "本来就是这样"),
        ("2026-08-04", [], "至少一段"),
        ("2026-08-04", [(dt.time(9), dt.time(12)), (dt.time(11), dt.time(18))], "互不重叠"),
    ],
)
def test_what_cannot_be_set_is_refused(
    city: City, day: str, spans: list[tuple[dt.time, dt.time]], said: str
) -> None:
    with pytest.raises(HoursRefused, match=said):
        publish(day, spans)
    assert not HoursNotice.objects.exists()
