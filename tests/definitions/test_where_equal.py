"""One where, three evaluations: Python, SQL and the ORM find the same rows (design.md, core.select)."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from django.apps.registry import Apps
from django.db import connection, models
from hypothesis import HealthCheck, given, settings, strategies as st

from ronghe.core.errors import DefinitionError
from ronghe.core.select import Column, Kind, Quantity, Where
from ronghe.definitions.where_orm import to_q

pytestmark = [pytest.mark.db, pytest.mark.both, pytest.mark.django_db]


class WhereRow(models.Model):
    """A table of the test's own, in a registry of its own."""

    name = models.CharField(max_length=9, null=True)
    decided = models.CharField(max_length=9, null=True)
    accepted = models.CharField(max_length=9, null=True)
    count = models.IntegerField(null=True)
    planned = models.IntegerField(null=True)
    amount = models.DecimalField(max_digits=12, decimal_places=2, null=True)
    paid = models.DecimalField(max_digits=12, decimal_places=2, null=True)
    cost = models.DecimalField(max_digits=12, decimal_places=0, null=True)
    share = models.DecimalField(max_digits=6, decimal_places=2, null=True)
    late = models.BooleanField(null=True)
    mended = models.BooleanField(null=True)
    day = models.DateField(null=True)
    until = models.DateField(null=True)
    at = models.DateTimeField(null=True)
    seen = models.DateTimeField(null=True)

    class Meta:
        apps = Apps()
        app_label = "where_equal"


COLUMNS: dict[str, Column | str] = {
    "name": "name",
    "decided-by": "decided",
    "accepted-by": "accepted",
    "count": Column("count", Kind.NUMBER),
    "plan.count": Column("planned", Kind.NUMBER),
    "amount": Column("amount", Kind.NUMBER, "万元"),
    "plan.paid": Column("paid", Kind.NUMBER, "万元"),
    "plan.cost": Column("cost", Kind.NUMBER, "元"),
    "share": Column("share", Kind.NUMBER, "%"),
    "late": Column("late", Kind.BOOLEAN),
    "plan.mended": Column("mended", Kind.BOOLEAN),
    "day": Column("day", Kind.DATE),
    "plan.until": Column("until", Kind.DATE),
    "at": Column("at", Kind.MOMENT),
    "plan.seen": Column("seen", Kind.MOMENT),
}
UNITS = {"amount": "万元", "paid": "万元", "cost": "元", "share": "%"}
CONTEXT = {
    "today": date(2026, 11, 22),
    "list": {"inner": ["甲", "乙"], "few": [1, 2], "none": []},
    "requester": {
        "district": {"code": "乙"},
        "at": datetime(2026, 11, 21, 16, tzinfo=UTC),
        "share": Decimal("0.8"),
    },
}


def facts_of(row: WhereRow) -> dict[str, object]:
    def value(name: str) -> object:
        found = getattr(row, name)
        return Quantity(found, UNITS[name]) if name in UNITS and found is not None else found

    plan = {name: value(name) for name in ("paid", "cost", "mended", "until", "seen")}
    plan["count"] = value("planned")
    own = {name: value(name) for name in ("name", "count", "amount", "share", "late", "day", "at")}
    return {**own, "plan": plan, "decided-by": row.decided, "accepted-by": row.accepted}


def maybe(strategy: st.SearchStrategy[object]) -> st.SearchStrategy[object]:
    return st.none() | strategy


texts = st.sampled_from(["", "甲", "乙", "A", "a", "12", "true"])
wholes = st.integers(-2, 3)
moneys = st.sampled_from([Decimal(n) for n in ("0", "0.10", "0.30", "1", "2", "10000", "-1.25")])
days = st.sampled_from([date(2026, 11, 21), date(2026, 11, 22), date(2026, 11, 23), date(2024, 2, 29)])
moments = st.builds(
    lambda day, hour: datetime(day.year, day.month, day.day, hour, 30, tzinfo=UTC),
    days,
    st.sampled_from([0, 15, 16, 23]),
)  # 15:59 and 16:00 UTC lie on two days of Shanghai
rows = st.builds(
    WhereRow,
    name=maybe(texts), decided=maybe(texts), accepted=maybe(texts), count=maybe(wholes), planned=maybe(wholes),
    amount=maybe(moneys), paid=maybe(moneys), cost=maybe(st.sampled_from([Decimal(1000), Decimal(10000)])),
    share=maybe(st.sampled_from([Decimal(80), Decimal("79.99"), Decimal(0)])), late=maybe(st.booleans()),
    mended=maybe(st.booleans()), day=maybe(days), until=maybe(days), at=maybe(moments), seen=maybe(moments),
)  # fmt: skip

