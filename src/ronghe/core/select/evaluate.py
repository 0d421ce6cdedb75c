"""Evaluate a where over facts."""

from __future__ import annotations

from collections.abc import Sequence

from ronghe.core.select.nodes import All, Beside, Compare, Filled, Live, Node, Not, Operand
from ronghe.core.select.path import Facts, Path, is_thing
from ronghe.core.select.values import Literal, holds


def holds_for(node: Node, facts: Facts, context: Facts | None) -> bool:
    """Whether the node holds; two-valued, see `Where`."""
    match node:
        case All(nodes):
            return all(holds_for(inner, facts, context) for inner in nodes)
        case Not(inner):
            return not holds_for(inner, facts, context)
        case Filled(path):
            return bool(path.resolve(facts))
        case Compare(path, op, operands):
            left, right = path.resolve(facts), operand_values(operands, facts, context)
            return any(holds(one, op, other) for one in left for other in right)
        case Live(_, name, inner):
            return any(_fits(thing, inner, facts, context) for thing in Path((name,)).resolve(facts))
        case _:
            return _beside(node, facts, context)


def operand_values(operands: Sequence[Operand], facts: Facts, context: Facts | None) -> list[object]:
    """The values on the right: literals as they are, paths resolved in the context or else in the facts."""
    values: list[object] = []
    for item in operands:
        if isinstance(item, Literal):
            values.append(item.value)
        else:
            known = context is not None and knows(context, item)
            values.extend(item.resolve(context if known and context is not None else facts))
    return values


def knows(context: Facts, path: Path) -> bool:
    """Whether the context answers for this path: it has something under its head."""
    return bool(Path(path.parts[:1]).resolve(context))


def _fits(thing: object, node: Node | None, facts: Facts, context: Facts | None) -> bool:
    if node is None:
        return True
    return is_thing(thing) and holds_for(node, thing, facts if context is None else context)


def _beside(node: Beside, facts: Facts, context: Facts | None) -> bool:
    """Days are told by `at` (of a thing) or are the value itself.

    Things of the kind come under the kind's name.
    """
    days = [day for value in node.path.resolve(facts) for day in _days(value)]
    source = facts if context is None else context
    things = [
        thing
        for thing in Path((node.kind,)).resolve(source)
        if is_thing(thing) and thing.get("code") == node.name and _fits(thing, node.node, facts, context)
    ]
    return any(holds(day, node.op, other) for day in days for thing in things for other in _days(thing))


def _days(value: object) -> list[object]:
    return Path(("at",)).resolve(value) if is_thing(value) else [value]
