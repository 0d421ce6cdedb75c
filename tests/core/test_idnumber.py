"""公民身份号码."""

import datetime as dt

import pytest
from hypothesis import given, strategies as st

from ronghe.core.idnumber import IdNumberError, check, check_character

pytestmark = pytest.mark.unit

TODAY = dt.date(2026, 3, 2)
EXAMPLES = ("11010519491231002X", "440524188001010014")  # printed in GB 11643-1999, 5.2


def test_the_standard_examples_have_the_right_last_character():
    assert [check_character(one[:17]) for one in EXAMPLES] == ["X", "4"]


@pytest.mark.parametrize(
    "written",
    [
        "11010519491231002X",
        "11010519491231002x",
        " 110105 19491231 002X\n",
        "１１０１０５１９４９１２３１００２Ｘ",
    ],
)
def test_check_gives_the_normal_form(written):
    assert check(written, TODAY) == EXAMPLES[0]


@pytest.mark.parametrize(
    ("written", "code"),
    [
        ("", "id-number-length"),
        ("110105491231002", "id-number-length"),  # the fifteen digits of before 1999
        ("1.10105E+17", "id-number-length"),  # what a spreadsheet makes of a number
        ("X1010519491231002X", "id-number-letters"),
        ("01010519491231002X", "id-number-letters"),
        ("11010519490231002X", "id-number-day"),
        ("110105202603030022", "id-number-day"),
        (EXAMPLES[1], "id-number-day"),  # the standard's second example was born in 1880
        ("110105194912310021", "id-number-check"),
    ],
)
def test_check_refuses_and_says_what_to_do_without_repeating_the_number(written, code):
    with pytest.raises(IdNumberError) as refused:
        check(written, TODAY)

    assert refused.value.code == code
    assert "请对照证件" in refused.value.message
    assert not written or written not in refused.value.message


@given(st.dates(dt.date(1900, 1, 1), TODAY), st.integers(0, 999), st.integers(0, 16), st.integers(1, 9))
def test_one_wrong_digit_is_always_noticed(born, order, place, by):
    first = f"440301{born:%Y%m%d}{order:03}"
    right = first + check_character(first)
    wrong = first[:place] + str((int(first[place]) + by) % 10) + first[place + 1 :] + right[-1]

    assert check(right, TODAY) == right
    with pytest.raises(IdNumberError):
        check(wrong, TODAY)
