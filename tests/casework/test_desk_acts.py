"""What a desk does beside replying: extensions, supplements, merges, urging, open calls."""

from __future__ import annotations

import pytest

from ronghe.casework import domain
from ronghe.casework.domain import By
from ronghe.casework.exceptions import DomainError
from ronghe.casework.models import Case, Reply, Step
from ronghe.casework.queries.links import Link, link_token, read_token
from ronghe.casework.queries.timeline import timeline
from ronghe.core.worktime import Limit
from ronghe.definitions import queries as definitions
from ronghe.messages.models import Message
from tests.casework.deskwork import DAY, MORNING, by, do, file, kinds, reconciled, said
from tests.city import City, moment

pytestmark = [pytest.mark.db, pytest.mark.both, pytest.mark.django_db]


def told(kind: str) -> int:
    return Message.objects.filter(kind=kind).count()


# Extension


def test_an_extension_is_asked_before_the_due_day_and_settled_by_a_leader(city: City) -> None:
    case = file(city)
    case = do(city, case, "环境经办", "2026-08-03 10:30", "accept")
    before = case.due
    ask = {"step": 2, "limit": Limit.parse("3 工作日"), "document": "环函〔2026〕12号", "note": "需要开挖"}
    case = domain.ask_extension(case.pk, by(city, "环境经办", "2026-08-04 09:30", case), **ask)
    assert (case.due, case.asked["by"], told("extension.asked")) == (
        before,
        f"person:{city.people['环境经办'].pk}",
        1,
    )
    with pytest.raises(DomainError) as refused:
        domain.ask_extension(case.pk, by(city, "环境经办", "2026-08-04 09:40", case), **ask)
    assert refused.value.code == "asked-before"
    with pytest.raises(DomainError) as refused:
        domain.settle_extension(case.pk, by(city, "环境经办", "2026-08-04 10:00", case), approve=True)
    assert refused.value.code == "not-yours"

    case = domain.settle_extension(case.pk, by(city, "环境局长", "2026-08-04 10:00", case), approve=True)
    assert (before, case.due, case.asked) == (moment("2026-08-10 18:00"), moment("2026-08-13 18:00"), {})
    assert said(case, "case.extended")[0]["asker"] == city.people["环境经办"].pk
    assert (told("extension.settled"), told("case.extended")) == (1, 1)
    shown = [line.text for line in timeline(case, is_public=True) if line.kind == "case.extended"]
    assert shown == ["需要开挖"]
    reconciled()


def test_a_leader_does_not_settle_what_they_asked_and_a_refusal_needs_a_reason(city: City) -> None:
    case = file(city)
    case = do(city, case, "环境经办", "2026-08-03 10:30", "accept")
    ask = {"step": 2, "limit": Limit.parse("3 工作日"), "note": "需要开挖"}
    case = domain.ask_extension(case.pk, by(city, "环境局长", "2026-08-04 09:30", case), **ask)
    for name, code in (("环境局长", "same-person"), ("住建局长", "not-yours")):
        with pytest.raises(DomainError) as refused:
            domain.settle_extension(case.pk, by(city, name, "2026-08-04 10:00", case), approve=True)
        assert refused.value.code == code
    city.seat("sthjj", "deputy", "环境副局")
    with pytest.raises(DomainError) as refused:
        domain.settle_extension(case.pk, by(city, "环境副局", "2026-08-04 10:00", case), approve=False)
    assert refused.value.code == "reason-missing"
    case = domain.settle_extension(
        case.pk, by(city, "环境副局", "2026-08-04 10:00", case), approve=False, note="可以按期办完"
    )
    assert (case.asked, case.due, told("case.extended")) == ({}, moment("2026-08-10 18:00"), 0)
    reconciled()


