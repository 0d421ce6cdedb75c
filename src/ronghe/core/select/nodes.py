"""What a where is made of once read: a small tree that Python, SQL and the ORM each walk."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from ronghe.core.select.path import Path
from ronghe.core.select.values import Literal


class Op(StrEnum):
    """How a fact is compared; `is` is the plain value."""

    IS = "is"
    LEAST = "least"
    MOST = "most"
    BEFORE = "before"
    AFTER = "after"


Operand = Literal | Path


@dataclass(frozen=True, slots=True)
class Compare:
    """Some value at `path` stands in `op` to some of `operands`."""

    path: Path
    op: Op
    operands: tuple[Operand, ...]


@dataclass(frozen=True, slots=True)
class Filled:
    """There is a value at `path`."""

    path: Path


@dataclass(frozen=True, slots=True)
class Live:
    """Something alive is linked under `name` (of `kind`, when said) and `node` holds for it."""

    kind: str
    name: str
    node: Node | None = None


@dataclass(frozen=True, slots=True)
class Beside:
    """The day of `path` lies before or after a thing of that kind and name for which `node` holds."""

    path: Path
    op: Op
    kind: str
    name: str
    node: Node | None = None


@dataclass(frozen=True, slots=True)
class Not:
    """Exact negation: everything is true or false, nothing unknown."""

    node: Node


@dataclass(frozen=True, slots=True)
class All:
    """Every one holds; with no nodes it always does."""

    nodes: tuple[Node, ...]


Node = Compare | Filled | Live | Beside | Not | All
