"""Paths (`about.promised`) and the facts they are followed through."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Protocol, TypeGuard

from ronghe.core.errors import DefinitionError

NAME = re.compile(r"[a-z][a-z0-9_]*(?:-[a-z0-9_]+)*")
_DOTTED = re.compile(rf"{NAME.pattern}(?:\.{NAME.pattern})+")
ROLES = frozenset(
    [
        "requester",
        "opener",
        "first-receiver",
        "responsible",
        "assignee",
        "lane",
        "chosen",
        "holder",
        "head",
        "about",
        "organiser",
    ]
)


class Facts(Protocol):
    """What a path is followed through: a case, an entry, an organisation … or a plain dict.

    `get` gives a scalar (bool, int, Decimal, Quantity, text, date, aware datetime), other Facts, a list of
    either, or None for what is unknown. Things that are the same must be `==`; a thing compared with text
    gives its `code`. Texts are never read as numbers or dates: an adapter over stored JSON gives typed
    values (`Form.typed`).
    """

    def get(self, name: str, /) -> object | None: ...


def is_thing(value: object) -> TypeGuard[Facts]:
    """Tell Facts from scalars."""
    return hasattr(value, "get")


@dataclass(frozen=True, slots=True)
class Path:
    """Dotted names; without parts it means the thing itself."""

    parts: tuple[str, ...]

    @classmethod
    def parse(cls, raw: object) -> Path:
        """Read `about.promised` or `responsible`. Raises DefinitionError `path-shape`."""
        if isinstance(raw, Path):
            return raw
        parts = tuple(raw.strip().split(".")) if isinstance(raw, str) else ()
        if not parts or not all(NAME.fullmatch(part) for part in parts):
            raise DefinitionError(
                "path-shape", f"“{raw}”不是路径。", cure="路径由小写英文名称用点相连，例如 about.promised。"
            )
        return cls(parts)

    @property
    def head(self) -> str:
        return self.parts[0] if self.parts else ""

    def resolve(self, facts: Facts) -> list[object]:
        """Every value at the end of the path, in order; lists on the way are followed one by one.

        Empty when anything on the way is missing: None, empty text and empty lists count as missing.
        """
        found: list[object] = [facts]
        for part in self.parts:
            found = [value for thing in found if is_thing(thing) for value in _flat(thing.get(part))]
        return found

    def __str__(self) -> str:
        return ".".join(self.parts)


def looks_like_path(text: str) -> bool:
    """Tell a path from a literal where both may stand (a where's values, `set … to`).

    A path is (1) two or more code words joined by dots (`about.district`, `branch.secretary`: codes have no
    dots), (2) exactly a role (`responsible`), (3) a code word ending in `-by` (`accepted-by`), or (4)
    `today`. Everything else is a literal.
    """
    if text in ROLES or text == "today":
        return True
    return bool(_DOTTED.fullmatch(text) or (NAME.fullmatch(text) and text.endswith("-by")))


def _flat(value: object) -> list[object]:
    if value is None or value == "":
        return []
    if isinstance(value, (list, tuple, set, frozenset)):
        return [inner for item in value for inner in _flat(item)]
    return [value]
