"""统一社会信用代码."""

import pytest
from hypothesis import given, strategies as st

from ronghe.core.creditcode import LETTERS, CreditCodeError, check, make

pytestmark = pytest.mark.unit

EXAMPLE = "91350100M000100Y43"  # printed in GB 32100-2015
bases = st.builds(
    lambda head, region, tail: head + region + tail,
    st.text(LETTERS, min_size=2, max_size=2),
    st.text("0123456789", min_size=6, max_size=6),
    st.text(LETTERS, min_size=9, max_size=9),
)


@pytest.mark.parametrize(
    "written", [EXAMPLE, EXAMPLE.lower(), " 91350100-M000100Y4 3\n", "９１３５０１００Ｍ０００１００Ｙ４３"]
)
def test_check_gives_the_normal_form(written):
    assert check(written) == EXAMPLE


@pytest.mark.parametrize(
    ("written", "code"),
    [
        ("", "credit-code-length"),
        (EXAMPLE[:-1], "credit-code-length"),
        (EXAMPLE + "1", "credit-code-length"),
        (EXAMPLE[:-1] + "4", "credit-code-check"),
        ("9135010OM000100Y43", "credit-code-letters"),
        ("9135010一M000100Y43", "credit-code-letters"),
        ("9135010AM000100Y43", "credit-code-region"),
    ],
)
def test_check_refuses_and_says_why(written, code):
    with pytest.raises(CreditCodeError) as refused:
        check(written)

    assert refused.value.code == code
    assert "请对照营业执照" in refused.value.message


def test_make_completes_the_standard_example():
    assert make(EXAMPLE[:17]) == EXAMPLE


@pytest.mark.parametrize(("base", "code"), [("123", "credit-code-length"), ("O" * 17, "credit-code-letters")])
def test_make_refuses_what_is_no_base(base, code):
    with pytest.raises(CreditCodeError) as refused:
        make(base)

    assert refused.value.code == code


@given(bases)
def test_make_is_checked(base):
    assert check(make(base)) == make(base)


@given(bases, st.integers(0, 17), st.sampled_from(LETTERS))
def test_one_wrong_character_is_always_found(base, place, letter):
    code = make(base)
    wrong = code[:place] + letter + code[place + 1 :]
    if wrong == code:
        return

    with pytest.raises(CreditCodeError):
        check(wrong)