literals = st.one_of(
    st.sampled_from(["甲", "乙", "A", "12", "true", "1 万元", "1000 元", "80 %", "3 工作日", "0.001 亿元"]),
    wholes, st.sampled_from([0.1, 1.5, 0.8]), moneys, st.booleans(), days, st.just("2026-11-22"),
)  # fmt: skip
contexts = st.sampled_from(
    ["today", "requester.district", "requester.at", "requester.share", "requester.none"]
)
ordered = st.sampled_from(
    ["1 万元", "1000 元", "80 %", 0, 1, 0.1, 1.5, "2 株", date(2026, 11, 22), "2026-11-22"]
)


def peers(key: str) -> st.SearchStrategy[str]:
    """Paths on the right; moments and dates of two columns are refused, so they do not meet."""
    kind = key if key in ("day", "plan.until", "at", "plan.seen") else ""
    mixed = {
        "day": "plan.seen",
        "plan.until": "plan.seen",
        "at": "plan.until",
        "plan.seen": "plan.until",
    }.get(kind)
    names = ["decided-by", "accepted-by", "plan.count", "plan.paid", "plan.mended", "plan.until", "plan.seen"]
    if key in ("plan.cost", "count"):
        names.append("plan.cost")
    return st.sampled_from([name for name in names if name != mixed]) | contexts


@st.composite
def conditions(draw: st.DrawFn, key: str, depth: int = 1) -> object:
    single = literals | peers(key)
    value = single | st.lists(single, min_size=1, max_size=3)
    order = st.dictionaries(
        st.sampled_from(["least", "most", "before", "after"]), ordered | peers(key), min_size=1, max_size=2
    )
    options = [
        value,
        order,
        st.fixed_dictionaries({"filled": st.booleans()}),
        st.fixed_dictionaries({"list": st.sampled_from(["inner", "few", "none"])}),
    ]
    if depth:
        options += [st.fixed_dictionaries({"not": conditions(key, 0)})] * 2
    return draw(st.one_of(options))


@st.composite
def wheres(draw: st.DrawFn) -> dict[str, object]:
    keys = draw(st.lists(st.sampled_from([*COLUMNS]), min_size=1, max_size=3, unique=True))
    return {key: draw(conditions(key)) for key in keys}


@pytest.fixture
def table(db: None) -> None:
    """The table, gone again with the test's transaction."""
    statement, _ = connection.schema_editor().table_sql(WhereRow)
    with connection.cursor() as cursor:
        cursor.execute(statement)


def found_by_sql(where: Where) -> set[int]:
    sqlite = connection.vendor == "sqlite"
    condition, params = where.to_sql(COLUMNS, context=CONTEXT, dialect="sqlite" if sqlite else "postgres")
    statement = f"SELECT id FROM where_equal_whererow WHERE {condition}"  # noqa: S608 - what is tested
    if sqlite:
        return {key for (key,) in connection.connection.execute(statement, params)}
    with connection.cursor() as cursor:
        cursor.execute(statement, params)
        return {key for (key,) in cursor.fetchall()}


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(st.lists(rows, min_size=1, max_size=5), st.lists(wheres(), min_size=1, max_size=4))
def test_where_finds_the_same_rows_in_python_sql_and_orm(
    table: None, these: list[WhereRow], raws: list[dict[str, object]]
) -> None:
    WhereRow.objects.all().delete()
    saved = [WhereRow(**{**values_of(row), "id": number}) for number, row in enumerate(these, start=1)]
    WhereRow.objects.bulk_create(saved)

    for raw in raws:
        where = Where.parse(raw)
        python = {row.pk for row in saved if where.matches(facts_of(row), CONTEXT)}
        assert found_by_sql(where) == python, raw
        assert (
            set(WhereRow.objects.filter(to_q(where, COLUMNS, CONTEXT)).values_list("id", flat=True)) == python
        ), raw
        assert {row.pk for row in saved if not where.missing(facts_of(row), context=CONTEXT)} == python, raw


def values_of(row: WhereRow) -> dict[str, object]:
    return {field.attname: getattr(row, field.attname) for field in WhereRow._meta.concrete_fields}


def test_to_q_refuses_a_key_without_lookup() -> None:
    with pytest.raises(DefinitionError) as error:
        to_q(Where.parse({"secret": "甲"}), COLUMNS)

    assert (error.value.code, error.value.field) == ("where-column", ("secret",))
