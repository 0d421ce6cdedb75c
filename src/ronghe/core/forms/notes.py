"""Read the keys of one field's mapping, each once; what is left over is unknown."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal

from ronghe.core.errors import DefinitionError
from ronghe.core.select.path import NAME


class Notes:
    """The mapping of one field while it is read.

    Every reader raises DefinitionError with the key as field.
    """

    def __init__(self, raw: Mapping[object, object]) -> None:
        self._raw = raw
        self._known: list[str] = []

    def raw(self, key: str) -> object | None:
        """The value as it stands; None when absent."""
        self._known.append(key)
        return self._raw.get(key)

    def code(self, key: str, *, required: bool = False) -> str:
        """A code word; empty when absent."""
        value = self.words(key, required=required)
        if value and not NAME.fullmatch(value):
            raise _wrong(key, value, "名称是小写英文，用连字符相连。")
        return value

    def words(self, key: str, *, required: bool = False) -> str:
        """A text; empty when absent."""
        value = self.raw(key)
        if value is None and not required:
            return ""
        if value is None:
            raise DefinitionError("form-lacks", f"字段缺少 {key}。", (), f"请补上 {key}。")
        if not isinstance(value, str) or not value.strip():
            raise _wrong(key, value, "请写文字。")
        return value.strip()

    def flag(self, key: str, *, default: bool) -> bool:
        """Whether it says true."""
        value = self.raw(key)
        if value is None:
            return default
        if not isinstance(value, bool):
            raise _wrong(key, value, "请写 true 或 false。")
        return value

    def most(self, key: str) -> Decimal | None:
        """A positive number."""
        value = self.raw(key)
        if value is None:
            return None
        if isinstance(value, bool) or not isinstance(value, (int, float, Decimal)) or not value > 0:
            raise _wrong(key, value, "请写大于 0 的数。")
        return Decimal(str(value))

    def several(self, key: str) -> tuple[str, ...]:
        """A text or a list of texts."""
        value = self.raw(key)
        if value is None:
            return ()
        values = [value] if isinstance(value, str) else value
        if not isinstance(values, Sequence) or not all(isinstance(item, str) for item in values):
            raise _wrong(key, value, "请写文字或文字的列表。")
        return tuple(str(item) for item in values)

    def pairs(self, key: str) -> list[tuple[str, str]]:
        """Choices as (code, title): texts and numbers name themselves, or `{code, title}`."""
        value = self.raw(key)
        if value is None:
            return []
        if not isinstance(value, Sequence) or isinstance(value, str) or not value:
            raise _wrong(key, value, "请写选项的列表，例如 [优秀, 合格]。")
        pairs = [_pair(key, item) for item in value]
        if len({code for code, _ in pairs}) < len(pairs) or len({title for _, title in pairs}) < len(pairs):
            raise _wrong(key, value, "选项不能重复。")
        return pairs

    def done(self) -> None:
        """Refuse keys nobody asked for."""
        for key in self._raw:
            if key not in self._known:
                known = "、".join(self._known)
                raise DefinitionError("form-key", f"字段里不认识“{key}”。", (str(key),), f"可用：{known}。")


def _pair(key: str, item: object) -> tuple[str, str]:
    if isinstance(item, Mapping) and set(item) == {"code", "title"}:
        return str(item["code"]).strip(), str(item["title"]).strip()
    if isinstance(item, (str, int, float)) and not isinstance(item, bool) and str(item).strip():
        return str(item).strip(), str(item).strip()
    raise _wrong(key, item, "选项写文字，或 {code: 名称, title: 标题}。")


def _wrong(key: str, value: object, cure: str) -> DefinitionError:
    return DefinitionError("form-value", f"{key} 不能是“{value}”。", (key,), cure)
