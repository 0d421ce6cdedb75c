"""The shapes a value in an entry's `data` may have. All are closed: what cannot be deleted must not identify.

Sentences, phone numbers, addresses and mail fit none of them; words are kept in the tables of their room, where they can
be erased, and the ledger names them by number.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

Shape = Callable[[object], bool]

LONGEST = 200
_ID_MOST = 2**63 - 1
_CJK = "一-鿿㐀-䶿"
_MOBILE = r"(?!(.*[^A-Za-z0-9])?1[3-9][0-9]{9}([^0-9]|$))"  # nowhere a mobile number on its own
_CODE = re.compile(rf"{_MOBILE}[A-Za-z0-9][A-Za-z0-9._:-]{{0,63}}")
_LABEL = re.compile(rf"(?!.*[0-9]{{7}})[{_CJK}A-Za-z0-9][{_CJK}A-Za-z0-9 ._:+/()（）·、“”《》-]{{0,39}}")
_REFERENCE = re.compile(rf"{_MOBILE}(?=.*[0-9])[{_CJK}A-Za-z0-9 ._:/()（）〔〕\[\]【】#-]{{1,80}}")
_LIMIT = re.compile(r"[0-9]{1,5} (工作日|自然日|月|工时)")
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_MOMENT = re.compile(
    rf"{_DAY.pattern}T[0-9]{{2}}:[0-9]{{2}}(:[0-9]{{2}}(\.[0-9]{{1,6}})?)?(Z|[+-][0-9]{{2}}:[0-9]{{2}})"
)
_ACTOR = re.compile(
    r"((person|requester|visitor):[1-9][0-9]*|system:[a-z][a-z-]*|(import|demo):[A-Za-z0-9._-]+)"
)
_TYPE = re.compile(r"[a-z][a-z0-9-]*")


def _matches(pattern: re.Pattern[str]) -> Shape:
    return lambda value: (
        isinstance(value, str) and len(value) <= LONGEST and pattern.fullmatch(value) is not None
    )


is_code = _matches(_CODE)  # of a definition, outcome, post, hash
is_label = _matches(_LABEL)  # a code of the field's own words: 来信, 来访, 优秀
is_reference = _matches(_REFERENCE)  # a case number or 文号; it has a digit
is_limit = _matches(_LIMIT)
is_day = _matches(_DAY)
is_moment = _matches(_MOMENT)  # ISO time with its offset
is_actor = _matches(_ACTOR)
is_type = _matches(_TYPE)


def is_word(value: object) -> bool:
    """A code, in letters or in the field's own words (a list's lines may have Chinese codes)."""
    return is_code(value) or is_label(value)


def is_id(value: object) -> bool:
    """A database id."""
    return type(value) is int and 1 <= value <= _ID_MOST


def is_count(value: object) -> bool:
    """A number given by counting: of a step, note, round, row."""
    return type(value) is int and 0 <= value <= _ID_MOST


def is_flag(value: object) -> bool:
    """True or false."""
    return isinstance(value, bool)


def is_day_or_moment(value: object) -> bool:
    """A day, or a time with its offset."""
    return is_day(value) or is_moment(value)


def is_clock_word(value: object) -> bool:
    """Whether a clock runs for the case."""
    return value in ("running", "none")


def is_path(value: object) -> bool:
    """A list of codes: the lanes that lead to a step, or field codes."""
    return isinstance(value, list | tuple) and all(is_word(part) for part in value)


def is_lanes(value: object) -> bool:
    """Lanes opened: a list of codes, or such a list under the code of each split."""
    if isinstance(value, Mapping):
        return all(is_word(key) and is_path(lanes) for key, lanes in value.items())
    return is_path(value)


def is_values(value: object) -> bool:
    """Field code → number, flag, label, limit, time or a list of them."""
    return isinstance(value, Mapping) and all(
        is_word(key) and _is_value(inner) for key, inner in value.items()
    )


def _is_value(value: object) -> bool:
    if isinstance(value, list | tuple):
        return all(_is_value(inner) for inner in value)
    if value is None or isinstance(value, bool | int):
        return True
    return is_word(value) or is_day_or_moment(value) or is_limit(value)
