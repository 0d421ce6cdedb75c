"""提醒、催办、督办 by the clock: in office hours only, each rule once a round, told to those the definition names."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.db import transaction
from hypothesis import given, strategies as st

from ronghe.casework import domain
from ronghe.casework.domain import By, escalate_due
from ronghe.casework.models import Case
from ronghe.casework.queries.escalations import Dues, Rule, escalations_at, next_office, rules_of
from ronghe.core.worktime import Limit
from ronghe.definitions import queries as definitions
from ronghe.definitions.queries import calendar
from ronghe.ledger.models import Entry
from ronghe.messages.models import Message
from ronghe.messages.queries import inbox
from ronghe.messages.rules import staff_may_be_disturbed
from ronghe.organisations import domain as organisations
from tests.casework.test_desk_acts import by, do, file, reconciled
from tests.city import ACTOR, FOUNDED, SHANGHAI, City, moment

pytestmark = [pytest.mark.db, pytest.mark.both, pytest.mark.django_db]
FILED, DUE = "2026-08-03 10:00", "2026-08-10 18:00"  # a Monday; 5 working days later
YELLOW, RED, LATE = "2026-08-07 09:00", "2026-08-11 09:00", "2026-08-13 09:00"


def at(text: str, **more: Any) -> int:
    return escalate_due(moment(text), calendar(), **more)


def accepted(city: City, **more: Any) -> Case:
    """A request of the environment bureau that is being handled; only its own clock runs."""
    return do(city, file(city, at=FILED, **more), "环境经办", "2026-08-03 10:30", "accept")


def said(case: Case) -> list[tuple[str, str, str, dict[str, Any], list[str]]]:
    """What the clock wrote: kind, when, name, data, and who was told (or what it gave)."""
    entries = Entry.objects.filter(
        subject_type="case", subject_id=case.pk, kind__in=["case.reminded", "case.gave"]
    )
    return [
        (
            entry.kind,
            f"{entry.at.astimezone(SHANGHAI):%m-%d %H:%M}",
            entry.code,
            entry.data,
            [f"{touch.role} {touch.type} {touch.ref}" for touch in entry.touches.order_by("ref")],
        )
        for entry in entries.order_by("seq")
    ]


def told(city: City, *names: str) -> list[str]:
    return [f"told person {city.people[name].pk}" for name in names]


def rule(no: int, level: int) -> dict[str, int]:
    return {"rule": no, "level": level, "round": 1}


def test_a_case_left_alone_is_reminded_urged_and_supervised(city: City) -> None:
    case = accepted(city)
    times = ["2026-08-06 17:59", YELLOW, YELLOW, DUE, RED, "2026-08-12 17:59", LATE, "2026-08-20 10:00"]

    assert [at(time) for time in times[:7]] == [0, 1, 0, 0, 1, 0, 1]
    supervision = Case.objects.get(related=case)
    assert said(case) == [
        ("case.reminded", "08-07 09:00", "", rule(0, 0), told(city, "环境局长", "环境经办")),
        ("case.reminded", "08-11 09:00", "催办", rule(1, 1), told(city, "环境局长")),
        ("case.reminded", "08-13 09:00", "", rule(2, 2), []),
        ("case.gave", "08-13 09:00", "", {"related": supervision.pk}, [f"gave case {supervision.pk}"]),
    ]
    case.refresh_from_db()
    assert (case.reminded, case.urged, supervision.procedure) == ([0, 1, 2], 2, "supervision")
    heard = inbox(city.people["环境局长"].pk)
    assert [message.title for message in heard] == [f"催办：{case.number}", f"提醒：{case.number}"]
    assert heard[0].text == f"{case.title}。已超 1 个工作日（应于8月10日 周一 下班前）。请抓紧办理。"
    assert heard[0].link == f"/desk/cases/{case.number}/"
    reconciled()


def test_who_has_it_is_reminded_alone(city: City) -> None:
    case = accepted(city)
    domain.assign_step(
        case.pk, by(city, "环境局长", "2026-08-03 11:00"), step=2, person=city.people["环境经办"]
    )

    at(YELLOW)

    assert said(case)[0][-1] == told(city, "环境经办")


def test_a_step_that_is_late_is_urged_while_its_case_has_time(city: City) -> None:
    case = file(city, at=FILED)  # to be received within 4 office hours

    assert [at("2026-08-03 15:59"), at("2026-08-03 16:01")] == [0, 1]
    assert said(case) == [
        ("case.reminded", "08-03 16:01", "", rule(0, 0), []),
        ("case.reminded", "08-03 16:01", "催办", rule(1, 1), told(city, "环境局长")),
    ]


def test_where_the_machine_stood_still_the_last_rule_that_tells_tells(city: City) -> None:
    case = accepted(city)

    assert at("2026-08-20 10:00") == 1

    rows = [(kind, code, data.get("rule"), who) for kind, _at, code, data, who in said(case)]
    given = Case.objects.get(related=case)
    assert rows == [
        ("case.reminded", "", 0, []),
        ("case.reminded", "催办", 1, told(city, "环境局长")),
        ("case.reminded", "", 2, []),
        ("case.gave", "", None, [f"gave case {given.pk}"]),
    ]
    (message,) = inbox(city.people["环境局长"].pk)
    assert message.title == f"催办：{case.number}"
    assert f"已开督办件 {given.number}。" in message.text


@pytest.mark.parametrize(
    ("time", "count"),
    [
        ("2026-09-30 08:59", 0),
        ("2026-09-30 09:00", 1),
        ("2026-09-30 11:59", 1),
        ("2026-09-30 12:00", 0),
        ("2026-09-30 13:59", 0),
        ("2026-09-30 14:00", 1),
        ("2026-09-30 17:59", 1),
        ("2026-09-30 18:00", 0),
        ("2026-10-01 10:00", 0),  # a holiday on a Thursday
        ("2026-10-10 10:00", 1),  # a Saturday worked to make up for it
        ("2026-10-17 10:00", 0),
    ],
)
def test_nothing_is_done_outside_office_hours(city: City, time: str, count: int) -> None:
    case = accepted(city)

    assert at(time) == count
    assert bool(said(case)) == bool(count)
    assert bool(Message.objects.filter(kind="case.reminded").count()) == bool(count)


def test_what_fell_on_a_holiday_happens_at_the_next_opening(city: City) -> None:
    case = do(city, file(city, at="2026-09-22 10:00"), "环境经办", "2026-09-22 10:30", "accept")
    case.refresh_from_db()
    assert case.due == moment("2026-09-29 18:00") or case.due < moment("2026-10-01 00:00")

    at("2026-09-29 17:00")
    quiet = [at(f"2026-10-0{day} 10:00") for day in range(1, 8)]

    assert (quiet, at("2026-10-08 08:59"), at("2026-10-08 09:00")) == ([0] * 7, 0, 1)


def test_paused_extended_merged_and_closed_cases_are_left_alone(city: City) -> None:
    paused, extended, merged, main, closed = (accepted(city) for _ in range(5))
    officer = "环境经办"
    domain.pause_case(paused.pk, by(city, officer, "2026-08-07 08:30"), step=2, ground="supplement")
    domain.extend_case(
        extended.pk,
        by(city, "环境局长", "2026-08-07 08:30"),
        step=2,
        limit=Limit.parse("5 工作日"),
        document="环办〔2026〕1号",
        note="等专家意见",
    )
    domain.merge_case(merged.pk, by(city, officer, "2026-08-07 08:30"), into=main, note="同一件事")
    domain.withdraw_case(closed.pk, By(f"requester:{closed.pk}", moment("2026-08-07 08:30")))

    assert at(RED) == 1
    assert [bool(said(case)) for case in (paused, extended, merged, main, closed)] == [
        False,
        False,
        False,
        True,
        False,
    ]


def test_an_extension_takes_nothing_back_and_brings_nothing_again(city: City) -> None:
    case = accepted(city)
    at(YELLOW)
    domain.extend_case(
        case.pk,
        by(city, "环境局长", "2026-08-07 10:00"),
        step=2,
        limit=Limit.parse("5 工作日"),
        document="环办〔2026〕1号",
        note="等专家意见",
    )
    case.refresh_from_db()
    assert case.due == moment("2026-08-17 18:00")

    assert [at("2026-08-14 10:00"), at("2026-08-17 10:00"), at("2026-08-18 09:00")] == [0, 0, 1]
    assert [row[3]["rule"] for row in said(case)] == [0, 1]


def test_a_new_round_has_all_its_rules_again(city: City) -> None:
    case = accepted(city)
    at(YELLOW)
    case = do(city, case, "环境经办", "2026-08-07 10:00", "ready")
    do(city, case, "环境经办", "2026-08-07 10:10", "submit", reply="已于8月6日疏通完毕。")
    do(city, case, "环境局长", "2026-08-07 10:20", "send")
    domain.reopen_case(case.pk, By("system:rating", moment("2026-08-10 10:00")), cause="rating")

    assert at("2026-08-14 10:00") == 1
    assert [(row[3]["rule"], row[3]["round"]) for row in said(case)] == [(0, 1), (0, 2)]


def test_a_supervision_that_is_still_open_is_not_opened_again(city: City) -> None:
    case = accepted(city)
    at(LATE)
    case = do(city, case, "环境经办", "2026-08-13 10:00", "ready")
    do(city, case, "环境经办", "2026-08-13 10:10", "submit", reply="已于8月12日疏通完毕。")
    do(city, case, "环境局长", "2026-08-13 10:20", "send")
    domain.reopen_case(case.pk, By("system:rating", moment("2026-08-14 10:00")), cause="rating")

    at("2026-09-10 10:00")

    assert Case.objects.filter(related=case, procedure="supervision").count() == 1
    assert [row[3].get("rule") for row in said(case)] == [0, 1, 2, None, 0, 1, 2]


def test_who_acts_for_the_head_is_told_as_well(city: City) -> None:
    case = accepted(city)
    at(YELLOW)
    organisations.delegate(
        city.people["环境局长"],
        city.people["环境经办"],
        begins=dt.date(2026, 8, 10),
        ends=dt.date(2026, 8, 20),
        reason="外出培训",
        actor=ACTOR,
        at=FOUNDED,
    )

    at(RED)

    assert said(case)[-1][-1] == sorted(told(city, "环境局长", "环境经办"))


def test_a_unit_without_a_head_is_urged_up_the_line(city: City) -> None:
    city.unit("hbjc", "department", "市环保监测站", parent=city.units["sthjj"])
    city.seat("hbjc", "handler", "监测经办")
    case = file(city, "resident-message", at=FILED)
    do(city, case, "分办甲", "2026-08-03 10:10", "transfer", to=city.units["hbjc"])

    at("2026-09-10 10:00")

    assert [row[-1] for row in said(case) if row[2] == "催办"] == [told(city, "环境局长")]


def test_who_may_not_see_a_petition_is_not_told_of_it(city: City) -> None:
    """The head of the unit that answers also sits in the unit complained of: the next up the line is told."""
    seat = organisations.create_post(city.units["sthjj"], kind="deputy", actor=ACTOR, at=FOUNDED)
    organisations.appoint(seat, person=city.people["住建局长"], actor=ACTOR, at=FOUNDED)
    petition = definitions.get("procedure", "petition", dt.date(2026, 8, 3))
    matter = definitions.lists_of(petition.body.form, dt.date(2026, 8, 3))["petition-matters"][0]["code"]
    case = domain.open_case(
        petition,
        values={"matter": str(matter), "detail": "反映审批人员推诿"},
        at=moment(FILED),
        about_unit=city.units["sthjj"],
    ).case
    do(city, case, "分办甲", "2026-08-03 10:10", "transfer", to=city.units["zjj"])

    at("2027-01-05 10:00")

    assert [row[-1] for row in said(case) if row[2] == "催办"] == [told(city, "工委甲")]
    assert inbox(city.people["住建局长"].pk) == []
    assert inbox(city.people["环境局长"].pk) == []


def test_old_cases_come_in_turn_the_longest_overdue_first(city: City) -> None:
    first = accepted(city)
    cases = [first, *(accepted(city) for _ in range(3))]
    Case.objects.filter(pk=cases[2].pk).update(due=moment("2026-08-04 18:00"))

    assert (at("2026-08-24 10:00", most=2), [bool(said(case)) for case in cases]) == (
        2,
        [True, False, True, False],
    )
    assert [at("2026-08-24 10:00", most=2) for _ in range(2)] == [2, 0]


def test_when_nothing_is_due_one_statement_asks(city: City, django_assert_num_queries: Any) -> None:
    accepted(city)

    with django_assert_num_queries(2):  # the definitions of the day, and the cases
        assert at("2026-08-04 10:00") == 0
    with django_assert_num_queries(0):
        assert at("2026-08-04 20:00") == 0


@given(st.data())
def test_every_rule_at_most_once_and_nothing_outside_office_hours(city: City, data: st.DataObject) -> None:
    hours = st.integers(0, 24 * 60)
    with transaction.atomic():
        case = accepted(city)
        start = moment(FILED)
        for hour in sorted(data.draw(st.lists(hours, min_size=1, max_size=6))):
            now = start + dt.timedelta(hours=hour + 1)
            before = case.pk and len(said(case))
            escalate_due(now, calendar())
            if not staff_may_be_disturbed(now, calendar()):
                assert len(said(case)) == before
        rules = [row[3]["rule"] for row in said(case) if row[0] == "case.reminded"]
        assert rules == sorted(set(rules))
        transaction.set_rollback(True)


@pytest.mark.parametrize("word", ["left", "late", "red"])
@pytest.mark.parametrize("limit", ["1 工作日", "3 工作日", "5 自然日", "4 工时", "1 月"])
@given(days=st.integers(-60, 60), minutes=st.integers(0, 599), due_hour=st.sampled_from([10, 15, 18]))
def test_what_is_reached_now_is_what_was_due_before_then(
    word: str, limit: str, days: int, minutes: int, due_hour: int
) -> None:
    """The two ways a rule is asked agree: from now (which cases) and from a due instant (when)."""
    office = calendar()
    one = Rule(0, word, None if word == "red" else Limit.parse(limit), "", 0, None, None)
    due = moment("2026-09-24 00:00") + dt.timedelta(hours=due_hour)
    now = moment("2026-09-24 08:30") + dt.timedelta(days=days, minutes=minutes)
    if not staff_may_be_disturbed(now, office):
        now = next_office(now, office)

    reached = one.reached_at(due, office)

    if abs(now - reached) > dt.timedelta(minutes=1):
        assert (due < one.due_before(now, office)) == (now >= reached)
    assert staff_may_be_disturbed(reached, office)


def test_the_next_rule_is_told_with_its_hour(city: City) -> None:
    now = moment("2026-08-11 12:30")
    rules = escalations_at(now, calendar())
    dues = Dues(moment(DUE), moment("2026-08-05 16:00"))
    following = [rules.following("enterprise-request", dues, done) for done in ([], [0], [0, 1], [0, 1, 2])]

    told_ = [(one[0].no, f"{one[1]:%m-%d %H:%M}") if one else None for one in following]
    assert told_ == [(0, "08-11 14:00"), (1, "08-11 14:00"), (2, "08-11 14:00"), None]
    assert [one.no for one in rules.reached("enterprise-request", Dues(moment(DUE)), [])] == [0, 1]
    assert set(rules_of(now.date())) >= {"enterprise-request", "petition", "supervision"}
