"""Text cut into what a search finds it by: Chinese as overlapping pairs of characters, the rest as words.

路灯不亮 gives 路灯 灯不 不亮 亮, the last one alone, so that every single character begins some token; A12 gives a 12, so that
QY2026-000001 is found whole and by its parts. Full-width and half-width are the same, large and small letters too; 繁 stays 繁.
Marks only part. The same tokens stand in FTS5 and in a tsvector, each at the same place, so both find the same.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from operator import add

EDITION = 1  # of the rules of this file: what was indexed under another is indexed anew
GAP = "│"  # holds a place that nothing is found at
MOST_TOKENS = 16_000  # of one document; a tsvector counts places up to 16,383
MOST_PLACES = 255  # of one token in one document; a tsvector keeps 256
MOST_TERMS = 12
_LONGEST = 64  # letters of a word or digits of a number
_HAN = "〇㐀-䶿一-鿿\U00020000-\U000323af"
_RUN = re.compile(rf"([{_HAN}]+)|\d+|[^\W\d_{_HAN}]+")
_QUOTED = re.compile(r'"([^"]*)"|“([^“”]*)”')


@dataclass(frozen=True, slots=True)
class Token:
    """A token and where it stands in the text as written."""

    text: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Term:
    """Tokens that must stand one after the other; `is_open`: the last may go on (a single Chinese character)."""

    tokens: tuple[str, ...]
    is_open: bool = False

    def at(self, tokens: list[Token], place: int) -> bool:
        """Whether it stands at this place of a text."""
        here = tokens[place : place + len(self.tokens)]
        if len(here) < len(self.tokens) or any(
            one.text != wanted for one, wanted in zip(here[:-1], self.tokens, strict=False)
        ):
            return False
        last = self.tokens[-1]
        return here[-1].text.startswith(last) if self.is_open else here[-1].text == last


@dataclass(frozen=True, slots=True)
class _Run:
    """Characters of one sort without anything between; `places`: where each came from in the text as written."""

    text: str
    is_han: bool
    places: list[int]


def tokens(text: str) -> list[Token]:
    """The tokens of a text in their order."""
    found: list[Token] = []
    for run in _runs(text):
        if run.is_han:
            ends = [*run.places[1:], run.places[-1]]
            pairs = zip(_cut(run.text, is_han=True), run.places, ends, strict=True)
            found += [Token(pair, start, end + 1) for pair, start, end in pairs]
        else:
            found.append(Token(run.text[:_LONGEST], run.places[0], run.places[-1] + 1))
    return found


def document(fields: Iterable[str]) -> str:
    """What is kept of the fields of one thing: their tokens, blanks between, a gap after each field."""
    kept: list[str] = []
    for field in fields:
        for match in _RUN.finditer(_plain(field)[0]):
            kept += _cut(match[0], is_han=match[1] is not None)
        kept.append(GAP)
    del kept[MOST_TOKENS:]
    often = {token for token, times in Counter(kept).items() if times > MOST_PLACES and token != GAP}
    return " ".join(_thinned(kept, often) if often else kept)


def _thinned(kept: list[str], often: set[str]) -> Iterator[str]:
    seen: Counter[str] = Counter()
    for token in kept:
        seen[token] += token in often
        yield GAP if seen[token] > MOST_PLACES else token


def terms(query: str) -> tuple[Term, ...]:
    """What a query asks for, all of it: words between blanks; “…” is one, marks and blanks within it and all.

    Marks part Chinese words too (路灯，不亮), but hold numbers and letters together (QY2026-000001). None: nothing was asked.
    """
    asked: list[Term] = []
    rest = 0
    for quoted in _QUOTED.finditer(query):
        asked += _loose(query[rest : quoted.start()])
        asked += _term(list(_runs(quoted[1] or quoted[2] or "")))
        rest = quoted.end()
    asked += _loose(query[rest:])
    return tuple(dict.fromkeys(asked))[:MOST_TERMS]


def for_fts5(asked: Iterable[Term]) -> str:
    """The query of SQLite's FTS5; its tokens are letters and digits only, so nothing in it is an operator."""
    return " AND ".join(f'"{" ".join(term.tokens)}"{" *" if term.is_open else ""}' for term in asked)


def for_tsquery(asked: Iterable[Term]) -> str:
    """The query of PostgreSQL's tsquery."""
    return " & ".join(
        "(" + " <-> ".join(f"'{token}'" for token in term.tokens) + (":*)" if term.is_open else ")")
        for term in asked
    )


def holds(fields: Iterable[str], asked: Iterable[Term]) -> bool:
    """Whether fields hold everything asked for, each within one field: what an index would find."""
    cut = [tokens(field) for field in fields]
    return all(any(term.at(field, place) for field in cut for place in range(len(field))) for term in asked)


def spots(text: str, asked: Iterable[Term]) -> list[tuple[int, int]]:
    """Where what was asked for stands in a text, in order; what overlaps or touches is one."""
    cut, wanted = tokens(text), list(asked)
    found: list[tuple[int, int]] = []
    for place in range(len(cut)):
        for term in wanted:
            if term.at(cut, place):
                last = cut[place + len(term.tokens) - 1]
                found.append((cut[place].start, last.start + 1 if term.is_open else last.end))
    joined: list[tuple[int, int]] = []
    for start, end in sorted(found):
        if joined and start <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
        else:
            joined.append((start, end))
    return joined


def _cut(run: str, *, is_han: bool) -> list[str]:
    return [*map(add, run, run[1:]), run[-1]] if is_han else [run[:_LONGEST]]


def _loose(query: str) -> Iterator[Term]:
    """The terms of a query without quotes."""
    joined: list[_Run] = []
    for run in _runs(query):
        if joined and not _belong(query, joined[-1], run):
            yield from _term(joined)
            joined = []
        joined.append(run)
    yield from _term(joined)


def _belong(query: str, before: _Run, after: _Run) -> bool:
    between = query[before.places[-1] + 1 : after.places[0]]
    return not between or not (before.is_han or after.is_han or any(map(str.isspace, between)))


def _term(runs: list[_Run]) -> Iterator[Term]:
    if not runs:
        return
    found = [token for run in runs for token in _cut(run.text, is_han=run.is_han)]
    if not runs[-1].is_han:
        yield Term(tuple(found))
    elif len(runs[-1].text) == 1:
        yield Term(tuple(found), is_open=True)
    else:
        yield Term(tuple(found[:-1]))


def _runs(text: str) -> Iterator[_Run]:
    plain, places = _plain(text)
    for match in _RUN.finditer(plain):
        yield _Run(match[0], match[1] is not None, list(places[match.start() : match.end()]))


def _plain(text: str) -> tuple[str, Sequence[int]]:
    """A text without differences of width and case, and for each of its characters the place it came from."""
    plain = text.casefold()
    if len(plain) == len(text) and unicodedata.is_normalized("NFKC", text):
        return plain, range(len(text))
    made: list[str] = []
    places: list[int] = []
    for place, char in enumerate(text):
        piece = _char(char)
        made.append(piece)
        places += [place] * len(piece)
    return "".join(made), places


@lru_cache(maxsize=8192)
def _char(char: str) -> str:
    return unicodedata.normalize("NFKC", char).casefold()
