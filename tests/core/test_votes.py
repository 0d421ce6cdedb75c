"""Quorum and votes: what is enough, in exact fractions."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given, strategies as st

from ronghe.core.errors import DefinitionError
from ronghe.core.votes import Base, Counts, Passing, Share, VoteRule

pytestmark = pytest.mark.unit
HALF = Share(Fraction(1, 2), more=True)
BRANCH = VoteRule(HALF, Passing(HALF, Base.ENTITLED))  # C13, B12
ELECTION = VoteRule(Share(Fraction(4, 5)), Passing(HALF, Base.PRESENT))  # A24, A26
shares = st.builds(
    lambda top, bottom, more: Share(Fraction(min(top, bottom), bottom), more and top < bottom),
    st.integers(1, 99), st.integers(1, 99), st.booleans(),
)  # fmt: skip


@pytest.mark.parametrize(
    ("written", "share", "chinese"),
    [
        ("more than 1/2", HALF, "超过半数"),
        ("4/5", Share(Fraction(4, 5)), "不少于 4/5"),
        (" 2 / 3 ", Share(Fraction(2, 3)), "不少于 2/3"),
        ("more than 2/3", Share(Fraction(2, 3), more=True), "超过 2/3"),
    ],
)
def test_share_is_read(written: str, share: Share, chinese: str) -> None:
    assert (Share.parse(written), Share.parse(written).chinese) == (share, chinese)


@pytest.mark.parametrize("written", ["", "half", "0/5", "5/4", "more than 1/1", "50 %", "1/0"])
def test_share_that_says_nothing_is_refused(written: str) -> None:
    with pytest.raises(DefinitionError):
        Share.parse(written)


@pytest.mark.parametrize("written", ["1/2", "1/2 of all", "more than 1/2 of"])
def test_passing_says_of_whom(written: str) -> None:
    with pytest.raises(DefinitionError):
        Passing.parse(written)


@pytest.mark.parametrize(
    ("share", "of", "least"),
    [
        (HALF, 15, 8),
        (HALF, 16, 9),  # half is not more than half
        (Share(Fraction(4, 5)), 15, 12),
        (Share(Fraction(4, 5)), 16, 13),  # 12.8
        (Share(Fraction(2, 3)), 3, 2),
        (HALF, 1, 1),
    ],
)
def test_least(share: Share, of: int, least: int) -> None:
    assert share.least(of) == least


@given(shares, st.integers(0, 500), st.integers(1, 500))
def test_least_is_the_first_that_is_enough(share: Share, count: int, of: int) -> None:
    assert share.is_reached(count, of) == (count >= share.least(of))
    assert share.least(of) <= of


@pytest.mark.parametrize(
    ("rule", "counts", "has_quorum", "carries"),
    [
        (BRANCH, Counts(15, 8, 8), True, True),
        (BRANCH, Counts(15, 7, 7), False, False),
        (BRANCH, Counts(15, 10, 7, 1, 2), True, False),  # most of those there, not of those entitled
        (BRANCH, Counts(15, 8, 9, written=1), True, True),  # a written opinion is a vote
        (BRANCH, Counts(15, 7, 8, written=1), False, False),  # … and nobody's presence
        (ELECTION, Counts(15, 12, 7, 5), True, True),
        (ELECTION, Counts(15, 12, 6, 6), True, False),
        (ELECTION, Counts(15, 11, 11), False, False),
    ],
)
def test_quorum_and_outcome(rule: VoteRule, counts: Counts, has_quorum: bool, carries: bool) -> None:
    assert (rule.has_quorum(counts), rule.carries(counts)) == (has_quorum, carries)


@given(st.integers(1, 200), st.data())
def test_abstaining_never_helps(entitled: int, data: st.DataObject) -> None:
    present = data.draw(st.integers(0, entitled))
    in_favour = data.draw(st.integers(0, present))
    away = Counts(entitled, present, in_favour)
    for rule in (BRANCH, ELECTION):
        counted = Counts(entitled, present, in_favour, abstained=present - in_favour)
        assert rule.carries(counted) == rule.carries(away)


@given(st.integers(1, 200), st.data())
def test_another_vote_in_favour_never_harms(entitled: int, data: st.DataObject) -> None:
    present = data.draw(st.integers(1, entitled))
    in_favour = data.draw(st.integers(0, present - 1))
    for rule in (BRANCH, ELECTION):
        before = rule.carries(Counts(entitled, present, in_favour))
        assert not before or rule.carries(Counts(entitled, present, in_favour + 1))


@pytest.mark.parametrize(
    ("counts", "wrong"),
    [
        (Counts(0, 0), {"entitled"}),
        (Counts(5, 6), {"present"}),
        (Counts(5, 4, written=2), {"written"}),
        (Counts(5, 4, 3, 1, 1), {"in_favour"}),
        (Counts(5, 4, -1), {"in_favour"}),
        (Counts(5, 4, 3, 1, 1, written=1), set()),
    ],
)
def test_counts_that_cannot_be(counts: Counts, wrong: set[str]) -> None:
    assert set(counts.faults()) == wrong
