"""Reviews by officers: for a step, when something ended, a while after, each period of some drawn; and what follows."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from ronghe.casework import domain as casework
from ronghe.casework.domain import By
from ronghe.casework.models import Case
from ronghe.definitions import queries as definitions
from ronghe.definitions.things import facts_of, titles_of, visible_of
from ronghe.judgements.domain import ask_reviews, give_review
from ronghe.judgements.exceptions import DomainError
from ronghe.judgements.models import Draw, Judgement
from ronghe.judgements.queries import open_reviews, reviews_of
from ronghe.ledger.domain import sequence
from ronghe.ledger.models import Entry
from ronghe.messages.models import Message
from ronghe.organisations.queries import powers_of
from tests.casework.kernel import load
from tests.city import City, moment

pytestmark = [pytest.mark.db, pytest.mark.both, pytest.mark.django_db]
DAY = dt.date(2026, 3, 2)

MEND = """
procedure: room-mend
title: 整改
about: department
form: [{field: detail, title: 情况, type: text}]
flow:
  - {step: do, title: 整改, by: opener}
  - {step: verify, title: 验收, runs: {judgement: room-verify}, outcomes: {pass: {end: solved}, fail: do}}
"""
VERIFY = """
judgement: room-verify
title: 整改验收
judges: {procedure: room-mend}
by: [{post: committee-staff, where: {organisation: {not: responsible}}}]
within: 5 工作日
form:
  - field: outcome
    title: 结论
    type: choice
    choices: [{code: pass, title: 合格}, {code: fail, title: 不合格}]
  - {field: finding, title: 情况, type: text, optional: true}
"""
LOOK_BACK = """
judgement: room-look-back
title: 回头看
judges: {procedure: room-mend, where: {result: solved}}
by: {post: head, where: {organisation: {not: responsible}}}
when: {after: 1 月}
form:
  - {field: kept, title: 是否落实, type: choice, choices: [落实, 反弹]}
  - {field: secret, title: 只在本地, type: text, optional: true}
