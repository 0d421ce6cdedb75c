"""Clean the answers to a form, whichever face they come from."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from ronghe.core.errors import DefinitionError
from ronghe.core.forms.kinds import Choice, FieldType
from ronghe.core.forms.scalars import Refused, as_day, as_number, as_text, as_yes_no, plain_number, tidy
from ronghe.core.select.quantity import Quantity
from ronghe.core.select.where import Where

if TYPE_CHECKING:  # fields.py imports this module: a form cleans by it
    from ronghe.core.forms.fields import Field

Lists = Mapping[str, Sequence[Mapping[str, object] | Choice]]
_ASK = {
    FieldType.CHOICE: "请选择",
    FieldType.CHOICES: "请选择",
    FieldType.CHECKS: "请勾选",
    FieldType.YES_NO: "请选择",
    FieldType.REFERENCE: "请选择",
    FieldType.FILES: "请上传",
}
_CONDITION_LENGTH = 4000
_REFERENCE_LENGTH = 200


@dataclass(frozen=True, slots=True)
class Cleaned:
    """`values` under field codes, JSON-safe; `errors` one sentence a field.

    `unknown` codes the form does not ask.
    """

    values: dict[str, object]
    errors: dict[str, str]
    unknown: tuple[str, ...] = ()

    @property
    def is_valid(self) -> bool:
        return not self.errors


def clean_answers(fields: Sequence[Field], values: Mapping[str, object], lists: Lists) -> Cleaned:
    """See `Form.clean`."""
    kept: dict[str, object] = {}
    errors: dict[str, str] = {}
    for field in fields:
        raw = values.get(field.code)
        if _blank(raw):
            if field.required:
                errors[field.code] = f"{_ASK.get(field.type, '请填写')}“{field.title}”。"
            continue
        try:
            value = _READERS[field.type](field, raw, lists)
        except Refused as refused:
            errors[field.code] = str(refused)
            continue
        if not _blank(value):
            kept[field.code] = value
        elif field.required:
            errors[field.code] = f"{_ASK.get(field.type, '请填写')}“{field.title}”。"
    codes = {field.code for field in fields}
    return Cleaned(kept, errors, tuple(str(key) for key in values if key not in codes))


def _blank(raw: object) -> bool:
    if isinstance(raw, str):
        return not tidy(raw)
    return raw is None or (isinstance(raw, (Sequence, Mapping)) and not raw)


def _text(field: Field, raw: object, _: Lists) -> str:
    text = as_text(raw)
    if len(text) > field.limit:
        raise Refused(f"最多 {field.limit} 个字，现有 {len(text)} 个字，请删减。")
    return text


def _number(field: Field, raw: object, _: Lists) -> str:
    amount = as_number(raw, unit_of(field))
    if field.max is not None and amount > field.max:
        raise Refused(f"不能大于 {field.max:f}，请核对。")
    return plain_number(amount)


def unit_of(field: Field) -> str:
    """The unit a number is counted in; money without a unit is 元."""
    return field.unit or ("元" if field.type is FieldType.MONEY else "")


def _day(_: Field, raw: object, __: Lists) -> str:
    return as_day(raw).isoformat()


def _yes_no(_: Field, raw: object, __: Lists) -> bool:
    return as_yes_no(raw)


def _options(field: Field, lists: Lists) -> dict[str, str]:
    """Every text that names an option, and the code it stands for; a code wins over another's title."""
    if field.source and field.source not in lists:
        raise Refused("选项暂时没有载入，请稍后再试或联系管理员。")
    lines = lists[field.source] if field.source else field.choices
    pairs = [
        (line.code, line.title)
        if isinstance(line, Choice)
        else (str(line.get("code")), str(line.get("title")))
        for line in lines
    ]
    options = {code: code for code, _ in pairs}
    for code, title in pairs:
        options.setdefault(title, code)
    return options


def _choice(field: Field, raw: object, lists: Lists) -> str:
    options = _options(field, lists)
    text = as_text(raw)
    if text not in options:
        raise Refused("请从所列选项中选择。")
    return options[text]


def _choices(field: Field, raw: object, lists: Lists) -> list[str]:
    options = _options(field, lists)
    found = [as_text(item) for item in _items(raw, options)]
    chosen = {options.get(text) for text in found if text}
    if None in chosen:
        raise Refused("请从所列选项中选择。")
    if len(chosen) > field.limit:
        raise Refused(f"最多选 {field.limit} 项，请减少。")
    return [code for code in dict.fromkeys(options.values()) if code in chosen]


def _items(raw: object, options: Mapping[str, str]) -> Sequence[object]:
    """The items of a list; a text that is no option itself is split at 、；; and line breaks (tables)."""
    if not isinstance(raw, str):
        return raw if isinstance(raw, Sequence) else [raw]
    if tidy(raw) in options:
        return [raw]
    return [
        part
        for part in raw.replace("；", "、").replace(";", "、").replace("\n", "、").split("、")
        if tidy(part)
    ]