def test_a_question_to_the_leader_does_not_outlive_a_hand_over(city: City) -> None:
    case = do(
        city, file(city, "resident-message"), "分办甲", "2026-08-03 10:10", "transfer", to=city.units["sthjj"]
    )
    case = do(city, case, "环境经办", "2026-08-03 10:30", "accept")
    ask = {"step": case.steps.last().no, "limit": Limit.parse("3 工作日"), "note": "需要开挖"}
    case = domain.ask_extension(case.pk, by(city, "环境经办", "2026-08-04 09:30", case), **ask)
    case = do(city, case, "环境经办", "2026-08-04 10:00", "return", note="不归本局管")

    assert case.asked == {}
    reconciled()


@pytest.mark.parametrize(
    ("limit", "at", "code"),
    [
        ("6 工作日", "2026-08-04 09:30", "extension-too-long"),
        ("3 自然日", "2026-08-04 09:30", "extension-too-long"),
        ("3 工作日", "2026-08-11 09:30", "extension-late"),
    ],
)
def test_an_extension_that_may_not_be_is_refused_when_asked(
    city: City, limit: str, at: str, code: str
) -> None:
    case = do(city, file(city), "环境经办", "2026-08-03 10:30", "accept")
    with pytest.raises(DomainError) as refused:
        domain.ask_extension(
            case.pk, by(city, "环境经办", at, case), step=2, limit=Limit.parse(limit), note="因"
        )
    assert refused.value.code == code


# Supplement


def test_a_supplement_is_asked_by_a_link_and_the_answer_sets_the_clock_going(city: City) -> None:
    case = do(city, file(city), "环境经办", "2026-08-03 10:30", "accept")
    case = domain.ask_supplement(
        case.pk,
        by(city, "环境经办", "2026-08-04 10:00", case),
        step=2,
        ground="supplement",
        question="请发排水许可证",
    )
    assert (case.pause_ground, told("supplement.asked")) == ("supplement", 1)
    shown = [line.text for line in timeline(case, is_public=True) if line.kind == "case.paused"]
    assert shown == ["请发排水许可证"]

    actor = f"requester:{case.pk}"
    case = domain.answer_supplement(case.pk, text="许可证号 123", actor=actor, at=moment("2026-08-06 10:00"))
    assert (case.paused_at, case.due, told("supplement.answered")) == (None, moment("2026-08-12 18:00"), 2)
    assert kinds(case)[-2:] == ["case.supplemented", "case.resumed"]
    with pytest.raises(DomainError) as refused:
        domain.answer_supplement(case.pk, text="再补充", actor=actor, at=moment("2026-08-06 11:00"))
    assert refused.value.code == "not-asked"
    reconciled()


def test_a_link_opens_only_what_it_was_made_for() -> None:
    token = link_token(31, "rate", 2)

    assert read_token(token) == Link(31, "rate", 2)
    assert read_token(token.upper()) == Link(31, "rate", 2)
    for broken in (
        "",
        "x",
        token[:-1],
        "20" + token[2:],
        token.replace("r2", "r1"),
        token.replace("r2", "s2"),
    ):
        assert read_token(broken) is None


def repeats(city: City) -> tuple[Case, Case]:
    """The same complaint twice, both at the environment bureau."""
    main, again = file(city), file(city, at="2026-08-04 10:00")
    for case in (main, again):
        do(city, case, "环境经办", "2026-08-04 10:30", "accept")
    return Case.objects.get(pk=main.pk), Case.objects.get(pk=again.pk)


# Merge and split


def test_a_merged_case_is_answered_with_its_main_case_on_its_own_clock(city: City) -> None:
    main, again = repeats(city)
    again = domain.merge_case(
        again.pk, by(city, "环境经办", "2026-08-04 11:00", again), into=main, note="同一处"
    )
    assert (again.state, again.merged_into, again.due) == ("open", main, moment("2026-08-11 18:00"))
    assert not again.steps.filter(done_at=None).exists()
    assert told("case.merged") == 1

    do(city, main, "环境经办", "2026-08-10 14:00", "ready")
    do(city, main, "环境经办", "2026-08-10 14:10", "submit", reply="管网已疏通，欢迎监督。")
    do(city, main, "环境局长", "2026-08-11 10:00", "send")
    main.refresh_from_db()
    again.refresh_from_db()
    texts = Reply.objects.filter(case=again).values_list("text", "sent_at")

    assert (again.state, again.result, again.merged_into) == ("closed", "answered", None)
    assert list(texts) == [("管网已疏通，欢迎监督。", moment("2026-08-11 10:00"))]
    closings = [said(case, "case.closed")[0]["in_time"] for case in (main, again)]
    assert closings == [False, True]
    reconciled()