verdict: [{where: {kept: 反弹}, tell: responsible, gives: [{reopen: case}, {procedure: room-talk, values: {detail: form.kept}}]}]
"""
TALK = """
procedure: room-talk
title: 约谈
about: department
form: [{field: detail, title: 情况, type: text}]
flow: [{step: talk, title: 约谈, by: about}]
"""
CONFIRM = """
judgement: room-confirm
title: 确认
judges: {procedure: room-talk}
by: responsible
when: {at: closed}
form: [{field: good, title: 是否属实, type: yes-no}]
"""
MONTHLY = """
judgement: room-monthly
title: 每月评议
judges: {procedure: room-talk}
by: {post: committee-staff}
when: {each: month, draw: 1}
form: [{field: grade, title: 等次, type: choice, choices: [好, 一般]}]
"""


@pytest.fixture(scope="module", autouse=True)
def _definitions(city: City, django_db_blocker: Any, tmp_path_factory: pytest.TempPathFactory) -> None:
    with django_db_blocker.unblock():
        load(tmp_path_factory.mktemp("packs"), VERIFY, MEND, TALK, LOOK_BACK, CONFIRM, MONTHLY)


def opened(city: City, code: str = "room-mend", at: str = "2026-03-02 10:00") -> Case:
    return casework.open_case(
        definitions.get("procedure", code, DAY),
        values={"detail": "台账不全"},
        actor=f"person:{city.people['环境局长'].pk}",
        at=moment(at),
        about=city.units["sthjj"],
    ).case


def do(city: City, case: Case, at: str, outcome: str = "done") -> Case:
    me = city.accounts["环境局长"]
    step = case.steps.filter(done_at=None).get()
    by = By(f"person:{me.person_id}", moment(at), powers_of(me, DAY))
    return casework.complete_step(case.pk, by, step=step.no, outcome=outcome)


def give(city: City, row: Judgement, name: str, at: str, **values: Any) -> Judgement:
    powers = powers_of(city.accounts[name], moment(at).date())
    return give_review(row.pk, values=values, powers=powers, at=moment(at))


def ask(at: str) -> int:
    sequence()
    return ask_reviews(moment(at), definitions.calendar())


def solved(city: City) -> Case:
    case = do(city, opened(city), "2026-03-02 11:00")
    row = Judgement.objects.get(subject_id=case.pk, judgement="room-verify")
    give(city, row, "工委甲", "2026-03-03 10:00", outcome="pass")
    case.refresh_from_db()
    return case


def test_another_verifies_and_the_case_goes_where_the_finding_says(city: City) -> None:
    case = do(city, opened(city), "2026-03-02 11:00")
    row = Judgement.objects.get(subject_id=case.pk)

    assert (row.judge, row.is_review, row.came_from_id, row.organisation) == (
        *(city.people["工委甲"], True, case.pk, city.units["sthjj"]),
    )
    assert row.due == moment("2026-03-09 18:00")
    assert [one.pk for one in open_reviews(city.people["工委甲"].pk)] == [row.pk]
    for name in ("环境局长", "住建局长"):
        with pytest.raises(DomainError) as refused:
            give(city, row, name, "2026-03-03 10:00", outcome="pass")
        assert refused.value.code == "not-yours"

    give(city, row, "工委甲", "2026-03-03 10:00", outcome="fail", finding="没有照片")
    assert [step.code for step in case.steps.filter(done_at=None)] == ["do"]
    do(city, case, "2026-03-04 10:00")
    again = Judgement.objects.get(subject_id=case.pk, given_at=None)
    give(city, again, "工委甲", "2026-03-05 10:00", outcome="pass")
    case.refresh_from_db()
    assert (case.state, case.result) == ("closed", "solved")
    with pytest.raises(DomainError) as refused:
        give(city, again, "工委甲", "2026-03-05 10:00", outcome="fail")
    assert refused.value.code == "given-before"
    given = Entry.objects.get(kind="judgement.given", subject_id=row.pk)
    assert (given.code, given.data["values"]) == ("room-verify", {"outcome": "fail"})
    assert casework.reconcile()["differences"] == []


def test_a_look_back_is_asked_when_the_time_has_come_and_takes_the_case_up_again(city: City) -> None:
    case = solved(city)

    assert ask("2026-04-02 10:00") == 0
    assert ask("2026-04-04 10:00") == 1
    assert ask("2026-04-05 10:00") == 0
    row = Judgement.objects.get(judgement="room-look-back", subject_id=case.pk)
    assert row.judge == city.people["住建局长"]

    give(city, row, "住建局长", "2026-04-07 10:00", kept="反弹", secret="张三说的")
    case.refresh_from_db()
    talk = Case.objects.get(procedure="room-talk", came_from_type="judgement", came_from_id=row.pk)
    assert (case.state, case.round) == ("open", 2)
    assert (talk.about, talk.values, talk.responsible) == (
        *(city.units["sthjj"], {"detail": "反弹"}, city.units["sthjj"]),
    )
    assert Message.objects.filter(kind="review-given").count() == 1
    assert casework.reconcile()["differences"] == []


def test_what_was_taken_up_again_is_not_looked_back_at(city: City) -> None:
    case = solved(city)
    casework.reopen_case(case.pk, By("person:1", moment("2026-03-10 10:00")), cause="rating")

    assert ask("2026-04-06 10:00") == 0


def test_the_side_that_was_served_confirms_once_it_is_over(city: City) -> None:
    ask("2026-03-02 09:00")
    case = do(city, opened(city, "room-talk"), "2026-03-02 11:00")

    assert ask("2026-03-02 12:00") == 1
    assert ask("2026-03-02 12:01") == 0
    row = Judgement.objects.get(subject_id=case.pk)
    assert row.judge in (city.people["环境局长"], city.people["环境经办"])
    give(city, row, "环境局长", "2026-03-03 09:00", good=True)
    assert [one.values for one in reviews_of(("case", case.pk))] == [{"good": True}]


def test_of_a_period_some_are_drawn_once(city: City) -> None:
    cases = [do(city, opened(city, "room-talk"), "2026-03-02 11:00") for _ in range(3)]
    ask("2026-04-01 09:00")

    drawn = Judgement.objects.filter(judgement="room-monthly")
    assert [row.subject_id in {case.pk for case in cases} for row in drawn] == [True]
    made = Draw.objects.get(judgement="room-monthly")
    assert (made.day, made.rows, made.drawn) == (dt.date(2026, 3, 31), 3, 1)
    ask("2026-04-02 09:00")
    assert drawn.count() == 1


def test_judgements_are_things(city: City) -> None:
    case = solved(city)
    ref = ("judgement", Judgement.objects.get(subject_id=case.pk).pk)
    facts = facts_of(ref, DAY)

    assert facts is not None
    assert (facts.get("code"), facts.get("outcome")) == ("room-verify", "pass")
    assert titles_of({ref}) == {ref: "整改验收"}
    seen = {name for name in city.accounts if visible_of({ref}, powers_of(city.accounts[name], DAY))}
    assert seen == {"工委甲", "环境局长", "环境经办"}
