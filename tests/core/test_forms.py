"""Forms: what may be asked, and how answers of pages, tables and the API are cleaned."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from hypothesis import given, strategies as st

from ronghe.core.errors import DefinitionError
from ronghe.core.forms import Choice, Cleaned, Field, FieldType, Form, Lists
from ronghe.core.select import Quantity

pytestmark = pytest.mark.unit

FULL = Form.parse(
    [
        {"field": "detail", "title": "具体情况", "type": "text", "max": 4000},
        {"field": "note", "title": "备注", "type": "text", "optional": True, "max": 5},
        {"field": "promised", "title": "承诺时限", "type": "number", "unit": "工作日", "max": 90},
        {"field": "amount", "title": "投资", "type": "money", "unit": "万元"},
        {"field": "day", "title": "日期", "type": "date"},
        {"field": "open", "title": "公开", "type": "yes-no"},
        {"field": "topic", "title": "诉求类别", "type": "choice", "from": "request-topics"},
        {"field": "grade", "title": "等次", "type": "choice", "choices": ["优秀", "合格"], "optional": True},
        {"field": "aspects", "title": "六个方面", "type": "checks", "from": "six-aspects", "max": 2},
        {"field": "findings", "title": "堵点", "type": "rows", "max": 3, "form": [
            {"field": "what", "title": "问题", "type": "text"},
            {"field": "due", "title": "期限", "type": "date", "optional": True},
        ]},
        {"field": "papers", "title": "材料", "type": "files", "max": 2},
        {"field": "where", "title": "地点", "type": "place"},
        {"field": "rule", "title": "适用条件", "type": "condition", "optional": True},
        {"field": "unit", "title": "承办", "type": "organisation"},
    ]
)  # fmt: skip
LISTS: Lists = {
    "request-topics": [{"code": "land", "title": "土地"}, {"code": "other", "title": "项目兜底"}],
    "six-aspects": [Choice("a", "甲方面"), Choice("b", "乙方面"), Choice("c", "丙方面")],
}
GOOD: dict[str, object] = {
    "detail": " 土地\r\n未批\x00 ", "promised": "２０", "amount": "1.5亿元", "day": "2026年11月22日", "open": "是",
    "topic": "土地", "unit": 12,
}  # fmt: skip
KEPT: dict[str, object] = {
    "detail": "土地\n未批", "promised": "20", "amount": "15000", "day": "2026-11-22", "open": True,
    "topic": "land", "unit": "12",
}  # fmt: skip


def one(field: dict[str, object], raw: object) -> object:
    """The cleaned value, or the error said."""
    cleaned = Form.parse([{"field": "x", "title": "题", **field}]).clean({"x": raw}, LISTS)
    return cleaned.errors.get("x", cleaned.values.get("x"))


def test_form_cleans_a_whole_set_of_answers() -> None:
    cleaned = FULL.clean({**GOOD, "note": "", "csrf": "x"}, LISTS)

    assert cleaned == Cleaned(KEPT, {}, ("csrf",))
    assert cleaned.is_valid
    assert FULL.clean(cleaned.values, LISTS).values == KEPT


def test_form_asks_for_what_is_required() -> None:
    assert FULL.clean({"detail": " \x00 "}).errors == {
        "detail": "请填写“具体情况”。", "promised": "请填写“承诺时限”。", "amount": "请填写“投资”。",
        "day": "请填写“日期”。", "open": "请选择“公开”。", "topic": "请选择“诉求类别”。", "unit": "请选择“承办”。",
    }  # fmt: skip
    strict = {"type": "checks", "choices": ["a", "b"], "optional": False}
    assert one(strict, []) == "请勾选“题”。"
    assert one(strict, "；") == "请勾选“题”。"
    assert one({"type": "files", "optional": False}, None) == "请上传“题”。"
    rows = {"type": "rows", "form": [{"field": "a", "title": "甲", "type": "text"}]}
    assert one({**rows, "optional": False}, [{"a": ""}]) == "请填写“题”。"
    assert one(rows, [{}]) is None


NUMBER = {"type": "number", "unit": "工作日", "max": 90}
DAY = {"type": "date"}
TOPIC = {"type": "choice", "from": "request-topics"}
ASPECTS = {"type": "choices", "from": "six-aspects", "max": 2}
ROWS = {"type": "rows", "max": 2, "form": [{"field": "a", "title": "甲", "type": "text"}, {"field": "d", "title": "日", "type": "date"}]}  # fmt: skip
PLACE = {"type": "place"}


@pytest.mark.parametrize(
    ("field", "raw", "result"),
    [
        ({"type": "text", "max": 3}, "一二三四", "最多 3 个字，现有 4 个字，请删减。"),
        ({"type": "text"}, "字" * 2001, "最多 2000 个字，现有 2001 个字，请删减。"),
        ({"type": "text"}, "a\u202e\ud800\ufeff\tb", "a\tb"),
        ({"type": "text"}, 2022.0, "2022"),
        ({"type": "text"}, True, "请填写文字。"),
        ({"type": "text"}, ["甲"], "请填写文字。"),
        (NUMBER, "12.50", "12.5"),
        (NUMBER, "-0", "0"),
        (NUMBER, 20, "20"),
        (NUMBER, 1e-7, "数字太长，整数最多 18 位，小数最多 6 位。"),
        (NUMBER, 10**30, "请填写数字，例如 12.5。"),
        (NUMBER, float("nan"), "请填写数字，例如 12.5。"),
        (NUMBER, float("inf"), "请填写数字，例如 12.5。"),
        (NUMBER, Decimal("sNaN"), "请填写数字，例如 12.5。"),
        (NUMBER, True, "请填写数字，例如 12.5。"),
        (NUMBER, "一百", "请填写数字，例如 12.5。"),
        (NUMBER, "1e3", "单位应为工作日，请换算后填写。"),
        (NUMBER, "5 个工作日", "5"),
        (NUMBER, "5 自然日", "单位应为工作日，请换算后填写。"),
        (NUMBER, "91", "不能大于 90，请核对。"),
        ({"type": "number"}, "3 %", "请只填写数字，不写单位。"),
        ({"type": "number"}, "3 株", "请只填写数字，不写单位。"),
        ({"type": "number"}, "9" * 19, "数字太长，整数最多 18 位，小数最多 6 位。"),
        ({"type": "money"}, "￥１，２００．５０", "1200.5"),
        ({"type": "money"}, "2 万元", "20000"),
        (DAY, "2026/1/2", "2026-01-02"),
        (DAY, "２０２６．１．２", "2026-01-02"),
        (DAY, date(2026, 1, 2), "2026-01-02"),
        (DAY, datetime(2026, 1, 1, 16, tzinfo=UTC), "2026-01-02"),
        (DAY, "2026-02-30", "没有这一天，请核对年月日。"),
        (DAY, "0202-02-03", "年份不对，请核对年月日。"),
        (DAY, "昨天", "请填写日期，例如 2026-11-22。"),
        (DAY, 20260102, "请填写日期，例如 2026-11-22。"),
        ({"type": "yes-no"}, "否", False),
        ({"type": "yes-no"}, "TRUE", True),
        ({"type": "yes-no"}, 0, False),
        ({"type": "yes-no"}, "也许", "请选择是或否。"),
        ({"type": "yes-no"}, [1], "请选择是或否。"),
        (TOPIC, "land", "land"),
        (TOPIC, "水", "请从所列选项中选择。"),
        ({"type": "choice", "from": "nowhere"}, "land", "选项暂时没有载入，请稍后再试或联系管理员。"),
        ({"type": "choice", "choices": [2022, {"code": "b", "title": "乙"}]}, 2022.0, "2022"),
        ({"type": "choice", "choices": [2022, {"code": "b", "title": "乙"}]}, "乙", "b"),
        (ASPECTS, ["b", "甲方面", "b", ""], ["a", "b"]),
        (ASPECTS, "乙方面；a\n", ["a", "b"]),
        (ASPECTS, "a", ["a"]),
        (ASPECTS, ["a", "z"], "请从所列选项中选择。"),
        (ASPECTS, ["a", "b", "c"], "最多选 2 项，请减少。"),
        ({"type": "choices", "choices": [3, 4]}, 3, ["3"]),
        (ROWS, [{"a": "x", "d": "2026-1-2"}, {"a": " "}], [{"a": "x", "d": "2026-01-02"}]),
        (ROWS, [{"a": "x"}, 3], "第 1 行“日”：请填写“日”。第 2 行请逐项填写。"),
        (ROWS, [{"a": "x"}] * 3, "最多 2 行，请减少。"),
        (ROWS, {"a": "x"}, "请逐行填写。"),
        ({"type": "files", "max": 2}, ["f1", "f1", 2], ["f1", "2"]),
        ({"type": "files", "max": 2}, "f1", ["f1"]),
        ({"type": "files", "max": 2}, ["1", "2", "3"], "最多 2 个文件，请减少。"),
        ({"type": "files"}, [None], "请重新上传文件。"),
        ({"type": "enterprise"}, "7", "7"),
        ({"type": "enterprise"}, "x" * 201, "请从所列对象中选择。"),
        ({"type": "enterprise"}, True, "请从所列对象中选择。"),
        (PLACE, " 深南大道 ", {"address": "深南大道"}),
        (PLACE, {"address": "甲", "longitude": 113.9, "latitude": "22.50"},
         {"address": "甲", "longitude": "113.9", "latitude": "22.5"}),
        (PLACE, {"address": "", "longitude": 1}, "请填写地址。"),
        (PLACE, {"address": "甲", "longitude": 1}, "经度和纬度要一起填写。"),
        (PLACE, {"address": "甲", "longitude": 181, "latitude": 1}, "经度应在 -180 与 180 之间，请核对。"),
        ({"type": "condition"}, '{"late": false}', {"late": False}),
        ({"type": "condition"}, {"day": date(2026, 1, 2)}, {"day": "2026-01-02"}),
        ({"type": "condition"}, '{"late": {"leest": 1}}', "条件里不认识“leest”。是不是想写 least？"),
        ({"type": "condition"}, "{late", "条件写得不完整，请重新选择条件。"),
        ({"type": "condition"}, {(1, 2): 1}, "条件写得不完整，请重新选择条件。"),
        ({"type": "condition"}, "x" * 4001, "条件最多 4000 个字，请简化。"),
        ({"type": "condition"}, '{"not":' * 480 + "1" + "}" * 480, "条件写得不完整，请重新选择条件。"),
    ],
)  # fmt: skip
def test_form_cleans_each_type(field: dict[str, object], raw: object, result: object) -> None:
    assert one(field, raw) == result


JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text()
    | st.decimals()
    | st.dates()
    | st.binary(),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3) | st.integers(), inner, max_size=3)
    ),
    max_leaves=4,
)


@given(st.dictionaries(st.sampled_from([field.code for field in FULL.fields]), JSON, max_size=6))
def test_form_clean_never_raises_and_settles(values: dict[str, object]) -> None:
    cleaned = FULL.clean(values, LISTS)

    text = json.dumps(cleaned.values, allow_nan=False)
    again = FULL.clean(json.loads(text), LISTS)
    assert {code: again.values.get(code) for code in cleaned.values} == cleaned.values
    assert set(cleaned.errors).isdisjoint(cleaned.values)
    assert set(FULL.typed(values)) <= set(values)
    text.encode()


def test_form_typed_gives_facts_for_a_where() -> None:
    stored = {**KEPT, "findings": [{"what": "慢", "due": "2026-01-02"}, 3], "note": ""}

    assert FULL.typed(stored) == {
        **KEPT,
        "promised": Quantity(Decimal(20), "工作日"),
        "amount": Quantity(Decimal(15000), "万元"),
        "day": date(2026, 11, 22),
        "findings": [{"what": "慢", "due": date(2026, 1, 2)}],
    }
    plain = Form.parse([{"field": "n", "title": "数", "type": "number"}])
    assert (plain.typed({"n": "1.5"}), plain.typed({"n": "坏"})) == ({"n": Decimal("1.5")}, {})


def test_form_reads_fields_and_counts_their_burden() -> None:
    fields = FULL.fields

    assert fields[0] == Field("detail", "具体情况", FieldType.TEXT, max=Decimal(4000))
    assert [field.code for field in fields if not field.required] == [
        "note", "grade", "aspects", "findings", "papers", "where", "rule",
    ]  # fmt: skip
    assert [field.seconds for field in fields] == [90, 20, 10, 12, 8, 3, 5, 5, 10, 84, 60, 20, 60, 10]
    assert FULL.seconds == 397
    assert (FULL.get("unit"), FULL.get("nothing")) == (fields[-1], None)
    assert FULL.titles["unit"] == "承办"
    assert FULL.names() == [("list", "request-topics"), ("list", "six-aspects"), ("kind", "organisation")]
    assert Form.parse(FULL) is FULL
    assert Field("x", "x", FieldType.ROWS).seconds == 0


def test_form_reads_quantities_and_basis() -> None:
    raw = {
        "field": "invested", "title": "完成投资", "type": "money", "unit": "万元", "each": "month",
        "natures": ["plan", "actual"], "source": ["S-201", "F-16"], "help": "按月填报", "max": 1.5,
    }  # fmt: skip

    assert Form.parse([raw]).fields == (
        Field(
            "invested", "完成投资", FieldType.MONEY, basis=("S-201", "F-16"), unit="万元", each="month",
            natures=("plan", "actual"), help="按月填报", max=Decimal("1.5"),
        ),
    )  # fmt: skip


def asks(**keys: object) -> list[dict[str, object]]:
    return [{"field": "x", "title": "题", "type": "text", **keys}]


@pytest.mark.parametrize(
    ("raw", "code", "field"),
    [
        ("x", "form-shape", ()),
        ([3], "form-shape", (0,)),
        ([{"field": "x", "type": "text"}], "form-lacks", (0,)),
        (asks(title=" "), "form-value", (0, "title")),
        (asks(field="X"), "form-value", (0, "field")),
        (asks(type="文字"), "form-value", (0, "type")),
        (asks() + asks(), "form-twice", (1, "field")),
        (asks(requird=True), "form-key", (0, "requird")),
        (asks(optional="yes"), "form-value", (0, "optional")),
        (asks(max=0), "form-value", (0, "max")),
        (asks(max="9"), "form-value", (0, "max")),
        (asks(max=True), "form-value", (0, "max")),
        (asks(source=3), "form-value", (0, "source")),
        (asks(source=[3]), "form-value", (0, "source")),
        (asks(type="choice"), "form-choices", (0, "choices")),
        (asks(type="choice", choices=["a"], **{"from": "b"}), "form-choices", (0, "choices")),
        (asks(choices=["a"]), "form-choices", (0, "choices")),
        (asks(type="choice", choices=[]), "form-value", (0, "choices")),
        (asks(type="choice", choices="a"), "form-value", (0, "choices")),
        (asks(type="choice", choices=["a", "a"]), "form-value", (0, "choices")),
        (asks(type="choice", choices=["a", {"code": "b", "title": "a"}]), "form-value", (0, "choices")),
        (asks(type="choice", choices=[True]), "form-value", (0, "choices")),
        (asks(type="rows"), "form-rows", (0, "form")),
        (asks(form=[]), "form-rows", (0, "form")),
        (asks(type="rows", form=asks(max=0)), "form-value", (0, "form", 0, "max")),
        (asks(unit="元"), "form-unit", (0, "unit")),
        (asks(type="number", natures="hope"), "form-nature", (0, "natures")),
        (asks(type="date", max=3), "form-max", (0, "max")),
    ],
)
def test_form_refuses_with_field_and_cure(raw: object, code: str, field: tuple[object, ...]) -> None:
    with pytest.raises(DefinitionError) as error:
        Form.parse(raw)

    assert (error.value.code, error.value.field) == (code, field)
    assert error.value.cure
