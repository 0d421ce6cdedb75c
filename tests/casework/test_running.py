"""Steps that something else does: opened with the step, ended by what came out; waiting as long as is written."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from ronghe.casework import domain
from ronghe.casework.domain import By
from ronghe.casework.exceptions import DomainError
from ronghe.casework.models import Case
from ronghe.definitions import queries as definitions
from ronghe.ledger.models import Entry
from ronghe.organisations.queries import powers_of
from tests.casework.kernel import load
from tests.city import City, moment

pytestmark = [pytest.mark.db, pytest.mark.both, pytest.mark.django_db]
DAY = dt.date(2026, 3, 2)

INNER = """
procedure: inner-check
title: 专项核查
form: [{field: detail, title: 情况, type: text}]
flow:
  - step: look
    title: 核查
    by: {organisation: department}
    outcomes: {pass: {end: passed}, fail: {end: failed}, odd: {end: unheard-of}}
"""
OUTER = """
procedure: outer-work
title: 整改
about: department
form: [{field: detail, title: 情况, type: text}]
flow:
  - {step: begin, title: 交办, by: opener}
  - {step: inspect, title: 核查, runs: {procedure: inner-check}, outcomes: {passed: close, failed: begin}}
  - {step: close, title: 销号, by: opener, wait: 5 工作日, outcomes: {done: {end: solved}}}
"""
FIRST = """
procedure: first-runs
title: 先核查
form: [{field: detail, title: 情况, type: text}]
flow:
  - {step: inspect, title: 核查, runs: {procedure: inner-check}, outcomes: {passed: {end: fine}, failed: {end: bad}}}
"""
PLANTING = """
activity: planting
title: 植树
by: [branch]
quantities: [{code: trees, title: 植树, unit: 株}]
"""
HELD = """
procedure: held-work
title: 换届
about: department
form: [{field: detail, title: 情况, type: text}]
flow:
  - {step: ask, title: 请示, by: opener}
  - step: elect
    title: 选举
    runs: {activity: planting}
    requires: {people: {least: 5}}
    outcomes:
      elected: {end: elected, requires: {trees: {least: 3}}}
      again: {to: ask, requires: {trees: {most: 2}}}
"""
BOTH = """
procedure: both-ways
title: 通知单
form: [{field: detail, title: 情况, type: text}]
flow:
  - {step: issue, title: 整改通知单, by: opener, runs: {activity: theme-day}}
  - {step: close, title: 销号, by: opener}
"""
STOPPED = """
procedure: stopped-work
title: 培养
form: [{field: detail, title: 情况, type: text}]
flow:
  - {step: ask, title: 请示, by: opener}
  - {step: grow, title: 培养, by: opener}
outcomes:
  stop: {by: responsible, end: ended, requires: {reason: {filled: true}}}
  object: {by: {organisation: department}, to: ask}
"""
MEASURES = """
procedure: measured-work
title: 逐项整改
form:
  - {field: detail, title: 情况, type: text}
  - field: measures
    title: 措施
    type: rows
    form: [{field: what, title: 措施, type: text}, {field: unit, title: 责任单位, type: department}]
flow:
  - parallel: lanes
    over: form.measures
    flow: [{step: do, title: 落实, by: lane}]
  - {step: close, title: 销号, by: opener}
