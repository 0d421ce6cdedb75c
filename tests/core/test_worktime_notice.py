"""A holiday notice read from its text, and what is strange about one."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path

import pytest

from ronghe.core.worktime import (
    Announcement,
    DaysOff,
    MakeUp,
    announced,
    cautions_of,
    days_from_notice,
    read_pasted,
)

pytestmark = pytest.mark.unit
CALENDARS = Path(__file__).parents[2] / "src/ronghe/packs/common/calendar"
TEXT_2026 = """国务院办公厅关于2026年
部分节假日安排的通知
国办发明电〔2025〕7号
经国务院批准，现将2026年元旦、春节、清明节、劳动节、端午节、中秋节和国庆节放假调休日期的具体安排通知如下。
一、元旦：1月1日（周四）至3日（周六）放假调休，共3天。1月4日（周日）上班。
二、春节：2月15日（农历腊月二十八、周日）至23日（农历正月初七、周一）放假调休，共9天。2月14日（周六）、2月28日（周六）上班。
三、清明节：4月4日（周六）至6日（周一）放假，共3天。
四、劳动节：5月1日（周五）至5日（周二）放假调休，共5天。5月9日（周六）上班。
五、端午节：6月19日（周五）至21日（周日）放假，共3天。
六、中秋节：9月25日（周五）至27日（周日）放假，共3天。
七、国庆节：10月1日（周四）至7日（周三）放假调休，共7天。9月20日（周日）、10月10日（周六）上班。
节假日期间，各地区、各部门要妥善安排好值班和安全、保卫、疫情防控等工作。
国务院办公厅
2025年11月4日
"""


def rows(year: int) -> list[tuple[dt.date, bool]]:
    notice = json.loads((CALENDARS / f"{year}.json").read_text(encoding="utf-8"))
    return sorted((row.date, row.is_workday) for row in days_from_notice(notice))


def day(text: str) -> dt.date:
    return dt.date.fromisoformat(text)


def test_a_whole_notice_is_read_as_it_was_announced() -> None:
    found = read_pasted(TEXT_2026, 2026)

    assert [(row.date, row.is_workday) for row in found.notice.rows()] == rows(2026)
    assert (found.notice.document, found.notice.published_on) == ("国办发明电〔2025〕7号", day("2025-11-04"))
    assert (found.unread, found.doubts, cautions_of(found.notice)) == ([], [], [])


@pytest.mark.parametrize(
    ("text", "off", "made_up"),
    [
        ("元旦：2022年12月31日至2023年1月2日放假调休，共3天。", [("2022-12-31", "2023-01-02")], []),
        ("元旦：12月31日至1月2日放假。", [("2022-12-31", "2023-01-02")], []),
        ("1、清明节：4月5日放假1天，不调休。", [("2023-04-05", "2023-04-05")], []),
        (
            "春节：1月21日到27日放假调休，1月28日、29日上班。",
            [("2023-01-21", "2023-01-27")],
            ["2023-01-28", "2023-01-29"],
        ),
        ("端午节：6月22日—24日放假，6月25日（星期日）上班", [("2023-06-22", "2023-06-24")], ["2023-06-25"]),
    ],
)
def test_other_ways_of_writing(text: str, off: list[tuple[str, str]], made_up: list[str]) -> None:
    notice = read_pasted(text, 2023).notice

    assert [(str(one.first), str(one.last)) for one in notice.off] == off
    assert [str(one.day) for one in notice.made_up] == made_up


def test_what_does_not_fit_the_year_is_doubted_and_what_is_not_understood_is_told() -> None:
    found = read_pasted(
        "关于2026年部分节假日安排的通知\n元旦：1月1日（周四）放假。\n2月30日放假。\n国庆节：10月1日另行通知。",
        2027,
    )

    assert found.doubts == [
        "通知写的是 2026 年，这里要填的是 2027 年，请核对。",
        "通知写2027年1月1日是周四，日历上是周五，请核对年份和日期。",
    ]
    assert found.unread == ["2月30日", "10月1日另行通知。"]


@pytest.mark.parametrize("year", range(2009, 2027))
def test_what_was_announced_is_rows_and_ranges_alike_and_nothing_stops_it(year: int) -> None:
    notice = json.loads((CALENDARS / f"{year}.json").read_text(encoding="utf-8"))
    again = announced(year, days_from_notice(notice))

    assert [(row.date, row.is_workday) for row in again.rows()] == rows(year)
    assert [one.text for one in cautions_of(again) if one.stops] == []


def test_what_is_strange_is_told_the_worst_first() -> None:
    off = (
        DaysOff("元旦", day("2026-12-31"), day("2027-01-03")),
        DaysOff("春节", day("2027-02-05"), day("2027-02-11")),
        DaysOff("国庆", day("2027-02-11"), day("2027-02-12")),
    )
    made_up = (MakeUp(day("2027-02-05"), "春节"), MakeUp(day("2027-02-17"), "春节"))
    told = cautions_of(Announcement(2027, off, made_up))

    assert [(one.stops, one.text) for one in told] == [
        (True, "2027年2月5日既写了放假（春节）又写了上班，请改正其中一处。"),
        (False, "元旦跨年（2026年12月31日至2027年1月3日），两年的期限都会受影响，请核对。"),
        (False, "2027年2月11日写了两次（春节、国庆），请留一处。"),
        (False, "2027年2月5日是周五，本来就上班，不用写成补班，请核对。"),
        (False, "2027年2月17日是周三，本来就上班，不用写成补班，请核对。"),
        (False, "没有写清明节、劳动节、端午节、中秋节。法定节日一般都有安排，请核对通知是否抄全。"),
        (False, "放假占去 8 个平日，补班 2 天，相差与历年（8 至 13 天）不合，请核对是否抄漏。"),
    ]
    assert [one.stops for one in cautions_of(Announcement(2027))] == [True]
    assert cautions_of(Announcement(2027, (DaysOff("元旦", day("2026-01-01"), day("2026-01-03")),)))[0].stops
