"""A where as a condition of Django's ORM; equal to `Where.matches` and `Where.to_sql` by property test."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from functools import reduce
from operator import and_, or_

from django.db.models import DecimalField, ExpressionWrapper, F, Q, Value
from django.db.models.expressions import Combinable
from django.db.models.lookups import Exact, GreaterThan, GreaterThanOrEqual, LessThan, LessThanOrEqual

from ronghe.core.select import Column, Facts, Kind, Op, Where
from ronghe.core.select.lower import Every, Never, Pair, Part, Present, Relation, Some, lower

_COMPARES = {
    Op.IS: Exact,
    Op.LEAST: GreaterThanOrEqual,
    Op.MOST: LessThanOrEqual,
    Op.BEFORE: LessThan,
    Op.AFTER: GreaterThan,
}
_LOOKUPS = {Op.IS: "exact", Op.LEAST: "gte", Op.MOST: "lte", Op.BEFORE: "lt", Op.AFTER: "gt"}


def to_q(where: Where, columns: Mapping[str, Column | str], context: Facts | None = None) -> Q:
    """Compile a where for `filter`.

    `columns` maps keys, and paths on the right, to ORM lookups (`organisation__code`); a bare lookup is a
    text column, `Column(lookup, kind, unit)` says otherwise. Paths the context knows are bound as values. A
    lookup over a many-valued relation means one of them, and under `not` none of them, as in Python. Raises
    DefinitionError `where-column` for a key without lookup and `where-sql` for conditions the database
    cannot check.
    """
    return _spell(lower(where.node, columns, context))


def _spell(part: Part) -> Q:
    match part:
        case Present(column):
            return _present(column)
        case Relation(column, op, value):
            # a Decimal as such would be rounded to the field's own digits before it is compared
            bound = Value(value, output_field=DecimalField()) if isinstance(value, Decimal) else value
            return Q(**{f"{column.name}__{_LOOKUPS[op]}": bound})
        case Pair(left, op, right, factors):
            return _present(left) & _present(right) & _pair(left, op, right, factors)
        case Every(parts):
            return reduce(and_, map(_spell, parts), Q())
        case Some(parts):
            return reduce(or_, map(_spell, parts)) if parts else Q(pk__in=[])
        case Never(inner):
            return ~_spell(inner)


def _present(column: Column) -> Q:
    if column.kind is Kind.TEXT:
        return Q(**{f"{column.name}__gt": ""})  # neither null nor empty, and one join over a relation
    return Q(**{f"{column.name}__isnull": False})


def _pair(left: Column, op: Op, right: Column, factors: tuple[int, int]) -> Q:
    if factors == (1, 1):
        return Q(**{f"{left.name}__{_LOOKUPS[op]}": F(right.name)})
    return Q(_COMPARES[op](_times(left.name, factors[0]), _times(right.name, factors[1])))


def _times(name: str, factor: int) -> Combinable:
    product = F(name) * Value(Decimal(factor), output_field=DecimalField())
    return ExpressionWrapper(product, output_field=DecimalField())
