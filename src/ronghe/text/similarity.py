"""Texts told alike, and by which words: pairs of neighbouring characters, each weighing more the rarer it is."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterable, Set as AbstractSet
from heapq import nsmallest
from itertools import chain
from operator import add
from typing import Generic, NamedTuple, TypeVar

Key = TypeVar("Key")

_RUN = re.compile(r"[^\W_]+")
LEAST = 0.12  # below this share texts have no more than a common phrase in common


class Ranked(NamedTuple, Generic[Key]):
    """How alike a document is (0 to 1), which one, and the words both have, the most telling first."""

    score: float
    key: Key
    shared: tuple[str, ...]


def pairs_of(text: str) -> frozenset[str]:
    """The pairs of neighbouring characters of a text, marks and blanks apart: words enough for titles in Chinese."""
    return frozenset(chain.from_iterable(map(add, run, run[1:]) for run in _runs(text)))


def weights(documents: Iterable[AbstractSet[str]]) -> dict[str, float]:
    """What each pair weighs among these documents: the fewer have it, the more."""
    told = list(documents)
    seen = Counter(chain.from_iterable(told))
    by_times = {times: math.log(1 + len(told) / times) for times in set(seen.values())}
    return {pair: by_times[times] for pair, times in seen.items()}


def rank(
    query: str, documents: Iterable[tuple[Key, str]], most: int, least: float = LEAST
) -> list[Ranked[Key]]:
    """The documents (key, text) most like the query, best first; equal ones in the order given.

    The score is the weight of what both have against what each has alone (cosine): 1 for the same text, 0 for
    nothing in common. Documents below `least` are left out.
    """
    given = [(key, text, pairs_of(text)) for key, text in documents]
    weight = weights(pairs for *_, pairs in given)
    square = {pair: number**2 for pair, number in weight.items()}
    asked = pairs_of(query)
    unseen = (
        len(asked - square.keys()) * math.log(1 + len(given)) ** 2
    )  # a pair no document has is as rare as can be
    length = math.sqrt(unseen + math.fsum(square[pair] for pair in asked & square.keys()))
    scored = []
    for place, (_, _, pairs) in enumerate(given):
        if shared := asked & pairs:
            whole = math.sqrt(math.fsum(map(square.__getitem__, pairs)))
            score = round(math.fsum(map(square.__getitem__, shared)) / (length * whole), 6)
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
    return _RUN.findall(text.lower())


def _common_runs(run: str, common: AbstractSet[str]) -> Iterable[str]:
    start = 0
    for at in range(len(run)):
        if run[at : at + 2] not in common:
            if at > start:
                yield run[start : at + 1]
            start = at + 1
