"""The Django form class built from a definition's form: what is asked, what is kept, where a refusal stands."""

from __future__ import annotations

from typing import Any

import pytest
from django import forms
from django.utils.datastructures import MultiValueDict

from ronghe.core.forms import Form
from ronghe.www.fields import RowsWidget
from ronghe.www.forms import form_class

pytestmark = pytest.mark.unit
DEFINITION = Form.parse([
    {"field": "title", "title": "标题", "type": "text", "max": 60, "optional": True},
    {"field": "detail", "title": "具体情况", "type": "text", "max": 4000, "help": "想到什么写什么。"},
    {"field": "amount", "title": "金额", "type": "money", "unit": "万元"},
    {"field": "on", "title": "发生日期", "type": "date"},
    {"field": "again", "title": "是否再次反映", "type": "yes-no"},
    {"field": "topic", "title": "类别", "type": "choice", "from": "topics"},
    {"field": "aspects", "title": "方面", "type": "checks", "choices": ["时间", "材料"]},
    {"field": "unit", "title": "单位", "type": "department", "optional": True},
    {
        "field": "findings",
        "title": "堵点",
        "type": "rows",
        "form": [{"field": "what", "title": "问题", "type": "text"}, {"field": "days", "title": "天数", "type": "number"}],
    },
])  # fmt: skip
LISTS = {"topics": [{"code": "land", "title": "土地"}, {"code": "tax", "title": "税费"}]}
ANSWERS = {
    "title": "  ",
    "detail": " 路不通\u0000 ",
    "amount": "1,200",
    "on": "2026年11月22日",
    "again": "否",
    "topic": "tax",
    "aspects": ["材料", "时间"],
    "unit": "zjj",
    "findings-0-what": "排队",
    "findings-0-days": "3",
    "findings-1-what": "",
    "findings-1-days": "",
}


def build(data: dict[str, Any] | None = None, definition: Form = DEFINITION, **more: Any) -> Any:
    sent = (
        None
        if data is None
        else MultiValueDict({k: v if isinstance(v, list) else [v] for k, v in data.items()})
    )
    built = form_class("test", "1", definition)
    return built(sent, lists=LISTS, references={"department": [("zjj", "住建局")]}, **more)


def test_class_is_built_once_for_an_edition():
    assert form_class("test", "1", DEFINITION) is form_class("test", "1", Form.parse(DEFINITION))
    assert form_class("test", "2", DEFINITION) is not form_class("test", "1", DEFINITION)


def test_class_is_built_again_when_an_unused_edition_was_reloaded():
    before = form_class("reloaded", "1", DEFINITION)
    changed = Form(DEFINITION.fields[:2])

    assert form_class("reloaded", "1", changed) is not before
    assert list(form_class("reloaded", "1", changed)().fields) == ["title", "detail"]


def test_answers_are_the_definitions_own():
    form = build(ANSWERS)

    assert form.is_valid(), form.errors
    assert form.values == {
        "detail": "路不通",
        "amount": "1200",
        "on": "2026-11-22",
        "again": False,
        "topic": "tax",
        "aspects": ["时间", "材料"],
        "unit": "zjj",
        "findings": [{"what": "排队", "days": "3"}],
    }


@pytest.mark.parametrize(
    ("changed", "field", "says"),
    [
        ({"detail": ""}, "detail", "请填写“具体情况”。"),
        ({"on": "2026-02-30"}, "on", "没有这一天，请核对年月日。"),
        ({"on": "下个月"}, "on", "请填写日期，例如 2026-11-22。"),
        ({"topic": "sky"}, "topic", "请从所列选项中选择。"),
        ({"amount": "很多"}, "amount", "请填写数字，例如 12.5。"),
        ({"findings-0-days": "三"}, "findings", "第 1 行“天数”：请填写数字，例如 12.5。"),
    ],
)
def test_refusal_stands_beside_its_field_and_the_answer_stays(changed: dict[str, str], field: str, says: str):
    form = build({**ANSWERS, **changed})

    assert not form.is_valid()
    assert form.errors == {field: [says]}
    assert form.summary == [(f"id_{field}" if field != "topic" else "id_topic_0", form[field].label, says)]
    for value in changed.values():
        assert value in str(form[field].as_widget())[:100_000] or field == "topic"


def test_widgets_suit_their_types():
    fields = build().fields

    assert {code: type(field.widget) for code, field in fields.items()} == {
        "title": forms.TextInput,
        "detail": forms.Textarea,
        "amount": forms.TextInput,
        "on": forms.DateInput,
        "again": forms.RadioSelect,
        "topic": forms.RadioSelect,
        "aspects": forms.CheckboxSelectMultiple,
        "unit": forms.Select,
        "findings": RowsWidget,
    }
    assert fields["amount"].label == "金额（万元）"
    assert fields["unit"].widget.choices == [("", "请选择"), ("zjj", "住建局")]


def test_long_list_becomes_a_menu():
    long = {"topics": [{"code": f"t{n}", "title": f"第{n}类"} for n in range(20)]}
    form = form_class("test", "1", DEFINITION)(None, lists=long)

    assert isinstance(form.fields["topic"].widget, forms.Select)
    assert len(form.fields["topic"].widget.choices) == 21


def test_field_left_out_is_not_asked_for():
    form = build(
        {key: value for key, value in ANSWERS.items() if key != "detail"}, without=frozenset({"detail"})
    )

    assert form.is_valid(), form.errors
    assert "detail" not in form.values


def test_rows_offer_blank_lines_without_script():
    html = str(build(initial={"findings": [{"what": "排队", "days": "3"}]})["findings"].as_widget())

    assert html.count("<li>") == 4
    assert "排队" in html
    assert 'name="findings-3-days"' in html


def test_what_the_domain_refuses_stands_where_it_belongs():
    form = build(ANSWERS)
    form.is_valid()
    form.take_errors({"detail": "太短。", "elsewhere": "别处不对。"})

    assert form.errors == {"detail": ["太短。"], "__all__": ["别处不对。"]}
