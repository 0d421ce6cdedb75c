"""Signs that lead to one person: vehicle plates, mail addresses, WeChat and QQ names.

Source: GA 36-2018《中华人民共和国机动车号牌》: ordinary, new energy, trailer, police, training, Hong Kong and Macao.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from ronghe.text.findings import Kind, Spot
from ronghe.text.numbers import before

_LETTER = "A-HJ-NP-Z"  # I and O are not used
_PLATE = re.compile(
    rf"[京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼][ ·]?[{_LETTER}][ ·.\-]{{0,3}}"
    rf"((?:[A-HJK][{_LETTER}\d]\d{{4}}|\d{{5}}[A-HJK]|[{_LETTER}\d]{{4}}(?=[挂学警港澳])|[{_LETTER}\d]{{5}}))(?![A-Z0-9])",
    re.I,
)
_MAIL = re.compile(r"(?<![\w.%+*-])([A-Z0-9][A-Z0-9._%+-]*)@((?:[A-Z0-9-]+\.)+[A-Z]{2,})", re.I | re.A)
_WECHAT = re.compile(
    r"(?:微信|威信|薇信|wechat|weixin|(?<![A-Z])[wv]x|加微|加v)(?P<called>(?:号码?|id)?[是为: ]{0,3})(?P<name>[A-Z][A-Z0-9_-]{5,19})(?![\w.-])",
    re.I | re.A,
)
_QQ = re.compile(
    r"(?:(?<![A-Z])qq|扣扣|企鹅)(?:号码?)?[是为: ]{0,3}(?P<name>[1-9]\d{4,10})(?!\d)", re.I | re.A
)
_PUBLIC = re.compile(r"(?:官方|政务|公众|公司|单位|服务)$")


def find_plates(plain: str) -> Iterator[Spot]:
    """Vehicle plates; province and letter stay. At most two letters stand among the last five."""
    for found in _PLATE.finditer(plain):
        if sum(char.isdigit() for char in found.group(1)) >= min(3, len(found.group(1)) - 2):
            yield Spot(Kind.PLATE, *found.span(), range(*found.span(1)))


def find_mail(plain: str) -> Iterator[Spot]:
    """Mail addresses; the first letter and the domain stay. A government's own address is public."""
    for found in _MAIL.finditer(plain):
        if not found.group(2).lower().endswith("gov.cn"):
            start, end = found.span(1)
            yield Spot(Kind.MAIL, *found.span(), range(start + (end - start > 1), end))


def find_accounts(plain: str) -> Iterator[Spot]:
    """WeChat and QQ names where they are called so; groups and official accounts are public."""
    for found in (*_WECHAT.finditer(plain), *_QQ.finditer(plain)):
        start, end = found.span("name")
        is_named = bool(found.groupdict().get("called", ":")) or any(map(str.isdigit, found["name"]))
        is_address = found["name"].lower().startswith(("www", "http"))
        if is_named and not is_address and not _PUBLIC.search(before(plain, found.start())):
            yield Spot(Kind.ACCOUNT, start, end, range(start + 1, end))
