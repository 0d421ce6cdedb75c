"""Gives: what comes into being or changes when a step ends, a verdict falls, a band is reached."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from ronghe.core.errors import DefinitionError
from ronghe.core.select.nesting import inside
from ronghe.core.select.nodes import Operand
from ronghe.core.select.path import NAME, Path
from ronghe.core.select.where import KINDS, Where, read_operand

_EXTRA = {"post": {"held_by"}, "relationship": {"from", "to"}}
_COMMON = {"for_each", "where", "about", "values"}


@dataclass(frozen=True, slots=True)
class Create:
    """One new thing, or one for each row: a case, an entry, an appointment, a relationship, a bulletin …

    `held_by` is who sits in the post, `ends` are a relationship's ends, `about` what a case is about,
    `values` its form filled in beforehand; what is None is left to the thing that gives. `where` must
    hold (for the row, with for_each) or nothing is made.
    """

    kind: str
    name: str
    for_each: Path | None = None
    where: Where | None = None
    held_by: Path | None = None
    about: Path | None = None
    ends: tuple[Path | None, Path | None] = (None, None)
    values: Mapping[str, Operand] = field(default_factory=dict)

    def names(self) -> list[tuple[str, str]]:
        paths = [self.for_each, self.held_by, self.about, *self.ends]
        values = [value for value in self.values.values() if isinstance(value, Path)]
        rest = self.where.names() if self.where else []
        return [(self.kind, self.name), *(("path", str(path)) for path in [*paths, *values] if path), *rest]


@dataclass(frozen=True, slots=True)
class Change:
    """`set` a path to a value, `end` or `reopen` what a path leads to."""

    act: str
    path: Path
    value: Operand | None = None
    for_each: Path | None = None
    where: Where | None = None

    def names(self) -> list[tuple[str, str]]:
        paths = [self.path, self.value, self.for_each]
        rest = self.where.names() if self.where else []
        return [*(("path", str(path)) for path in paths if isinstance(path, Path)), *rest]


Give = Create | Change


@dataclass(frozen=True, slots=True)
class Gives:
    """In the order written, in one transaction."""

    items: tuple[Give, ...]

    @classmethod
    def parse(cls, raw: object) -> Gives:
        """Read one mapping or a list of them. Raises DefinitionError `gives-…`."""
        if isinstance(raw, Gives):
            return raw
        if isinstance(raw, Mapping):
            return cls((_give(raw),))
        if not isinstance(raw, Sequence) or isinstance(raw, str) or not raw:
            raise _shape(raw)
        items = []
        for number, item in enumerate(raw):
            with inside(number):
                items.append(_give(item))
        return cls(tuple(items))

    def names(self) -> list[tuple[str, str]]:
        """Every reference in order, for checking: (path|field|list or a kind, name)."""
        return [name for item in self.items for name in item.names()]


def _give(raw: object) -> Give:
    if not isinstance(raw, Mapping):
        raise _shape(raw)
    verbs = [key for key in (*KINDS, "set", "end", "reopen") if key in raw]
    if len(verbs) != 1 or verbs[0] == "duty":
        raise _shape(dict(raw))
    return _create(raw, verbs[0]) if verbs[0] in KINDS else _change(raw, verbs[0])


def _create(raw: Mapping[object, object], kind: str) -> Create:
    _only(raw, {kind, *_COMMON, *_EXTRA.get(kind, set())})
    name = raw[kind]
    if not isinstance(name, str) or not NAME.fullmatch(name):
        raise DefinitionError("gives-name", f"“{name}”不是名称。", (kind,), "名称是小写英文，用连字符相连。")
    return Create(
        kind=kind,
        name=name,
        for_each=_path(raw, "for_each"),
        where=_where(raw),
        held_by=_path(raw, "held_by"),
        about=_path(raw, "about"),
        ends=(_path(raw, "from"), _path(raw, "to")),
        values=_values(raw.get("values")),
    )


def _change(raw: Mapping[object, object], act: str) -> Change:
    known = {act, "for_each", "where"} | ({"to"} if act == "set" else set())
    _only(raw, known)
    if act == "set" and "to" not in raw:
        raise DefinitionError(
            "gives-set", "set 要写明改成什么。", ("set",), "例如 {set: about.stage, to: 投产}。"
        )
    with inside("to"):
        value = read_operand(raw["to"]) if "to" in raw else None
    with inside(act):
        path = Path.parse(raw[act])
    return Change(act, path, value, _path(raw, "for_each"), _where(raw))


def _path(raw: Mapping[object, object], key: str) -> Path | None:
    with inside(key):
        return Path.parse(raw[key]) if key in raw else None


def _where(raw: Mapping[object, object]) -> Where | None:
    with inside("where"):
        return Where.parse(raw["where"]) if "where" in raw else None


def _values(raw: object) -> dict[str, Operand]:
    if raw is None:
        return {}
    if not isinstance(raw, Mapping):
        raise DefinitionError(
            "gives-values", "values 必须是“字段: 值”。", ("values",), "例如 values: {unit: responsible}。"
        )
    found = {}
    for key, value in raw.items():
        with inside("values", str(key)):
            found[str(Path.parse(key))] = read_operand(value)
    return found


def _only(raw: Mapping[object, object], known: set[str]) -> None:
    for key in raw:
        if key not in known:
            cure = f"可用：{'、'.join(sorted(known))}。"
            raise DefinitionError("gives-key", f"这里不认识“{key}”。", (str(key),), cure)


def _shape(raw: object) -> DefinitionError:
    return DefinitionError(
        "gives-shape",
        f"“{raw}”没有写明产生或改变什么。",
        (),
        "请写 {procedure: 名称}、{register: 名称}、{post: 名称, held_by: 路径}、"
        "{set: 路径, to: 值}、{end: 路径} 或 {reopen: 路径}。",
    )
