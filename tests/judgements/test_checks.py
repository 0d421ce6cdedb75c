"""Daily spot checks: drawn so that anybody can repeat it, given to who has no part in the case, and what follows."""

from __future__ import annotations

import datetime as dt

import pytest

from ronghe.casework import domain as casework
from ronghe.casework.models import Case
from ronghe.core.draw import commitment, is_committed
from ronghe.definitions.queries import calendar
from ronghe.judgements.domain import draw_due, give_check
from ronghe.judgements.domain.drawing import drawn_again
from ronghe.judgements.exceptions import DomainError
from ronghe.judgements.models import Draw, Judgement
from ronghe.judgements.queries import checks_of, given_to
from ronghe.ledger.domain import sequence
from ronghe.ledger.models import Entry
from ronghe.messages.queries import inbox
from ronghe.organisations import domain as organisations
from ronghe.organisations.models import Delegation
from ronghe.organisations.queries import powers_of
from tests.city import City, moment
from tests.judgements.closed import act, closed, entries, file, rate

pytestmark = [pytest.mark.db, pytest.mark.both, pytest.mark.django_db]
NEXT = "2026-11-24 09:00"
ALL = ["complete", "handled", "resolved"]


def draw(at: str) -> int:
    return draw_due(moment(at), calendar())


def give(
    city: City, check: Judgement, name: str, grade: str = "合格", points: list[str] | None = None
) -> None:
    at = moment("2026-11-24 10:00")
    values = {"grade": grade, "points": ALL if points is None else points}
    give_check(check.pk, values=values, powers=powers_of(city.accounts[name], at.date()), at=at)


def the_check(case: Case) -> Judgement:
    return Judgement.objects.get(subject_id=case.pk, draw__isnull=False)


def code(city: City, check: Judgement, name: str, **more: object) -> str:
    with pytest.raises(DomainError) as refused:
        give(city, check, name, **more)
    return refused.value.code


def test_a_tenth_of_each_kind_is_drawn_once_and_the_ledger_says_how(city: City) -> None:
    cases = [closed(city) for _ in range(11)]

    assert [draw("2026-11-24 08:59"), draw(NEXT), draw("2026-11-24 15:00")] == [0, 2, 0]

    made = Draw.objects.get(procedure="enterprise-request")
    assert (made.judgement, made.day, made.rows, made.drawn) == (
        "reply-spot-check",
        dt.date(2026, 11, 23),
        11,
        2,
    )
    assert entries("draw", made.pk) == [
        (
            "judgement.drawn",
            "system:clock",
            {"hash": commitment(made.seed), "day": "2026-11-23", "rows": 11, "drawn": 2},
        )
    ]
    assert {one.procedure: one.rows for one in Draw.objects.all()} == {
        "enterprise-request": 11,
        "petition": 0,
        "resident-message": 0,
    }
    again = drawn_again(made)
    assert sorted(again.keys) == sorted(f"case:{case.pk}:1" for case in cases)
    assert sorted(again.drawn) == sorted(f"case:{one.subject_id}:{one.round}" for one in made.checks.all())
    assert again.is_same
    assert is_committed(made.seed, made.hash)


def test_what_comes_later_changes_no_draw(city: City) -> None:
    for _ in range(3):
        closed(city)
    draw(NEXT)
    made = Draw.objects.get(procedure="enterprise-request")
    before = drawn_again(made)

    late = closed(city)
    sequence()

    assert drawn_again(made) == before
    assert f"case:{late.pk}:1" not in before.keys


def test_only_what_was_answered_is_drawn_and_what_another_answers_for_is_not(city: City) -> None:
    act(city, file(city), "环境经办", moment("2026-11-23 10:00"), "decline", note="不属本市事权")
    main, repeat = file(city), file(city)
    account = city.accounts["环境经办"]
    by = casework.By(f"person:{account.person_id}", moment("2026-11-23 09:30"))
    casework.merge_case(repeat.pk, by, into=main)
    for outcome, more in (("accept", {}), ("ready", {}), ("submit", {"reply": "已疏通。"})):
        act(city, main, "环境经办", moment("2026-11-23 10:00"), outcome, **more)
    act(city, main, "环境局长", moment("2026-11-23 10:03"), "send")

    assert draw(NEXT) == 1
    assert list(Judgement.objects.values_list("subject_id", flat=True)) == [main.pk]


