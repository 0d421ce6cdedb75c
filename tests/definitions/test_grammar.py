"""The small words: moments, cadences, windows, formulas, rounding, curves."""

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given, strategies as st

from ronghe.core.errors import DefinitionError
from ronghe.core.worktime import Limit, Unit
from ronghe.definitions.enums import Each
from ronghe.definitions.kinds.figures import Curve
from ronghe.definitions.kinds.grammar import Cadence, Formula, Moment, Rounding, Window, length

pytestmark = pytest.mark.unit


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("yellow", Moment("yellow")),
        ("red", Moment("red")),
        ("overdue", Moment("red")),
        ("1 工作日 left", Moment("left", Limit(1, Unit.WORKDAY))),
        ("3 工作日 late", Moment("late", Limit(3, Unit.WORKDAY))),
        ("2 gaps", Moment("gaps", count=2)),
        ("1 gap", Moment("gaps", count=1)),
    ],
)
def test_a_moment_is_read(text, moment):
    assert Moment.parse(text) == moment


@pytest.mark.parametrize(
    ("text", "cadence"),
    [
        ("half-year", Cadence(each=Each.HALF_YEAR)),
        ("6 月", Cadence(length=Limit(6, Unit.MONTH))),
        ("3 年", Cadence(length=Limit(36, Unit.MONTH))),
        ("holder.term", Cadence(path="holder.term")),
    ],
)
def test_a_cadence_is_read(text, cadence):
    assert Cadence.parse(text) == cadence


@pytest.mark.parametrize(
    ("text", "window"),
    [
        ("year-to-date", Window("year-to-date")),
        ("12 月", Window("last", Limit(12, Unit.MONTH))),
        ("3 年 before", Window("before", Limit(36, Unit.MONTH))),
    ],
)
def test_a_window_is_read(text, window):
    assert Window.parse(text) == window


@pytest.mark.parametrize(
    "parse", [Moment.parse, Cadence.parse, Window.parse, Rounding.parse, Formula.parse, length]
)
@pytest.mark.parametrize("raw", ["", "soon", "late", "0 gaps", "3 周 left", None, [], {}, "5 % %", "1 +"])
def test_what_cannot_be_read_is_refused_with_a_cure(parse, raw):
    if parse == Formula.parse and raw in ("soon", "late"):
        return  # names
    with pytest.raises(DefinitionError) as refused:
        parse(raw)
    assert refused.value.message
    assert refused.value.cure


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("a / b", Fraction(3, 4)),
        ("1 - a / b", Fraction(1, 4)),
        ("(a - b) / b", Fraction(-1, 4)),
        ("a - b - b", Fraction(-5)),
        ("2 * (a + b)", Fraction(14)),
        ("a-b", Fraction(9)),
        ("a / (b - 4)", None),
        ("0.5", Fraction(1, 2)),
    ],
)
def test_a_formula_has_an_exact_value(text, value):
    given_ = {"a": Fraction(3), "b": Fraction(4), "a-b": Fraction(9)}

    assert Formula.parse(text).value(given_) == value


def test_a_formula_names_what_it_needs_once_in_order():
    assert Formula.parse("(done - due) / plan + done").names() == ["done", "due", "plan"]
    assert Formula.parse(3).names() == []


@pytest.mark.parametrize(
    "text", ["a +", "(a", "a)", "a b", "+ a", "a ^ b", "A", "(" * 3000 + "a" + ")" * 3000, "a--b"]
)
def test_a_broken_formula_is_refused(text):
    with pytest.raises(DefinitionError):
        Formula.parse(text)


@pytest.mark.parametrize(
    ("step", "value", "shown"),
    [
        ("0.01 %", Fraction(598, 615), "97.24"),
        ("0.1 %", Fraction(1, 3), "33.3"),
        ("1", Fraction(5, 2), "3"),
        ("0.5", Fraction(7, 10), "0.5"),
        ("0.1 工作日", Fraction(-1, 20), "-0.1"),
    ],
)
def test_a_value_is_rounded_as_declared(step, value, shown):
    assert Rounding.parse(step).apply(value) == Decimal(shown)


@given(st.fractions(min_value=0, max_value=1))
def test_a_rounded_share_is_within_half_a_step(value):
    shown = Rounding.parse("0.01 %").apply(value)

    assert abs(Fraction(shown) - value * 100) <= Fraction(1, 200)


@given(st.decimals(min_value=0, max_value=100, places=2))
def test_points_on_a_line_stay_between_its_ends(value):
    curve = Curve.model_validate({"curve": "linear", "from": {"80": 0}, "to": {"98": 10}})
    points = curve.score(value)

    assert points is not None
    assert 0 <= points <= 10
