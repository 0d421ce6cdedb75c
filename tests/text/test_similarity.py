"""Texts told alike: pairs, weights, ranking, and the words that explain it."""

from __future__ import annotations

import pytest
from hypothesis import given, strategies as st

from ronghe.text.similarity import Ranked, pairs_of, rank, shared_words, weights

pytestmark = pytest.mark.unit
TITLES = [
    ("1", "小区门口路灯不亮"),
    ("2", "请求修复小区道路"),
    ("3", "门口的路灯坏了，夜里不亮"),
    ("4", "医保报销比例咨询"),
    ("5", "小区垃圾无人清运"),
]
TEXTS = st.text("路灯不亮小区门口道ab 。", max_size=14)


def test_pairs_ignore_marks_blanks_and_case() -> None:
    assert pairs_of("路灯 不亮。A1") == {"路灯", "不亮", "a1"}


def test_rarer_pairs_weigh_more() -> None:
    weight = weights([{"小区", "路灯"}, {"小区"}, {"小区"}])

    assert weight["路灯"] > weight["小区"] > 0


def test_rank_gives_the_most_alike_first_and_says_why() -> None:
    ranked = rank("小区路灯不亮", TITLES, most=2)

    assert [one.key for one in ranked] == ["1", "3"]
    assert [one.shared for one in ranked] == [("路灯不亮", "小区"), ("不亮", "路灯")]
    assert 1 > ranked[0].score > ranked[1].score > 0


def test_same_text_is_wholly_alike_and_nothing_in_common_is_left_out() -> None:
    assert rank("医保报销比例咨询", TITLES, most=5) == [Ranked(1.0, "4", ("医保报销比例咨询",))]
    assert rank("天气", TITLES, most=5) == rank("", TITLES, most=5) == rank("路灯", [], most=5) == []


def test_words_shared_are_whole_runs() -> None:
    assert shared_words("反映路灯不亮的问题", "路灯不亮，路灯") == ("路灯不亮",)


@given(TEXTS, st.lists(TEXTS, max_size=8), st.integers(0, 5))
def test_rank_is_bounded_ordered_and_explained(query: str, texts: list[str], most: int) -> None:
    ranked = rank(query, enumerate(texts), most, least=0)

    assert len(ranked) <= most
    assert ranked == sorted(ranked, key=lambda one: (-one.score, one.key))
    assert all(0 < one.score <= 1 for one in ranked)
    assert all(
        word in query.lower() and word in texts[one.key].lower() for one in ranked for word in one.shared
    )


@given(TEXTS, TEXTS)
def test_likeness_goes_both_ways(one: str, other: str) -> None:
    documents = [(0, one), (1, other)]
    scores = [
        {found.key: found.score for found in rank(text, documents, 2, least=0)} for text in (one, other)
    ]

    assert scores[0].get(1) == scores[1].get(0)
