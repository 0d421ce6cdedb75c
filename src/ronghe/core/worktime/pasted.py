"""Read the text of a holiday notice: “元旦：1月1日（周四）至3日（周六）放假，共3天。1月4日（周日）上班。”"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date

from ronghe.core.worktime.announcement import WEEKDAYS, Announcement, DaysOff, MakeUp, day_of

_HEADING = re.compile(
    r"^\s*(?:[（(]?[一二三四五六七八九十]{1,3}[）)、.．]|\d{1,2}[、.．])?\s*([一-鿿、和]{2,12}?)\s*[：:]"
)
_DATE = re.compile(r"(?:(\d{4})\s*年)?\s*(?:(\d{1,2})\s*月)?\s*(\d{1,2})\s*日\s*(?:[（(]([^）)]*)[）)])?")
_WEEKDAY = re.compile(r"(?:周|星期)([一二三四五六日天])")
_JOINT = re.compile(r"\s*(?:至|到|[-—–~～]+)\s*")
_DOCUMENT = re.compile(r"国[一-鿿]{1,10}〔\d{4}〕\s*\d+\s*号")
_TITLE = re.compile(r"(\d{4})\s*年[^，。；\n]{0,12}?(?:节假日|放假)")
_SIGNED = re.compile(r"^\s*(\d{4})\s*年\s*(\d{1,2})\s*月\s*(\d{1,2})\s*日\s*$", re.M)
_ENDS = re.compile(r"[。；;，,\n]")
_OFF, _WORK = ("放假", "连休", "补休"), ("上班",)


@dataclass
class Pasted:
    """What was read, and the sentences with a date in them that could not be."""

    notice: Announcement
    unread: list[str] = field(default_factory=list)
    doubts: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class _Said:
    day: date
    weekday: str
    begin: int
    end: int


def read_pasted(text: str, year: int) -> Pasted:
    """Rows for checking; a year named in a title of the text is the year meant, and one that differs is told."""
    text = text.replace("\r", "")
    signed = _SIGNED.findall(text)
    document = _DOCUMENT.search(text)
    published = _date(*map(int, signed[-1])) if signed else None
    off: list[DaysOff] = []
    made_up: list[MakeUp] = []
    found = Pasted(Announcement(year))
    if (titled := _TITLE.search(text)) and int(titled[1]) != year:
        found.doubts.append(f"通知写的是 {titled[1]} 年，这里要填的是 {year} 年，请核对。")
    for name, sentence in _sentences(_SIGNED.sub("", text)):
        said = list(_dates(sentence, year, name, found))
        is_work = any(word in sentence for word in _WORK)
        if said and not is_work and not any(word in sentence for word in _OFF):
            found.unread.append(sentence.strip())
        elif is_work:
            made_up += [MakeUp(one.day, name) for one in said]
        else:
            off += _ranges(said, sentence, name)
    found.notice = Announcement(
        year, tuple(off), tuple(made_up), document[0].replace(" ", "") if document else "", published
    )
    return found


def _sentences(text: str) -> Iterator[tuple[str, str]]:
    """Each stretch up to the word that says whether it is work or rest, under the name of its paragraph."""
    name = ""
    for line in text.split("\n"):
        heading = _HEADING.match(line)
        if heading:
            name, line = heading[1], line[heading.end() :]
        kept = ""
        for piece in _pieces(line):
            kept += piece
            if any(word in kept for word in (*_OFF, *_WORK)) or piece.endswith(("。", "；", ";")):
                yield name, kept
                kept = ""
        if kept.strip():
            yield name, kept


def _pieces(line: str) -> Iterator[str]:
    """Split after each stop that is not within brackets."""
    depth, begun = 0, 0
    for index, sign in enumerate(line):
        depth += (sign in "（(") - (sign in "）)")
        if depth <= 0 and _ENDS.match(sign):
            yield line[begun : index + 1]
            begun = index + 1
    yield line[begun:]


def _dates(sentence: str, year: int, name: str, found: Pasted) -> Iterator[_Said]:
    month, in_year = 0, year
    for one in _DATE.finditer(sentence):
        written_year, written_month, day, aside = one.groups()
        if written_month:
            in_year = _year_of(written_year, int(written_month), month, in_year, name, year)
            month = int(written_month)
        on = _date(in_year, month, int(day)) if month else None
        if on is None:
            found.unread.append(one[0].strip())
            continue
        told = _WEEKDAY.search(aside or "")
        weekday = WEEKDAYS["一二三四五六日".index(told[1].replace("天", "日"))] if told else ""
        if weekday and weekday != WEEKDAYS[on.weekday()]:
            found.doubts.append(
                f"通知写{day_of(on)}是{weekday}，日历上是{WEEKDAYS[on.weekday()]}，请核对年份和日期。"
            )
        yield _Said(on, weekday, one.start(), one.end())


def _year_of(written: str | None, month: int, before: int, in_year: int, name: str, year: int) -> int:
    if written:
        return int(written)
    if before:
        return in_year + (before == 12 and month == 1)
    return year - 1 if month == 12 and "元旦" in name else year


def _ranges(said: list[_Said], sentence: str, name: str) -> Iterator[DaysOff]:
    index = 0
    while index < len(said):
        one = said[index]
        after = said[index + 1] if index + 1 < len(said) else None
        if after and _JOINT.fullmatch(sentence[one.end : after.begin]):
            yield DaysOff(name, one.day, after.day)
            index += 2
        else:
            yield DaysOff(name, one.day, one.day)
            index += 1


def _date(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None