def _rows(field: Field, raw: object, lists: Lists) -> list[dict[str, object]]:
    if isinstance(raw, (str, Mapping)) or not isinstance(raw, Sequence) or field.form is None:
        raise Refused("请逐行填写。")
    if len(raw) > field.limit:
        raise Refused(f"最多 {field.limit} 行，请减少。")
    rows: list[dict[str, object]] = []
    faults: list[str] = []
    for number, item in enumerate(raw, start=1):
        if not isinstance(item, Mapping):
            faults.append(f"第 {number} 行请逐项填写。")
        elif not all(_blank(value) for value in item.values()):
            cleaned = field.form.clean(item, lists)
            titles = field.form.titles
            faults += [f"第 {number} 行“{titles[code]}”：{said}" for code, said in cleaned.errors.items()]
            rows.append(cleaned.values)
    if faults:
        raise Refused("".join(faults))
    return rows


def _files(field: Field, raw: object, _: Lists) -> list[str]:
    items = raw if isinstance(raw, Sequence) and not isinstance(raw, str) else [raw]
    files = list(dict.fromkeys(text for item in items if (text := _identifier(item, "请重新上传文件。"))))
    if len(files) > field.limit:
        raise Refused(f"最多 {field.limit} 个文件，请减少。")
    return files


def _reference(_: Field, raw: object, __: Lists) -> str:
    return _identifier(raw, "请从所列对象中选择。")


def _identifier(raw: object, said: str) -> str:
    if isinstance(raw, bool) or not isinstance(raw, (str, int)):
        raise Refused(said)
    text = as_text(raw)
    if len(text) > _REFERENCE_LENGTH:
        raise Refused(said)
    return text


def _place(field: Field, raw: object, lists: Lists) -> dict[str, object]:
    """An address, and longitude and latitude in degrees when both are given."""
    given = raw if isinstance(raw, Mapping) else {"address": raw}
    place: dict[str, object] = {"address": _text(field, given.get("address") or "", lists)}
    if not place["address"]:
        raise Refused("请填写地址。")
    for name, title, most in (("longitude", "经度", 180), ("latitude", "纬度", 90)):
        if not _blank(given.get(name)):
            degrees = as_number(given.get(name), "")
            if abs(degrees) > most:
                raise Refused(f"{title}应在 -{most} 与 {most} 之间，请核对。")
            place[name] = plain_number(degrees)
    if len(place) == 2:
        raise Refused("经度和纬度要一起填写。")
    return place


def _condition(_: Field, raw: object, __: Lists) -> object:
    """A where, as a mapping or as its JSON text."""
    try:
        text = raw if isinstance(raw, str) else json.dumps(raw, ensure_ascii=False, default=str)
        if len(text) > _CONDITION_LENGTH:
            raise Refused(f"条件最多 {_CONDITION_LENGTH} 个字，请简化。")
        found = json.loads(text)
        Where.parse(found)
    except DefinitionError as error:
        raise Refused(f"{error.message}{error.cure}") from None
    except (ValueError, TypeError, RecursionError):
        raise Refused("条件写得不完整，请重新选择条件。") from None
    return found


_READERS: dict[FieldType, Callable[[Field, object, Lists], object]] = {
    FieldType.TEXT: _text,
    FieldType.NUMBER: _number,
    FieldType.MONEY: _number,
    FieldType.DATE: _day,
    FieldType.YES_NO: _yes_no,
    FieldType.CHOICE: _choice,
    FieldType.CHOICES: _choices,
    FieldType.CHECKS: _choices,
    FieldType.ROWS: _rows,
    FieldType.FILES: _files,
    FieldType.PLACE: _place,
    FieldType.CONDITION: _condition,
    FieldType.REFERENCE: _reference,
}


def typed_answers(fields: Sequence[Field], values: Mapping[str, object]) -> dict[str, object]:
    """See `Form.typed`; a stored answer that no longer reads is left out."""
    typed: dict[str, object] = {}
    for field in fields:
        raw = values.get(field.code)
        if _blank(raw):
            continue
        try:
            typed[field.code] = _typed(field, raw)
        except Refused:
            continue
    return typed


def _typed(field: Field, raw: object) -> object:
    if field.type in (FieldType.NUMBER, FieldType.MONEY):
        amount: Decimal = as_number(raw, unit_of(field))
        return Quantity(amount, unit_of(field)) if unit_of(field) else amount
    if field.type is FieldType.DATE:
        return as_day(raw)
    if field.form is not None and isinstance(raw, Sequence):
        return [field.form.typed(row) for row in raw if isinstance(row, Mapping)]
    return raw
