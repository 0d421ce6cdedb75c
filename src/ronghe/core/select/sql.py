"""Spell a lowered where as SQL with parameters."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal

import sqlglot
from sqlglot import exp

from ronghe.core.select.lower import (
    Bound,
    Column,
    Columns,
    Every,
    Pair,
    Part,
    Present,
    Relation,
    Some,
    lower,
)
from ronghe.core.select.nodes import Node, Op
from ronghe.core.select.path import Facts
from ronghe.core.select.values import Kind

__all__ = ["Column", "compile_sql"]
_SPELLED: dict[Op, type[exp.Binary]] = {
    Op.IS: exp.EQ,
    Op.LEAST: exp.GTE,
    Op.MOST: exp.LTE,
    Op.BEFORE: exp.LT,
    Op.AFTER: exp.GT,
}
_INT64 = 2**63


def compile_sql(
    node: Node, columns: Columns, context: Facts | None, dialect: str
) -> tuple[str, list[object]]:
    """The condition and its parameters in the order of the placeholders; never NULL for any row."""
    writer = _Writer(dialect)
    tree = writer.spell(lower(node, columns, context))
    return tree.sql(dialect=dialect), writer.params


class _Writer:
    def __init__(self, dialect: str) -> None:
        self.dialect = dialect
        self.params: list[object] = []

    def spell(self, part: Part) -> exp.Expr:
        match part:
            case Present(column):
                return self._present(column)
            case Relation(column, op, value):
                left = self._column(column)
                return exp.and_(self._present(column), _SPELLED[op](this=left, expression=self._bind(value)))
            case Pair(left_column, op, right_column, (one, other)):
                pair = _SPELLED[op](
                    this=_times(self._column(left_column), one),
                    expression=_times(self._column(right_column), other),
                )
                return exp.and_(self._present(left_column), self._present(right_column), pair)
            case Every(parts):
                return exp.and_(*map(self.spell, parts))
            case Some(parts):
                return exp.or_(*map(self.spell, parts)) if parts else exp.false()
            case _:
                return exp.not_(exp.paren(self.spell(part.part), copy=False))

    def _column(self, column: Column) -> exp.Expr:
        return sqlglot.parse_one(column.name, dialect=self.dialect)

    def _present(self, column: Column) -> exp.Expr:
        given = exp.not_(exp.Is(this=self._column(column), expression=exp.null()))
        if column.kind is not Kind.TEXT:
            return given
        return exp.and_(given, exp.NEQ(this=self._column(column), expression=exp.Literal.string("")))

    def _bind(self, value: Bound) -> exp.Expr:
        self.params.append(_for_sqlite(value) if self.dialect == "sqlite" else value)
        return exp.Placeholder()


def _times(column: exp.Expr, factor: int) -> exp.Expr:
    return column if factor == 1 else exp.Mul(this=column, expression=exp.Literal.number(factor))


def _for_sqlite(value: Bound) -> object:
    """As Django stores it: moments as UTC text, days as ISO text, numbers as numbers."""
    if isinstance(value, datetime):
        return value.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S.%f").removesuffix(".000000")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Decimal):
        whole = value == value.to_integral_value() and abs(value) < _INT64
        return int(value) if whole else float(value)
    return value
