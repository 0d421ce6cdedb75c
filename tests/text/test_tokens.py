"""What a search finds text by: pairs, words and numbers, the terms of a query, and what they become for each database."""

from __future__ import annotations

import sqlite3

import pytest
from hypothesis import given, settings, strategies as st

from ronghe.text import tokens as tokens_module
from ronghe.text.tokens import (
    GAP,
    MOST_PLACES,
    MOST_TERMS,
    MOST_TOKENS,
    Term,
    document,
    for_fts5,
    for_tsquery,
    holds,
    spots,
    terms,
    tokens,
)

pytestmark = pytest.mark.unit
TEXTS = st.text("路灯不亮小區區aB１2９ -，。\"“”'*:&|()㎡😀", max_size=24)


def cut(text: str) -> list[str]:
    return [token.text for token in tokens(text)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("路灯不亮", ["路灯", "灯不", "不亮", "亮"]),
        ("灯", ["灯"]),
        ("QY2026-000001", ["qy", "2026", "000001"]),
        ("ＡＢＣ１２３", ["abc", "123"]),
        ("路灯，坏了", ["路灯", "灯", "坏了", "了"]),
        ("小區", ["小區", "區"]),
        ("5G基站", ["5", "g", "基站", "站"]),
        ("𠮷野", ["𠮷野", "野"]),
        ("！？ _*\"'", []),
        ("", []),
    ],
)
def test_text_is_cut(text: str, expected: list[str]) -> None:
    assert cut(text) == expected


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("路灯", (Term(("路灯",)),)),
        ("路灯不亮", (Term(("路灯", "灯不", "不亮")),)),
        ("灯", (Term(("灯",), is_open=True),)),
        ("路灯 不亮 路灯", (Term(("路灯",)), Term(("不亮",)))),
        ("路灯，不亮", (Term(("路灯",)), Term(("不亮",)))),
        ("“路灯，不亮”", (Term(("路灯", "灯", "不亮")),)),
        ('"12 号" 楼', (Term(("12", "号"), is_open=True), Term(("楼",), is_open=True))),
        ("QY2026-000001", (Term(("qy", "2026", "000001")),)),
        ("AND OR NOT *", (Term(("and",)), Term(("or",)), Term(("not",)))),
        ('"', ()),
        ("。！", ()),
    ],
)
def test_a_query_asks_for_all_of_its_words(query: str, expected: tuple[Term, ...]) -> None:
    assert terms(query) == expected


def test_a_query_asks_for_a_few_words_at_most() -> None:
    assert len(terms(" ".join(f"第{n}" for n in range(40)))) == MOST_TERMS


def test_a_document_keeps_its_fields_apart_and_has_bounds() -> None:
    assert document(["路灯", "A1"]) == f"路灯 灯 {GAP} a 1 {GAP}"
    assert not holds(["路灯", "不亮"], terms("灯不"))
    assert len(document(["路灯不亮" * 9000]).split(" ")) == MOST_TOKENS
    assert document(["灯" * 300]).split(" ").count("灯灯") == MOST_PLACES


@pytest.mark.parametrize(
    ("text", "query", "shown"),
    [
        ("门口路灯不亮，路灯坏了", "路灯", ["路灯", "路灯"]),
        ("门口路灯不亮", "路灯 灯不亮", ["路灯不亮"]),
        ("门口路灯不亮", "灯", ["灯"]),
        ("编号ＱＹ２０２６－１", "qy2026-1", ["ＱＹ２０２６－１"]),
        ("10㎡的屋", "m2", ["㎡"]),
        ("門口", "门口", []),
    ],
)
def test_spots_are_in_the_text_as_written(text: str, query: str, shown: list[str]) -> None:
    assert [text[start:end] for start, end in spots(text, terms(query))] == shown


@given(texts=st.lists(TEXTS, min_size=1, max_size=3), query=TEXTS)
@settings(max_examples=400)
def test_fts5_finds_what_the_words_say(texts: list[str], query: str) -> None:
    connection = sqlite3.connect(":memory:")
    connection.execute("CREATE VIRTUAL TABLE found USING fts5(tokens, tokenize='ascii')")
    connection.execute("INSERT INTO found VALUES (?)", [document(texts)])
    asked = terms(query)
    if asked:
        rows = connection.execute("SELECT rowid FROM found WHERE found MATCH ?", [for_fts5(asked)]).fetchall()
        assert bool(rows) is holds(texts, asked)


@given(text=st.text("路灯不亮小區，。 ", max_size=24), start=st.integers(0, 20), length=st.integers(1, 8))
def test_every_piece_of_chinese_text_is_found(text: str, start: int, length: int) -> None:
    asked = terms(f"“{text[start : start + length]}”")

    assert not asked or spots(text, asked)


def test_queries_hold_no_operator() -> None:
    asked = terms("a') & !('b:* OR NEAR(路灯, 2) \\ ^x -y col:z")
    assert "'" not in for_fts5(asked)
    assert for_fts5(terms("路灯 号")) == '"路灯" AND "号" *'
    assert for_tsquery(terms("路灯不亮 号")) == "('路灯' <-> '灯不' <-> '不亮') & ('号':*)"
    assert all(token.isalnum() for term in asked for token in term.tokens)


def test_the_rules_have_an_edition() -> None:
    assert tokens_module.EDITION >= 1
