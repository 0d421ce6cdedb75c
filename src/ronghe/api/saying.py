"""What is wrong with a request's shape, in Chinese, field by field."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

_PLACES = frozenset({"body", "query", "path", "header", "form", "file"})
_SAID: Mapping[str, Callable[[Mapping[str, Any]], str]] = {
    "missing": lambda _: "没有填写。",
    "extra_forbidden": lambda _: "没有这个字段，请对照接口说明核对写法。",
    "string_type": lambda _: "应为文字。",
    "string_too_long": lambda told: f"最多 {told['max_length']} 个字。",
    "string_too_short": lambda told: f"最少 {told['min_length']} 个字。",
    "too_long": lambda told: f"最多 {told['max_length']} 项。",
    "too_short": lambda told: f"最少 {told['min_length']} 项。",
    "int_type": lambda _: "应为整数。",
    "int_parsing": lambda _: "应为整数。",
    "int_from_float": lambda _: "应为整数。",
    "bool_type": lambda _: "应为 true 或 false。",
    "bool_parsing": lambda _: "应为 true 或 false。",
    "list_type": lambda _: "应为数组。",
    "dict_type": lambda _: "应为对象。",
    "model_type": lambda _: "应为对象。",
    "model_attributes_type": lambda _: "应为对象。",
    "greater_than_equal": lambda told: f"不能小于 {told['ge']}。",
    "less_than_equal": lambda told: f"不能大于 {told['le']}。",
    "literal_error": lambda told: f"只能是 {told['expected'].replace(' or ', '、')}。",
    "enum": lambda told: f"只能是 {told['expected'].replace(' or ', '、')}。",
}


def errors_of(errors: Sequence[Mapping[str, Any]]) -> dict[str, str]:
    """Field (its path with dots) → what to do."""
    return {_field(error["loc"]): _said(error) for error in errors}


def _field(place: Sequence[Any]) -> str:
    """Where it stands in what was sent: without ninja's own names for the body and its argument."""
    parts = [str(part) for part in place]
    if parts and parts[0] in _PLACES:
        parts = parts[2:] if parts[0] == "body" and len(parts) > 1 else parts[1:]
    return ".".join(parts) or "body"


def _said(error: Mapping[str, Any]) -> str:
    kind = str(error["type"])
    if kind in _SAID:
        return _SAID[kind](error.get("ctx") or {})
    if kind.startswith(("datetime", "date", "timezone")):
        return "应为带时区的时间，例如 2026-03-02T10:00:00+08:00；日期写成 2026-03-02。"
    return "格式不对，请对照接口说明核对。"
