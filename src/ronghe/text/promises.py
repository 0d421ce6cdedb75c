"""Promises in a reply: what somebody says will be done, and by which day, counted from the day of writing.

The first day is not counted (民法典 第201条); a month ends on its corresponding or last day (第202条).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from ronghe.core.worktime import Calendar
from ronghe.core.worktime.scale import add_months
from ronghe.text.flat import flat

_SENTENCE = re.compile(r"[^。!?;\n]+[。!?;]?")
_CLAUSE = re.compile(r"[^,]+")
_WILL = re.compile(
    r"将(?!于?[^,]{0,6}(?:情况|问题|事项)(?:反馈|回复|答复|报))|(?<!模)拟(?!定)|预计|预期|计划(?!生育)|力争|争取|确保|(?<!没有)(?<!未)承诺|保证(?!金)|务必|(?<![大议开不])会(?:在|安排|及时|尽快)|限期|要求[^,]{0,12}前"
)
_DONE = re.compile(r"(?:已|曾)经?(?!责令|要求|约定|督促|安排|承诺|计划|制定)|推迟到")
_GENERAL = re.compile(
    r"自[^,]{1,12}之日起|申请(?:人|后)|受理(?:之日|后)|您(?:可|需|应|要|须)|法律|规定|条例|《[^》]*法》|逾期|有权|可以?向|凭|一般(?:在|为|是)|符合条件|符合登记"
)
_DIGITS = {char: number for number, char in enumerate("零一二三四五六七八九")} | {"两": 2, "元": 1}
_WEEK = r"(?:周|星期|礼拜)"
_DAY_IN_WEEK = "一二三四五六日天"


@dataclass(frozen=True, slots=True)
class Promise:
    """A sentence that promises something by a day or within a time; `due` None: which day cannot be told."""

    text: str
    due: date | None
    start: int
    end: int


def promises(reply: str, written: date, calendar: Calendar) -> tuple[Promise, ...]:
    """The promises of a reply written on a day. Of several days in one sentence the last counts; past ones never."""
    found = []
    for sentence in _SENTENCE.finditer(flat(reply)):
        days = list(_days(sentence.group(), written, calendar))
        if not days:
            continue
        start = sentence.start() + len(sentence.group()) - len(sentence.group().lstrip())
        known = [day for day in days if day is not None]
        text = reply[start : sentence.end()].strip()
        found.append(Promise(text, max(known, default=None), start, start + len(text)))
    return tuple(found)


def _days(sentence: str, written: date, calendar: Calendar) -> Iterator[date | None]:
    for clause in _CLAUSE.finditer(sentence):
        told = clause.group()
        if not _WILL.search(told) or _DONE.search(told) or _GENERAL.search(told):
            continue
        rest = told
        for pattern, resolve in _TIMES:
            for time in pattern.finditer(rest):
                day = _resolved(resolve, time, written, calendar)
                if day is None or day >= written:
                    yield day
            rest = pattern.sub(lambda time: "," * len(time.group()), rest)


def _resolved(
    resolve: Callable[[re.Match[str], date, Calendar], date | None],
    time: re.Match[str],
    written: date,
    calendar: Calendar,
) -> date | None:
    try:
        return resolve(time, written, calendar)
    except (ValueError, OverflowError):
        return None


def _number(written: str) -> int:
    """A number up to 99 in Chinese or any in digits. Raises ValueError for what is none (三三)."""
    if written.isdecimal():
        return int(written)
    tens, ten, ones = written.rpartition("十")
    if not {tens, ones} <= _DIGITS.keys() | {""}:
        raise ValueError(written)
    return (_DIGITS[tens] if tens else 1) * 10 * bool(ten) + (_DIGITS[ones] if ones else 0)


def _last_of_month(year: int, month: int) -> date:
    return add_months(date(year, month, 1), 1) - timedelta(1)


def _year(written_year: str | None, on: date) -> int | None:
    if not written_year:
        return None
    named = {"今": 0, "本": 0, "当": 0, "同": 0, "明": 1, "次": 1, "后": 2}.get(written_year[0])
    return int(written_year) if named is None else on.year + named


def _month(time: re.Match[str], on: date, _: Calendar) -> date | None:
    month, part = _number(time["month"]), time["part"] or ""
    given = _year(time["year"], on)
    year = given or on.year + (month < on.month)
    last = _last_of_month(year, month)
    if time["day"]:
        last = date(year, month, min(_number(time["day"]), last.day))
    elif part in ("初", "上旬", "中旬"):
        last = last.replace(day=20 if part == "中旬" else 10)
    elif not part and time["before"]:
        last = date(year, month, 1) - timedelta(1)  # 12月前: by the end of November
    if given is not None or last <= add_months(on, 6):
        return last
    return (
        last.replace(year=on.year) if time["day"] else None
    )  # in September “4月中旬”: which April cannot be told


def _part_of_year(time: re.Match[str], on: date, _: Calendar) -> date:
    year, part = _year(time["year"], on) or on.year, time["part"]
    month = {"上半年": 6, "一季度": 3, "二季度": 6, "三季度": 9}.get(part.removeprefix("第"), 12)
    return _last_of_month(year, month)


def _period(time: re.Match[str], on: date, calendar: Calendar) -> date:
    unit = time["unit"] or "月"
    if time["number"] == "半":
        return add_months(on, 6) if unit == "年" else on + timedelta(15)
    count = _number(time["number"])
    if unit == "工作日":
        return calendar.add(on, count)
    if unit in ("月", "年"):
        return add_months(on, count * (12 if unit == "年" else 1))
    days = {"周": 7, "星期": 7, "礼拜": 7}.get(unit, 1)
    return on + timedelta(-(-count // 24) if unit == "小时" else count * days)


def _weekday(time: re.Match[str], on: date, _: Calendar) -> date:
    weeks, day = len(time["next"] or ""), time["day"]
    monday = on - timedelta(on.weekday()) + timedelta(7 * weeks)
    if not day:
        return monday + timedelta(6)
    told = monday + timedelta(min(_DAY_IN_WEEK.index(day), 6))
    return told if weeks or time["this"] or told >= on else told + timedelta(7)


def _relative_month(time: re.Match[str], on: date, _: Calendar) -> date:
    first = add_months(on.replace(day=1), len(time["next"] or ""))
    last = _last_of_month(first.year, first.month)
    if time["day"]:
        return last.replace(day=min(_number(time["day"]), last.day))
    return last.replace(day={"初": 10, "上旬": 10, "中旬": 20}.get(time["part"] or "", last.day))


def _next_day(time: re.Match[str], on: date, _: Calendar) -> date:
    return on + timedelta({"今": 0, "当": 0, "明": 1, "后": 2}[time.group()[0]])


_YEAR = r"(?P<year>\d{4}|[今本当同明次后])年(?:的)?"
_END = r"(?P<before>(?:之|以)?前)?"
_PART = r"(?P<part>月?底|末|初|上旬|中旬|下旬)"
_COUNT = r"(?<![\d一二三四五六七八九十])(?P<number>\d{1,3}|[一二两三四五六七八九十]{1,3}|半)"
_TIMES: tuple[tuple[re.Pattern[str], Callable[[re.Match[str], date, Calendar], date | None]], ...] = (
    (re.compile(rf"{_COUNT}个?(?P<unit>工作日)(?:时间)?(?:之|以)?(?:内|后|左右)?"), _period),
    (re.compile(rf"{_COUNT}(?:个?(?P<unit>(?:自然)?日|天|周|星期|礼拜|小时|年)|个(?P<month>月))(?:时间)?(?:之|以)?(?:内|后|左右)"), _period),
    (re.compile(rf"(?:{_YEAR})?(?<![\d至到-])(?P<month>0?[1-9](?!\d)|1[0-2](?!\d)|元|十[一二]?|[一二三四五六七八九])月(?:份)?(?:(?P<day>\d{{1,2}}|[一二三]?十[一二三四五六七八九]?|[一二三四五六七八九])[日号]|{_PART})?{_END}"), _month),
    (re.compile(rf"(?:{_YEAR})?(?P<part>上半年|下半年|第?[一二三四]季度|年[底末]|(?<=年)[底末内]|(?<=[今本当明])年内|(?<![\d一二三四五六七八九十两半数])年内)"), _part_of_year),
    (re.compile(rf"(?<![每至到])(?P<this>[本这]个?)?(?P<next>下{{1,2}})?个?{_WEEK}(?P<day>[{_DAY_IN_WEEK}])(?![至到])"), _weekday),
    (re.compile(rf"(?:(?P<this>[本这])|(?P<next>下{{1,2}}))个?{_WEEK}(?P<day>)(?:内|末|底)?"), _weekday),
    (re.compile(rf"(?:[本当]|(?P<next>下{{1,2}})个?)月(?:(?P<day>\d{{1,2}})[日号]|{_PART})?"), _relative_month),
    (re.compile(r"(?<![\d十一二三四五六七八九元个])(?P<next>)(?P<day>)月(?P<part>底|末)"), _relative_month),
    (re.compile(r"今天|当天|当日|明天|后天"), _next_day),
)  # fmt: skip
