"""Read one answer: text, number, day, yes or no. What cannot be read raises `Refused` with what to do."""

from __future__ import annotations

import re
import unicodedata
from datetime import date, datetime
from decimal import Decimal

from ronghe.core.errors import DefinitionError
from ronghe.core.select.quantity import Quantity
from ronghe.core.select.values import day_of

_YES = frozenset(["是", "true", "yes", "on", "1", "有", "√"])
_NO = frozenset(["否", "false", "no", "off", "0", "无", "×"])
_NUMBER = re.compile(r"([+-]?(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?)\s*(\S*)", re.ASCII)
_DAY = re.compile(r"(\d{4})\s*([-/.年])\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*日?", re.ASCII)
_WHOLE, _FRACTION = 18, 6
_YEARS = (1850, 2200)
# Control characters but tab and line break, lone surrogates, marks that turn or hide text.
_UNSEEN = re.compile(
    "[\\x00-\\x08\\x0b-\\x1f\\x7f-\\x9f\\ud800-\\udfff\\u200b\\u2028\\u2029\\u202a-\\u202e\\u2066-\\u2069\\ufeff]"
)


class Refused(Exception):
    """An answer that cannot be taken; the message goes to the person."""


def tidy(text: str) -> str:
    """Strip, and drop what is not to be seen.

    Control characters but line break and tab, lone surrogates, bidi marks.
    """
    joined = text.replace("\r\n", "\n").replace("\r", "\n")
    return _UNSEEN.sub("", joined).strip()


def as_text(raw: object) -> str:
    """Text as it is kept; numbers of a table are taken as they are read (2022.0 is 2022)."""
    if isinstance(raw, str):
        return tidy(raw)
    if isinstance(raw, (int, float, Decimal)) and not isinstance(raw, bool):
        return _written(raw)
    raise Refused("请填写文字。")


def as_number(raw: object, unit: str) -> Decimal:
    """A finite number in `unit`; a unit written behind it is converted (`1.5 亿元` in a field of 万元)."""
    if isinstance(raw, bool) or not isinstance(raw, (int, float, Decimal, str)):
        raise Refused("请填写数字，例如 12.5。")
    text = raw if isinstance(raw, str) else _written(raw)
    plain = unicodedata.normalize("NFKC", tidy(text)).lstrip("¥").strip()
    found = _NUMBER.fullmatch(plain)
    if found is None:
        raise Refused("请填写数字，例如 12.5。")
    amount = _in_unit(Decimal(found[1].replace(",", "")), found[2], unit)
    digits = amount.normalize().as_tuple()
    exponent = int(digits.exponent)
    if len(digits.digits) + exponent > _WHOLE or -exponent > _FRACTION:
        raise Refused(f"数字太长，整数最多 {_WHOLE} 位，小数最多 {_FRACTION} 位。")
    return amount


def _in_unit(amount: Decimal, written: str, unit: str) -> Decimal:
    if not written or written == unit:
        return amount
    if not unit:
        raise Refused("请只填写数字，不写单位。")
    try:
        return Quantity(amount, written.removeprefix("个")).to(unit).amount
    except DefinitionError:
        raise Refused(f"单位应为{unit}，请换算后填写。") from None


def _written(raw: float | Decimal) -> str:
    """A number as one writes it; one that is not finite, or far too long, reads as none."""
    if not isinstance(raw, int) and not Decimal(raw).is_finite():
        return "—"
    return plain_number(Decimal(str(raw))) if abs(raw) < 10**_WHOLE else "—"


def plain_number(amount: Decimal) -> str:
    """As it is stored: no exponent, no trailing zeros, no minus zero."""
    return f"{amount.normalize():f}" if amount else "0"


def as_day(raw: object) -> date:
    """A day written 2026-11-22, 2026/11/22, 2026.11.22 or 2026年11月22日, full width or not."""
    day = day_of(raw) if isinstance(raw, datetime) else raw if isinstance(raw, date) else _read_day(raw)
    if not _YEARS[0] <= day.year <= _YEARS[1]:
        raise Refused("年份不对，请核对年月日。")
    return day


def _read_day(raw: object) -> date:
    found = _DAY.fullmatch(unicodedata.normalize("NFKC", tidy(raw))) if isinstance(raw, str) else None
    if found is None:
        raise Refused("请填写日期，例如 2026-11-22。")
    try:
        return date(int(found[1]), int(found[3]), int(found[4]))
    except ValueError:
        raise Refused("没有这一天，请核对年月日。") from None


def as_yes_no(raw: object) -> bool:
    """Yes or no, as pages, tables and the API write it."""
    if isinstance(raw, bool):
        return raw
    word = tidy(str(raw)).lower() if isinstance(raw, (str, int)) else ""
    if word not in _YES | _NO:
        raise Refused("请选择是或否。")
    return word in _YES
