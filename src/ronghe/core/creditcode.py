"""统一社会信用代码: the 18 characters that name every organisation registered in China.

Source: GB 32100-2015《法人和其他组织统一社会信用代码编码规则》, 4 (structure) and 附录 A (check character).
"""

from __future__ import annotations

import re
import unicodedata
from operator import mul

from ronghe.core.errors import RongheError

LETTERS = "0123456789ABCDEFGHJKLMNPQRTUWXY"  # I, O, S, V and Z are not used
LENGTH = 18
_WEIGHTS = tuple(pow(3, place, 31) for place in range(LENGTH - 1))
_REGION = slice(2, 8)


class CreditCodeError(RongheError):
    """A code that cannot be one."""


def normal(text: str) -> str:
    """The code as it is stored: half-width capitals without blanks and hyphens. Checks nothing."""
    return re.sub(r"[\s-]", "", unicodedata.normalize("NFKC", text)).upper()


def check(code: str) -> str:
    """Give the code in its normal form. Raises CreditCodeError: `credit-code-length`, `-letters`, `-region`, `-check`."""
    plain = normal(code)
    if len(plain) != LENGTH:
        message = f"统一社会信用代码应为 18 位，这里是 {len(plain)} 位。请对照营业执照补全。"
        raise CreditCodeError("credit-code-length", message, given=plain[:40])
    _check_letters(plain)
    if not plain[_REGION].isdecimal():
        message = (
            f"统一社会信用代码“{plain}”的第 3 至 8 位是登记机关行政区划码，应全为数字。请对照营业执照核对。"
        )
        raise CreditCodeError("credit-code-region", message, given=plain)
    if plain[-1] != _check_character(plain[:-1]):
        message = f"统一社会信用代码“{plain}”的校验位不对，多半有一位写错了。请对照营业执照核对。"
        raise CreditCodeError("credit-code-check", message, given=plain)
    return plain


def make(base17: str) -> str:
    """Add the check character to the first 17. Raises CreditCodeError as `check` does."""
    plain = normal(base17)
    _check_letters(plain)
    return check(plain + _check_character(plain))


def _check_letters(plain: str) -> None:
    for place, letter in enumerate(plain, start=1):
        if letter not in LETTERS:
            message = f"统一社会信用代码的第 {place} 位“{letter}”不能用（只用数字和除 I、O、S、V、Z 外的大写字母）。请对照营业执照核对。"
            raise CreditCodeError("credit-code-letters", message, given=plain[:40], place=place)


def _check_character(first17: str) -> str:
    total = sum(map(mul, map(LETTERS.index, first17), _WEIGHTS))
    return LETTERS[-total % 31]
