"""What is said about a reply before it is sent, and that style never stops one."""

from __future__ import annotations

import pytest
from hypothesis import given, strategies as st

from ronghe.text.replies import Part, Remark, Severity, check_reply

pytestmark = pytest.mark.unit
QUESTION = "厂区门前道路施工，货车进出困难，请协调。"
GOOD = "张先生，您好！您反映的厂区门前道路施工问题，我局已于3月3日到现场核实，情况属实。施工单位已铺设临时便道，货车可以进出，主路于3月20日前恢复。联系电话：0755-83456789。"


def said(question: str, reply: str, *parts: Part) -> list[tuple[str, str]]:
    return [(one.code, one.severity.value) for one in check_reply(question, reply, parts)]


def test_good_reply_gets_no_remark() -> None:
    assert check_reply(QUESTION, GOOD, [Part("办理情况", "已核实")]) == ()


@pytest.mark.parametrize(
    ("extra", "remark"),
    [
        ("请联系13800138000。", ("personal", "block")),
        ("对方身份证11010519491231002X。", ("personal", "block")),
        ("占道车辆为粤B12345。", ("personal", "block")),
        ("经办人：李建国。", ("personal-maybe", "ask")),
        ("住在桂花园3栋501室的住户已搬离。", ("personal-maybe", "ask")),
        ("{requester}可以来电。", ("unfilled", "ask")),
        ("××年3月完成。", ("unfilled", "ask")),
        ("其余部分近期完成。", ("vague-time", "hint")),
        ("也感谢你的来信。", ("plain-you", "hint")),
        ("感谢您们的支持。", ("miswritten", "hint")),
        ("我委也将督促。", ("unit-words", "hint")),
    ],
)
def test_one_thing_wrong_gets_one_remark(extra: str, remark: tuple[str, str]) -> None:
    assert said(QUESTION, GOOD + extra) == [remark]


def test_remark_says_where_and_what_to_do() -> None:
    [one] = check_reply(QUESTION, GOOD + "请联系13800138000。")

    assert (GOOD + "请联系13800138000。")[one.start : one.end] == "13800138000"
    assert one.message == "这里有别人的手机号码，不能发给来信人。请删去；要留联系方式，请写单位的办公电话。"


def test_what_the_letter_told_itself_is_only_asked_about_and_once() -> None:
    question = QUESTION + "我的电话138 0013 8000。"

    assert said(question, GOOD + "已致电13800138000。再致电13800138000。") == [("personal-own", "ask")]


def test_name_in_the_greeting_is_how_one_writes() -> None:
    assert said(QUESTION, GOOD.replace("张先生", "张建国同志")) == []


def test_empty_required_part_blocks_and_an_optional_one_does_not() -> None:
    parts = [Part("办理情况", " \n"), Part("附注", "", required=False)]

    assert check_reply(QUESTION, GOOD, parts) == (
        Remark("part-empty", "“办理情况”还没有写。请写好再发出。", 0, 0, Severity.BLOCK),
    )


@pytest.mark.parametrize(
    ("reply", "code"),
    [
        ("已收悉，感谢您的关注！", "only-courtesy"),
        ("张女士，您好！您反映的情况我们高度重视，感谢您对我们工作的理解与支持！", "only-courtesy"),
        ("您好！您反映的问题已转交有关部门调查处理，感谢您的留言！", "passed-on"),
        ("您好！请咨询市交通运输局，电话12345。", "passed-on"),
        ("您好，建议您向街道办事处反映。", "passed-on"),
        ("您好！道路已恢复通行。", "short"),
        ("您好！公园2026年没有建设计划。", "short"),
    ],
)
def test_reply_that_answers_nothing_is_asked_about(reply: str, code: str) -> None:
    assert said(QUESTION, reply) == [(code, "ask")]


NUMBERED = "现有三个问题：1.门前道路何时修好；2.货车能否夜间通行；3.停水损失由谁赔偿。"


def test_numbered_point_that_is_not_taken_up_is_named() -> None:
    reply = GOOD + "货车夜间可以通行。"

    [one] = check_reply(NUMBERED, reply)

    assert (one.code, one.severity) == ("not-taken-up", Severity.ASK)
    assert one.message == "来信的第 3 点“停水损失由谁赔偿”好像没有回应。请补上；确实不必答的，可以照发。"


@pytest.mark.parametrize(
    "question",
    [
        "一是道路施工何时结束，二是停水损失由谁赔偿。",
        "（一）道路施工何时结束（二）停水损失由谁赔偿",
        "①道路施工何时结束②停水损失由谁赔偿",
    ],
)
def test_other_ways_of_numbering(question: str) -> None:
    assert said(question, GOOD) == [("not-taken-up", "ask")]


def test_answer_numbered_as_the_letter_takes_up_every_point() -> None:
    reply = GOOD + "1.3月20日修好。2.夜间可以通行。3.由施工单位承担。"

    assert said(NUMBERED, reply) == []


def test_mere_questions_are_only_hinted_at() -> None:
    assert said("道路施工何时结束？停水损失由谁赔偿？", GOOD) == [("not-taken-up", "hint")]


def test_gravest_comes_first() -> None:
    remarks = said(QUESTION, GOOD + "近期完成，请打13800138000。", Part("依据", ""))

    assert remarks == [("part-empty", "block"), ("personal", "block"), ("vague-time", "hint")]


PIECES = st.sampled_from(
    [
        *"您你好我局委将近日。，！？1、先生",
        "感谢",
        "收悉",
        "13800138000",
        "李建国",
        "经办人：",
        "{unit}",
        "请咨询",
        "一是",
        "①",
    ]
)
WRITTEN = st.lists(PIECES, max_size=20).map("".join)


@given(WRITTEN, WRITTEN)
def test_only_empty_parts_and_others_data_block(question: str, reply: str) -> None:
    for one in check_reply(question, reply):
        assert 0 <= one.start <= one.end <= len(reply)
        assert one.message.endswith("。")
        assert one.severity is not Severity.BLOCK or one.code == "personal"
