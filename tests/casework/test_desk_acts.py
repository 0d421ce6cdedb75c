"""What desks do beside the plain way: check, extend, ask, merge, split, urge, call; each whole, by its entries."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from ronghe.casework import domain
from ronghe.casework.domain import By, Promise
from ronghe.casework.exceptions import DomainError
from ronghe.casework.models import Case, Reply, Step
from ronghe.casework.queries.acts import acts_for
from ronghe.casework.queries.links import Link, link_token, read_token
from ronghe.casework.queries.timeline import timeline
from ronghe.casework.queries.worklist import open_steps
from ronghe.core.worktime import Limit
from ronghe.definitions import queries as definitions
from ronghe.ledger.models import Entry
from ronghe.messages.models import Message
from ronghe.organisations.domain import Contact, delegate
from ronghe.organisations.models import Account
from ronghe.organisations.queries import powers_of
from tests.city import City, moment

pytestmark = [pytest.mark.db, pytest.mark.both, pytest.mark.django_db]
DAY = dt.date(2026, 8, 3)
MORNING = "2026-08-03 10:00"


def by(city: City, name: str, at: str, case: Case | None = None) -> By:
    account = city.accounts[name]
    revision = case.revision if case else None
    return By(f"person:{account.person_id}", moment(at), powers_of(account, moment(at).date()), revision)


def file(city: City, code: str = "enterprise-request", **more: Any) -> Case:
    values = {"topic": "environment", "detail": "厂区排水管网堵塞，请协调疏通。"}
    if code == "resident-message":
        values = {"detail": "小区门口路灯不亮"}
    more.setdefault("contact", Contact(name="王某", phone="13800138000"))
    at = more.pop("at", MORNING)
    return domain.open_case(
        definitions.get("procedure", code, DAY), values=values, at=moment(at), **more
    ).case


def do(city: City, case: Case, name: str, at: str, outcome: str, **more: Any) -> Case:
    case = Case.objects.get(pk=case.pk)
    more.setdefault("step", case.steps.filter(done_at=None).order_by("no").last().no)
    return domain.complete_step(case.pk, by(city, name, at, case), outcome=outcome, **more)


def at_reply(city: City) -> Case:
    """A request of the environment bureau whose reply is to be written."""
    case = file(city)
    do(city, case, "环境经办", "2026-08-03 10:30", "accept")
    return do(city, case, "环境经办", "2026-08-03 11:00", "ready")


def told(kind: str) -> int:
    return Message.objects.filter(kind=kind).count()


def said(case: Case, *kinds: str) -> list[dict[str, Any]]:
    entries = Entry.objects.filter(subject_type="case", subject_id=case.pk, kind__in=kinds)
    return [entry.data for entry in entries.order_by("seq")]


def kinds(case: Case) -> list[str]:
    entries = Entry.objects.filter(subject_type="case", subject_id=case.pk)
    return list(entries.order_by("seq").values_list("kind", flat=True))


def reconciled() -> None:
    assert domain.reconcile()["differences"] == []


# 审签


def test_a_reply_is_a_draft_until_a_second_person_sends_it(city: City) -> None:
    case = at_reply(city)
    case = do(city, case, "环境经办", "2026-08-03 14:10", "submit", reply="已安排疏通，8月5日前完成。")

    draft = Reply.objects.get(case=case)
    assert (case.state, case.answered_at, draft.sent_at) == ("open", None, None)
    assert "已安排疏通" not in "".join(line.text for line in timeline(case, is_public=True))

    case = do(city, case, "环境局长", "2026-08-03 15:00", "send")
    sent = Reply.objects.get(case=case)

    assert (case.state, case.result, sent.sent_at) == ("closed", "answered", moment("2026-08-03 15:00"))
    assert sent.checked_by == f"person:{city.people['环境局长'].pk}"
    assert kinds(case)[-5:] == ["case.drafted", "step.opened", "step.done", "case.answered", "case.closed"]
    reconciled()


def test_who_wrote_a_reply_neither_sees_nor_does_its_check(city: City) -> None:
    case = do(city, at_reply(city), "环境经办", "2026-08-03 14:10", "submit", reply="已安排疏通，请放心。")
    writer, other = (powers_of(city.accounts[name], DAY) for name in ("环境经办", "环境局长"))

    assert not acts_for(case, writer).steps
    assert acts_for(case, other).steps
    assert case.pk not in open_steps(writer).values_list("case", flat=True)
    with pytest.raises(DomainError) as refused:
        do(city, case, "环境经办", "2026-08-03 14:20", "send")
    assert refused.value.code == "not-yours"
    alone = By(f"person:{city.people['环境经办'].pk}", moment("2026-08-03 14:20"))
    with pytest.raises(DomainError) as refused:
        domain.complete_step(case.pk, alone, step=case.steps.last().no, outcome="send")
    assert refused.value.code == "same-person"


def test_a_reply_sent_back_is_written_anew_and_both_texts_are_kept(city: City) -> None:
    case = do(city, at_reply(city), "环境经办", "2026-08-03 14:10", "submit", reply="收悉。已转有关部门。")
    with pytest.raises(DomainError) as refused:
        do(city, case, "环境局长", "2026-08-03 14:20", "revise")
    assert refused.value.code == "requires"
    do(city, case, "环境局长", "2026-08-03 14:20", "revise", note="没有答复何时疏通")
    do(city, case, "环境经办", "2026-08-03 14:40", "submit", reply="8月5日前疏通完毕。")
    do(city, case, "环境局长", "2026-08-03 15:00", "send")

    rows = Reply.objects.filter(case=case).order_by("no").values_list("no", "text", "sent_at")
    assert list(rows) == [
        (1, "收悉。已转有关部门。", None),
        (2, "8月5日前疏通完毕。", moment("2026-08-03 15:00")),
    ]


def test_a_redo_is_checked_by_another_person(city: City) -> None:
    city.seat("sthjj", "deputy", "环境副局")
    case = do(city, at_reply(city), "环境经办", "2026-08-03 14:10", "submit", reply="已安排疏通，请放心。")
    do(city, case, "环境局长", "2026-08-03 15:00", "send")
    domain.reopen_case(case.pk, By("system:rating", moment("2026-08-04 09:30")), cause="rating")
    do(city, case, "环境经办", "2026-08-04 10:00", "ready")
    do(city, case, "环境经办", "2026-08-04 10:10", "submit", reply="已于8月4日疏通完毕，附照片。")

    with pytest.raises(DomainError) as refused:
        do(city, case, "环境局长", "2026-08-04 10:20", "send")
    assert refused.value.code == "checked-before"
    case = do(city, case, "环境副局", "2026-08-04 10:30", "send")
    assert (case.round, case.result) == (2, "answered")
    reconciled()


def test_where_nobody_else_can_check_the_triage_desk_does(city: City) -> None:
    case = file(city, about=city.units["enterprise"])
    do(city, case, "管家甲", "2026-08-03 10:30", "accept")
    do(city, case, "管家甲", "2026-08-03 11:00", "ready")
    case = do(city, case, "管家甲", "2026-08-03 11:10", "submit", reply="已协调，明日恢复供电。")

    step = Step.objects.get(case=case, done_at=None)
    assert (step.code, step.holder) == ("check", city.units["fbzx"])
    case = do(city, case, "分办甲", "2026-08-03 11:30", "send")
    assert (case.result, case.responsible) == ("answered", city.units["fwz1"])


def test_parts_of_the_template_make_the_reply_and_required_ones_block(city: City) -> None:
    case = at_reply(city)
    parts = {
        "greeting": "您好：",
        "handling": "8月3日已到现场查看。",
        "opinion": "",
        "closing": "{unit}\n{today}",
    }
    with pytest.raises(DomainError) as refused:
        do(city, case, "环境经办", "2026-08-03 14:10", "submit", parts=parts)
    assert (refused.value.code, refused.value.data["lacking"]) == ("part-missing", ["答复意见"])

    do(city, case, "环境经办", "2026-08-03 14:10", "submit", parts={**parts, "opinion": "8月5日前疏通。"})
    assert Reply.objects.get(case=case).text == (
        "您好：\n\n8月3日已到现场查看。\n\n8月5日前疏通。\n\n市生态环境局\n2026年8月3日"
    )


def test_a_promise_is_followed_up_once_the_reply_is_sent(city: City) -> None:
    case = at_reply(city)
    promise = Promise("完成管网疏通", dt.date(2026, 8, 12))
    case = do(
        city, case, "环境经办", "2026-08-03 14:10", "submit", reply="8月12日前疏通。", promises=[promise]
    )
    assert not Case.objects.filter(procedure="promise-follow-up").exists()
    do(city, case, "环境局长", "2026-08-03 15:00", "send")

    kept = Case.objects.get(procedure="promise-follow-up")
    assert (kept.related, kept.title, kept.due) == (case, "完成管网疏通", moment("2026-08-12 18:00"))
    assert kept.steps.get().holder == city.units["sthjj"]
    assert said(case, "case.gave") == [{"related": kept.pk}]
    with pytest.raises(DomainError) as refused:
        do(city, at_reply(city), "环境经办", "2026-08-03 14:10", "submit", reply="已办。",
           promises=[Promise("过去的事", dt.date(2026, 8, 1))])  # fmt: skip
    assert refused.value.code == "promise-unclear"


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


# Merge and split


def repeats(city: City) -> tuple[Case, Case]:
    """The same complaint twice, both at the environment bureau."""
    main, again = file(city), file(city, at="2026-08-04 10:00")
    for case in (main, again):
        do(city, case, "环境经办", "2026-08-04 10:30", "accept")
    return Case.objects.get(pk=main.pk), Case.objects.get(pk=again.pk)


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


# Open calls


def call(city: City) -> Case:
    """A task of the committee, called out to departments."""
    loaded = definitions.get("procedure", "open-task", DAY)
    staff = city.people["工委甲"].pk
    values = {"detail": "企业开办一件事", "target": "一天办结", "finish": "2026-10-30"}
    case = domain.open_case(loaded, values=values, at=moment(MORNING), actor=f"person:{staff}").case
    return do(city, case, "工委甲", "2026-08-03 10:30", "done")


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


# 代办


def test_what_only_a_delegation_allows_names_both_and_what_is_ones_own_does_not(city: City) -> None:
    city.seat("sthjj", "handler", "环境乙")
    delegate(
        city.people["环境局长"],
        city.people["环境经办"],
        begins=DAY,
        ends=dt.date(2026, 8, 10),
        reason="出差",
        actor="person:1",
        at=moment("2026-08-03 09:00"),
    )
    city.accounts["环境经办"] = Account.objects.get(pk=city.accounts["环境经办"].pk)  # powers of now
    case = do(city, file(city), "环境经办", "2026-08-03 10:30", "accept")
    ask = {"step": 2, "limit": Limit.parse("3 工作日"), "note": "需要开挖"}
    domain.ask_extension(case.pk, by(city, "环境乙", "2026-08-04 09:30"), **ask)
    domain.settle_extension(case.pk, by(city, "环境经办", "2026-08-04 10:00"), approve=True)

    acted = Entry.objects.filter(subject_type="case", subject_id=case.pk, touches__role="acting-for")
    assert list(acted.values_list("kind", "touches__ref")) == [("case.extended", city.people["环境局长"].pk)]
    names = [line.who for line in timeline(Case.objects.get(pk=case.pk)) if line.kind == "case.extended"]
    assert names == ["环境经办（代环境局长）"]


def test_who_only_stands_in_for_the_writer_does_not_check_what_they_wrote(city: City) -> None:
    city.unit("sthjj-k1", "office", "市生态环境局水科", parent=city.units["sthjj"])
    leader, other = city.people["环境局长"], city.seat("sthjj-k1", "clerk", "水科科员")
    delegate(
        leader,
        other.person,
        begins=DAY,
        ends=dt.date(2026, 8, 10),
        reason="出差",
        actor="person:1",
        at=moment("2026-08-03 09:00"),
    )
    other = Account.objects.get(pk=other.pk)
    case = do(city, at_reply(city), "环境局长", "2026-08-03 14:10", "submit", reply="8月5日前疏通完毕。")
    standing_in, colleague = powers_of(other, DAY), powers_of(city.accounts["环境经办"], DAY)

    assert (standing_in.may("lead", city.units["sthjj"].pk), acts_for(case, standing_in).steps) == (True, ())
    assert acts_for(case, colleague).steps
