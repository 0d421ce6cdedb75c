"""Values a where compares: what kind they are of, and when two stand in a relation."""

from __future__ import annotations

import operator
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any
from zoneinfo import ZoneInfo

from ronghe.core.select.path import is_thing
from ronghe.core.select.quantity import Quantity

ZONE = ZoneInfo("Asia/Shanghai")
Scalar = bool | Decimal | Quantity | str | date


class Kind(StrEnum):
    """Values of two kinds never are equal and never have an order, but for moments and dates."""

    BOOLEAN = "boolean"
    NUMBER = "number"
    TEXT = "text"
    DATE = "date"
    MOMENT = "moment"
    THING = "thing"
    OTHER = "other"


ORDERED = frozenset([Kind.NUMBER, Kind.DATE, Kind.MOMENT])
RELATIONS: dict[str, Callable[[Any, Any], bool]] = {
    "is": operator.eq,
    "least": operator.ge,
    "most": operator.le,
    "before": operator.lt,
    "after": operator.gt,
}


@dataclass(frozen=True, slots=True)
class Literal:
    """A value written in the definition itself."""

    value: Scalar


def kind_of(value: object) -> Kind:
    """Tell the kind of a fact or literal; numbers that are not finite are OTHER."""
    if isinstance(value, bool):
        return Kind.BOOLEAN
    if isinstance(value, (int, Decimal, float, Quantity)):
        return Kind.NUMBER if as_quantity(value).amount.is_finite() else Kind.OTHER
    if isinstance(value, str):
        return Kind.TEXT
    if isinstance(value, datetime):
        return Kind.MOMENT
    if isinstance(value, date):
        return Kind.DATE
    return Kind.THING if is_thing(value) else Kind.OTHER


def as_quantity(value: Decimal | float | Quantity) -> Quantity:
    """A bare number counts in the base unit of whatever it meets (元, 月, or no unit)."""
    if isinstance(value, Quantity):
        return value
    return Quantity(Decimal(str(value)) if isinstance(value, float) else Decimal(value), "")


def day_of(moment: datetime) -> date:
    """The day of a moment in Shanghai; a moment without zone is taken as Shanghai's."""
    return moment.astimezone(ZONE).date() if moment.tzinfo else moment.date()


def holds(left: object, op: str, right: object) -> bool:
    """Whether two present values stand in the relation; values that do not compare do not.

    Numbers compare in the base unit of their family, text only by equality, a moment with a date by its
    day, a thing with text by its `code`, a thing with a thing by `==`.
    """
    if is_thing(left) and isinstance(right, str):
        left = left.get("code")
    elif is_thing(right) and isinstance(left, str):
        right = right.get("code")
    pair = _comparable(left, right)
    if pair is None:
        return False
    if op != "is" and kind_of(pair[0]) not in ORDERED:
        return False
    return bool(RELATIONS[op](*pair))


def _comparable(left: object, right: object) -> tuple[object, object] | None:
    if isinstance(left, datetime) and kind_of(right) is Kind.DATE:
        return day_of(left), right
    if isinstance(right, datetime) and kind_of(left) is Kind.DATE:
        return left, day_of(right)
    kind = kind_of(left)
    if kind is not kind_of(right) or kind is Kind.OTHER:
        return None
    if isinstance(left, datetime) and isinstance(right, datetime):
        return _aware(left), _aware(right)
    if isinstance(left, (int, Decimal, float, Quantity)) and isinstance(
        right, (int, Decimal, float, Quantity)
    ):
        return _numbers(left, right)
    return left, right


def _aware(moment: datetime) -> datetime:
    return moment if moment.tzinfo else moment.replace(tzinfo=ZONE)


def _numbers(
    left: Decimal | float | Quantity, right: Decimal | float | Quantity
) -> tuple[object, object] | None:
    if kind_of(left) is not Kind.NUMBER or isinstance(left, bool):
        return left, right
    one, other = as_quantity(left), as_quantity(right)
    if one.family and other.family and one.family != other.family:
        return None
    return one.base, other.base