@pytest.mark.parametrize("how", ["withdrawn", "split"])
def test_a_merged_case_is_taken_up_by_itself_when_its_main_case_goes(city: City, how: str) -> None:
    main, again = repeats(city)
    again = domain.merge_case(again.pk, by(city, "环境经办", "2026-08-04 11:00", again), into=main)
    if how == "withdrawn":
        domain.withdraw_case(main.pk, By(f"requester:{main.pk}", moment("2026-08-05 10:00")))
    else:
        domain.split_case(again.pk, by(city, "环境局长", "2026-08-05 10:00", again), note="不是同一处")
    again.refresh_from_db()
    step = again.steps.get(done_at=None)

    assert (again.state, again.merged_into, again.due) == ("open", None, moment("2026-08-11 18:00"))
    assert (step.code, step.holder) == ("handle", city.units["sthjj"])
    reconciled()


def test_merges_that_would_lose_an_answer_are_refused(city: City) -> None:
    main, again = repeats(city)
    other = file(city, "resident-message")
    third = do(city, file(city), "环境经办", "2026-08-04 10:30", "accept")
    officer = by(city, "环境经办", "2026-08-04 11:00")

    def refusal(case: Case, into: Case, who: By = officer) -> str:
        with pytest.raises(DomainError) as refused:
            domain.merge_case(case.pk, who, into=into)
        return str(refused.value.code)

    assert refusal(main, main) == "merge-self"
    assert refusal(main, other, by(city, "分办甲", "2026-08-04 11:00")) in {"merge-kind", "merge-hidden"}
    assert refusal(main, again, by(city, "住建经办", "2026-08-04 11:00")) == "not-yours"
    domain.merge_case(again.pk, officer, into=main)
    assert refusal(third, again) == "merge-chain"
    assert refusal(main, third) == "merge-chain"
    domain.withdraw_case(third.pk, By(f"requester:{third.pk}", moment("2026-08-05 10:00")))
    assert refusal(main, third) == "merge-closed"


def test_a_second_matter_gets_a_case_of_its_own_for_the_same_requester(city: City) -> None:
    case = do(city, file(city), "环境经办", "2026-08-03 10:30", "accept")
    made = domain.split_off(
        case.pk,
        by(city, "环境经办", "2026-08-03 11:00", case),
        values={"topic": "environment", "detail": "另有住房问题"},
    ).case

    assert (made.related, made.identity_id, made.values["detail"]) == (case, case.identity_id, "另有住房问题")
    assert made.number != case.number
    assert said(case, "case.gave") == [{"related": made.pk}]
    assert told("case.split-off") == 1
    reconciled()


# Urging


@pytest.mark.parametrize(
    ("name", "level", "allowed"),
    [
        ("工委甲", 1, True),
        ("工委甲", 2, True),
        ("环境局长", 1, True),
        ("环境局长", 2, False),
        ("环境经办", 1, False),  # it holds it itself
        ("住建局长", 1, False),
        ("分办甲", 1, False),
    ],
)
def test_who_may_urge(city: City, name: str, level: int, *, allowed: bool) -> None:
    case = do(city, file(city), "环境经办", "2026-08-03 10:30", "accept")
    act = by(city, name, "2026-08-04 09:30", case)
    if allowed:
        case = domain.urge_case(case.pk, act, level=level, note="请今天联系企业")
        assert (case.urged, told("case.urged") > 0) == (level, True)
    else:
        with pytest.raises(DomainError) as refused:
            domain.urge_case(case.pk, act, level=level, note="请今天联系企业")
        assert refused.value.code == "not-yours"


