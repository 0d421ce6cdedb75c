"""Text made plain for reading by rule: full-width letters, digits and marks become half-width, every dash a hyphen.

Each character becomes exactly one, so that a place in the plain text is the same place in the text as written.
"""

from __future__ import annotations

_FULL = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)}
_BLANKS = dict.fromkeys(map(ord, "\u3000\u00a0\u2002\u2003\u2009\u202f\t"), " ")
_DASHES = dict.fromkeys(map(ord, "‐‑‒–—―−─"), "-")
_DOTS = dict.fromkeys(map(ord, "•・‧∙"), "·")
_PLAIN: dict[int, int | str] = {**_FULL, **_BLANKS, **_DASHES, **_DOTS}


def flat(text: str) -> str:
    """The plain text, as long as the text itself."""
    return text.translate(_PLAIN)


def is_han(char: str) -> bool:
    """Whether a character is a Chinese one (一 to 鿿 and extension A)."""
    return "\u4e00" <= char <= "\u9fff" or "\u3400" <= char <= "\u4dbf"