def test_days_off_are_drawn_for_on_the_next_working_day(city: City) -> None:
    draw("2026-11-20 09:30")
    friday = closed(city, day="2026-11-20")

    assert [draw("2026-11-21 10:00"), draw("2026-11-22 10:00"), draw("2026-11-23 09:00")] == [0, 0, 1]
    days = Draw.objects.filter(procedure="enterprise-request").order_by("day").values_list("day", flat=True)
    assert [str(day) for day in days] == ["2026-11-19", "2026-11-20", "2026-11-21", "2026-11-22"]
    assert the_check(friday).asked_at == moment("2026-11-23 09:00")


def test_checks_go_evenly_to_who_has_no_part_and_each_is_told(city: City) -> None:
    city.seat("szgw", "committee-staff", "工委乙")
    for _ in range(31):
        closed(city)

    assert draw(NEXT) == 4
    judges = sorted(Judgement.objects.filter(draw__isnull=False).values_list("judge__name", flat=True))
    assert judges == ["工委乙", "工委乙", "工委甲", "工委甲"]
    told = inbox(city.people["工委甲"].pk)[0]
    assert (told.title, told.link) == ("今天抽到您的答复有 2 件", "/desk/checks/")
    check = Judgement.objects.filter(draw__isnull=False).first()
    assert entries("judgement", check.pk) == [
        (
            "judgement.asked",
            "system:clock",
            {"round": 1, "due": "2026-11-27T18:00:00+08:00", "person": check.judge_id},
        )
    ]


def test_inspectors_check_before_the_staff_of_the_committee(city: City) -> None:
    city.seat("szgw", "inspector", "督查甲")
    case = closed(city)
    draw(NEXT)

    assert the_check(case).judge == city.people["督查甲"]


@pytest.mark.parametrize("how", ["handled", "sits", "stands-in"])
def test_nobody_checks_a_case_they_have_a_part_in(city: City, how: str) -> None:
    """工委甲 remarked on the case, sits in the unit too, or stands in for one who does: 工委乙 gets it."""
    city.seat("szgw", "committee-staff", "工委乙")
    person, at = city.people["工委甲"], moment("2026-11-20 09:00")
    case = file(city)
    if how == "handled":
        by = casework.By(f"person:{person.pk}", moment("2026-11-23 09:20"))
        casework.add_note(case.pk, by, text="请尽快处理")
    elif how == "sits":
        seat = organisations.create_post(city.units["sthjj"], kind="handler", actor="system:test", at=at)
        organisations.appoint(seat, person=person, actor="system:test", at=at)
    else:
        _stand_in(city, at)
    for outcome, more in (("accept", {}), ("ready", {}), ("submit", {"reply": "已疏通。"})):
        act(city, case, "环境经办", moment("2026-11-23 10:00"), outcome, **more)
    act(city, case, "环境局长", moment("2026-11-23 10:03"), "send")
    draw(NEXT)

    assert the_check(case).judge == city.people["工委乙"]


def _stand_in(city: City, at: dt.datetime) -> None:
    Delegation.objects.create(
        giver=city.people["环境经办"], taker=city.people["工委甲"], begins=at.date(), ends=None
    )


def test_check_nobody_may_give_waits_and_goes_to_who_comes(city: City) -> None:
    case = file(city)
    by = casework.By(f"person:{city.people['工委甲'].pk}", moment("2026-11-23 09:20"))
    casework.add_note(case.pk, by, text="请尽快处理")
    for outcome, more in (("accept", {}), ("ready", {}), ("submit", {"reply": "已疏通。"})):
        act(city, case, "环境经办", moment("2026-11-23 10:00"), outcome, **more)
    act(city, case, "环境局长", moment("2026-11-23 10:03"), "send")

    assert draw(NEXT) == 1
    assert the_check(case).judge is None
    city.seat("szgw", "committee-staff", "工委乙")
    draw("2026-11-25 09:00")
    assert the_check(case).judge == city.people["工委乙"]


