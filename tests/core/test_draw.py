"""Seeded draws: repeatable by hand, and fair to those who look only at the list."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from hashlib import sha256
from math import ceil

import pytest
from hypothesis import given, strategies as st

from ronghe.core.draw import commitment, draw, draw_strata, is_committed
from ronghe.core.errors import RongheError

pytestmark = pytest.mark.unit
KEYS = st.lists(st.text("甲乙丙ab:01", min_size=1, max_size=6), unique=True, max_size=40)
SEEDS = st.text("0123456789abcdef", min_size=1, max_size=16)
SHARES = st.fractions(Fraction(1, 200), Fraction(1))


def test_draw_is_the_same_on_every_machine() -> None:
    keys = [f"QY2026-{seq:06}" for seq in range(1, 11)]

    assert draw(keys, seed="2026-03-02", count=3) == ("QY2026-000003", "QY2026-000008", "QY2026-000004")


def test_draw_can_be_repeated_by_hand() -> None:
    keys = ["甲", "乙", "丙", "丁"]
    by_hand = sorted(keys, key=lambda key: sha256(f"s:{key}".encode()).hexdigest())

    assert draw(keys, seed="s", count=4) == tuple(by_hand)


@pytest.mark.parametrize(
    ("share", "total", "drawn"),
    [
        (Fraction(1, 10), 0, 0),
        (Fraction(1, 10), 1, 1),
        (Fraction(1, 10), 10, 1),
        (Fraction(1, 10), 11, 2),
        (Decimal("0.1"), 30, 3),  # a binary fraction would give 4
        (Decimal("0.001"), 5, 1),
        (1, 7, 7),
    ],
)
def test_share_rounds_up(share: Fraction, total: int, drawn: int) -> None:
    assert len(draw(map(str, range(total)), seed="s", share=share)) == drawn


@pytest.mark.parametrize(
    "size",
    [{}, {"count": 1, "share": 1}, {"count": -1}, {"share": 0}, {"share": Fraction(3, 2)}, {"share": 0.1}],
)
def test_size_that_means_nothing_is_refused(size: dict) -> None:
    with pytest.raises(RongheError) as refused:
        draw(["甲"], seed="s", **size)

    assert refused.value.code == "draw.size"


def test_commitment_tells_the_seed_from_another() -> None:
    published = commitment("5f0c")

    assert is_committed("5f0c", published.upper() + "\n")
    assert not is_committed("5f0d", published)
    assert published not in {sha256(b"5f0c").hexdigest(), commitment("5f0d")}


@given(KEYS, SEEDS, SHARES, st.randoms(use_true_random=False))
def test_order_of_the_list_does_not_matter(keys, seed, share, random) -> None:
    mixed = random.sample(keys, len(keys))

    assert draw(mixed, seed=seed, share=share) == draw(keys, seed=seed, share=share)


@given(KEYS, SEEDS, SHARES, SHARES)
def test_larger_share_holds_the_smaller(keys, seed, one, other) -> None:
    small, large = sorted((one, other))

    assert set(draw(keys, seed=seed, share=small)) <= set(draw(keys, seed=seed, share=large))


@given(KEYS.filter(bool), SEEDS, st.data())
def test_removing_an_undrawn_key_changes_nothing(keys, seed, data) -> None:
    count = data.draw(st.integers(0, len(keys) - 1))
    drawn = draw(keys, seed=seed, count=count)
    gone = data.draw(st.sampled_from(sorted(set(keys) - set(drawn))))

    assert draw([key for key in keys if key != gone], seed=seed, count=count) == drawn


@given(KEYS, SEEDS, SHARES)
def test_share_draws_at_least_one_and_never_too_few(keys, seed, share) -> None:
    drawn = draw(keys, seed=seed, share=share)

    assert len(drawn) == len(set(drawn)) == ceil(share * len(keys))
    assert set(drawn) <= set(keys)


def test_each_stratum_gives_its_share() -> None:
    strata = {**{f"a{n}": "罗湖" for n in range(20)}, **{f"b{n}": "盐田" for n in range(3)}}

    drawn = draw_strata(strata, seed="s", share=Fraction(1, 10))

    assert {name: len(keys) for name, keys in drawn.items()} == {"罗湖": 2, "盐田": 1}
    assert drawn["盐田"] == draw(["b0", "b1", "b2"], seed="s", count=1)


@pytest.mark.parametrize(
    ("count", "parts"),
    [
        (0, {"甲": 0, "乙": 0, "丙": 0}),
        (2, {"甲": 1, "乙": 1, "丙": 0}),
        (3, {"甲": 1, "乙": 1, "丙": 1}),
        (10, {"甲": 6, "乙": 3, "丙": 1}),
        (101, {"甲": 60, "乙": 39, "丙": 1}),
    ],
)
def test_count_is_spread_by_size(count: int, parts: dict[str, int]) -> None:
    sizes = {"甲": 60, "乙": 39, "丙": 1}
    strata = {f"{name}{n}": name for name, size in sizes.items() for n in range(size)}

    drawn = draw_strata(strata, seed="s", count=count)

    assert {name: len(keys) for name, keys in drawn.items()} == {
        name: min(part, sizes[name]) for name, part in parts.items()
    }


@given(
    st.dictionaries(st.text("甲乙ab", min_size=1, max_size=5), st.sampled_from("东南西北"), min_size=1),
    SEEDS,
    st.integers(0, 40),
)
def test_spread_adds_up_and_leaves_no_stratum_out(strata, seed, count) -> None:
    drawn = draw_strata(strata, seed=seed, count=count)

    assert sum(map(len, drawn.values())) == min(count, len(strata))
    assert all(strata[key] == name for name, keys in drawn.items() for key in keys)
    assert min(map(len, drawn.values())) >= int(count >= len(drawn))
