"""The first letters of how a name is read (生态环境局 → sthjj), to find units and people by few keys."""

from __future__ import annotations

import os
import re
import unicodedata
from collections.abc import Callable
from functools import cache
from importlib import import_module
from typing import cast

LONGEST_WORD = 40

# Characters read in several ways, in words that stand in names of units and places; elsewhere the usual reading holds.
_WORDS = {
    "重庆": "cq", "银行": "yh", "行政": "xz", "行业": "hy", "分行": "fh", "支行": "zh", "商行": "sh", "车行": "ch", "会计": "kj",
    "统计": "tj", "长沙": "cs", "长春": "cc", "长安": "ca", "长江": "cj", "长远": "cy", "长宁": "cn", "长城": "cc", "长治": "cz",
    "厦门": "xm", "大厦": "ds", "六安": "la", "蚌埠": "bb", "朝阳": "cy", "重点": "zd", "重大": "zd", "重型": "zx", "调查": "dc",
    "调研": "dy", "调度": "dd", "调解": "tj", "成都": "cd", "首都": "sd", "音乐": "yy", "乐器": "yq", "校对": "jd", "学校": "xx",
    "传播": "cb", "自传": "zz", "单县": "sx", "番禺": "py", "东莞": "dg", "莞城": "gc", "台州": "tz", "燕山": "ys", "石头": "st",
    "省委": "sw", "仓库": "ck", "车辆": "cl", "机车": "jc", "参事": "cs", "人参": "rs", "系统": "xt", "体系": "tx", "储藏": "cc",
    "西藏": "xz", "便民": "bm", "曾都": "zd", "洪洞": "ht", "乐清": "yq", "乐亭": "lt", "铅山": "ys", "丽水": "ls", "尉犁": "yl",
}  # fmt: skip
# Surnames read otherwise than the character usually is.
_SURNAMES = {
    "单": "s", "曾": "z", "解": "x", "仇": "q", "区": "o", "查": "z", "盖": "g", "朴": "p", "乐": "y", "翟": "z", "缪": "m",
    "覃": "q", "种": "c", "冼": "x", "繁": "p", "员": "y", "秘": "b", "召": "s", "晟": "c", "尉迟": "yc", "万俟": "mq", "长孙": "zs",
    "单于": "cy", "澹台": "tt", "令狐": "lh",
}  # fmt: skip
_WORD = re.compile("|".join(sorted(_WORDS, key=len, reverse=True)) + r"|[^\W_]")
_KEYS = re.compile(r"[a-z0-9]+")


def initials(name: str, *, is_person: bool = False) -> str:
    """The first letters of a name, small; digits and Latin letters stay, marks are left out."""
    plain = unicodedata.normalize("NFKC", name).casefold()
    first = ""
    if is_person:
        surname = next((plain[:n] for n in (2, 1) if plain[:n] in _SURNAMES and len(plain) > n), "")
        first, plain = _SURNAMES.get(surname, ""), plain[len(surname) :]
    return first + "".join(_WORDS.get(word) or _letter(word) for word in _WORD.findall(plain))


def of_names(*names: str) -> str:
    """The initials of several names of one thing, each once, blanks between."""
    return " ".join(dict.fromkeys(filter(None, map(initials, names))))


def may_be_initials(text: str) -> bool:
    """Whether something typed can be initials: two or more Latin letters and digits, a letter among them."""
    keys = text.strip().casefold()
    return len(keys) > 1 and bool(_KEYS.fullmatch(keys)) and not keys.isdigit()


@cache
def _letter(char: str) -> str:
    if char.isascii():
        return char
    return _reader()(char)[0][:1] if char >= "㐀" else ""


@cache
def _reader() -> Callable[[str], list[str]]:
    """Looked up when the first name is read: its table takes 13 MB, which only who writes names shall pay.

    Its 47,000 phrases would take 45 MB more; `_WORDS` has those that stand in names.
    """
    os.environ.setdefault("PYPINYIN_NO_PHRASES", "1")
    pypinyin = import_module("pypinyin")

    def read(char: str) -> list[str]:
        letters: list[str] = pypinyin.lazy_pinyin(char, style=pypinyin.Style.FIRST_LETTER)
        return [one if one.isascii() else "" for one in letters]

    return cast(Callable[[str], list[str]], read)
