"""The one filter of the notation: `{late: false, amount: {least: 1 亿元}, decided-by: {not: accepted-by}}`."""

from __future__ import annotations

import difflib
import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from ronghe.core.errors import DefinitionError
from ronghe.core.select.evaluate import holds_for
from ronghe.core.select.explain import what_is_missing
from ronghe.core.select.lower import Column
from ronghe.core.select.nodes import All, Beside, Compare, Filled, Live, Node, Not, Op, Operand
from ronghe.core.select.path import NAME, Facts, Path, looks_like_path
from ronghe.core.select.quantity import KNOWN_UNITS, Quantity
from ronghe.core.select.values import Literal

WORDS = ("not", "least", "most", "before", "after", "filled")
KINDS = (
    "organisation",
    "post",
    "relationship",
    "register",
    "procedure",
    "activity",
    "duty",
    "judgement",
    "bulletin",
)  # what may be alive, chosen or brought into being
_ISO = re.compile(r"\d{4}-\d{2}-\d{2}")
_UNSEEN = frozenset(["Cc", "Cs"])  # control characters and lone surrogates
_At = tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class Where:
    """A filter, or with `requires` something that must hold. The rules, the same in Python, SQL and the ORM:

    - Keys (paths, dots allowed) are *and*; a list of values is *or*; several words in one value are *and*.
    - Everything is true or false, never unknown. A comparison with a missing fact, or with a path that
      leads to nothing, is false; `not` is the exact negation, so it is true then. Who means otherwise adds
      `filled: true`. None, empty text and empty lists are missing; `false` and 0 are not.
    - A fact with several values stands in a relation when one of them does (so `not` means none of them
      does).
    - Values: true/false, numbers, dates (`2026-11-22`), quantities (`1 亿元`, number, space and a known unit;
      after `least` and `most` any unit), paths, else text. What is a path: see `looks_like_path`. `today`
      is a path answered by the facts or the context. `{list: code}` means any of the codes of that list,
      which facts or context answer under `list.<code>`.
    - `least most before after` order numbers, dates and moments only; text has no order. Kinds do not mix.
    - A word in place of a key speaks of the thing itself: `{not: responsible}`.
    - `live: assigned-service` holds when such a link is alive; `live: {register: x, where: {…}}` filters it.
    - `after: {bulletin: x, stands: {least: 5 工作日}}`: later than such a thing (rules; Python only).
    - A path on the right is looked up in the context when the context knows its head, else in the facts.
    """

    node: All

    @classmethod
    def parse(cls, raw: object) -> Where:
        """Read a YAML mapping. Raises DefinitionError with the field and a cure."""
        if isinstance(raw, Where):
            return raw
        return cls(_all(raw, ()))

    def matches(self, facts: Facts, context: Facts | None = None) -> bool:
        """Whether it holds for the facts.

        `context` answers paths on the right (a case, while units are filtered).
        """
        return holds_for(self.node, facts, context)

    def missing(
        self, facts: Facts, titles: Mapping[str, str] | None = None, context: Facts | None = None
    ) -> list[str]:
        """Say in Chinese what does not hold, one sentence for each key; empty when everything does.

        `titles` gives the words for keys and codes (`{"reason": "理由"}`); "" is the thing itself.
        """
        return what_is_missing(self.node, facts, titles or {}, context)

    def to_sql(
        self,
        columns: Mapping[str, Column | str],
        *,
        context: Facts | None = None,
        dialect: str = "sqlite",
    ) -> tuple[str, list[object]]:
        """Compile to a condition with positional placeholders (`?`, `%s` on postgres) and its parameters.

        `columns` maps keys, and paths on the right, to columns; a bare name is a text column. Values of the
        context are bound. Raises DefinitionError `where-column` for a key without column, `where-sql` for
        `after: {…}`.
        """
        from ronghe.core.select.sql import compile_sql  # noqa: PLC0415 - 7 MB that no web worker needs

        return compile_sql(self.node, columns, context, dialect)

    def names(self) -> list[tuple[str, str]]:
        """Every reference in order, for checking: (field|path|list|live or a kind, name)."""
        return list(_names(self.node))


def _all(raw: object, at: _At) -> All:
    if not isinstance(raw, Mapping) or not raw:
        raise DefinitionError(
            "where-shape", "条件必须是“名称: 值”的形式。", at, "例如 where: {state: closed}。"
        )
    return All(tuple(_entry(key, value, at) for key, value in raw.items()))


def _entry(key: object, value: object, at: _At) -> Node:
    here = (*at, str(key))
    if key in WORDS:
        return _word(Path(()), str(key), value, here)
    if key == "live":
        return _live(value, here)
    try:
        path = Path.parse(key)
    except DefinitionError as error:
        raise DefinitionError("where-key", f"“{key}”不能作为条件的名称。", here, error.cure) from None
    return _condition(path, value, here)


def _condition(path: Path, value: object, at: _At) -> Node:
    if not isinstance(value, Mapping):
        return Compare(path, Op.IS, _operands(value, at))
    if not value:
        raise DefinitionError("where-value", "条件的值是空的。", at, "请写出值，或用 {filled: true}。")
    nodes = tuple(_word(path, word, inner, (*at, str(word))) for word, inner in value.items())
    return nodes[0] if len(nodes) == 1 else All(nodes)


