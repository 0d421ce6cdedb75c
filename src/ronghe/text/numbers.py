"""Numbers that belong to one person: mobile and landline phones, identity numbers, bank cards.

Sources: GB 11643-1999《公民身份号码》; GB/T 2260 (the first two digits); ISO/IEC 7812-1 (cards: prefix and Luhn);
工信部《电信网编号计划（2017年版）》.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date

from ronghe.text.findings import Kind, Spot

_SEP = r"[ .\-·]{0,3}"
_GAP = r"[ .\-·]{1,3}"
_NO_AMOUNT = r"(?!\d)(?!(?:\.\d+)? ?[元万亿])"
_PREFIX = rf"(?:(?:\+|00)?86{_SEP})?"
_MOBILE = re.compile(
    rf"(?<!\d){_PREFIX}(1[3-9]\d(?:{_SEP}\d{{4}}{_SEP}\d{{4}}|\d{_GAP}\d{{3}}{_GAP}\d{{4}}|\d{_GAP}\d{{4}}{_GAP}\d{{3}})){_NO_AMOUNT}"
)
_SPELT = re.compile(
    r"(?<![零〇一二三四五六七八九幺])([一幺][三-九四五六七八九][零〇一二三四五六七八九幺]{9})(?![零〇一二三四五六七八九幺十百千万])"
)
_AREA = r"(?:10|2\d|[3-9]\d\d)"
_EXTENSION = r"(?: ?(?:转|-|ext\.?) ?\d{1,5})?"
_LANDLINE = re.compile(
    rf"(?<![\d-])(?:(?:\+|00)?86{_SEP}\(?0?{_AREA}|\(?0{_AREA})\)?{_SEP}([2-8]\d{{2,3}}{_SEP}\d{{4}}){_EXTENSION}{_NO_AMOUNT}"
)
_LOCAL = re.compile(
    rf"(?:电话|座机|固话|手机|致电|拨打|联系方式|tel)(?:号码)?[是为:. ]{{0,3}}([2-8]\d{{2,3}}[ -]?\d{{4}}){_EXTENSION}{_NO_AMOUNT}",
    re.I,
)
_IDENTITY = re.compile(r"(?<![0-9A-Za-z])[1-8](?:[ -]?\d){16}[ -]?[\dXx](?![0-9A-Za-z])")
_IDENTITY_15 = re.compile(r"(?<![0-9A-Za-z.])[1-8]\d{14}(?![0-9A-Za-z])(?! ?[元万亿])")
_CARD = re.compile(r"(?<![0-9A-Za-z.])\d(?:[ -]?\d){12,18}(?![0-9A-Za-z])(?!(?:\.\d+)? ?[元万亿])")

_NUMBERED = re.compile(
    r"(?:编号|单号|案号|文号|流水号?|工号|批号|型号|条码|合同号?|订单号?|发票号?|许可证号?|备案号?|受理号|登记号|信用代码)[为是:. (]*[A-Za-z-]*$"
)
_IDENTITY_CUE = re.compile(r"(?:身份证|身份号码|证件号)[^,。;\n\d]{0,6}$")
_CARD_CUE = re.compile(r"(?:银行卡|卡号|工资卡|社保卡)[^,。;\n\d]{0,8}$")
_PUBLIC_CUE = re.compile(
    r"(?:咨询|热线|办公|服务|窗口|监督|举报|投诉|值班|业务|受理|客服|报修|接待|大厅|科室|单位|公司|中心|前台|物业|部门|社区|街道|医院|学校|[局委办所院厅科股处站队镇])[^。;\n]{0,14}$"
)
_PRIVATE_CUE = re.compile(r"(?:本人|我家|家庭|家里|家中|住宅|宅电|我的|个人)[^。;\n]{0,10}$")
_LOOK_BACK = 24

_PROVINCES = frozenset(
    map(
        str,
        [
            *range(11, 16),
            *range(21, 24),
            *range(31, 38),
            *range(41, 47),
            *range(50, 55),
            *range(61, 66),
            71,
            81,
            82,
            83,
        ],
    )
)
_WEIGHTS = tuple(pow(2, 17 - place, 11) for place in range(17))
_CHECKS = "10X98765432"
_ISSUERS = re.compile(
    r"(?:62\d{14,17}|60\d{14,17}|6[58]\d{14,17}|69\d{14,17}|9558\d{12,15}|4\d{12}(?:\d{3})?|5[1-5]\d{14}|2(?:2[3-9]|[3-6]\d|7[01])\d{13}|3[47]\d{13}|35\d{14})"
)


def find_mobiles(plain: str) -> Iterator[Spot]:
    """Mobile phones: 11 digits, grouped or not, with or without 86, or written out in Chinese digits."""
    for found in (*_MOBILE.finditer(plain), *_SPELT.finditer(plain)):
        if not _NUMBERED.search(before(plain, found.start())):
            yield _covered(Kind.MOBILE, plain, found.span(1), first=3, last=4)


def find_landlines(plain: str, *, by_office: bool = False) -> Iterator[Spot]:
    """Landlines with an area code, or 7 or 8 digits called a phone. An office's own number is public.

    In what an office wrote, only a number called private is taken for one.
    """
    for found in (*_LANDLINE.finditer(plain), *_LOCAL.finditer(plain)):
        past = before(plain, found.start(1) if found.re is _LOCAL else found.start())
        is_public = (by_office or _PUBLIC_CUE.search(past)) and not _PRIVATE_CUE.search(past)
        if not is_public and not _NUMBERED.search(past):
            yield _covered(Kind.LANDLINE, plain, found.span(1), first=0, last=2)


def find_identity_numbers(plain: str) -> Iterator[Spot]:
    """Identity numbers of 18 (checked, unless called one) or 15 digits; the region's first three stay."""
    for found in _IDENTITY.finditer(plain):
        number = _digits(found.group())
        called = bool(_IDENTITY_CUE.search(before(plain, found.start())))
        if called or is_identity_number(number):
            yield _covered(Kind.IDENTITY, plain, found.span(), first=3, last=1)
    for found in _IDENTITY_15.finditer(plain):
        number = found.group()
        if (
            number[:2] in _PROVINCES
            and _is_day("19" + number[6:12])
            and not _NUMBERED.search(before(plain, found.start()))
        ):
            yield _covered(Kind.IDENTITY, plain, found.span(), first=3, last=1)


