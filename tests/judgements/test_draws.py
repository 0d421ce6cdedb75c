"""Whatever was closed: a draw is a part of it, told by its seed alone, and its seed cannot be exchanged."""

from __future__ import annotations

import datetime as dt
from fractions import Fraction
from math import ceil

import pytest
from hypothesis import given, strategies as st

from ronghe.core.draw import commitment, draw, is_committed
from ronghe.judgements.domain.drawing import seed_of

pytestmark = pytest.mark.unit
KEYS = st.sets(st.builds("case:{}:{}".format, st.integers(1, 10**6), st.integers(1, 3)), max_size=60)
DAYS = st.dates(dt.date(2022, 1, 1), dt.date(2030, 12, 31))


@given(KEYS, DAYS, st.integers(1, 100))
def test_anybody_with_the_seed_draws_the_same(keys: set[str], day: dt.date, percent: int) -> None:
    seed, share = seed_of("reply-spot-check", "petition", day), Fraction(percent, 100)
    drawn = draw(sorted(keys), seed=seed, share=share)

    assert draw(sorted(keys, reverse=True), seed=seed, share=share) == drawn
    assert set(drawn) <= keys
    assert len(drawn) == ceil(len(keys) * share)
    assert is_committed(seed, commitment(seed))


@given(DAYS, DAYS)
def test_no_two_draws_have_one_seed(day: dt.date, other: dt.date) -> None:
    assert (seed_of("a", "b", day) == seed_of("a", "b", other)) == (day == other)
    assert seed_of("a", "b", day) != seed_of("a", "c", day)
    assert not is_committed(seed_of("a", "b", day), commitment(seed_of("a", "c", day)))