def _word(path: Path, word: object, value: object, at: _At) -> Node:
    if word == "not":
        return Not(_all(value, at) if not path.parts and _holds_keys(value) else _condition(path, value, at))
    if word == "filled":
        if not isinstance(value, bool):
            raise DefinitionError("where-filled", "filled 只能是 true 或 false。", at, "请写 filled: true。")
        return Filled(path) if value else Not(Filled(path))
    if word == "list":
        return Compare(path, Op.IS, (Path(("list", _name(value, at))),))
    if word in ("least", "most", "before", "after"):
        return _ordered(path, Op(str(word)), value, at)
    near = difflib.get_close_matches(str(word), [*WORDS, "list"], n=1)
    cure = f"是不是想写 {near[0]}？" if near else f"可用的词：{'、'.join([*WORDS, 'list'])}。"
    raise DefinitionError("where-word", f"条件里不认识“{word}”。", at, cure)


def _holds_keys(value: object) -> bool:
    return isinstance(value, Mapping) and not all(key in (*WORDS, "list") for key in value)


def _ordered(path: Path, op: Op, value: object, at: _At) -> Node:
    if isinstance(value, Mapping):
        if op not in (Op.BEFORE, Op.AFTER):
            raise DefinitionError("where-order", f"{op} 后面要写数量。", at, "例如 {least: 1 亿元}。")
        kind, name, rest = _kind_and_name(value, at)
        return Beside(path, op, kind, name, _all(rest, at) if rest else None)
    operands = _operands(value, at, any_unit=True)
    bad = [item for item in operands if isinstance(item, Literal) and isinstance(item.value, (bool, str))]
    if len(operands) != 1 or bad:
        raise DefinitionError(
            "where-order",
            f"{op} 后面只能是一个数量、日期或路径。",
            at,
            "例如 {least: 80 %}、{after: today}。",
        )
    return Compare(path, op, operands)


def _live(value: object, at: _At) -> Node:
    if isinstance(value, Mapping):
        kind, name, rest = _kind_and_name(value, at)
        inner = rest.pop("where", None)
        if rest:
            raise DefinitionError(
                "where-live", f"live 里不认识“{next(iter(rest))}”。", at, "只能再写 where。"
            )
        return Live(kind, name, None if inner is None else _all(inner, (*at, "where")))
    return Live("", _name(value, at))


def _kind_and_name(value: Mapping[object, object], at: _At) -> tuple[str, str, dict[object, object]]:
    kinds = [key for key in value if key in KINDS]
    if len(kinds) != 1:
        raise DefinitionError(
            "where-kind", "这里要写明一种对象，例如 {bulletin: 名称}。", at, f"可用：{'、'.join(KINDS)}。"
        )
    kind = str(kinds[0])
    rest = {key: inner for key, inner in value.items() if key != kind}
    return kind, _name(value[kind], (*at, kind)), rest


def _name(value: object, at: _At) -> str:
    if not isinstance(value, str) or not NAME.fullmatch(value):
        raise DefinitionError("where-name", f"“{value}”不是名称。", at, "名称是小写英文，用连字符相连。")
    return value


def _operands(value: object, at: _At, *, any_unit: bool = False) -> tuple[Operand, ...]:
    values = value if isinstance(value, (list, tuple)) else [value]
    if not values:
        raise DefinitionError("where-value", "“或”的列表是空的。", at, "请至少写一个值。")
    return tuple(read_operand(item, at, any_unit=any_unit) for item in values)


def read_operand(value: object, at: _At = (), *, any_unit: bool = False) -> Operand:
    """Read one value where literal or path may stand. Raises DefinitionError `where-value`."""
    if isinstance(value, (bool, Quantity)):
        return Literal(value)
    if isinstance(value, date) and not isinstance(value, datetime):
        return Literal(value)
    if isinstance(value, (int, float, Decimal)) and (number := Decimal(str(value))).is_finite():
        return Literal(number)
    if isinstance(value, str) and value.strip() and not _UNSEEN & {unicodedata.category(c) for c in value}:
        return _text_operand(value.strip(), any_unit=any_unit)
    raise DefinitionError(
        "where-value", f"“{value}”不能作为条件的值。", at, "值可以是 true/false、数、数量、日期、路径或文字。"
    )


def _text_operand(text: str, *, any_unit: bool) -> Operand:
    if looks_like_path(text):
        return Path.parse(text)
    if _ISO.fullmatch(text):
        try:
            return Literal(date.fromisoformat(text))
        except ValueError:
            return Literal(text)
    if " " in text or any_unit:
        try:
            quantity = Quantity.parse(text)
        except DefinitionError:
            return Literal(text)
        if any_unit or quantity.unit in KNOWN_UNITS:
            return Literal(quantity)
    return Literal(text)


def _names(node: Node) -> Iterator[tuple[str, str]]:
    match node:
        case All(nodes):
            for inner in nodes:
                yield from _names(inner)
        case Not(inner):
            yield from _names(inner)
        case Compare(path, _, operands):
            yield from _field(path)
            for item in operands:
                if isinstance(item, Path):
                    yield ("list", item.parts[1]) if item.head == "list" else ("path", str(item))
        case Filled(path):
            yield from _field(path)
        case _:
            yield node.kind or "live", node.name
            if node.node is not None:
                yield from _names(node.node)


def _field(path: Path) -> Iterator[tuple[str, str]]:
    if path.parts:
        yield "field", str(path)