def find_cards(plain: str) -> Iterator[Spot]:
    """Bank cards: an issuer's prefix and a right check digit, or called one; the last four stay."""
    for found in _CARD.finditer(plain):
        number, past = _digits(found.group()), before(plain, found.start())
        fits = _ISSUERS.fullmatch(number) and luhn(number) and not _NUMBERED.search(past)
        if fits or _CARD_CUE.search(past):
            yield _covered(Kind.CARD, plain, found.span(), first=0, last=4)


def is_identity_number(number: str) -> bool:
    """Whether 18 characters are an identity number: a province, a day of birth and the right check character."""
    if number[:2] not in _PROVINCES or not _is_day(number[6:14]):
        return False
    total = sum(int(digit) * weight for digit, weight in zip(number, _WEIGHTS, strict=False))
    return _CHECKS[total % 11] == number[-1].upper()


def luhn(number: str) -> bool:
    """Whether the last digit is the check digit of the others."""
    digits = [int(digit) for digit in reversed(number)]
    return (sum(digits[::2]) + sum(sum(divmod(2 * digit, 10)) for digit in digits[1::2])) % 10 == 0


def before(plain: str, at: int) -> str:
    """The little text before a place in which a cue may stand."""
    return plain[max(0, at - _LOOK_BACK) : at]


def _digits(text: str) -> str:
    return re.sub(r"[ -]", "", text)


def _is_day(text: str) -> bool:
    try:
        day = date(int(text[:4]), int(text[4:6]), int(text[6:]))
    except ValueError:
        return False
    return 1900 <= day.year < 2100


def _covered(kind: Kind, plain: str, span: tuple[int, int], *, first: int, last: int) -> Spot:
    places = [at for at in range(*span) if plain[at].isalnum()]
    return Spot(kind, *span, frozenset(places[first : len(places) - last]))
