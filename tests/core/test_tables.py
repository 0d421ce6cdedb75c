"""Headings, cells and times of tables people send."""

from __future__ import annotations

import datetime as dt
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given, strategies as st

from ronghe.core.tables import (
    CellError,
    Column,
    Moment,
    Row,
    TableError,
    as_day,
    as_moment,
    as_words,
    find_heading,
    in_order,
    is_blank,
)
from ronghe.core.worktime import SHANGHAI

pytestmark = pytest.mark.unit
COLUMNS = (
    Column("number", "编号", ("id",), required=True),
    Column("opened", "提出时间", ("opened at",), required=True),
    Column("rating", "评价", ("score",)),
)
D, T = dt.date, dt.time


@pytest.mark.parametrize(
    ("raw", "places", "unknown"),
    [
        (["编号", "提出时间", "评价(1–5)"], {"number": 0, "opened": 1, "rating": 2}, {}),
        (["Opened_At", " ID ", "评价（1-5）*"], {"opened": 0, "number": 1, "rating": 2}, {}),
        (["备注", "编号：", None, "提出 时间"], {"number": 1, "opened": 3}, {"备注": 0}),
    ],
)
def test_heading_is_known_however_it_is_spelled(raw: list[Any], places: Any, unknown: Any) -> None:
    heading = find_heading(raw, COLUMNS)

    assert heading is not None
    assert (dict(heading.places), dict(heading.unknown)) == (places, unknown)


@pytest.mark.parametrize("raw", [["市长信箱来信汇总表"], [None, ""], ["编号"], ["甲", "乙", "丙"]])
def test_a_title_is_no_heading(raw: list[Any]) -> None:
    assert find_heading(raw, COLUMNS) is None


@pytest.mark.parametrize(
    ("raw", "code", "named"),
    [
        (["编号", "评价"], "column-missing", "提出时间"),
        (["编号", "提出时间", "id"], "column-twice", "第 1 列和第 3 列"),
    ],
)
def test_a_heading_that_cannot_serve_says_why(raw: list[Any], code: str, named: str) -> None:
    with pytest.raises(TableError) as refused:
        find_heading(raw, COLUMNS)

    assert refused.value.code == code
    assert named in refused.value.message


def test_row_holds_known_cells_and_the_rest_by_heading() -> None:
    heading = find_heading(["编号", "诉求类别", "提出时间"], COLUMNS)
    assert heading is not None

    row = heading.row(7, ["a1", "环境"])

    assert row == Row(7, ["a1", "环境"], {"number": "a1"}, {"诉求类别": "环境"})
    assert (row.get("number"), row.get("opened")) == ("a1", None)
    assert [heading.title_of(code) for code in ("opened", "诉求类别", "rating")] == [
        "提出时间",
        "诉求类别",
        "rating",
    ]
    assert [is_blank(cell) for cell in (None, " ", 0, "x")] == [True, True, False, False]


@pytest.mark.parametrize(
    ("cell", "moment"),
    [
        ("2023-06-19", Moment(D(2023, 6, 19))),
        ("2019/4/25 9:32:09", Moment(D(2019, 4, 25), T(9, 32, 9))),
        ("2023年6月19日", Moment(D(2023, 6, 19))),
        ("2023年6月19日 9时30分", Moment(D(2023, 6, 19), T(9, 30))),
        ("2023/6/19 下午 3:20", Moment(D(2023, 6, 19), T(15, 20))),
        ("2023-06-19 12:05 AM", Moment(D(2023, 6, 19), T(0, 5))),
        ("２０２３．６．１９", Moment(D(2023, 6, 19))),
        ("20230619", Moment(D(2023, 6, 19))),
        ("20230619093000", Moment(D(2023, 6, 19), T(9, 30))),
        (20230619, Moment(D(2023, 6, 19))),
        (45096, Moment(D(2023, 6, 19))),
        (45096.5, Moment(D(2023, 6, 19), T(12))),
        ("45096", Moment(D(2023, 6, 19))),
        (dt.datetime(2023, 6, 19, 8, 1), Moment(D(2023, 6, 19), T(8, 1))),
        (dt.datetime(2023, 6, 18, 17, tzinfo=dt.UTC), Moment(D(2023, 6, 19), T(1))),
        (dt.date(2023, 6, 19), Moment(D(2023, 6, 19))),
        ("2023-06-18T17:00:00Z", Moment(D(2023, 6, 19), T(1))),
        ("2023-06-19T00:00:00", Moment(D(2023, 6, 19))),
        ("", None),
        (None, None),
    ],
)
def test_moment_is_read(cell: Any, moment: Moment | None) -> None:
    assert as_moment(cell) == moment
    assert as_day(cell) == (moment.day if moment else None)


