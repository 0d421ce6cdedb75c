"""Putting words in braces into the parts of a paper: `{unit}`, `{about.name}`, `{form.detail}`."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping

from ronghe.core.select import Path
from ronghe.core.select.path import Facts, is_thing
from ronghe.core.worktime import SHANGHAI
from ronghe.text.paper import in_chinese

LATE = {"today": "【成文日期】", "until": "【公示截止日】"}
"""Words known only when it is issued, and how they stand in a draft until then."""
BLANK = "＿＿＿＿"
_WORD = re.compile(r"\{([a-z][a-z0-9.-]*)\}")


def fill(text: str, words: Mapping[str, str], facts: Facts) -> str:
    """Put words and paths in; what is not known is left blank to be written, what is known later stays in braces."""

    def word(found: re.Match[str]) -> str:
        name = found[1]
        if name in LATE:
            return LATE[name]
        return words.get(name) or _said(Path.parse(name).resolve(facts)) or BLANK

    return _WORD.sub(word, text)


def _said(values: list[object]) -> str:
    return "、".join(filter(None, (said(value) for value in values)))


def said(value: object) -> str:
    """A value in words: a thing by its name, a day as it is written in papers."""
    match value:
        case bool():
            return "是" if value else "否"
        case dt.datetime():
            return in_chinese(value.astimezone(SHANGHAI).date())
        case dt.date():
            return in_chinese(value)
        case dict() | list():
            return ""
        case None:
            return ""
    if is_thing(value):
        return said(value.get("name")) or said(value.get("title"))
    return str(value)


def fill_late(text: str, words: Mapping[str, str]) -> str:
    """Put in what was left for the day of issue."""
    for name, mark in LATE.items():
        text = text.replace(mark, words[name])
    return text
