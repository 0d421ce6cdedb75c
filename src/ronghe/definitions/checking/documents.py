"""One document: find its kind, validate it by its model, prove its flow sound, and word what is wrong in Chinese."""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any

from pydantic import ValidationError

from ronghe.core.procedure import verify
from ronghe.definitions.enums import Kind
from ronghe.definitions.kinds import MODELS, Definition, ProcedureDefinition
from ronghe.definitions.reading import Document, Field, Problem

_CURES = {
    "source": "写出处：mechanisms.md 的编号或法条，例如 source: [S-110]",
    "effective": "写生效日期，例如 effective: 2026-01-01",
    "title": "写中文名称",
}
_MESSAGES = {
    "string_type": ("这里要写文字。", "需要时加引号"),
    "string_too_long": ("文字太长。", "最多 {max_length} 个字"),
    "string_too_short": ("这里是空的。", "请写上内容"),
    "too_short": ("这里至少要写一项。", "请补上"),
    "int_type": ("这里要写整数。", "例如 5"),
    "int_parsing": ("这里要写整数。", "例如 5"),
    "bool_type": ("这里要写 true 或 false。", ""),
    "bool_parsing": ("这里要写 true 或 false。", ""),
    "tuple_type": ("这里要写成列表。", "例如 [甲, 乙]"),
    "list_type": ("这里要写成列表。", "例如 [甲, 乙]"),
    "dict_type": ("这里要写成“名称: 值”的样子。", ""),
    "date_type": ("日期写得不对。", "例如 2026-01-01"),
    "date_from_datetime_parsing": ("日期写得不对。", "例如 2026-01-01"),
    "date_parsing": ("日期写得不对。", "例如 2026-01-01"),
    "greater_than_equal": ("这个数太小。", "至少 {ge}"),
}


@dataclass(frozen=True)
class Checked:
    """A document together with the valid definition it holds."""

    document: Document
    body: Definition

    @property
    def key(self) -> tuple[Kind, str]:
        """Kind and code: what other definitions name."""
        return self.body.kind, self.body.code


def parse(data: dict[str, object]) -> Definition:
    """The typed definition of plain data known to be good. Raises ValidationError or KeyError otherwise."""
    kind = next(kind for kind in Kind if kind.value in data)
    return MODELS[kind].model_validate(data)


def check_document(document: Document, effective: datetime.date | None = None) -> Checked | list[Problem]:
    """The definition of a document, or everything wrong with it."""
    kind = _kind(document)
    if isinstance(kind, Problem):
        return [kind]
    data = document.data
    if effective is not None and "effective" not in data:
        data = {**data, "effective": effective.isoformat()}
    try:
        body = MODELS[kind].model_validate(data)
    except ValidationError as error:
        found = [_problem(document, line) for line in error.errors()]
        return list(dict.fromkeys(found))
    if isinstance(body, ProcedureDefinition) and (unsound := verify(body.flow)):
        return [document.problem(bad.field, bad.message, bad.cure, bad.code) for bad in unsound]
    return Checked(document, body)


def _kind(document: Document) -> Kind | Problem:
    kinds = [kind for kind in Kind if kind.value in document.data]
    if len(kinds) == 1:
        return kinds[0]
    if kinds:
        said = "、".join(kinds)
        return document.problem(
            (kinds[1].value,), f"一个定义只能是一种，这里写了 {said}。", "用 --- 分成几个定义", "two-kinds"
        )
    first = next(iter(document.data), "")
    near = get_close_matches(first, list(Kind), 1)
    cure = f"是不是“{near[0]}”？" if near else f"第一行写种类和代码；种类有：{'、'.join(Kind)}"
    return document.problem((first,) if first else (), "没有写这是哪一种定义。", cure, "no-kind")


def _problem(document: Document, line: Any) -> Problem:
    context = line.get("ctx", {})
    kind = str(line["type"])
    path = _place(document, line["loc"], kind)
    if kind == "definition":
        field = tuple(context.get("field", ()))
        if field[:1] == ("..",):
            path, field = path[:-1], field[1:]
        return document.problem((*path, *field), context["said"], context["cure"], context["code"])
    if kind == "missing":
        name = str(line["loc"][-1])
        return document.problem((*path, name), f"缺少“{name}”。", _CURES.get(name, "请补上"), "missing")
    if kind == "string_pattern_mismatch":
        cure = "代码用英文字母、数字和连字符，例如 enterprise-request"
        return document.problem(path, f"“{line['input']}”不是代码。", cure, "code")
    if kind in ("enum", "literal_error"):
        return _choice(document, path, str(line["input"]), str(context.get("expected", "")))
    message, cure = _MESSAGES.get(kind, ("这里写得不对。", ""))
    return document.problem(path, message, cure.format(**context), kind)


def _choice(document: Document, path: Field, given: str, expected: str) -> Problem:
    known = [word.strip(" '") for word in expected.replace(" or ", ",").split(",")]
    near = get_close_matches(given, known, 1)
    cure = f"是不是“{near[0]}”？" if near else f"可用：{'、'.join(known)}"
    return document.problem(path, f"不认识“{given}”。", cure, "choice")


def _place(document: Document, loc: tuple[str | int, ...], kind: str) -> Field:
    """The part of pydantic's location that stands in the file (its tags of unions and wrappers do not)."""
    path: Field = ()
    for part in loc[:-1] if kind == "missing" else loc:
        if (*path, part) in document.lines:
            path = (*path, part)
    return path
