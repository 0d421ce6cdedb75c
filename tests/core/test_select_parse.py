"""Where, selector, path, gives and quantity: every form the notation's examples use, and what is refused."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

import pytest

from ronghe.core.errors import DefinitionError
from ronghe.core.select import (
    All,
    Beside,
    Change,
    Compare,
    Create,
    Draw,
    Filled,
    FirstOf,
    Gives,
    Kinds,
    ListRef,
    Literal,
    Live,
    Name,
    Not,
    Op,
    Path,
    PathRef,
    Quantity,
    Selector,
    Where,
    looks_like_path,
)

pytestmark = pytest.mark.unit


def path(text: str) -> Path:
    return Path(tuple(text.split(".")))


def equal(key: str, *values: object) -> Compare:
    return Compare(path(key), Op.IS, tuple(v if isinstance(v, Path) else Literal(v) for v in values))  # type: ignore[arg-type]


WHERES = [
    ({"district": "about.district"}, [equal("district", path("about.district"))]),
    ({"district": "requester.district"}, [equal("district", path("requester.district"))]),
    (
        {"late": False, "amount": {"least": "1 亿元"}, "decided-by": {"not": "accepted-by"}},
        [
            equal("late", False),
            Compare(path("amount"), Op.LEAST, (Literal(Quantity(Decimal(1), "亿元")),)),
            Not(equal("decided-by", path("accepted-by"))),
        ],
    ),
    ({"accepted-by": {"not": "decided-by"}}, [Not(equal("accepted-by", path("decided-by")))]),
    ({"reason": {"filled": True}}, [Filled(path("reason"))]),
    ({"reason": {"filled": False}}, [Not(Filled(path("reason")))]),
    ({"with": "service-representative"}, [equal("with", "service-representative")]),
    ({"state": "closed"}, [equal("state", "closed")]),
    ({"organisation": {"not": "responsible"}}, [Not(equal("organisation", path("responsible")))]),
    ({"grade": "不合格"}, [equal("grade", "不合格")]),
    ({"procedure": "roundtable-problem"}, [equal("procedure", "roundtable-problem")]),
    ({"about.city-wide": True}, [equal("about.city-wide", True)]),
    (
        {"present-share": {"least": "80 %"}},
        [Compare(path("present-share"), Op.LEAST, (Literal(Quantity(Decimal(80), "%")),))],
    ),
    ({"mode": "告知承诺", "result": "granted"}, [equal("mode", "告知承诺"), equal("result", "granted")]),
    ({"four-above": True}, [equal("four-above", True)]),
    ({"live": "assigned-service"}, [Live("", "assigned-service")]),
    (
        {"live": {"relationship": "assigned-service", "where": {"kind": "挂点"}}},
        [Live("relationship", "assigned-service", All((equal("kind", "挂点"),)))],
    ),
    ({"live": {"register": "honour"}}, [Live("register", "honour")]),
    ({"type": "行政许可", "legal": {"filled": True}}, [equal("type", "行政许可"), Filled(path("legal"))]),
    ({"not": "responsible"}, [Not(Compare(Path(()), Op.IS, (path("responsible"),)))]),
    ({"not": {"state": "closed"}}, [Not(All((equal("state", "closed"),)))]),
    ({"not": {"filled": True}}, [Not(Filled(Path(())))]),
    ({"consent": {"after": "today"}}, [Compare(path("consent"), Op.AFTER, (path("today"),))]),
    ({"head": "branch.secretary"}, [equal("head", path("branch.secretary"))]),
    ({"stage": ["洽谈", "签约"]}, [equal("stage", "洽谈", "签约")]),
    ({"unit": {"list": "inner-units"}}, [equal("unit", path("list.inner-units"))]),
    ({"day": "2026-11-22"}, [equal("day", date(2026, 11, 22))]),
    ({"day": date(2026, 11, 22)}, [equal("day", date(2026, 11, 22))]),
    ({"day": "2026-13-22"}, [equal("day", "2026-13-22")]),
    ({"room": "3 号楼"}, [equal("room", "3 号楼")]),
    ({"room": "甲 楼"}, [equal("room", "甲 楼")]),
    (
        {"trees": {"least": "100 株"}},
        [Compare(path("trees"), Op.LEAST, (Literal(Quantity(Decimal(100), "株")),))],
    ),
    ({"share": 0.1, "count": 3}, [equal("share", Decimal("0.1")), equal("count", Decimal(3))]),
    ({"limit": Quantity(Decimal(1), "月")}, [equal("limit", Quantity(Decimal(1), "月"))]),
    (
        {"count": {"least": 1, "most": 5}},
        [
            All(
                (
                    Compare(path("count"), Op.LEAST, (Literal(Decimal(1)),)),
                    Compare(path("count"), Op.MOST, (Literal(Decimal(5)),)),
                )
            )
        ],
    ),
    (
        {
            "step": "list-as-candidate",
            "after": {"bulletin": "candidate-notice", "stands": {"least": "5 工作日"}},
        },
        [
            equal("step", "list-as-candidate"),
            Beside(
                Path(()),
                Op.AFTER,
                "bulletin",
                "candidate-notice",
                All((Compare(path("stands"), Op.LEAST, (Literal(Quantity(Decimal(5), "工作日")),)),)),
            ),
        ],
    ),
    ({"day": {"before": {"bulletin": "notice"}}}, [Beside(path("day"), Op.BEFORE, "bulletin", "notice")]),
]


@pytest.mark.parametrize(("raw", "nodes"), WHERES)
def test_where_parses_every_form(raw: dict[str, object], nodes: list[object]) -> None:
    where = Where.parse(raw)

    assert where.node == All(tuple(nodes))  # type: ignore[arg-type]
    assert Where.parse(where) is where


@pytest.mark.parametrize(
    ("raw", "code", "field"),
    [
        ("closed", "where-shape", ()),
        ({}, "where-shape", ()),
        ({"State": 1}, "where-key", ("State",)),
        ({3: 1}, "where-key", ("3",)),
        ({"a": {"leas": 1}}, "where-word", ("a", "leas")),
        ({"a": {"zzz": 1}}, "where-word", ("a", "zzz")),
        ({"a": {}}, "where-value", ("a",)),
        ({"a": []}, "where-value", ("a",)),
        ({"a": None}, "where-value", ("a",)),
        ({"a": " "}, "where-value", ("a",)),
        ({"a": "x\x00"}, "where-value", ("a",)),
        ({"a": float("nan")}, "where-value", ("a",)),
        ({"a": datetime(2026, 1, 1)}, "where-value", ("a",)),
        ({"a": {"filled": "yes"}}, "where-filled", ("a", "filled")),
        ({"a": {"least": "甲"}}, "where-order", ("a", "least")),
        ({"a": {"least": True}}, "where-order", ("a", "least")),
        ({"a": {"least": [1, 2]}}, "where-order", ("a", "least")),
        ({"a": {"least": {"bulletin": "x"}}}, "where-order", ("a", "least")),
        ({"after": {"bulletins": "x"}}, "where-kind", ("after",)),
        ({"after": {"bulletin": "甲"}}, "where-name", ("after", "bulletin")),
        ({"live": 3}, "where-name", ("live",)),
        ({"live": {"register": "x", "when": 1}}, "where-live", ("live",)),
        ({"live": {"register": "x", "where": {}}}, "where-shape", ("live", "where")),
        ({"a": {"not": {"list": 3}}}, "where-name", ("a", "not", "list")),
    ],
)
def test_where_refuses_with_field_and_cure(raw: object, code: str, field: tuple[str, ...]) -> None:
    with pytest.raises(DefinitionError) as error:
        Where.parse(raw)

    assert (error.value.code, error.value.field) == (code, field)
    assert error.value.cure


def test_where_near_word_is_suggested() -> None:
    with pytest.raises(DefinitionError, match="不认识“leest”") as error:
        Where.parse({"a": {"leest": 1}})

    assert error.value.cure == "是不是想写 least？"


def test_where_names_every_reference() -> None:
    raw = {
        "unit": {"not": "requester.unit"},
        "kind": {"list": "kinds"},
        "late": {"filled": True},
        "not": "responsible",
        "live": {"register": "honour", "where": {"year": 2022}},
        "after": {"bulletin": "notice"},
    }
    assert Where.parse(raw).names() == [
        ("field", "unit"),
        ("path", "requester.unit"),
        ("field", "kind"),
        ("list", "kinds"),
        ("field", "late"),
        ("path", "responsible"),
        ("register", "honour"),
        ("field", "year"),
        ("bulletin", "notice"),
    ]
    assert Where.parse({"live": "pairing"}).names() == [("live", "pairing")]


@pytest.mark.parametrize(
    ("text", "is_path"),
    [
        ("about.district", True),
        ("branch.secretary", True),
        ("first-receiver", True),
        ("accepted-by", True),
        ("today", True),
        ("closed", False),
        ("form", False),
        ("3.0", False),
        ("A.b", False),
        ("甲-by", False),
        ("a.", False),
    ],
)
def test_looks_like_path_follows_its_rule(text: str, is_path: bool) -> None:
    assert looks_like_path(text) is is_path


@pytest.mark.parametrize("raw", ["", "About", "a..b", "a.", "a b", 3, None, "甲"])
def test_path_refuses(raw: object) -> None:
    with pytest.raises(DefinitionError, match="不是路径"):
        Path.parse(raw)


def test_path_resolves_through_things_and_lists() -> None:
    facts = {
        "about": [{"unit": {"code": "a"}}, {"unit": None}, {"unit": [{"code": "b"}, {"code": ""}]}],
        "n": 3,
    }

    assert Path.parse(" about.unit.code ").resolve(facts) == ["a", "b"]
    assert Path.parse("n.unit").resolve(facts) == []
    assert Path(()).resolve(facts) == [facts]
    assert (Path(()).head, str(Path.parse(Path(("a", "b"))))) == ("", "a.b")


SELECTORS = [
    ("responsible", Name("responsible")),
    ("work-committee", Name("work-committee")),
    ("topic.unit", PathRef(path("topic.unit"))),
    (
        ["about.assigned-service", "topic.unit", "triage"],
        FirstOf((PathRef(path("about.assigned-service")), PathRef(path("topic.unit")), Name("triage"))),
    ),
    ({"organisation": "branch"}, Kinds("organisation", "branch")),
    (
        {"organisation": "branch", "where": {"district": "about.district"}},
        Kinds("organisation", "branch", Where.parse({"district": "about.district"})),
    ),
    (
        {"post": "reply-checker", "where": {"organisation": {"not": "responsible"}}},
        Kinds("post", "reply-checker", Where.parse({"organisation": {"not": "responsible"}})),
    ),
    (
        {"procedure": "admit-member", "where": {"step": "cultivate"}},
        Kinds("procedure", "admit-member", Where.parse({"step": "cultivate"})),
    ),
    (
        {"organisation": "department", "where": {"not": "responsible"}},
        Kinds("organisation", "department", Where.parse({"not": "responsible"})),
    ),
    ({"list": "project-stage-owners"}, ListRef("project-stage-owners")),
    ({"draw": 5, "from": {"post": "expert"}}, Draw(Quantity(Decimal(5), ""), Kinds("post", "expert"))),
    (
        {"draw": "10 %", "from": "requester", "strata": "district"},
        Draw(Quantity(Decimal(10), "%"), Name("requester"), path("district")),
    ),
]


@pytest.mark.parametrize(("raw", "selector"), SELECTORS)
def test_selector_parses_every_form(raw: object, selector: Selector) -> None:
    assert Selector.parse(raw) == selector
    assert Selector.parse(selector) is selector


@pytest.mark.parametrize(
    ("raw", "code", "field"),
    [
        (3, "selector-shape", ()),
        ({"branch": "x"}, "selector-shape", ()),
        ({"post": "x", "register": "y"}, "selector-shape", ()),
        ([], "selector-empty", ()),
        (["a", ["b", "C"]], "selector-word", (1, 1)),
        ({"post": "甲"}, "selector-name", ("post",)),
        ({"post": "a", "were": {}}, "selector-key", ("were",)),
        ({"post": "a", "where": {"b": {"leest": 1}}}, "where-word", ("where", "b", "leest")),
        ({"list": 3}, "selector-name", ("list",)),
        ({"draw": 0, "from": "a"}, "selector-draw", ("draw",)),
        ({"draw": "120 %", "from": "a"}, "selector-draw", ("draw",)),
        ({"draw": "5 人", "from": "a"}, "selector-draw", ("draw",)),
        ({"draw": True, "from": "a"}, "selector-draw", ("draw",)),
        ({"draw": 3, "from": "甲"}, "selector-word", ("from",)),
        ({"draw": 3, "from": "a", "strata": "甲"}, "path-shape", ("strata",)),
        ({"draw": 3, "from": "a", "at": "b"}, "selector-key", ("at",)),
    ],
)
def test_selector_refuses_with_field_and_cure(raw: object, code: str, field: tuple[object, ...]) -> None:
    with pytest.raises(DefinitionError) as error:
        Selector.parse(raw)

    assert (error.value.code, error.value.field) == (code, field)
    assert error.value.cure


def test_selector_names_every_reference() -> None:
    raw = ["triage", "about.unit", {"list": "owners"}, {"post": "x", "where": {"a": 1}}, {"register": "y"}]

    names = [("name", "triage"), ("path", "about.unit"), ("list", "owners"), ("post", "x"), ("field", "a")]
    assert Selector.parse(raw).names() == [*names, ("register", "y")]
    assert Selector.parse({"draw": 1, "from": "a", "strata": "b"}).names() == [("name", "a"), ("path", "b")]
    assert Selector.parse({"draw": 1, "from": "a"}).names() == [("name", "a")]


GIVES = [
    ({"procedure": "supervision"}, [Create("procedure", "supervision")]),
    (
        {"procedure": "walk-finding", "for_each": "findings"},
        [Create("procedure", "walk-finding", for_each=path("findings"))],
    ),
    ({"register": "honour", "for_each": "chosen"}, [Create("register", "honour", for_each=path("chosen"))]),
    ({"reopen": "case"}, [Change("reopen", path("case"))]),
    (
        [{"post": "branch-secretary", "held_by": "form.secretary"}, {"end": "about.old-secretary"}],
        [
            Create("post", "branch-secretary", held_by=path("form.secretary")),
            Change("end", path("about.old-secretary")),
        ],
    ),
    (
        [{"register": "breach"}, {"procedure": "rectification"}],
        [Create("register", "breach"), Create("procedure", "rectification")],
    ),
    ({"bulletin": "notice"}, [Create("bulletin", "notice")]),
    ({"set": "about.stage", "to": "投产"}, [Change("set", path("about.stage"), Literal("投产"))]),
    ({"set": "about.owner", "to": "responsible"}, [Change("set", path("about.owner"), path("responsible"))]),
    (
        {"relationship": "pairing", "from": "responsible", "to": "about", "where": {"late": False}},
        [
            Create(
                "relationship",
                "pairing",
                where=Where.parse({"late": False}),
                ends=(path("responsible"), path("about")),
            )
        ],
    ),
    (
        {"procedure": "x", "about": "about.unit", "values": {"unit": "responsible", "n": 3}},
        [
            Create(
                "procedure",
                "x",
                about=path("about.unit"),
                values={"unit": path("responsible"), "n": Literal(Decimal(3))},
            )
        ],
    ),
]


@pytest.mark.parametrize(("raw", "items"), GIVES)
def test_gives_parses_every_form(raw: object, items: list[object]) -> None:
    gives = Gives.parse(raw)

    assert gives.items == tuple(items)
    assert Gives.parse(gives) is gives


@pytest.mark.parametrize(
    ("raw", "code", "field"),
    [
        ("x", "gives-shape", ()),
        ([], "gives-shape", ()),
        (["x"], "gives-shape", (0,)),
        ({"case": "x"}, "gives-shape", ()),
        ({"duty": "x"}, "gives-shape", ()),
        ({"post": "x", "end": "a"}, "gives-shape", ()),
        ({"post": "甲"}, "gives-name", ("post",)),
        ({"register": "x", "held_by": "a"}, "gives-key", ("held_by",)),
        ({"end": "a", "to": 3}, "gives-key", ("to",)),
        ({"set": "a"}, "gives-set", ("set",)),
        ({"set": "a", "to": None}, "where-value", ("to",)),
        ({"end": "甲"}, "path-shape", ("end",)),
        ({"post": "x", "held_by": 3}, "path-shape", ("held_by",)),
        ({"post": "x", "where": {}}, "where-shape", ("where",)),
        ({"procedure": "x", "values": 3}, "gives-values", ("values",)),
        ([{"procedure": "x", "values": {"a": None}}], "where-value", (0, "values", "a")),
    ],
)
def test_gives_refuses_with_field_and_cure(raw: object, code: str, field: tuple[object, ...]) -> None:
    with pytest.raises(DefinitionError) as error:
        Gives.parse(raw)

    assert (error.value.code, error.value.field) == (code, field)
    assert error.value.cure


def test_gives_names_every_reference() -> None:
    raw = [
        {"post": "x", "held_by": "form.who", "values": {"a": "responsible", "b": 1}, "where": {"c": 1}},
        {"set": "about.y", "to": "head", "where": {"d": 1}},
        {"end": "about.z", "for_each": "rows"},
    ]
    assert Gives.parse(raw).names() == [
        ("post", "x"),
        ("path", "form.who"),
        ("path", "responsible"),
        ("field", "c"),
        ("path", "about.y"),
        ("path", "head"),
        ("field", "d"),
        ("path", "about.z"),
        ("path", "rows"),
    ]


@pytest.mark.parametrize(
    ("raw", "amount", "unit", "text"),
    [
        ("1 亿元", "1", "亿元", "1 亿元"),
        ("1.50亿元", "1.50", "亿元", "1.50 亿元"),
        ("5 个工作日", "5", "工作日", "5 工作日"),
        ("3个月", "3", "月", "3 月"),
        ("0.01 %", "0.01", "%", "0.01 %"),
        ("１２，０００ 元", "12000", "元", "12000 元"),
        ("-3 株", "-3", "株", "-3 株"),
        ("3 个", "3", "个", "3 个"),
    ],
)
def test_quantity_parses(raw: str, amount: str, unit: str, text: str) -> None:
    quantity = Quantity.parse(raw)

    assert (quantity.amount, quantity.unit, str(quantity)) == (Decimal(amount), unit, text)
    assert Quantity.parse(quantity) is quantity


@pytest.mark.parametrize("raw", ["", "亿元", "3", "1,00 元", "1 亿 元", 3, None, "3.元"])
def test_quantity_refuses(raw: object) -> None:
    with pytest.raises(DefinitionError, match="不是数量"):
        Quantity.parse(raw)


def test_quantity_compares_within_its_family_only() -> None:
    q = Quantity.parse

    assert q("1 亿元") == q("10000 万元")
    assert hash(q("1 年")) == hash(q("12 月"))
    assert q("9999 万元") < q("1 亿元") <= q("1 亿元")
    assert q("5 工作日") != q("5 自然日")
    assert q("80 %") != "80 %"
    assert q("80 %").base == Decimal("0.80")
    assert q("1.5 亿元").to("万元") == q("15000 万元")
    with pytest.raises(DefinitionError, match="不能比较"):
        assert q("5 工作日") < q("6 自然日")
    with pytest.raises(DefinitionError, match="不能比较或换算"):
        q("5 株").to("元")