"""


@pytest.fixture(scope="module", autouse=True)
def _definitions(city: City, django_db_blocker: Any, tmp_path_factory: pytest.TempPathFactory) -> None:
    with django_db_blocker.unblock():
        load(tmp_path_factory.mktemp("packs"), INNER, OUTER, FIRST, PLANTING, HELD, BOTH, STOPPED, MEASURES)


def by(city: City, name: str, at: str) -> By:
    account = city.accounts[name]
    return By(f"person:{account.person_id}", moment(at), powers_of(account, moment(at).date()))


def opened(city: City, code: str, **more: Any) -> Case:
    values = {"detail": "支部换届提醒不到位", **more.pop("values", {})}
    return domain.open_case(
        definitions.get("procedure", code, DAY),
        values=values,
        actor=f"person:{city.people['环境局长'].pk}",
        at=moment("2026-03-02 10:00"),
        **more,
    ).case


def do(city: City, case: Case, name: str, at: str, outcome: str = "done", code: str = "") -> Case:
    steps = case.steps.filter(done_at=None).order_by("no")
    step = (steps.filter(code=code) if code else steps).last()
    return domain.complete_step(case.pk, by(city, name, at), step=step.no, outcome=outcome)


def standing(case: Case) -> list[tuple[str, str | None, str]]:
    rows = case.steps.filter(done_at=None).order_by("no")
    return [(step.code, step.holder and step.holder.code, step.run_state) for step in rows]


def kinds(case: Case) -> list[str]:
    rows = Entry.objects.filter(subject_type="case", subject_id=case.pk).order_by("seq")
    return list(rows.values_list("kind", flat=True))


def reconciled() -> None:
    assert domain.reconcile()["differences"] == []


def test_a_procedure_that_a_step_runs_opens_with_it_and_its_result_is_the_outcome(city: City) -> None:
    case = do(city, opened(city, "outer-work", about=city.units["zjj"]), "环境局长", "2026-03-02 11:00")
    inner = Case.objects.get(came_from_type="case", came_from_id=case.pk)

    assert standing(case) == [("inspect", "sthjj", "running")]
    assert (inner.procedure, inner.about, inner.values) == (
        "inner-check",
        city.units["zjj"],
        {"detail": "支部换届提醒不到位"},
    )
    with pytest.raises(DomainError) as refused:
        do(city, case, "环境局长", "2026-03-02 12:00", "passed")
    assert refused.value.code == "runs"

    do(city, inner, "环境经办", "2026-03-03 10:00", "pass")

    assert standing(case) == [("close", "sthjj", "")]
    assert [(s.code, s.outcome, s.run_type, s.run_id, s.run_state) for s in case.steps.order_by("no")][1] == (
        *("inspect", "passed", "case", inner.pk, "done"),
    )
    reconciled()


def test_a_result_that_is_no_outcome_leaves_the_step_to_a_person(city: City) -> None:
    case = do(city, opened(city, "outer-work"), "环境局长", "2026-03-02 11:00")
    inner = Case.objects.get(came_from_type="case", came_from_id=case.pk)
    do(city, inner, "环境经办", "2026-03-03 10:00", "odd")

    assert standing(case) == [("inspect", "sthjj", "undecided")]
    do(city, case, "环境局长", "2026-03-03 11:00", "failed")
    assert standing(case) == [("begin", "sthjj", "")]
    reconciled()


def test_the_first_step_may_be_run_by_another_procedure(city: City) -> None:
    case = opened(city, "first-runs")
    inner = Case.objects.get(came_from_type="case", came_from_id=case.pk)

    assert standing(case) == [("inspect", "sthjj", "running")]
    do(city, inner, "环境经办", "2026-03-03 10:00", "fail")
    case.refresh_from_db()
    assert (case.state, case.result) == ("closed", "bad")
    reconciled()


@pytest.mark.parametrize(
    ("values", "is_done", "after"),
    [
        ({"people": 6, "trees": 4}, True, []),
        ({"people": 6, "trees": 1}, True, [("ask", "sthjj", "")]),
        ({"people": 4, "trees": 4}, False, [("elect", "sthjj", "short")]),
        ({"people": 6}, False, [("elect", "sthjj", "undecided")]),
    ],
)
def test_what_was_held_says_how_the_step_ends(
    city: City, values: dict[str, int], is_done: bool, after: list[tuple[str, str, str]]
) -> None:
    case = do(city, opened(city, "held-work"), "环境局长", "2026-03-02 11:00")
    told = {"kind": "activity", "code": "planting", "ref": ("activity", 7), "values": values}

    done = domain.ran(case.pk, **told, actor="person:1", at=moment("2026-03-04 10:00"))

    assert (done, standing(case)) == (is_done, after)
    assert (
        domain.ran(case.pk, **{**told, "code": "walk"}, actor="person:1", at=moment("2026-03-05 10:00"))
        is False
    )
    reconciled()


def test_a_step_with_both_is_done_by_hand_or_by_what_runs_it(city: City) -> None:
    by_hand = do(city, opened(city, "both-ways"), "环境局长", "2026-03-02 11:00")
    assert standing(by_hand) == [("close", "sthjj", "")]

    other = opened(city, "both-ways")
    told = {"kind": "activity", "code": "theme-day", "ref": ("activity", 8)}
    assert domain.ran(other.pk, **told, actor="person:1", at=moment("2026-03-04 10:00"))
    assert not domain.ran(other.pk, **told, actor="person:1", at=moment("2026-03-04 10:00"))
    assert kinds(other) == ["case.opened", "step.opened", "step.done", "step.opened"]
    reconciled()


def test_a_step_waits_as_long_as_is_written(city: City) -> None:
    case = do(city, opened(city, "outer-work"), "环境局长", "2026-03-02 11:00")
    inner = Case.objects.get(came_from_type="case", came_from_id=case.pk)
    do(city, inner, "环境经办", "2026-03-03 10:00", "pass")

    with pytest.raises(DomainError) as refused:
        do(city, case, "环境局长", "2026-03-10 17:00")
    assert refused.value.message == "还要满 5 个工作日（到 2026年3月10日）才能办，现在先不用提交。"

    case = do(city, case, "环境局长", "2026-03-11 09:00")
    assert (case.state, case.result) == ("closed", "solved")


def test_a_lane_for_each_row_goes_to_the_unit_of_the_row(city: City) -> None:
    rows = [{"what": "补报", "unit": "zjj"}, {"what": "建账", "unit": "sthjj"}]
    case = opened(city, "measured-work", values={"measures": rows})

    assert [(s.path, s.holder.code) for s in case.steps.order_by("no")] == [
        (["lanes", "row-measures-1"], "zjj"),
        (["lanes", "row-measures-2"], "sthjj"),
    ]
    first, second = case.steps.order_by("no")
    domain.complete_step(case.pk, by(city, "住建经办", "2026-03-03 10:00"), step=first.no, outcome="done")
    domain.complete_step(case.pk, by(city, "环境经办", "2026-03-03 10:00"), step=second.no, outcome="done")
    assert [code for code, _, _ in standing(case)] == ["close"]
    reconciled()


def test_an_outcome_of_the_whole_procedure_is_possible_at_every_step(city: City) -> None:
    case = do(city, opened(city, "stopped-work"), "环境局长", "2026-03-02 11:00")
    head, other = powers_of(city.accounts["环境局长"], DAY), powers_of(city.accounts["住建局长"], DAY)
    assert [way.code for way in domain.ways_for(case, head)] == ["stop", "object"]
    assert domain.ways_for(case, other) == []

    domain.divert_case(case.pk, by(city, "环境局长", "2026-03-03 10:00"), outcome="object", note="材料有误")
    assert standing(case) == [("ask", "sthjj", "")]
    for name, note, code in (("环境局长", "", "requires"), ("住建局长", "不要", "not-yours")):
        with pytest.raises(DomainError) as refused:
            domain.divert_case(case.pk, by(city, name, "2026-03-04 10:00"), outcome="stop", note=note)
        assert refused.value.code == code

    domain.divert_case(case.pk, by(city, "环境局长", "2026-03-04 10:00"), outcome="stop", note="调离")
    case.refresh_from_db()
    assert (case.state, case.result, standing(case)) == ("closed", "ended", [])
    assert kinds(case)[-2:] == ["case.diverted", "case.closed"]
    reconciled()
