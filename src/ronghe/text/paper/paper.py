"""What a paper says, part by part, before anything is laid out."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeAlias


class Layout(StrEnum):
    """How the first page begins: a plain title, the red double line of a letter (信函), or a red head (文件)."""

    NOTICE = "notice"
    LETTER = "letter"
    RED_HEAD = "red-head"


@dataclass(frozen=True)
class Line:
    """One paragraph; `level` 1 to 4 for 一、 （一） 1. （1）, 0 for plain text."""

    text: str
    level: int = 0

    @property
    def spoken(self) -> tuple[str, str]:
        """The heading and what follows it in the same paragraph: a heading of levels 1 and 2 ends with its first sentence."""
        if self.level not in (1, 2):
            return ("", self.text) if self.level == 0 else (self.text, "")
        head, stop, rest = self.text.partition("。")
        return (head + stop, rest) if rest else (self.text, "")


@dataclass(frozen=True)
class Table:
    """A table of a 台账: names of columns, and rows of as many cells."""

    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


Block: TypeAlias = Line | Table


@dataclass(frozen=True, kw_only=True)
class Paper:
    """A paper. Parts left empty do not appear; `heading` (发文机关标志) only in a letter and under a red head."""

    title: str
    blocks: tuple[Block, ...]
    layout: Layout = Layout.NOTICE
    heading: str = ""
    number: str = ""
    to: str = ""
    attachments: tuple[str, ...] = ()
    issuer: str = ""
    day: dt.date | None = None
    copies: str = ""
    printed: str = ""

    @property
    def date(self) -> str:
        """成文日期, in Arabic figures without leading noughts."""
        return in_chinese(self.day) if self.day else ""


def in_chinese(day: dt.date) -> str:
    """`2026年3月2日`."""
    return f"{day.year}年{day.month}月{day.day}日"


def numeral(number: int) -> str:
    """1 to 99 as headings count: 一, 十, 十二, 二十."""
    tens, ones = divmod(number, 10)
    digits = "零一二三四五六七八九"
    return (digits[tens] if tens > 1 else "") + ("十" if tens else "") + (digits[ones] if ones else "")
