"""Places among like units: ties share one, too few cases have none, and praise follows the declared rule."""

from __future__ import annotations

import pytest

from ronghe.appraisal.ranking import LEAST_CASES, Standing, ranked, reminded

pytestmark = pytest.mark.unit


def unit(key: str, on_time: int, timed: int, overdue: int = 0, group: str = "department") -> Standing:
    return Standing(key, group, on_time, timed, overdue)


def places(*standings: Standing) -> dict[str, tuple[int | None, bool, bool]]:
    return {one.standing.key: (one.place, one.is_tied, one.is_praised) for one in ranked(standings)}


def test_equal_rates_share_a_place_and_the_next_is_left_out() -> None:
    found = places(unit("a", 19, 20), unit("b", 20, 20), unit("c", 38, 40), unit("d", 18, 20))

    assert found == {
        "b": (1, False, True),
        "a": (2, True, True),
        "c": (2, True, True),
        "d": (4, False, False),
    }


def test_too_few_cases_have_no_place() -> None:
    found = places(unit("few", LEAST_CASES - 1, LEAST_CASES - 1), unit("enough", 9, LEAST_CASES))

    assert found == {"enough": (1, False, True), "few": (None, False, False)}


def test_units_are_compared_with_their_like_only() -> None:
    found = places(unit("a", 10, 10), unit("b", 9, 10, group="service-group"))

    assert found == {"a": (1, False, True), "b": (1, False, True)}


@pytest.mark.parametrize(("on_time", "timed", "overdue"), [(89, 100, 0), (10, 11, 1)])
def test_first_of_its_kind_is_praised_only_for_what_is_good(on_time: int, timed: int, overdue: int) -> None:
    assert places(unit("a", on_time, timed, overdue)) == {"a": (1, False, False)}


def test_reminded_are_those_with_something_overdue_most_first() -> None:
    found = reminded([unit("a", 1, 2, 1), unit("b", 2, 2), unit("c", 0, 3, 3), unit("d", 0, 1, 1)])

    assert [one.key for one in found] == ["c", "a", "d"]
