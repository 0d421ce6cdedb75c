"""A case from filing to a second rating, through the domain, and its rows rebuilt from its entries."""

from __future__ import annotations

import datetime as dt
import uuid

import pytest

from ronghe.casework import domain
from ronghe.casework.domain import By
from ronghe.casework.exceptions import DomainError, StaleRevision
from ronghe.casework.models import Case
from ronghe.core.worktime import Limit
from ronghe.definitions import queries as definitions
from ronghe.judgements.domain import Rated, rate_case
from ronghe.ledger.models import Entry
from ronghe.organisations.domain import Contact
from ronghe.organisations.queries import powers_of
from tests.city import City, moment

pytestmark = [pytest.mark.db, pytest.mark.both, pytest.mark.django_db]
DAY = dt.date(2026, 3, 2)
DETAIL = "厂区门前道路施工，货车无法进出，请协调。"


def by(city: City, name: str, at: str, case: Case | None = None) -> By:
    account = city.accounts[name]
    revision = case.revision if case else None
    return By(f"person:{account.person_id}", moment(at), powers_of(account, moment(at).date()), revision)


def file_request(city: City, **more: object) -> Case:
    more.setdefault("about", city.units["enterprise"])
    return domain.open_case(
        definitions.get("procedure", "enterprise-request", DAY),
        values={"topic": "environment", "detail": DETAIL},
        at=moment("2026-03-02 10:00"),
        contact=Contact(name="王某", phone="13800138000"),
        **more,
    ).case


def file_message(_city: City, **more: object) -> Case:
    return domain.open_case(
        definitions.get("procedure", "resident-message", DAY),
        values={"detail": "小区门口路灯不亮"},
        at=moment("2026-03-02 10:00"),
        **more,
    ).case


def kinds(case: Case) -> list[str]:
    return list(
        Entry.objects.filter(subject_type="case", subject_id=case.pk)
        .order_by("seq")
        .values_list("kind", flat=True)
    )


def test_request_is_routed_to_the_assigned_service_group(city: City) -> None:
    case = file_request(city)

    assert (case.number, case.responsible, case.first_receiver) == (
        "QY2026-000001",
        city.units["fwz1"],
        city.units["fwz1"],
    )
    assert case.due == moment("2026-03-09 18:00")
    assert kinds(case) == ["case.opened", "step.opened"]
    assert case.steps.get().due == moment("2026-03-02 16:00")


def test_request_without_a_group_goes_to_the_unit_of_its_topic(city: City) -> None:
    assert file_request(city, about=None).responsible == city.units["sthjj"]


def test_message_waits_at_the_triage_desk(city: City) -> None:
    case = file_message(city)

    assert case.responsible is None
    assert case.steps.get().holder == city.units["fbzx"]


def test_case_runs_to_a_bad_rating_and_is_taken_up_again(city: City) -> None:
    case = file_request(city)
    case = domain.complete_step(
        case.pk, by(city, "管家甲", "2026-03-02 11:00", case), step=1, outcome="accept"
    )
    case = domain.pause_case(case.pk, by(city, "管家甲", "2026-03-03 09:30", case), step=2, ground="survey")
    case = domain.resume_case(case.pk, by(city, "管家甲", "2026-03-05 09:30", case))
    assert case.due == moment("2026-03-11 18:00")
    case = domain.complete_step(
        case.pk, by(city, "管家甲", "2026-03-06 10:00", case), step=2, outcome="ready"
    )
    case = domain.complete_step(
        case.pk,
        by(city, "管家甲", "2026-03-06 15:00", case),
        step=3,
        outcome="send",
        reply="已协调，三日内恢复通行。",
    )
    assert (case.state, case.result, case.closed_at) == ("closed", "answered", moment("2026-03-06 15:00"))

    rated = Rated(case.pk, case.procedure, case.round, case.responsible_id)
    rate_case(
        rated, values={"grade": "dissatisfied"}, actor=f"requester:{case.pk}", at=moment("2026-03-09 09:00")
    )
    case.refresh_from_db()

    assert (case.state, case.round, case.due) == ("open", 2, moment("2026-03-16 18:00"))
    assert [(step.code, step.round, step.holder_id) for step in case.steps.filter(done_at=None)] == [
        ("handle", 2, city.units["fwz1"].pk)
    ]
    assert kinds(case) == [
        "case.opened",
        "step.opened",
        "step.done",
        "case.accepted",
        "step.opened",
        "case.paused",
        "case.resumed",
        "step.done",
        "step.opened",
        "step.done",
        "case.answered",
        "case.closed",
        "case.reopened",
        "step.opened",
    ]
    closed = Entry.objects.get(kind="case.closed", subject_id=case.pk)
    assert (closed.quantity, closed.data["in_time"], closed.organisation_id) == (
        2,
        True,
        city.units["fwz1"].pk,
    )
    assert domain.reconcile() == {"cases": 1, "entries": 14, "differences": []}