def test_good_check_is_recorded_with_codes_only(city: City) -> None:
    case = closed(city)
    draw(NEXT)
    give(city, the_check(case), "工委甲", "优秀")

    check = the_check(case)
    kind, actor, data = entries("judgement", check.pk)[-1]
    assert (kind, actor, data) == (
        "judgement.given",
        f"person:{city.people['工委甲'].pk}",
        {"round": 1, "values": {"grade": "优秀", "points": ALL}},
    )
    written = Entry.objects.get(kind="judgement.given")
    assert (written.definition, written.organisation, written.quantity) == (
        "judgement:reply-spot-check",
        city.units["sthjj"],
        None,
    )
    assert Case.objects.get(pk=case.pk).round == 1
    assert (list(given_to(("case", case.pk))), list(checks_of(("case", case.pk)))) == ([], [check])


@pytest.mark.parametrize(
    ("grade", "points"),
    [("不合格", ALL), ("合格", ["complete", "handled"]), ("合格", ["complete", "resolved"]), ("合格", [])],
)
def test_failed_check_has_the_case_done_again(city: City, grade: str, points: list[str]) -> None:
    case = closed(city)
    draw(NEXT)
    give(city, the_check(case), "工委甲", grade, points)

    again = Case.objects.get(pk=case.pk)
    reopened = next(data for kind, _, data in entries("case", case.pk) if kind == "case.reopened")
    assert (again.state, again.round, reopened["cause"]) == ("open", 2, "check")
    assert entries("judgement", the_check(case).pk)[-1][2]["verdict"] == "reopen"
    assert [told.kind for told in inbox(city.people["环境局长"].pk)][:1] == ["redo-check"]


def test_case_taken_up_again_meanwhile_is_not_taken_up_twice(city: City) -> None:
    case = closed(city)
    draw(NEXT)
    rate(case, "dissatisfied", "2026-11-24 09:30")
    give(city, the_check(case), "工委甲", "不合格")

    assert Case.objects.get(pk=case.pk).round == 2
    assert [kind for kind, _, _ in entries("case", case.pk)].count("case.reopened") == 1
    assert "verdict" not in entries("judgement", the_check(case).pk)[-1][2]


def test_who_may_give_a_check(city: City) -> None:
    """Only who has it, once, and not after getting a part in the case."""
    city.seat("szgw", "committee-staff", "工委乙")
    first, second = closed(city), closed(city, day="2026-11-24")
    draw(NEXT)
    draw("2026-11-25 09:00")
    mine = the_check(first).judge.name
    other = {"工委甲": "工委乙", "工委乙": "工委甲"}[mine]

    assert [code(city, the_check(first), name) for name in (other, "环境局长", "分办甲")] == ["not-yours"] * 3
    assert code(city, the_check(first), mine, grade="很好") == "invalid"
    give(city, the_check(first), mine)
    assert code(city, the_check(first), mine) == "given-before"
    owner = the_check(second).judge
    by = casework.By(f"person:{owner.pk}", moment("2026-11-25 10:00"))
    casework.reopen_case(second.pk, by, cause="check")
    assert code(city, the_check(second), owner.name) == "own-work"
    assert code(city, Judgement(pk=10**9), mine) == "no-such-check"


def test_second_round_is_drawn_and_checked_for_itself(city: City) -> None:
    city.seat("sthjj", "deputy", "环境副局")
    case = closed(city)
    draw(NEXT)
    give(city, the_check(case), "工委甲", "不合格")
    for outcome, more in (("ready", {}), ("submit", {"reply": "已于今日疏通。"})):
        act(city, case, "环境经办", moment("2026-11-24 11:00"), outcome, **more)
    act(city, case, "环境副局", moment("2026-11-24 11:03"), "send")
    draw("2026-11-25 09:00")

    rows = Judgement.objects.filter(subject_id=case.pk, draw__isnull=False).order_by("round")
    assert [(row.round, row.reply, row.given_at is None) for row in rows] == [(1, 1, False), (2, 2, True)]
