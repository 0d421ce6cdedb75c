"""The initials of names: units, places with readings of their own, surnames, numbers and letters."""

from __future__ import annotations

import pytest

from ronghe.text.pinyin import initials, may_be_initials, of_names

pytestmark = pytest.mark.unit


@pytest.mark.parametrize(
    ("name", "letters"),
    [
        ("生态环境局", "sthjj"),
        ("深圳市生态环境局", "szssthjj"),
        ("重庆（银行）第12支行", "cqyhd12zh"),
        ("行政服务中心", "xzfwzx"),
        ("ＡＢ科技", "abkj"),
        ("大厦·会计所", "dskjs"),
        ("。", ""),
        ("", ""),
    ],
)
def test_initials_of_a_unit(name: str, letters: str) -> None:
    assert initials(name) == letters


@pytest.mark.parametrize(
    ("name", "letters"), [("单雄信", "sxx"), ("曾国", "zg"), ("尉迟恭", "ycg"), ("王单", "wd"), ("解", "j")]
)
def test_a_surname_is_read_as_one(name: str, letters: str) -> None:
    assert initials(name, is_person=True) == letters


def test_several_names_of_one_unit_stand_apart_and_once() -> None:
    assert of_names("市生态环境局", "生态环境局", "生态环境局", "") == "ssthjj sthjj"


@pytest.mark.parametrize(
    ("typed", "may"),
    [("sthjj", True), ("D12", True), ("12", False), ("s", False), ("环境", False), ("a-b", False)],
)
def test_what_may_be_initials(typed: str, *, may: bool) -> None:
    assert may_be_initials(typed) is may