def test_reconcile_reports_a_row_that_was_tampered_with(city: City) -> None:
    case = file_request(city)
    Case.objects.filter(pk=case.pk).update(due=moment("2026-04-01 18:00"))

    [difference] = domain.reconcile()["differences"]

    assert (difference["case"], difference["field"]) == (case.number, "due")


def test_transfer_moves_the_case_and_keeps_the_first_receiver(city: City) -> None:
    case = file_request(city)

    case = domain.complete_step(
        case.pk,
        by(city, "管家甲", "2026-03-02 11:00", case),
        step=1,
        outcome="transfer",
        to=city.units["zjj"],
        note="属住建",
    )

    assert (case.responsible, case.first_receiver) == (city.units["zjj"], city.units["fwz1"])
    assert case.steps.get(done_at=None).holder == city.units["zjj"]
    assert case.due == moment("2026-03-09 18:00")
    assert domain.reconcile()["differences"] == []


def test_transfer_without_a_unit_returns_to_triage(city: City) -> None:
    case = file_request(city)

    case = domain.complete_step(
        case.pk, by(city, "管家甲", "2026-03-02 11:00", case), step=1, outcome="transfer"
    )

    assert case.responsible is None
    assert case.steps.get(done_at=None).holder == city.units["fbzx"]
    assert "case.returned" in kinds(case)
    assert domain.reconcile()["differences"] == []


def test_triage_sends_a_message_to_a_unit_which_answers_it(city: City) -> None:
    case = file_message(city)
    case = domain.complete_step(
        case.pk,
        by(city, "分办甲", "2026-03-02 11:00", case),
        step=1,
        outcome="transfer",
        to=city.units["zjj"],
    )
    case = domain.complete_step(
        case.pk, by(city, "住建经办", "2026-03-02 14:00", case), step=2, outcome="accept"
    )
    case = domain.complete_step(
        case.pk, by(city, "住建经办", "2026-03-03 14:00", case), step=3, outcome="ready"
    )
    case = domain.complete_step(
        case.pk, by(city, "住建经办", "2026-03-04 14:00", case), step=4, outcome="send", reply="路灯已修复。"
    )

    assert (case.state, case.responsible) == ("closed", city.units["zjj"])
    assert domain.reconcile()["differences"] == []


def test_extension_needs_a_leader_a_reason_and_time(city: City) -> None:
    case = file_request(city, about=None)
    case = domain.complete_step(
        case.pk, by(city, "环境经办", "2026-03-02 11:00", case), step=1, outcome="accept"
    )
    ask = {"step": 2, "limit": Limit.parse("5 工作日"), "note": "需专家论证", "document": "环办〔2026〕3号"}

    with pytest.raises(DomainError, match="不由您的岗位办理"):
        domain.extend_case(case.pk, by(city, "环境经办", "2026-03-03 11:00", case), **ask)
    with pytest.raises(DomainError, match="时限已过"):
        domain.extend_case(case.pk, by(city, "环境局长", "2026-03-10 11:00", case), **ask)
    case = domain.extend_case(case.pk, by(city, "环境局长", "2026-03-03 11:00", case), **ask)
    with pytest.raises(DomainError, match="已经延期过一次"):
        domain.extend_case(case.pk, by(city, "环境局长", "2026-03-04 11:00", case), **ask)

    assert case.due == moment("2026-03-16 18:00")
    assert domain.reconcile()["differences"] == []


