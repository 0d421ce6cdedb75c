"""A quantity of time as a rule writes it: `5 工作日`, `15 自然日`, `1 月`, `4 工时`."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache

from ronghe.core.errors import DefinitionError

MOST = 100_000
_WRITTEN = re.compile(r"\s*([+-]?\d+)\s*个?\s*(\S*)\s*")


class Unit(StrEnum):
    WORKDAY = "工作日"
    DAY = "自然日"
    MONTH = "月"
    HOUR = "工时"

    def counted(self, amount: int) -> str:
        """The amount with the measure word people use: 3 个工作日, 15 天, 2 个月, 4 小时."""
        return f"{amount} {_MEASURE_WORDS[self]}"


_MEASURE_WORDS = {Unit.WORKDAY: "个工作日", Unit.DAY: "天", Unit.MONTH: "个月", Unit.HOUR: "小时"}
_CURE = "请写成“5 工作日”“15 自然日”“1 月”或“4 工时”"


@dataclass(frozen=True, slots=True)
class Limit:
    """At most `amount` units. Zero means the same day."""

    amount: int
    unit: Unit

    def __post_init__(self) -> None:
        if self.amount < 0:
            raise DefinitionError("limit.negative", f"时限不能是负数：{self.amount} {self.unit}", cure=_CURE)
        if self.amount > MOST:
            raise DefinitionError(
                "limit.too-large", f"时限过大：{self.amount} {self.unit}，最多 {MOST}", cure=_CURE
            )

    @classmethod
    def parse(cls, written: object) -> Limit:
        """Read `5 工作日`; the space and 个 are optional. Raises DefinitionError with a cure."""
        if not isinstance(written, str):
            raise DefinitionError("limit.unreadable", f"看不懂时限“{written}”", cure=_CURE)
        return _read(written)

    def __str__(self) -> str:
        return f"{self.amount} {self.unit}"


@lru_cache(maxsize=512)
def _read(written: str) -> Limit:
    found = _WRITTEN.fullmatch(written)
    if found is None:
        raise DefinitionError("limit.unreadable", f"看不懂时限“{written}”", cure=_CURE)
    amount, unit = found.groups()
    if unit not in tuple(Unit):
        said = f"时限“{written}”的单位“{unit}”不认识" if unit else f"时限“{written}”没有单位"
        raise DefinitionError("limit.unit", said, cure=_CURE)
    if len(amount) > len(str(MOST)) + 1:
        raise DefinitionError("limit.too-large", f"时限过大：{written}，最多 {MOST}", cure=_CURE)
    return Limit(int(amount), Unit(unit))
