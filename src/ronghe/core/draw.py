"""Seeded draws: anybody who knows the seed and the keys can repeat one by hand.

Each key's place is SHA-256 of `seed:key`, read as hexadecimal; the smallest are drawn. The order in which keys are
given does not matter, and a key not drawn may be struck from the list without changing who the others are.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from decimal import Decimal
from fractions import Fraction
from hashlib import sha256
from math import ceil
from typing import TypeAlias

from ronghe.core.errors import RongheError

Share: TypeAlias = Fraction | Decimal | int


def commitment(seed: str) -> str:
    """What is published before the draw: the seed cannot be told from it, nor changed after it."""
    return sha256(f"commitment:{seed}".encode()).hexdigest()


def is_committed(seed: str, published: str) -> bool:
    """Whether a seed shown after the draw is the one whose commitment was published before it."""
    return commitment(seed) == published.strip().lower()


def draw(
    keys: Iterable[str], *, seed: str, count: int | None = None, share: Share | None = None
) -> tuple[str, ...]:
    """The keys drawn, first drawn first: `count` of them (all, if fewer), or a `share` between 0 and 1.

    A share rounds up, so at least one is drawn of a set that is not empty. A larger draw with the same seed holds
    the smaller one. Raises RongheError `draw.size`.
    """
    places = sorted((_place(seed, key), key) for key in set(keys))
    return tuple(key for _, key in places[: _size(len(places), count, share)])


def draw_strata(
    strata: Mapping[str, str], *, seed: str, count: int | None = None, share: Share | None = None
) -> dict[str, tuple[str, ...]]:
    """A draw from each stratum, `strata` naming the stratum of each key.

    A share is drawn of each. A count is spread by size, each stratum getting one first as long as it lasts, then by
    largest remainder; equal remainders go to the larger stratum, then by name.
    """
    groups: dict[str, list[str]] = defaultdict(list)
    for key, stratum in strata.items():
        groups[stratum].append(key)
    _size(len(strata), count, share)
    sizes = {name: len(groups[name]) for name in sorted(groups)}
    if share is not None:
        return {name: draw(groups[name], seed=seed, share=share) for name in sizes}
    parts = _spread(sizes, min(count or 0, len(strata)))
    return {name: draw(groups[name], seed=seed, count=part) for name, part in parts.items()}


def _place(seed: str, key: str) -> str:
    return sha256(f"{seed}:{key}".encode()).hexdigest()


def _size(total: int, count: int | None, share: Share | None) -> int:
    if (count is None) == (share is None):
        raise RongheError("draw.size", "抽取要么写件数，要么写比例，请写其中一样")
    if count is not None:
        if count < 0:
            raise RongheError("draw.size", f"抽取件数不能是负数：{count}，请写 0 或更大的整数", given=count)
        return min(count, total)
    if isinstance(share, float) or share is None or not 0 < share <= 1:
        raise RongheError(
            "draw.size", f"抽取比例须是大于 0、不大于 1 的精确数：{share}，请改正", given=str(share)
        )
    return ceil(Fraction(share) * total)


def _spread(sizes: Mapping[str, int], count: int) -> dict[str, int]:
    by_size = sorted(sizes, key=lambda name: (-sizes[name], name))
    if count <= len(sizes):
        return {name: int(by_size.index(name) < count) for name in sizes}
    total = sum(sizes.values())
    quotas = {name: Fraction(size * count, total) for name, size in sizes.items()}
    parts = {name: max(1, int(quota)) for name, quota in quotas.items()}
    while (gap := count - sum(parts.values())) != 0:
        step = 1 if gap > 0 else -1
        movable = [name for name in by_size if (parts[name] < sizes[name] if step > 0 else parts[name] > 1)]
        best = max(movable, key=lambda name: (step * (quotas[name] - parts[name]), sizes[name]))
        parts[best] += step
    return parts