def test_the_unit_explains_after_being_urged(city: City) -> None:
    case = do(city, file(city), "环境经办", "2026-08-03 10:30", "accept")
    case = domain.urge_case(
        case.pk, by(city, "工委甲", "2026-08-04 09:30", case), level=2, note="企业停产，请速办"
    )
    case = domain.explain_case(case.pk, by(city, "环境经办", "2026-08-04 10:00", case), text="设备今天到")

    assert kinds(case)[-2:] == ["case.urged", "case.explained"]
    assert "设备今天到" not in "".join(line.text for line in timeline(case, is_public=True))
    reconciled()


def call(city: City) -> Case:
    """A task of the committee, called out to departments."""
    loaded = definitions.get("procedure", "open-task", DAY)
    staff = city.people["工委甲"].pk
    values = {"detail": "企业开办一件事", "target": "一天办结", "finish": "2026-10-30"}
    case = domain.open_case(loaded, values=values, at=moment(MORNING), actor=f"person:{staff}").case
    return do(city, case, "工委甲", "2026-08-03 10:30", "done")


# Open calls


def test_units_answer_a_call_one_is_chosen_and_does_the_work(city: City) -> None:
    case = call(city)
    assert case.call_until == moment("2026-08-17 18:00")
    for name, unit in (("环境局长", "sthjj"), ("住建局长", "zjj")):
        domain.claim_lane(
            case.pk,
            by(city, name, "2026-08-04 10:00"),
            parallel="claims",
            organisation=city.units[unit],
            values={"plan": f"{name}的方案"},
        )
    with pytest.raises(Exception, match="已经有分支"):
        domain.claim_lane(
            case.pk, by(city, "环境局长", "2026-08-04 11:00"), parallel="claims", organisation=city.units["sthjj"],
            values={"plan": "再来一次"},
        )  # fmt: skip
    lanes = list(Step.objects.filter(case=case, code="pledge").order_by("no"))
    assert [lane.values for lane in lanes] == [{"plan": "环境局长的方案"}, {"plan": "住建局长的方案"}]
    for lane, name in zip(lanes, ("环境局长", "住建局长"), strict=True):
        do(city, case, name, "2026-08-05 10:00", "sign", step=lane.no)

    assert domain.close_expired_calls(moment("2026-08-17 17:00")) == 0
    assert domain.close_expired_calls(moment("2026-08-17 18:00")) == 1
    ids = [str(city.units[unit].pk) for unit in ("sthjj", "zjj")]
    with pytest.raises(DomainError) as refused:
        do(city, case, "工委甲", "2026-08-18 10:00", "chosen", chosen=ids)
    assert refused.value.code == "choice-wrong"
    case = do(city, case, "工委甲", "2026-08-18 10:00", "chosen", chosen=ids[:1])
    work = case.steps.get(done_at=None)

    assert (work.code, work.holder) == ("work", city.units["sthjj"])
    assert said(case, "call.closed", "case.chosen") == [{"rows": 2}, {"lanes": ids[:1]}]
    reconciled()


def test_a_call_nobody_answers_ends_by_itself_and_a_late_answer_is_refused(city: City) -> None:
    case = call(city)
    with pytest.raises(DomainError) as refused:
        domain.claim_lane(
            case.pk, by(city, "环境局长", "2026-08-18 10:00"), parallel="claims", organisation=city.units["sthjj"],
            values={"plan": "迟到的方案"},
        )  # fmt: skip
    assert refused.value.code == "call-over"
    domain.close_expired_calls(moment("2026-08-18 10:00"))
    case.refresh_from_db()

    assert (case.state, case.result) == ("closed", "unclaimed")
    reconciled()


def test_only_whom_a_call_is_for_may_answer_and_only_for_their_own_unit(city: City) -> None:
    case = call(city)
    for name, unit, code in (("管家甲", "fwz1", "not-called"), ("环境经办", "zjj", "not-yours")):
        with pytest.raises(DomainError) as refused:
            domain.claim_lane(
                case.pk, by(city, name, "2026-08-04 10:00"), parallel="claims", organisation=city.units[unit],
                values={"plan": "方案"},
            )  # fmt: skip
        assert refused.value.code == code
