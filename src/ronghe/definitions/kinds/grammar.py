"""The small words of definitions that no pure package owns: moments, cadences, windows, formulas, rounding.

All are frozen values made from one text, and raise `DefinitionError` with a cure.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from typing import Literal

from ronghe.core.errors import DefinitionError
from ronghe.core.worktime import Limit, Unit
from ronghe.definitions.enums import Each

_COUNT = re.compile(r"([1-9][0-9]*) gaps?")
_YEARS = re.compile(r"([1-9][0-9]*) ?年")
_PATH = re.compile(r"[a-z][a-z0-9-]*(\.[a-z][a-z0-9-]*)+")
_ROUNDING = re.compile(r"(0|[1-9][0-9]*)(\.[0-9]+)?(?: ?(%|[^\W\d_]+))?")
_TOKEN = re.compile(r"\s*(?:([0-9]+(?:\.[0-9]+)?)|([a-z][a-z0-9]*(?:-[a-z0-9]+)*)|([-+*/()]))")
WINDOWS = ("period", "month", "quarter", "half-year", "year", "year-to-date", "all")


def _text(raw: object, what: str) -> str:
    if not isinstance(raw, str):
        raise DefinitionError("not-text", f"{what}要写成一段文字。", cure="例如 3 工作日")
    return raw.strip()


def length(raw: object) -> Limit:
    """A length of time, `年` allowed: `3 年` is 36 月."""
    text = _text(raw, "时长")
    if years := _YEARS.fullmatch(text):
        return Limit(int(years[1]) * 12, Unit.MONTH)
    return Limit.parse(text)


@dataclass(frozen=True)
class Moment:
    """When something is due to be told or done: `yellow`, `red`, `1 工作日 left`, `3 工作日 late`, `2 gaps`."""

    word: Literal["yellow", "red", "left", "late", "gaps"]
    limit: Limit | None = None
    count: int = 0

    @classmethod
    def parse(cls, raw: object) -> Moment:
        """Read a moment; `overdue` is another word for `red`."""
        text = _text(raw, "时点")
        if text in ("yellow", "red", "overdue"):
            return cls("yellow" if text == "yellow" else "red")
        if found := _COUNT.fullmatch(text):
            return cls("gaps", count=int(found[1]))
        amount, _, word = text.rpartition(" ")
        if word == "left":
            return cls("left", length(amount))
        if word == "late":
            return cls("late", length(amount))
        raise DefinitionError(
            "moment", f"不认识的时点“{text}”。", cure="写 yellow、red、1 工作日 left、3 工作日 late 或 2 gaps"
        )


@dataclass(frozen=True)
class Cadence:
    """How often: a calendar word (each such period), a length, or a path to one (both from the last time)."""

    each: Each | None = None
    length: Limit | None = None
    path: str = ""

    @classmethod
    def parse(cls, raw: object) -> Cadence:
        """Read a cadence: `quarter`, `6 月`, `3 年` or `holder.term`."""
        text = _text(raw, "频次")
        if text in tuple(Each):
            return cls(each=Each(text))
        if _PATH.fullmatch(text):
            return cls(path=text)
        try:
            return cls(length=length(text))
        except DefinitionError as error:
            raise DefinitionError(
                "cadence", f"不认识的频次“{text}”。", cure=f"写 {'、'.join(Each)}，或时长如 6 月、3 年"
            ) from error


@dataclass(frozen=True)
class Window:
    """Which days a measure looks at: a word, the last so long, or the stand so long before."""

    word: str = "period"
    length: Limit | None = None

    @classmethod
    def parse(cls, raw: object) -> Window:
        """Read a window: `year-to-date`, `12 月`, `3 年 before`."""
        text = _text(raw, "时段")
        if text in WINDOWS:
            return cls(text)
        before = text.endswith(" before")
        try:
            return cls("before" if before else "last", length(text.removesuffix(" before")))
        except DefinitionError as error:
            raise DefinitionError(
                "window",
                f"不认识的时段“{text}”。",
                cure=f"写 {'、'.join(WINDOWS)}，或时长如 12 月、3 年 before",
            ) from error


@dataclass(frozen=True)
class Rounding:
    """The last digit shown and its unit: `0.01 %`, `0.1 工作日`, `1`. A half is rounded up."""

    step: Decimal
    unit: str = ""

    @classmethod
    def parse(cls, raw: object) -> Rounding:
        """Read a rounding."""
        found = _ROUNDING.fullmatch(str(raw).strip())
        if not found or (step := Decimal(found[1] + (found[2] or ""))) <= 0:
            raise DefinitionError("rounding", f"不认识的取数写法“{raw}”。", cure="例如 0.01 %、0.1 工作日、1")
        return cls(step, found[3] or "")

    def apply(self, value: Fraction) -> Decimal:
        """The value in this unit, rounded: 598/615 as `0.01 %` is 97.24."""
        scaled = value * 100 if self.unit == "%" else value
        steps = scaled / Fraction(self.step)
        whole = (Decimal(steps.numerator) / Decimal(steps.denominator)).quantize(Decimal(1), ROUND_HALF_UP)
        return whole * self.step


Tree = Fraction | str | tuple[str, "Tree", "Tree"]


@dataclass(frozen=True)
class Formula:
    """Names and numbers joined by `+ - * /` and brackets. `done-due` is one name, `done - due` a difference."""

    text: str
    tree: Tree

    @classmethod
    def parse(cls, raw: object) -> Formula:
        """Read a formula."""
        text = (
            str(raw).strip()
            if isinstance(raw, int | float) and not isinstance(raw, bool)
            else _text(raw, "算式")
        )
        return cls(text, _Reader(text).whole())

    def names(self) -> list[str]:
        """Every name used, once, in order."""
        return list(dict.fromkeys(_names(self.tree)))

    def value(self, given: Mapping[str, Fraction]) -> Fraction | None:
        """The exact value, or None where something is divided by nothing."""
        try:
            return _value(self.tree, given)
        except ZeroDivisionError:
            return None


def _names(tree: Tree) -> Iterator[str]:
    if isinstance(tree, str):
        yield tree
    elif isinstance(tree, tuple):
        yield from _names(tree[1])
        yield from _names(tree[2])


def _value(tree: Tree, given: Mapping[str, Fraction]) -> Fraction:
    if isinstance(tree, Fraction):
        return tree
    if isinstance(tree, str):
        return given[tree]
    left, right = _value(tree[1], given), _value(tree[2], given)
    match tree[0]:
        case "+":
            return left + right
        case "-":
            return left - right
        case "*":
            return left * right
        case _:
            return left / right


class _Reader:
    """Recursive descent over the tokens of one formula."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.tokens: list[tuple[str, str]] = []
        at = 0
        while at < len(text):
            found = _TOKEN.match(text, at)
            if not found:
                raise self.refused()
            number, name, sign = found.groups()
            self.tokens.append(("number", number) if number else ("name", name) if name else ("sign", sign))
            at = found.end()
        self.at = 0

    def refused(self) -> DefinitionError:
        return DefinitionError(
            "formula", f"算式“{self.text}”读不懂。", cure="用指标项的名字、数、+ - * / 和括号；减号两边空一格"
        )

    def whole(self) -> Tree:
        try:
            tree = self.sum()
        except RecursionError as error:
            raise self.refused() from error
        if self.at != len(self.tokens):
            raise self.refused()
        return tree

    def sign(self, *signs: str) -> str:
        if self.at < len(self.tokens) and self.tokens[self.at] in [("sign", sign) for sign in signs]:
            self.at += 1
            return self.tokens[self.at - 1][1]
        return ""

    def sum(self) -> Tree:
        tree = self.product()
        while sign := self.sign("+", "-"):
            tree = (sign, tree, self.product())
        return tree

    def product(self) -> Tree:
        tree = self.part()
        while sign := self.sign("*", "/"):
            tree = (sign, tree, self.part())
        return tree

    def part(self) -> Tree:
        if self.sign("("):
            tree = self.sum()
            if not self.sign(")"):
                raise self.refused()
            return tree
        if self.at >= len(self.tokens) or self.tokens[self.at][0] == "sign":
            raise self.refused()
        kind, text = self.tokens[self.at]
        self.at += 1
        return Fraction(text) if kind == "number" else text
