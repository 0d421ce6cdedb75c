"""Say in Chinese what a where still lacks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from ronghe.core.select.evaluate import holds_for, operand_values
from ronghe.core.select.nodes import All, Beside, Compare, Filled, Live, Node, Not, Op, Operand
from ronghe.core.select.path import Facts, Path, is_thing
from ronghe.core.select.values import ZONE

_RELATION = {
    Op.IS: "应为",
    Op.LEAST: "应不少于",
    Op.MOST: "应不超过",
    Op.BEFORE: "应早于",
    Op.AFTER: "应晚于",
}


def what_is_missing(node: Node, facts: Facts, titles: Mapping[str, str], context: Facts | None) -> list[str]:
    """One sentence for each part that does not hold; empty when all do."""
    if isinstance(node, All):
        return [line for inner in node.nodes for line in what_is_missing(inner, facts, titles, context)]
    if holds_for(node, facts, context):
        return []
    return [_Words(facts, titles, context).sentence(node)]


@dataclass(frozen=True, slots=True)
class _Words:
    facts: Facts
    titles: Mapping[str, str]
    context: Facts | None

    def sentence(self, node: Node) -> str:
        match node:
            case Compare(path, op, operands):
                wanted = self._values(operands)
                found = path.resolve(self.facts)
                if not found:
                    return f"缺少{self._title(path)}（{_RELATION[op]}{wanted}）"
                return f"{self._title(path)}{_RELATION[op]}{wanted}，现为{_join(found)}"
            case Filled(path):
                return f"缺少{self._title(path)}"
            case Live(_, name, inner):
                return f"缺少{'符合条件的' if inner else '有效的'}{self._title(Path((name,)))}"
            case Beside(path, op, _, name):
                return f"{self._title(path)}{_RELATION[op]}符合条件的{self._title(Path((name,)))}"
            case Not(inner):
                return self._negation(inner)
            case _:
                return "；".join(self.sentence(inner) for inner in node.nodes)

    def _negation(self, node: Node) -> str:
        match node:
            case Compare(path, Op.IS, operands):
                return f"{self._title(path)}不应为{self._values(operands)}"
            case Filled(path):
                return f"{self._title(path)}应为空"
            case _:
                return f"不应出现：{self.sentence(node)}"

    def _title(self, path: Path) -> str:
        if not path.parts:
            return self.titles.get("", "该对象")
        text = str(path)
        return f"“{self.titles.get(text, self.titles.get(path.parts[-1], text))}”"

    def _values(self, operands: Sequence[Operand]) -> str:
        words = []
        for item in operands:
            if isinstance(item, Path):
                found = operand_values([item], self.facts, self.context)
                words.append(self._title(item) + (f"（{_join(found)}）" if found else "（尚缺）"))
            else:
                words.append(word_for(item.value))
        return "或".join(words)


def word_for(value: object) -> str:
    """A value as people read it."""
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, datetime):
        local = value.astimezone(ZONE) if value.tzinfo else value
        return f"{word_for(local.date())} {local:%H:%M}"
    if isinstance(value, date):
        return f"{value.year}年{value.month}月{value.day}日"
    if isinstance(value, Decimal):
        return f"{value:f}"
    if is_thing(value):
        return str(value.get("title") or value.get("name") or value.get("code") or "所列对象")
    return str(value)


def _join(values: Sequence[object]) -> str:
    return "、".join(word_for(value) for value in values)
