"""Two editions of a definition beside each other, in words."""

from __future__ import annotations

from typing import Any

import pytest

from ronghe.definitions.comparing import differences
from ronghe.definitions.reading import read_text
from ronghe.definitions.wording import Names, paper_of

pytestmark = pytest.mark.unit
NAMES = Names(
    {("list", "topics"): "诉求类别", ("post", "checker"): "复核员", ("procedure", "supervision"): "督办"}
)
BEFORE = """
procedure: request
title: 诉求
source: [S-1]
limit: 15 工作日
form:
  - {field: topic, title: 类别, type: choice, from: topics}
  - {field: phone, title: 联系电话, type: text, optional: true}
  - {field: place, title: 地点, type: text}
flow:
  - {step: handle, title: 办理, by: responsible, limit: 4 工时}
  - {step: reply, title: 答复, by: responsible, outcomes: {send: {end: answered}}}
escalate: [{when: red, tell: head, as: 催办}]
"""


def data(text: str) -> dict[str, Any]:
    [document] = read_text(text, "x.yaml").documents
    return document.data


def changed(*pairs: tuple[str, str]) -> list[str]:
    text = BEFORE
    for old, new in pairs:
        assert old in text
        text = text.replace(old, new)
    return differences(paper_of(data(BEFORE), NAMES), paper_of(data(text), NAMES))


def test_nothing_changed_says_nothing() -> None:
    assert changed() == []


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("limit: 15 工作日", "limit: 10 工作日", "时限由 15 工作日 改为 10 工作日 "),
        ("type: text, optional: true", "type: text", "字段“联系电话”由选填改为必填"),
        ("  - {field: place, title: 地点, type: text}\n", "", "取消字段“地点”"),
        ("title: 诉求\n", "title: 企业诉求\n", "名称由“诉求”改为“企业诉求”"),
        ("title: 办理", "title: 承办", "环节“办理”改名为“承办”"),
        ("limit: 4 工时", "limit: 8 工时", "环节“办理”的时限由 4 工时 改为 8 工时 "),
        (
            "escalate: [{when: red, tell: head, as: 催办}]",
            "escalate: [{when: 3 工作日 late, gives: {procedure: supervision}}]",
            "提醒催办由“超期：催办单位负责人”改为“超期 3 工作日：产生“督办””",
        ),
        ("limit: 15 工作日\n", "", "时限取消（原为“15 工作日”）"),
    ],
)
def test_each_change_is_a_sentence(old: str, new: str, told: str) -> None:
    assert told in changed((old, new))


def test_a_new_step_is_told_with_who_does_it_and_where_the_others_lead() -> None:
    check = (
        "  - {step: check, title: 审签, by: checker, limit: 1 工作日, outcomes: {send: {end: answered}}}\n"
    )
    told = changed(
        ("outcomes: {send: {end: answered}}}\n", "outcomes: {submit: {to: check, title: 送审签}}}\n" + check)
    )

    assert told == [
        "新增环节“审签”（由复核员办，时限 1 工作日）",
        "环节“答复”的去向由“发出 → 结束（已答复）”改为“送审签 → 审签”",
    ]


def test_no_code_is_shown_as_if_it_were_a_word() -> None:
    paper = paper_of({**data(BEFORE), "about": "unheard-of-thing"}, NAMES)

    assert (paper.facts["关于"], paper.groups["字段"][0].facts["选项"]) == ("另行指定", "清单“诉求类别”")