def test_petition_clock_starts_at_acceptance_in_natural_days(city: City) -> None:
    procedure = definitions.get("procedure", "petition", DAY)
    filed = domain.open_case(
        procedure,
        values={"matter": procedure_choice(procedure, "matter"), "detail": "反映事项"},
        at=moment("2026-03-02 10:00"),
        about_unit=city.units["sthjj"],
        contact=Contact(name="李某", phone="13900139000"),
    ).case
    assert filed.due is None

    case = domain.complete_step(
        filed.pk,
        by(city, "分办甲", "2026-03-03 10:00", filed),
        step=1,
        outcome="transfer",
        to=city.units["zjj"],
    )
    case = domain.complete_step(
        case.pk, by(city, "住建经办", "2026-03-04 10:00", case), step=2, outcome="accept"
    )

    assert case.due == moment(
        "2026-05-06 18:00"
    )  # 60 days end on 3 May, a holiday; 6 May is the next working day
    assert domain.reconcile()["differences"] == []


def procedure_choice(procedure: object, field: str) -> str:
    lists = definitions.lists_of(procedure.body.form, DAY)
    return str(lists[procedure.body.form.get(field).source][0]["code"])


def test_case_is_never_routed_to_the_unit_complained_of(city: City) -> None:
    case = file_request(city, about=None, about_unit=city.units["sthjj"])
    assert case.responsible is None

    with pytest.raises(DomainError, match="被反映的单位"):
        domain.complete_step(
            case.pk,
            by(city, "分办甲", "2026-03-02 11:00", case),
            step=1,
            outcome="transfer",
            to=city.units["sthjj"],
        )


def test_same_submission_gives_the_same_case_and_code(city: City) -> None:
    submission = uuid.uuid4()
    procedure = definitions.get("procedure", "resident-message", DAY)

    first, second = (
        domain.open_case(
            procedure, values={"detail": "路灯"}, at=moment("2026-03-02 10:00"), submission=submission
        )
        for _ in range(2)
    )

    assert (first.case, first.follow_code) == (second.case, second.follow_code)
    assert Case.objects.count() == 1


@pytest.mark.parametrize(
    ("act", "message"),
    [
        (lambda c, b: domain.complete_step(c.pk, b, step=9, outcome="accept"), "这个环节已经办过"),
        (lambda c, b: domain.complete_step(c.pk, b, step=1, outcome="fly"), "没有这种办理结果"),
        (lambda c, b: domain.complete_step(c.pk, b, step=1, outcome="decline"), "理由"),
        (lambda c, b: domain.resume_case(c.pk, b), "计时没有暂停"),
        (lambda c, b: domain.pause_case(c.pk, b, step=1, ground="survey"), "不能以该理由暂停"),
        (lambda c, b: domain.reopen_case(c.pk, b, cause="rating"), "只有已办结的件"),
        (lambda c, b: domain.add_note(c.pk, b, text="  "), "还没有填写内容"),
        (lambda _c, b: domain.withdraw_case(10**6, b), "没有找到这个办件"),
    ],
)
def test_refused_act_changes_nothing_and_says_why(city: City, act: object, message: str) -> None:
    case = file_request(city)

    with pytest.raises(DomainError, match=message):
        act(case, by(city, "管家甲", "2026-03-02 11:00", case))

    assert kinds(case) == ["case.opened", "step.opened"]
    assert domain.reconcile()["differences"] == []


def test_stale_revision_is_refused(city: City) -> None:
    case = file_request(city)
    seen = by(city, "管家甲", "2026-03-02 11:00", case)
    domain.add_note(case.pk, by(city, "管家甲", "2026-03-02 10:30", case), text="已电话联系企业")

    with pytest.raises(StaleRevision, match="您填写的内容已保留"):
        domain.complete_step(case.pk, seen, step=1, outcome="accept")


def test_other_unit_may_not_act(city: City) -> None:
    case = file_request(city)

    with pytest.raises(DomainError, match="不由您的岗位办理"):
        domain.complete_step(
            case.pk, by(city, "住建经办", "2026-03-02 11:00", case), step=1, outcome="accept"
        )


