"""One where, one path, one selector for the whole notation (definitions.md, "Six small grammars")."""

from ronghe.core.select.gives import Change, Create, Give, Gives
from ronghe.core.select.lower import Column
from ronghe.core.select.nodes import All, Beside, Compare, Filled, Live, Node, Not, Op, Operand
from ronghe.core.select.path import NAME, ROLES, Facts, Path, is_thing, looks_like_path
from ronghe.core.select.quantity import KNOWN_UNITS, Quantity
from ronghe.core.select.selector import Choice, Draw, FirstOf, Kinds, ListRef, Name, PathRef, Selector
from ronghe.core.select.values import Kind, Literal
from ronghe.core.select.where import KINDS, WORDS, Where

__all__ = [
    "KINDS",
    "KNOWN_UNITS",
    "NAME",
    "ROLES",
    "WORDS",
    "All",
    "Beside",
    "Change",
    "Choice",
    "Column",
    "Compare",
    "Create",
    "Draw",
    "Facts",
    "Filled",
    "FirstOf",
    "Give",
    "Gives",
    "Kind",
    "Kinds",
    "ListRef",
    "Literal",
    "Live",
    "Name",
    "Node",
    "Not",
    "Op",
    "Operand",
    "Path",
    "PathRef",
    "Quantity",
    "Selector",
    "Where",
    "is_thing",
    "looks_like_path",
]
