"""Where over facts: what holds, what is said to be missing, what the database is asked."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from hypothesis import given, strategies as st

from ronghe.core.errors import DefinitionError
from ronghe.core.select import Column, Facts, Kind, Quantity, Where
from ronghe.core.select.explain import word_for
from ronghe.core.select.values import as_quantity, holds, kind_of

pytestmark = pytest.mark.unit

WAN = Column("amount", Kind.NUMBER, "万元")
LATE_EVENING = datetime(2026, 11, 22, 16, 30, tzinfo=UTC)  # already the 23rd in Shanghai


@pytest.mark.parametrize(
    ("raw", "facts", "holds"),
    [
        ({"state": "closed"}, {"state": "closed"}, True),
        ({"state": "closed"}, {}, False),
        ({"state": {"not": "closed"}}, {}, True),
        ({"state": {"not": "closed", "filled": True}}, {}, False),
        ({"state": {"not": ["open", "closed"]}}, {"state": "closed"}, False),
        ({"state": ["open", "closed"]}, {"state": "closed"}, True),
        ({"reason": {"filled": True}}, {"reason": ""}, False),
        ({"reason": {"filled": True}}, {"reason": []}, False),
        ({"late": {"filled": True}}, {"late": False}, True),
        ({"late": False}, {"late": 0}, False),
        ({"count": 0}, {"count": 0}, True),
        ({"count": 5}, {"count": "5"}, False),
        ({"count": {"least": 5}}, {"count": float("nan")}, False),
        ({"amount": {"least": "1 亿元"}}, {"amount": Quantity(Decimal(10_000), "万元")}, True),
        ({"amount": {"least": "1 亿元"}}, {"amount": 99_999_999}, False),
        ({"amount": {"least": "1 亿元"}}, {"amount": Quantity(Decimal(10**9), "株")}, False),
        ({"share": {"least": "80 %"}}, {"share": 0.8}, True),
        ({"name": {"least": "other-by"}}, {"name": "b", "other-by": "a"}, False),
        ({"with": "b"}, {"with": [{"code": "a"}, {"code": "b"}]}, True),
        ({"with": {"not": "b"}}, {"with": [{"code": "a"}, {"code": "b"}]}, False),
        ({"with": "b"}, {"with": {"title": "没有代码"}}, False),
        ({"unit": {"not": "responsible"}}, {"unit": {"id": 3}, "responsible": {"id": 3}}, False),
        ({"kind": "responsible"}, {"kind": "a", "responsible": {"code": "a"}}, True),
        ({"when": "today"}, {"when": LATE_EVENING, "today": date(2026, 11, 23)}, True),
        ({"when": "today"}, {"when": date(2026, 11, 22), "today": LATE_EVENING}, False),
        (
            {"when": {"after": "today"}},
            {"when": datetime(2026, 11, 23, 1), "today": date(2026, 11, 22)},
            True,
        ),
        ({"at": "seen-by"}, {"at": LATE_EVENING, "seen-by": datetime(2026, 11, 23, 0, 30)}, True),
        ({"odd": "other-by"}, {"odd": b"x", "other-by": b"x"}, False),
        ({"unit": {"list": "inner"}}, {"unit": "b", "list": {"inner": ["a", "b"]}}, True),
        ({"live": "pairing"}, {"pairing": [{"code": "x"}]}, True),
        ({"live": "pairing"}, {}, False),
        ({"live": {"register": "honour", "where": {"year": 2022}}}, {"honour": [{"year": 2021}]}, False),
        ({"live": {"register": "honour", "where": {"year": 2022}}}, {"honour": [{"year": 2022}]}, True),
        ({"live": {"register": "honour", "where": {"year": 2022}}}, {"honour": "甲"}, False),
        ({"not": "responsible"}, {"id": 1, "responsible": {"id": 2}}, True),
    ],
)
def test_where_matches(raw: dict[str, object], facts: dict[str, object], holds: bool) -> None:
    where = Where.parse(raw)

    assert where.matches(facts) is holds
    assert (where.missing(facts) == []) is holds


def test_where_context_answers_the_right_side() -> None:
    where = Where.parse({"district": "requester.district", "kind": "about.kind"})
    case = {"requester": {"district": "南山"}}

    assert where.matches({"district": "南山", "kind": "甲", "about": {"kind": "甲"}}, case)
    assert not where.matches({"district": "福田", "kind": "甲", "about": {"kind": "甲"}}, case)
    assert Where.parse({"not": "responsible"}).matches({"code": "a"}, {"responsible": {"code": "b"}})
    assert not Where.parse({"not": "responsible"}).matches({"code": "a"}, {"responsible": {"code": "a"}})
    live = Where.parse({"live": {"relationship": "pairing", "where": {"to": "about"}}})
    assert live.matches({"pairing": [{"to": {"code": "x"}}]}, {"about": {"code": "x"}})


def test_where_beside_another_thing() -> None:
    where = Where.parse({"day": {"after": {"bulletin": "notice", "stands": {"least": "5 工作日"}}}})
    notice = {"code": "notice", "at": date(2026, 11, 20), "stands": Quantity(Decimal(5), "工作日")}
    other = {**notice, "code": "other"}

    assert where.matches({"day": date(2026, 11, 21), "bulletin": [other, notice]})
    assert where.matches({"day": date(2026, 11, 21)}, {"bulletin": [notice]})
    assert not where.matches({"day": date(2026, 11, 20), "bulletin": [notice]})
    assert not where.matches({"day": date(2026, 11, 21), "bulletin": [other, "甲"]})
    assert not where.matches({"day": date(2026, 11, 21), "bulletin": [{**notice, "stands": None}]})
    itself = Where.parse({"before": {"bulletin": "notice"}})
    assert itself.matches({"at": date(2026, 11, 19), "bulletin": [notice]})
    assert itself.missing({"bulletin": [notice]}, {"notice": "公示"}) == ["该对象应早于符合条件的“公示”"]


@pytest.mark.parametrize(
    ("raw", "said"),
    [
        ({"reason": {"filled": True}}, ["缺少“理由”"]),
        ({"late": {"filled": False}}, ["“late”应为空"]),
        ({"late": True, "reason": "丙"}, ["“late”应为是，现为否", "缺少“理由”（应为丙）"]),
        ({"amount": {"least": "1 亿元"}}, ["“金额”应不少于1 亿元，现为5000 万元"]),
        ({"about.amount": {"most": 3}}, ["缺少“金额”（应不超过3）"]),
        ({"day": {"after": "today"}}, ["“day”应晚于“today”（2026年11月22日），现为2026年11月22日"]),
        ({"day": {"before": "about.end"}}, ["“day”应早于“about.end”（尚缺），现为2026年11月22日"]),
        ({"unit": {"not": "responsible"}}, ["“unit”不应为“responsible”（环保局）"]),
        ({"unit": ["a", "b"]}, ["“unit”应为a或b，现为环保局"]),
        ({"live": "pairing"}, ["缺少有效的“pairing”"]),
        ({"live": {"register": "honour", "where": {"a": 1}}}, ["缺少符合条件的“honour”"]),
        ({"amount": {"not": {"most": "1 亿元"}}}, ["不应出现：“金额”应不超过1 亿元，现为5000 万元"]),
        ({"not": {"late": False}}, ["不应出现：“late”应为否，现为否"]),
        ({"not": {"late": False, "unit": "responsible"}}, ["不应出现：“late”应为否，现为否；“unit”应为“responsible”（环保局），现为环保局"]),
        ({"not": {"live": "things"}}, ["不应出现：缺少有效的“things”"]),
        ({"late": {"not": {"filled": True, "list": "no"}}}, []),
    ],
)  # fmt: skip
def test_where_missing_says_what_to_mend(raw: dict[str, object], said: list[str]) -> None:
    office = {"title": "环保局", "code": "x"}
    facts: dict[str, object] = {
        "late": False,
        "amount": Quantity(Decimal(5000), "万元"),
        "day": date(2026, 11, 22),
        "today": date(2026, 11, 22),
        "unit": office,
        "responsible": office,
        "things": [office],
    }
    assert Where.parse(raw).missing(facts, {"reason": "理由", "amount": "金额"}) == said


@pytest.mark.parametrize(
    ("value", "word"),
    [
        (LATE_EVENING, "2026年11月23日 00:30"),
        (datetime(2026, 1, 2, 3, 4), "2026年1月2日 03:04"),
        ({"code": "x"}, "x"),
        ({}, "所列对象"),
        (3, "3"),
    ],
)
def test_word_for_reads_as_people_write(value: object, word: str) -> None:
    assert word_for(value) == word


VALUES: st.SearchStrategy[object] = st.one_of(
    st.none(), st.booleans(), st.integers(-3, 3), st.decimals(allow_nan=True, places=2, min_value=-3, max_value=3),
    st.sampled_from(["", "a", "b", Quantity(Decimal(1), "元"), Quantity(Decimal(1), "株"), b"x"]),
    st.dates(date(2026, 1, 1), date(2026, 1, 3)), st.floats(), st.fixed_dictionaries({"code": st.sampled_from("ab")}),
    st.datetimes(datetime(2026, 1, 1), datetime(2026, 1, 3), timezones=st.sampled_from([None, UTC])),
)  # fmt: skip


@given(VALUES, VALUES)
def test_where_relations_are_consistent(left: object, right: object) -> None:
    facts: Facts = {"a": left, "other-by": right}

    def says(word: str) -> bool:
        return Where.parse({"a": {word: "other-by"}}).matches(facts)

    equal = Where.parse({"a": "other-by"}).matches(facts)
    assert says("not") is not equal
    assert says("least") is (says("after") or (equal and says("most")))
    assert says("most") is (says("before") or (equal and says("least")))
    assert not (says("before") and says("after"))
    assert equal is Where.parse({"other-by": "a.x"}).matches({"other-by": right, "a": {"x": left}})


def test_values_know_their_kind() -> None:
    assert [kind_of(value) for value in (True, 1, float("inf"), "a", date(2026, 1, 1), LATE_EVENING, {}, b"")] == [
        Kind.BOOLEAN, Kind.NUMBER, Kind.OTHER, Kind.TEXT, Kind.DATE, Kind.MOMENT, Kind.THING, Kind.OTHER,
    ]  # fmt: skip
    assert as_quantity(0.1) == Quantity(Decimal("0.1"), "")
    assert holds(True, "is", 1) is False


@pytest.mark.parametrize(
    ("raw", "sql", "params"),
    [
        ({"amount": {"least": "1 亿元"}}, "NOT amount IS NULL AND amount >= {}", [10_000]),
        ({"amount": {"most": "1 株"}}, "FALSE", []),
        ({"amount": "甲"}, "FALSE", []),
        ({"name": {"before": "about.name"}}, "FALSE", []),
        ({"name": "about.name"}, ("(NOT name IS NULL AND name <> '') AND (NOT b.name IS NULL AND b.name <> '')"
                                 " AND name = b.name"), []),
        ({"amount": {"after": "about.cost"}}, "NOT amount IS NULL AND NOT cost IS NULL AND amount * 10000 > cost", []),
        ({"amount": "about.trees"}, "FALSE", []),
        ({"live": "pairing"}, "NOT pairing_id IS NULL AND pairing_id <> ''", []),
        ({"live": {"register": "pairing"}}, "NOT pairing_id IS NULL AND pairing_id <> ''", []),
        ({"share": 0.05}, "NOT share IS NULL AND share = {}", [5]),
        ({"share": {"filled": True}}, "NOT share IS NULL", []),
    ],
)  # fmt: skip
def test_where_to_sql(raw: dict[str, object], sql: str, params: list[object]) -> None:
    columns: dict[str, Column | str] = {
        "amount": WAN,
        "about.cost": Column("cost", Kind.NUMBER, "元"),
        "about.trees": Column("trees", Kind.NUMBER, "株"),
        "name": "name",
        "about.name": "b.name",
        "pairing": "pairing_id",
        "share": Column("share", Kind.NUMBER, "%"),
    }
    where = Where.parse(raw)

    assert where.to_sql(columns) == (sql.format("?"), params)
    assert where.to_sql(columns, dialect="postgres") == (
        sql.format("%s"),
        [Decimal(value) for value in params],
    )  # type: ignore[arg-type]


def test_where_to_sql_binds_the_context_and_days_of_shanghai() -> None:
    columns = {
        "at": Column("at", Kind.MOMENT),
        "day": Column("day", Kind.DATE),
        "unit": Column("u", Kind.NUMBER, thing="id"),
    }
    context = {"today": date(2026, 11, 22), "now": {"at": LATE_EVENING}, "responsible": {"id": 7}}

    def sql(raw: dict[str, object]) -> tuple[str, list[object]]:
        return Where.parse(raw).to_sql(columns, context=context)

    days = ["2026-11-21 16:00:00", "2026-11-22 16:00:00"]
    assert sql({"at": "today"}) == (
        "(NOT at IS NULL AND at >= ?) AND (NOT at IS NULL AND at < ?)", days,
    )  # fmt: skip
    assert sql({"at": {"before": "today"}}) == ("NOT at IS NULL AND at < ?", days[:1])
    assert sql({"at": {"least": "today"}}) == ("NOT at IS NULL AND at >= ?", days[:1])
    assert sql({"at": {"most": "today"}}) == ("NOT at IS NULL AND at < ?", days[1:])
    assert sql({"at": {"after": "today"}}) == ("NOT at IS NULL AND at >= ?", days[1:])
    assert sql({"at": {"after": "now.at"}}) == ("NOT at IS NULL AND at > ?", ["2026-11-22 16:30:00"])
    assert sql({"day": {"most": "now.at"}}) == ("NOT day IS NULL AND day <= ?", ["2026-11-23"])
    assert sql({"unit": {"not": "responsible"}}) == ("NOT (NOT u IS NULL AND u = ?)", [7])
    assert sql({"unit": "head"}) == ("FALSE", [])
    assert sql({"at": date(9999, 12, 31)})[1] == ["9999-12-29 16:00:00", "9999-12-30 16:00:00"]
    assert Where.parse({"unit": {"least": "about.name"}}).to_sql(
        {"unit": "u"}, context={"about": {"name": "甲"}}
    ) == ("FALSE", [])
    text = Where.parse({"name": ["甲", True]}).to_sql({"name": "name"})
    assert text == ("(NOT name IS NULL AND name <> '') AND name = ?", ["甲"])
    assert Where.parse({"unit": Decimal("0.5")}).to_sql(columns)[1] == [0.5]


@pytest.mark.parametrize(
    ("raw", "code"),
    [
        ({"secret": 1}, "where-column"),
        ({"day": "about.secret"}, "where-column"),
        ({"day": "seen-by"}, "where-sql"),
        ({"live": {"register": "x", "where": {"a": 1}}}, "where-sql"),
        ({"after": {"bulletin": "x"}}, "where-sql"),
    ],
)
def test_where_to_sql_refuses_what_columns_cannot_tell(raw: dict[str, object], code: str) -> None:
    with pytest.raises(DefinitionError) as error:
        Where.parse(raw).to_sql({"day": Column("day", Kind.DATE), "seen-by": Column("seen", Kind.MOMENT)})

    assert error.value.code == code
