"""公民身份号码: the 18 characters that name a citizen. Only their form is checked; whose they are nobody here knows.

Source: GB 11643-1999《公民身份号码》, 4 (structure) and 5 (check character, ISO 7064 MOD 11-2).
"""

from __future__ import annotations

import datetime as dt
import re
import unicodedata

from ronghe.core.errors import RongheError

LENGTH = 18
_CHECKS = "10X98765432"
_OLDEST = 1900


class IdNumberError(RongheError):
    """A number that cannot be one. The message never repeats it, so that no report does."""


def normal(text: str) -> str:
    """The number as it is compared: half-width, no blanks and hyphens, a capital X. Checks nothing."""
    return re.sub(r"[\s-]", "", unicodedata.normalize("NFKC", text)).upper()


def check(number: str, today: dt.date) -> str:
    """Give the number in its normal form. Raises IdNumberError: `id-number-length`, `-letters`, `-day`, `-check`."""
    plain = normal(number)
    if len(plain) != LENGTH:
        message = f"身份证号应为 18 位，这里是 {len(plain)} 位。请对照证件补全；表格里请把这一列设为文本。"
        raise IdNumberError("id-number-length", message)
    if not re.fullmatch(r"[1-9][0-9]{16}[0-9X]", plain):
        message = "身份证号只能是数字，最后一位可以是 X，首位不是 0。请对照证件核对。"
        raise IdNumberError("id-number-letters", message)
    born = _day(plain[6:14])
    if born is None or born.year < _OLDEST or born > today:
        raise IdNumberError("id-number-day", "身份证号里的出生日期不存在或在将来。请对照证件核对。")
    if plain[-1] != check_character(plain[:-1]):
        raise IdNumberError("id-number-check", "身份证号的校验位不对，多半有一位写错了。请对照证件核对。")
    return plain


def check_character(first17: str) -> str:
    """The last character that goes with the first 17 digits."""
    total = sum(int(digit) * pow(2, LENGTH - 1 - place, 11) for place, digit in enumerate(first17))
    return _CHECKS[total % 11]


def _day(text: str) -> dt.date | None:
    try:
        return dt.date(int(text[:4]), int(text[4:6]), int(text[6:]))
    except ValueError:
        return None