def test_rating_is_given_once_a_round_and_never_by_staff(city: City) -> None:
    case = file_request(city)
    domain.withdraw_case(case.pk, By(f"requester:{case.pk}", moment("2026-03-02 12:00")))
    rated = Rated(case.pk, case.procedure, 1, case.responsible_id)
    ask = {"values": {"grade": "satisfied"}, "at": moment("2026-03-03 12:00")}

    with pytest.raises(Exception, match="不能代评"):
        rate_case(rated, actor="person:1", **ask)
    rate_case(rated, actor=f"requester:{case.pk}", **ask)
    with pytest.raises(Exception, match="已经评价过"):
        rate_case(rated, actor=f"requester:{case.pk}", **ask)

    given = Entry.objects.get(kind="judgement.given")
    assert (given.quantity, given.data) == (
        4,
        {"round": 1, "satisfied": True, "values": {"grade": "satisfied"}},
    )


def test_joint_handling_opens_a_lane_for_each_unit_and_comes_back(city: City) -> None:
    case = file_request(city)
    case = domain.complete_step(
        case.pk, by(city, "管家甲", "2026-03-02 11:00", case), step=1, outcome="accept"
    )
    joint = {"step": 2, "outcome": "joint"}
    with pytest.raises(DomainError, match="还没有选择协办单位"):
        domain.complete_step(case.pk, by(city, "管家甲", "2026-03-02 14:00", case), **joint)

    case = domain.complete_step(
        case.pk,
        by(city, "管家甲", "2026-03-02 14:00", case),
        co_handlers=[city.units["sthjj"], city.units["zjj"]],
        **joint,
    )
    opinions = {step.holder_id: step.no for step in case.steps.filter(done_at=None)}
    assert set(opinions) == {city.units["sthjj"].pk, city.units["zjj"].pk}
    assert case.responsible == city.units["fwz1"]
    for name, unit in (("环境经办", "sthjj"), ("住建经办", "zjj")):
        step = opinions[city.units[unit].pk]
        case = domain.complete_step(
            case.pk, by(city, name, "2026-03-03 10:00", case), step=step, outcome="done", note="同意"
        )

    assert [(step.code, step.holder) for step in case.steps.filter(done_at=None)] == [
        ("handle", city.units["fwz1"])
    ]
    assert domain.reconcile()["differences"] == []


def test_open_case_is_not_rated(city: City) -> None:
    case = file_request(city)
    rated = Rated(case.pk, case.procedure, 1, case.responsible_id)

    with pytest.raises(DomainError, match="还在办理"):
        rate_case(
            rated, values={"grade": "satisfied"}, actor=f"requester:{case.pk}", at=moment("2026-03-03 12:00")
        )


def test_pause_that_reached_its_maximum_ends_by_itself(city: City) -> None:
    case = file_request(city)
    case = domain.complete_step(
        case.pk, by(city, "管家甲", "2026-03-02 11:00", case), step=1, outcome="accept"
    )
    case = domain.pause_case(case.pk, by(city, "管家甲", "2026-03-03 09:30", case), step=2, ground="survey")
    assert domain.resume_expired(moment("2026-03-05 09:00")) == 0

    assert domain.resume_expired(moment("2026-03-20 09:00")) == 1
    assert domain.resume_expired(moment("2026-03-20 09:00")) == 0
    case.refresh_from_db()

    resumed = Entry.objects.get(kind="case.resumed", subject_id=case.pk)
    assert (resumed.actor, resumed.origin) == ("system:clock", "clock")
    assert (case.paused_at, case.due) == (None, moment("2026-03-12 18:00"))
    assert domain.reconcile()["differences"] == []


def test_act_after_an_expired_pause_ends_it_first(city: City) -> None:
    case = file_request(city)
    case = domain.complete_step(
        case.pk, by(city, "管家甲", "2026-03-02 11:00", case), step=1, outcome="accept"
    )
    case = domain.pause_case(case.pk, by(city, "管家甲", "2026-03-03 09:30", case), step=2, ground="survey")

    case = domain.add_note(case.pk, by(city, "管家甲", "2026-03-20 09:00", case), text="企业未补充材料")

    assert kinds(case)[-2:] == ["case.resumed", "case.noted"]
    assert case.due == moment("2026-03-12 18:00")
