"""Plain YAML values, taken only in the shape expected."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from difflib import get_close_matches
from typing import TypeVar

from ronghe.core.errors import DefinitionError
from ronghe.core.select import NAME
from ronghe.core.select.nesting import inside

T = TypeVar("T")


def read_code(raw: object) -> str:
    """Take a name that other definitions, figures and addresses may use."""
    if isinstance(raw, str) and NAME.fullmatch(raw):
        return raw
    raise DefinitionError(
        "not-code", f"“{raw}”不是名称。", (), "名称是小写英文，用连字符相连，例如 site-visit。"
    )


def read_text(raw: object) -> str:
    """Take a text that is not blank."""
    if isinstance(raw, str) and raw.strip():
        return raw.strip()
    raise DefinitionError(
        "not-text", f"这里要写一个名称，而不是“{raw}”。" if raw else "这里要写一个名称，现在是空的。"
    )


def read_sequence(raw: object, what: str) -> Sequence[object]:
    """Take a list that is not empty."""
    if isinstance(raw, list) and raw:
        return raw
    raise DefinitionError("not-list", f"{what}要写成一个不空的列表。")


def read_mapping(raw: object, what: str) -> Mapping[object, object]:
    """Take a mapping, its keys unchecked."""
    if isinstance(raw, Mapping):
        return raw
    raise DefinitionError("not-mapping", f"{what}要写成“名称: 值”的样子，而不是“{raw}”。")


def read_each(raw: object, what: str, parse: Callable[[str, object], T]) -> dict[str, T]:
    """Read a mapping of codes, not empty, in the order written."""
    values = read_mapping(raw, what)
    if not values:
        raise DefinitionError("empty", f"{what}一个也没有写。", (), "请写上，或删去这一项。")
    result = {}
    for key, value in values.items():
        with inside(str(key)):
            code = read_code(key)
            result[code] = parse(code, value)
    return result


def read(raw: Mapping[object, object], key: object, parse: Callable[[object], T]) -> T | None:
    """Read what stands under `key`; None only where the key is absent."""
    if key not in raw:
        return None
    with inside(str(key)):
        return parse(raw[key])


def check_keys(
    raw: Mapping[str, object] | Mapping[object, object], known: Collection[str], what: str
) -> None:
    """Refuse a key that is not known, naming the nearest that is."""
    for key in raw:
        if key not in known:
            near = get_close_matches(str(key), known, 1)
            cure = f"是不是“{near[0]}”？" if near else f"这里可以写：{'、'.join(known)}。"
            raise DefinitionError("unknown-key", f"{what}不认识“{key}”。", (str(key),), cure)