@pytest.mark.parametrize(
    ("cell", "code"),
    [
        ("2023-02-30", "no-such-day"),
        ("2023-6-19 25:00", "no-such-time"),
        ("2023-6-19 下午 13:00", "not-a-date"),
        ("去年", "not-a-date"),
        (True, "not-a-date"),
        (dt.time(3, 4), "not-a-date"),
        (float("nan"), "not-a-date"),
        (12.5, "not-a-date"),
        ("1900-01-01", "year"),
        ("2230-01-01", "year"),
    ],
)
def test_what_is_no_moment_is_refused(cell: Any, code: str) -> None:
    with pytest.raises(CellError) as refused:
        as_moment(cell)

    assert refused.value.code == code


@given(st.datetimes(dt.datetime(1950, 1, 1), dt.datetime(2099, 12, 31)))
def test_every_way_of_writing_a_moment_reads_alike(at: dt.datetime) -> None:
    at = at.replace(microsecond=0)
    serial = (at - dt.datetime(1899, 12, 30)).total_seconds() / 86400

    written = [
        at,
        at.isoformat(),
        f"{at:%Y/%m/%d %H:%M:%S}",
        f"{at:%Y年%m月%d日 %H:%M:%S}",
        f"{at:%Y%m%d%H%M%S}",
        serial,
    ]

    assert {as_moment(cell) for cell in written} == {
        Moment(at.date(), at.time() if at.time() != T(0) else None)
    }


@pytest.mark.parametrize(
    ("cell", "text"),
    [
        (2549.0, "2549"),
        (12.5, "12.5"),
        (True, "是"),
        (False, "否"),
        (" a\x00b ", "ab"),
        (None, ""),
        (D(2023, 1, 2), "2023-01-02"),
    ],
)
def test_words_are_as_a_person_reads_them(cell: Any, text: str) -> None:
    assert as_words(cell, 20) == text


def test_too_long_a_text_is_not_cut() -> None:
    with pytest.raises(CellError, match="最多 3 字，这里有 4 字"):
        as_words("一二三四", 3)


def test_a_time_nobody_wrote_gives_way() -> None:
    day = D(2023, 6, 19)

    def at(hour: int) -> dt.datetime:
        return dt.datetime(2023, 6, 19, hour, tzinfo=SHANGHAI)

    days = [Moment(day), None, Moment(day)]
    assert in_order(days, T(9), T(17)) == [at(9), None, at(17)]
    assert in_order([Moment(day), Moment(day, T(8))], T(9), T(17)) == [at(8), at(8)]
    assert in_order([Moment(day, T(18)), Moment(day)], T(9), T(17)) == [at(18), at(18)]
    wrong = [Moment(day, T(18)), Moment(day, T(8)), Moment(D(2023, 6, 18))]
    assert in_order(wrong, T(9), T(17))[1:] == [at(8), at(17) - dt.timedelta(1)]


days = st.dates(D(2023, 1, 1), D(2023, 1, 4))
moments = st.none() | st.builds(
    Moment, days, st.none() | st.times().map(lambda time: time.replace(microsecond=0))
)


@given(st.lists(moments, max_size=5))
def test_days_in_order_stay_in_order(given: list[Moment | None]) -> None:
    """Only times that were written, or days, can be out of order; never a time that was put in."""
    found = in_order(given, T(9), T(17))

    assert [at.date() if at else None for at in found] == [moment.day if moment else None for moment in given]
    assert all(
        at is None or moment is None or moment.time in (None, at.time())
        for at, moment in zip(found, given, strict=True)
    )
    known = [moment for moment in given if moment]
    if all(one.day < other.day for one, other in pairwise(known)):
        instants = [at for at in found if at]
        assert instants == sorted(instants)
