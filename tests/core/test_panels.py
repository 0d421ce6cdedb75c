"""What several reviewers found, as one figure."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given, strategies as st

from ronghe.core.panels import Method, combined, ranked, rounded

pytestmark = pytest.mark.unit
scores = st.lists(st.integers(0, 100), min_size=1, max_size=15)


@pytest.mark.parametrize(
    ("given_scores", "method", "figure"),
    [
        ([80, 90, 85], Method.MEAN, Fraction(85)),
        ([80, 90, 100, 0], Method.TRIMMED, Fraction(85)),
        ([80, 90, 100, 0], Method.MEDIAN, Fraction(85)),
        ([80, 91, 100], Method.MEDIAN, Fraction(91)),
        ([70, 70, 71], Method.MEAN, Fraction(211, 3)),
        ([80, 90], Method.TRIMMED, None),  # nothing would be left
        ([], Method.MEAN, None),  # nobody gave one: not nought
        ([], Method.MEDIAN, None),
        ([0], Method.MEAN, Fraction(0)),  # nought is a score
    ],
)
def test_combined(given_scores: list[int], method: Method, figure: Fraction | None) -> None:
    assert combined(given_scores, method) == figure


@given(scores, st.sampled_from(Method), st.randoms())
def test_order_of_giving_does_not_matter(given_scores: list[int], method: Method, random: object) -> None:
    mixed = list(given_scores)
    random.shuffle(mixed)  # type: ignore[attr-defined]
    assert combined(mixed, method) == combined(given_scores, method)


@given(scores, st.sampled_from(Method))
def test_figure_lies_among_the_scores(given_scores: list[int], method: Method) -> None:
    figure = combined(given_scores, method)
    assert figure is None or min(given_scores) <= figure <= max(given_scores)


@given(st.lists(st.integers(1, 99), min_size=3, max_size=15))
def test_one_extreme_score_moves_nothing_when_extremes_are_left_out(given_scores: list[int]) -> None:
    rest = sorted(given_scores)[:-1]
    assert combined([*rest, 100], Method.TRIMMED) == combined([*rest, max(given_scores)], Method.TRIMMED)


@pytest.mark.parametrize(
    ("figure", "words"),
    [
        (Fraction(211, 3), "70.33"),
        (Fraction(1, 8), "0.13"),
        (Fraction(85), "85.00"),
        (Fraction(-1, 8), "-0.13"),
    ],
)
def test_rounded(figure: Fraction, words: str) -> None:
    assert rounded(figure) == Decimal(words)
    assert str(rounded(figure)) == words


def test_ties_share_a_place() -> None:
    figures = {"a": Fraction(90), "b": Fraction(85), "c": Fraction(90), "d": None, "e": Fraction(80)}
    assert ranked(figures) == [(1, "a"), (1, "c"), (3, "b"), (4, "e")]


@given(st.dictionaries(st.text(max_size=3), st.integers(0, 5).map(Fraction), max_size=12))
def test_place_is_one_more_than_those_above(figures: dict[str, Fraction]) -> None:
    for place, key in ranked(figures):
        assert place == 1 + sum(other > figures[key] for other in figures.values())
