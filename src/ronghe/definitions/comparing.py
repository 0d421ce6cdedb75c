"""Two editions beside each other, in words: 时限由 15 工作日改为 10 工作日；新增环节“审签”。"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ronghe.definitions.wording import Item, Paper

LONGEST = 60  # characters of a value in a sentence about a change


def differences(before: Paper, after: Paper) -> list[str]:
    """What a reader must know of the change, a sentence each; empty when the two say the same."""
    return list(_differences(before, after))


def _differences(before: Paper, after: Paper) -> Iterator[str]:
    if before.title != after.title:
        yield f"名称由“{before.title}”改为“{after.title}”"
    yield from _facts("", before.facts, after.facts)
    for name in dict.fromkeys([*before.groups, *after.groups]):
        yield from _items(name, before.groups.get(name, ()), after.groups.get(name, ()))


def _items(name: str, before: Sequence[Item], after: Sequence[Item]) -> Iterator[str]:
    old, new = {one.code: one for one in before}, {one.code: one for one in after}
    for code, one in new.items():
        if code not in old:
            yield f"新增{name}“{one.title}”{_aside(one)}"
    for code, one in old.items():
        if code not in new:
            yield f"取消{name}“{one.title}”"
    for code, one in new.items():
        if code in old:
            if old[code].title != one.title:
                yield f"{name}“{old[code].title}”改名为“{one.title}”"
            yield from _facts(f"{name}“{one.title}”", old[code].facts, one.facts)
    kept = [code for code in old if code in new]
    if kept != [code for code in new if code in old]:
        yield f"{name}的先后次序有调整"


def _aside(one: Item) -> str:
    told = [
        *([f"由{one.facts['由谁办']}办"] if "由谁办" in one.facts else []),
        *([f"时限 {one.facts['时限']}"] if "时限" in one.facts else []),
        *([one.facts["填写要求"]] if "填写要求" in one.facts else []),
    ]
    return f"（{'，'.join(told)}）" if told else ""


def _facts(of: str, before: object, after: object) -> Iterator[str]:
    old, new = dict(before), dict(after)  # type: ignore[call-overload]
    for label, text in new.items():
        if label == "由谁办" and old.get(label, text) != text:
            yield f"{of}改由{_quoted(text)}办（原由{_quoted(old[label])}办）"
            continue
        whose = of if label == "填写要求" else f"{of}的{label}" if of else label
        if label not in old:
            yield f"{whose or label}：新增“{_short(text)}”"
        elif old[label] != text:
            yield f"{whose}由{_quoted(old[label])}改为{_quoted(text)}"
    for label, text in old.items():
        if label not in new:
            yield f"{f'{of}的{label}' if of else label}取消（原为“{_short(text)}”）"


def _quoted(text: str) -> str:
    return f" {text} " if text[:1].isdigit() else text if len(text) < 4 else f"“{_short(text)}”"


def _short(text: str) -> str:
    return text if len(text) <= LONGEST else f"{text[:LONGEST]}…"
