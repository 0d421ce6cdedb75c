"""A number with its unit: `1 亿元`, `80 %`, `3 工作日`."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from decimal import Decimal
from functools import total_ordering

from ronghe.core.errors import DefinitionError

_FAMILIES: dict[str, tuple[str, Decimal]] = {
    "元": ("元", Decimal(1)),
    "千元": ("元", Decimal(1000)),
    "万元": ("元", Decimal(10_000)),
    "百万元": ("元", Decimal(1_000_000)),
    "亿元": ("元", Decimal(100_000_000)),
    "%": ("", Decimal("0.01")),
    "‰": ("", Decimal("0.001")),
    "月": ("月", Decimal(1)),
    "年": ("月", Decimal(12)),
    "工作日": ("工作日", Decimal(1)),
    "自然日": ("自然日", Decimal(1)),
    "工时": ("工时", Decimal(1)),
}
KNOWN_UNITS = frozenset(_FAMILIES)
_SHAPE = re.compile(
    r"(?P<amount>[+-]?\d{1,3}(?:,\d{3})+(?:\.\d+)?|[+-]?\d+(?:\.\d+)?)\s*(?P<unit>[^\s\d.,+-]\S{0,11})"
)


@total_ordering
@dataclass(frozen=True, slots=True, eq=False)
class Quantity:
    """Amounts of one unit family compare by size (`1 亿元 == 10000 万元`); those of two families never are equal.

    Families: money (元 千元 万元 百万元 亿元), lengths of calendar time (月 年), ratios (% ‰: 80 % is 0.8), and every
    other unit alone: working days, natural days and office hours never mix.
    """

    amount: Decimal
    unit: str

    @classmethod
    def parse(cls, raw: object) -> Quantity:
        """Read `1 亿元`, `1亿元`, `5 个工作日`, `0.01 %`. Raises DefinitionError `quantity-shape`."""
        if isinstance(raw, Quantity):
            return raw
        found = _SHAPE.fullmatch(unicodedata.normalize("NFKC", raw).strip()) if isinstance(raw, str) else None
        if found is None:
            raise DefinitionError(
                "quantity-shape", f"“{raw}”不是数量。", cure="请写成数字加单位，例如 3 工作日、1 亿元、80 %。"
            )
        unit = found["unit"]
        if unit.startswith("个") and unit[1:] in _FAMILIES:
            unit = unit[1:]
        return cls(Decimal(found["amount"].replace(",", "")), unit)

    @property
    def family(self) -> str:
        """The base unit of its family; empty for ratios, which compare with bare numbers."""
        return _FAMILIES.get(self.unit, (self.unit, Decimal(1)))[0]

    @property
    def base(self) -> Decimal:
        """The amount in the base unit of its family."""
        return self.amount * factor(self.unit)

    def to(self, unit: str) -> Quantity:
        """The same size in another unit of the family. Raises DefinitionError `quantity-units`."""
        target = Quantity(Decimal(1), unit)
        if target.family != self.family:
            raise _unlike(self, target)
        return Quantity(self.base / target.base, unit)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Quantity) and (self.family, self.base) == (other.family, other.base)

    def __hash__(self) -> int:
        return hash((self.family, self.base))

    def __lt__(self, other: Quantity) -> bool:
        if self.family != other.family:
            raise _unlike(self, other)
        return self.base < other.base

    def __str__(self) -> str:
        return f"{self.amount:f} {self.unit}"


def factor(unit: str) -> Decimal:
    """How many base units of its family one `unit` is; 1 for no unit."""
    return _FAMILIES.get(unit, (unit, Decimal(1)))[1]


def _unlike(one: Quantity, other: Quantity) -> DefinitionError:
    return DefinitionError(
        "quantity-units", f"“{one.unit}”和“{other.unit}”不能比较或换算。", cure="请改用同一类单位。"
    )
