"""An open task (揭榜): posted, answered by whoever it calls, one chosen, its work accepted."""

from __future__ import annotations

import pytest

from ronghe.casework import domain
from ronghe.casework.exceptions import DomainError
from ronghe.casework.models import Case
from ronghe.core.procedure import Marking, Token, close_call, complete, open_lane, start
from ronghe.definitions import queries as definitions
from tests.city import City, moment
from tests.packs.runs import by, do, file, stand

pytestmark = [pytest.mark.db, pytest.mark.django_db, pytest.mark.mechanism("S-107", "S-189")]
DAY = moment("2026-03-02 10:00").date()
TASK = {"detail": "企业开办一日办结", "target": "全程网办率 95%", "finish": "2026-08-31"}
WORK = {"progress": "已全程网办"}
PLAN = {"plan": "抽调骨干 5 人"}


def no_lanes(_parallel: object) -> tuple[str, ...]:
    return ()


@pytest.fixture
def branch(city: City) -> None:
    city.unit("zbe", "branch", "第二党支部")
    city.seat("zbe", "branch-secretary", "支书甲")


@pytest.fixture
def task(city: City, branch: None) -> Case:
    """Posted by the construction bureau."""
    case = file(city, "open-task", "住建经办", "2026-03-02 10:00", TASK)
    return do(city, case, "住建经办", "2026-03-02 11:00")


def claim(city: City, case: Case, name: str, unit: str, at: str = "2026-03-04 10:00") -> Case:
    return domain.claim_lane(
        case.pk, by(city, name, at), parallel="claims", organisation=city.units[unit], values=PLAN
    )


def pledge(city: City, case: Case, name: str, unit: str, outcome: str = "sign") -> Case:
    step = case.steps.get(done_at=None, holder=city.units[unit])
    return domain.complete_step(case.pk, by(city, name, "2026-03-05 10:00"), step=step.no, outcome=outcome)


def close(city: City, case: Case, name: str = "住建经办") -> Case:
    return domain.close_call(case.pk, by(city, name, "2026-03-10 10:00"), parallel="claims")


def answered(city: City, task: Case) -> Case:
    """The branch and the environment bureau answered and signed; the call is closed."""
    case = pledge(city, claim(city, task, "支书甲", "zbe"), "支书甲", "zbe")
    case = pledge(city, claim(city, case, "环境经办", "sthjj"), "环境经办", "sthjj")
    return close(city, case)


def choose(city: City, case: Case, *units: str) -> Case:
    lanes = [str(city.units[unit].pk) for unit in units]
    return do(city, case, "住建局长", "2026-03-11 10:00", "chosen", chosen=lanes)


def test_the_flow_waits_for_those_who_answer_until_the_call_is_closed(city: City) -> None:
    flow = definitions.get("procedure", "open-task", DAY).body.flow
    pledging = Token(("claims", "7"), "pledge")

    move = complete(flow, start(flow, no_lanes).marking, Token((), "post"), "done", no_lanes)
    assert ([split.calling for split in move.split], move.opened) == ([True], ())
    move = open_lane(flow, move.marking, "claims", "7", no_lanes)
    assert move.opened == (pledging,)
    move = complete(flow, move.marking, pledging, "sign", no_lanes)
    assert (move.joined, move.opened) == ((), ())
    move = close_call(flow, move.marking, "claims", no_lanes)
    assert (move.opened, move.marking) == ((Token((), "choose"),), Marking(frozenset({Token((), "choose")})))

    called = complete(flow, start(flow, no_lanes).marking, Token((), "post"), "done", no_lanes).marking
    assert close_call(flow, called, "claims", no_lanes).end == "unclaimed"


def test_a_task_is_posted_by_the_opener_and_called_for_ten_working_days(city: City, branch: None) -> None:
    case = file(city, "open-task", "住建经办", "2026-03-02 10:00", TASK)
    assert stand(case) == ("post", "zjj", "08-31 18:00")

    case = do(city, case, "住建经办", "2026-03-02 11:00")
    assert (case.call_until, list(case.steps.filter(done_at=None))) == (moment("2026-03-16 18:00"), [])


def test_one_of_those_who_answered_is_chosen_works_and_is_accepted(city: City, task: Case) -> None:
    assert stand(claim(city, task, "支书甲", "zbe")) == ("pledge", "zbe", "03-11 18:00")
    case = pledge(city, task, "支书甲", "zbe")
    case = close(city, pledge(city, claim(city, case, "环境经办", "sthjj"), "环境经办", "sthjj"))
    assert stand(case) == ("choose", "zjj", "08-31 18:00")
    case = choose(city, case, "zbe")
    assert stand(case) == ("work", "zbe", "08-31 18:00")

    case = do(city, case, "支书甲", "2026-06-01 10:00", values=WORK)
    assert stand(case) == ("acceptance", "zjj", "08-31 18:00")
    with pytest.raises(DomainError, match="理由"):
        do(city, case, "住建局长", "2026-06-02 10:00", "redo")
    case = do(city, case, "住建局长", "2026-06-02 10:00", "redo", note="网办率未达 95%")
    assert stand(case) == ("work", "zbe", "08-31 18:00")
    case = do(city, case, "支书甲", "2026-07-01 10:00", values=WORK)
    case = do(city, case, "住建局长", "2026-07-02 10:00", "pass")
    assert stand(case) == ("accepted", "zjj", "07-02 10:00")
    assert domain.reconcile()["differences"] == []


def test_work_that_is_not_accepted_ends_with_a_reason(city: City, task: Case) -> None:
    case = choose(city, answered(city, task), "zbe")
    case = do(city, case, "支书甲", "2026-08-31 10:00", values=WORK)

    case = do(city, case, "住建局长", "2026-09-01 10:00", "fail", note="未达到预期目标")
    assert stand(case) == ("failed", "zjj", "09-01 10:00")


def test_only_one_is_chosen_and_choosing_none_needs_a_reason(city: City, task: Case) -> None:
    case = answered(city, task)

    with pytest.raises(DomainError, match="最多选 1 个"):
        choose(city, case, "zbe", "sthjj")
    with pytest.raises(DomainError, match="最多选 1 个"):
        choose(city, case)
    with pytest.raises(DomainError, match="理由"):
        do(city, case, "住建局长", "2026-03-11 10:00", "none")
    case = do(city, case, "住建局长", "2026-03-11 10:00", "none", note="方案均不可行")
    assert stand(case) == ("unclaimed", "zjj", "03-11 10:00")


@pytest.mark.parametrize(("name", "unit"), [("住建经办", "zjj"), ("管家甲", "fwz1")])
def test_neither_the_caller_nor_who_is_not_called_may_answer(
    city: City, task: Case, name: str, unit: str
) -> None:
    with pytest.raises(DomainError, match="不面向"):
        claim(city, task, name, unit)


def test_a_call_that_nobody_answered_ends_when_its_time_is_over(city: City, task: Case) -> None:
    assert domain.close_expired_calls(moment("2026-03-16 17:59")) == 0
    assert domain.close_expired_calls(moment("2026-03-16 18:00")) == 1
    task.refresh_from_db()
    assert stand(task) == ("unclaimed", "zjj", "03-16 18:00")


def test_who_answered_may_leave_before_signing(city: City, task: Case) -> None:
    case = pledge(city, claim(city, task, "支书甲", "zbe"), "支书甲", "zbe", "drop")

    assert stand(close(city, case)) == ("choose", "zjj", "08-31 18:00")
