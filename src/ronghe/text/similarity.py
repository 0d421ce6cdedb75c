"""Texts told alike, and by which words: pairs of neighbouring characters, each weighing more the rarer it is."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Hashable, Iterable, Set as AbstractSet
from heapq import nsmallest
from typing import NamedTuple

LEAST = 0.12  # below this share texts have no more than a common phrase in common


class Ranked(NamedTuple):
    """How alike a document is (0 to 1), which one, and the words both have, the most telling first."""

    score: float
    key: Hashable
    shared: tuple[str, ...]


def pairs_of(text: str) -> frozenset[str]:
    """The pairs of neighbouring characters of a text, marks and blanks apart: words enough for titles in Chinese."""
    return frozenset(run[at : at + 2] for run in _runs(text) for at in range(len(run) - 1))


def weights(documents: Iterable[AbstractSet[str]]) -> dict[str, float]:
    """What each pair weighs among these documents: the fewer have it, the more."""
    told = list(documents)
    seen = Counter(pair for pairs in told for pair in pairs)
    return {pair: math.log(1 + len(told) / times) for pair, times in seen.items()}


def rank(
    query: str, documents: Iterable[tuple[Hashable, str]], most: int, least: float = LEAST
) -> list[Ranked]:
    """The documents (key, text) most like the query, best first; equal ones in the order given.

    The score is the weight of what both have against what each has alone (cosine): 1 for the same text, 0 for
    nothing in common. Documents below `least` are left out.
    """
    given = [(key, text, pairs_of(text)) for key, text in documents]
    weight = weights(pairs for *_, pairs in given)
    rarest = math.log(1 + len(given))
    asked = pairs_of(query)
    length = _length(asked, weight, rarest)
    scored = []
    for place, (_, _, pairs) in enumerate(given):
        shared = asked & pairs
        if shared:
            dot = math.fsum(weight[pair] ** 2 for pair in shared)
            score = round(dot / (length * _length(pairs, weight, rarest)), 6)
            if score >= least:
                scored.append((-score, place))
    best = nsmallest(most, scored)
    return [
        Ranked(-score, given[place][0], shared_words(query, given[place][1], weight)) for score, place in best
    ]


def shared_words(
    one: str, other: str, weight: dict[str, float] | None = None, most: int = 4
) -> tuple[str, ...]:
    """The longest runs of two and more characters that stand in both texts, the heaviest first."""
    common = pairs_of(one) & pairs_of(other)
    words = {word for run in _runs(one) for word in _common_runs(run, common) if word in other.lower()}
    heavy = {word: math.fsum((weight or {}).get(pair, 1.0) for pair in pairs_of(word)) for word in words}
    inner = {word for word in words for longer in words if word != longer and word in longer}
    return tuple(sorted(words - inner, key=lambda word: (-heavy[word], word))[:most])


def _runs(text: str) -> list[str]:
    return "".join(char if char.isalnum() else " " for char in text.lower()).split()


def _common_runs(run: str, common: AbstractSet[str]) -> Iterable[str]:
    start = 0
    for at in range(len(run)):
        if run[at : at + 2] not in common:
            if at > start:
                yield run[start : at + 1]
            start = at + 1


def _length(pairs: AbstractSet[str], weight: dict[str, float], rarest: float) -> float:
    return math.sqrt(math.fsum(weight.get(pair, rarest) ** 2 for pair in pairs)) or 1.0
