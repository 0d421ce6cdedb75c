"""A reply is a draft until a second person sends it, and who may be that person."""

from __future__ import annotations

import datetime as dt

import pytest

from ronghe.casework import domain
from ronghe.casework.domain import By, Promise
from ronghe.casework.exceptions import DomainError
from ronghe.casework.models import Case, Reply, Step
from ronghe.casework.queries.acts import acts_for
from ronghe.casework.queries.timeline import timeline
from ronghe.casework.queries.worklist import open_steps
from ronghe.core.worktime import Limit
from ronghe.ledger.models import Entry
from ronghe.organisations.domain import delegate
from ronghe.organisations.models import Account
from ronghe.organisations.queries import powers_of
from tests.casework.deskwork import DAY, by, do, file, kinds, reconciled, said
from tests.city import City, moment

pytestmark = [pytest.mark.db, pytest.mark.both, pytest.mark.django_db]


def at_reply(city: City) -> Case:
    """A request of the environment bureau whose reply is to be written."""
    case = file(city)
    do(city, case, "环境经办", "2026-08-03 10:30", "accept")
    return do(city, case, "环境经办", "2026-08-03 11:00", "ready")


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
