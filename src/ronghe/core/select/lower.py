"""Lower a where to conditions over columns: what SQL and the ORM then only have to spell."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal

from ronghe.core.errors import DefinitionError
from ronghe.core.select.evaluate import knows
from ronghe.core.select.nodes import All, Compare, Filled, Live, Node, Not, Op
from ronghe.core.select.path import Facts, Path, is_thing
from ronghe.core.select.quantity import Quantity, factor
from ronghe.core.select.values import ORDERED, ZONE, Kind, Literal, as_quantity, day_of, kind_of

Bound = bool | Decimal | str | date


@dataclass(frozen=True, slots=True)
class Column:
    """Where a key's values lie: a column, an SQL expression or an ORM lookup, and how they are to be read.

    `thing` is the fact bound when the context gives a thing to compare with (`code`, or `id` for a key
    column).
    """

    name: str
    kind: Kind = Kind.TEXT
    unit: str = ""
    thing: str = "code"


@dataclass(frozen=True, slots=True)
class Present:
    """The column is not null, and not empty when it is text."""

    column: Column


@dataclass(frozen=True, slots=True)
class Relation:
    """A present column against a bound value of its kind and unit."""

    column: Column
    op: Op
    value: Bound


@dataclass(frozen=True, slots=True)
class Pair:
    """Two present columns, each multiplied by its factor to count in one unit.

    Exact where the database counts in decimals; SQLite multiplies fractions as floating numbers.
    """

    left: Column
    op: Op
    right: Column
    factors: tuple[int, int]


@dataclass(frozen=True, slots=True)
class Every:
    """All hold; there is at least one."""

    parts: tuple[Part, ...]


@dataclass(frozen=True, slots=True)
class Some:
    """One holds; false without parts."""

    parts: tuple[Part, ...]


@dataclass(frozen=True, slots=True)
class Never:
    """Exact negation."""

    part: Part


Part = Present | Relation | Pair | Every | Some | Never
Columns = Mapping[str, Column | str]
_FIRST, _LAST = date(1, 1, 2), date(9999, 12, 30)


def lower(node: Node, columns: Columns, context: Facts | None) -> Part:
    """Raises DefinitionError `where-column` or `where-sql`; see `Where.to_sql`."""
    match node:
        case All(nodes):
            return Every(tuple(lower(inner, columns, context) for inner in nodes))
        case Not(inner):
            return Never(lower(inner, columns, context))
        case Filled(path):
            return Present(_column(columns, str(path)))
        case Live(_, name, None):
            return Present(_column(columns, name))
        case Compare(path, op, operands):
            left = _column(columns, str(path))
            found = (part for item in operands for part in _against(left, op, item, columns, context))
            return Some(tuple(found))
        case _:
            name = node.name
            raise DefinitionError(
                "where-sql", f"“{name}”这个条件不能用于查询。", (), "请逐项核对，不要用它筛选列表。"
            )


def _column(columns: Columns, key: str) -> Column:
    found = columns.get(key)
    if found is None:
        raise DefinitionError(
            "where-column", f"这里不能按“{key}”筛选。", (key,), f"可用：{'、'.join(columns)}。"
        )
    return Column(found) if isinstance(found, str) else found


def _against(
    left: Column, op: Op, item: Literal | Path, columns: Columns, context: Facts | None
) -> Iterator[Part]:
    if isinstance(item, Literal):
        yield from _relation(left, op, item.value)
    elif context is not None and knows(context, item):
        for value in item.resolve(context):
            bound = value.get(left.thing) if is_thing(value) else value
            yield from _relation(left, op, bound)
    elif context is None or str(item) in columns:
        yield from _pair(left, op, _column(columns, str(item)))


def _relation(column: Column, op: Op, value: object) -> Iterator[Part]:
    kind = kind_of(value)
    if op is not Op.IS and kind not in ORDERED:
        return
    if column.kind is Kind.MOMENT and isinstance(value, date) and not isinstance(value, datetime):
        yield _day(column, op, value)
    elif column.kind is Kind.DATE and isinstance(value, datetime):
        yield Relation(column, op, day_of(value))
    elif kind is column.kind and isinstance(value, (int, Decimal, float, Quantity)) and kind is Kind.NUMBER:
        quantity = as_quantity(value)
        own = Quantity(Decimal(1), column.unit)
        if not quantity.family or not own.family or quantity.family == own.family:
            yield Relation(column, op, quantity.base / own.base)
    elif kind is column.kind and isinstance(value, (bool, str, date)) and value != "":
        yield Relation(column, op, value)


def _day(column: Column, op: Op, day: date) -> Part:
    inside = min(max(day, _FIRST), _LAST)  # a day before or after must still be a date
    start = datetime.combine(inside, time(), ZONE)
    end = datetime.combine(inside + timedelta(days=1), time(), ZONE)
    since, until = Relation(column, Op.LEAST, start), Relation(column, Op.BEFORE, end)
    spelled: dict[Op, Callable[[], Part]] = {
        Op.IS: lambda: Every((since, until)),
        Op.LEAST: lambda: since,
        Op.MOST: lambda: until,
        Op.BEFORE: lambda: Relation(column, Op.BEFORE, start),
        Op.AFTER: lambda: Relation(column, Op.LEAST, end),
    }
    return spelled[op]()


def _pair(left: Column, op: Op, right: Column) -> Iterator[Part]:
    if {left.kind, right.kind} == {Kind.MOMENT, Kind.DATE}:
        raise DefinitionError(
            "where-sql",
            f"“{left.name}”是时刻而“{right.name}”是日期，不能在查询里比较。",
            (),
            "请统一为日期。",
        )
    if left.kind is not right.kind or (op is not Op.IS and left.kind not in ORDERED):
        return
    one, other = Quantity(Decimal(1), left.unit), Quantity(Decimal(1), right.unit)
    if one.family and other.family and one.family != other.family:
        return
    yield Pair(left, op, right, _factors(left.unit, right.unit))


def _factors(left: str, right: str) -> tuple[int, int]:
    """Whole numbers only: floating columns stay exact as far as they can."""
    one, other = factor(left), factor(right)
    scale = min(one, other)
    return int(one / scale), int(other / scale)
