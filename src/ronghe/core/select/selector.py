"""Selectors: who or what is meant, `[about.assigned-service, topic.unit, triage]`."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from ronghe.core.errors import DefinitionError
from ronghe.core.select.nesting import inside
from ronghe.core.select.path import NAME, Path
from ronghe.core.select.quantity import Quantity
from ronghe.core.select.where import KINDS, Where


class Selector(ABC):
    """One of Name, PathRef, Kinds, FirstOf, ListRef, Draw."""

    @staticmethod
    def parse(raw: object) -> Choice:
        """Read a selector. Raises DefinitionError `selector-…` with field and cure."""
        if isinstance(raw, Choice):
            return raw
        if isinstance(raw, str):
            return _word(raw)
        if isinstance(raw, Sequence):
            return _first_of(raw)
        if isinstance(raw, Mapping):
            return _mapping(raw)
        raise _shape(raw)

    @abstractmethod
    def names(self) -> list[tuple[str, str]]:
        """Every reference in order, for checking: (name|path|list|field|live or a kind, name)."""


@dataclass(frozen=True, slots=True)
class Name(Selector):
    """A bare word: a role, a one-step path, or the name of an organisation, post or kind.

    Told apart when known.
    """

    text: str

    def names(self) -> list[tuple[str, str]]:
        return [("name", self.text)]


@dataclass(frozen=True, slots=True)
class PathRef(Selector):
    """A dotted path."""

    path: Path

    def names(self) -> list[tuple[str, str]]:
        return [("path", str(self.path))]


@dataclass(frozen=True, slots=True)
class Kinds(Selector):
    """All of that kind and name for which the filter holds."""

    kind: str
    name: str
    where: Where | None = None

    def names(self) -> list[tuple[str, str]]:
        return [(self.kind, self.name), *(self.where.names() if self.where else [])]


@dataclass(frozen=True, slots=True)
class FirstOf(Selector):
    """The first that exists."""

    options: tuple[Choice, ...]

    def names(self) -> list[tuple[str, str]]:
        return [name for option in self.options for name in option.names()]


@dataclass(frozen=True, slots=True)
class ListRef(Selector):
    """Whoever the list names for the facts at hand (a routing table, stage × unit)."""

    name: str

    def names(self) -> list[tuple[str, str]]:
        return [("list", self.name)]


@dataclass(frozen=True, slots=True)
class Draw(Selector):
    """That many, or that share, drawn from a selector with a seed committed first; `strata` a path."""

    count: Quantity
    source: Choice
    strata: Path | None = None

    def names(self) -> list[tuple[str, str]]:
        return [*self.source.names(), *([("path", str(self.strata))] if self.strata else [])]


Choice = Name | PathRef | Kinds | FirstOf | ListRef | Draw


def _word(raw: str) -> Choice:
    try:
        path = Path.parse(raw)
    except DefinitionError as error:
        raise DefinitionError("selector-word", f"“{raw}”不是角色、路径或名称。", (), error.cure) from None
    return PathRef(path) if len(path.parts) > 1 else Name(path.head)


def _first_of(raw: Sequence[object]) -> Choice:
    if not raw:
        raise DefinitionError("selector-empty", "没有写由谁负责。", (), "请至少写一个角色、路径或名称。")
    options = []
    for number, item in enumerate(raw):
        with inside(number):
            options.append(Selector.parse(item))
    return FirstOf(tuple(options))


def _mapping(raw: Mapping[object, object]) -> Choice:
    keys = set(raw)
    kinds = [kind for kind in KINDS if kind in keys]
    if keys == {"list"}:
        return ListRef(_name(raw["list"], "list"))
    if {"draw", "from"} <= keys:
        _only(keys, {"draw", "from", "strata"})
        with inside("strata"):
            strata = Path.parse(raw["strata"]) if "strata" in keys else None
        with inside("from"):
            source = Selector.parse(raw["from"])
        return Draw(_count(raw["draw"]), source, strata)
    if len(kinds) == 1:
        kind = kinds[0]
        _only(keys, {kind, "where"})
        with inside("where"):
            where = Where.parse(raw["where"]) if "where" in keys else None
        return Kinds(kind, _name(raw[kind], kind), where)
    raise _shape(dict(raw))


def _count(raw: object) -> Quantity:
    if isinstance(raw, int) and not isinstance(raw, bool) and raw > 0:
        return Quantity(Decimal(raw), "")
    quantity = Quantity.parse(raw) if isinstance(raw, str) else None
    if quantity is None or quantity.family or not 0 < quantity.base <= 1:
        raise DefinitionError(
            "selector-draw", f"“{raw}”不是抽取的数量。", ("draw",), "请写整数或百分比，如 5、10 %。"
        )
    return quantity


def _name(raw: object, key: str) -> str:
    if not isinstance(raw, str) or not NAME.fullmatch(raw):
        raise DefinitionError("selector-name", f"“{raw}”不是名称。", (key,), "名称是小写英文，用连字符相连。")
    return raw


def _only(keys: set[object], known: set[str]) -> None:
    for key in sorted(map(str, keys - known)):
        raise DefinitionError(
            "selector-key", f"这里不认识“{key}”。", (key,), f"可用：{'、'.join(sorted(known))}。"
        )


def _shape(raw: object) -> DefinitionError:
    return DefinitionError(
        "selector-shape",
        f"“{raw}”不是选择的写法。",
        (),
        "请写角色、路径、名称，或 {organisation: 名称, where: {…}}、{list: 名称}、{draw: 5, from: …}。",
    )
