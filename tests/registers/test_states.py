"""What an entry said on a day: a table of cases, and the fold against the plainest account of it."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given, strategies as st

from ronghe.registers.states import Change, State, amended, change_between, effective, state_on

pytestmark = pytest.mark.unit
FIRST = dt.date(2026, 1, 1)


def day(number: int) -> dt.date:
    return FIRST + dt.timedelta(number)


def test_a_change_holds_from_its_day_and_leaves_the_days_before():
    states = [State(day(0), "甲", {"a": "1"})]
    states += amended(states, Change({"a": "2"}), day(5))

    said = [state_on(states, day(number)).values["a"] for number in (0, 4, 5, 9)]

    assert said == ["1", "1", "2", "2"]


def test_a_change_dated_back_holds_until_now_and_keeps_what_else_was_changed_since():
    states = [State(day(0), "甲", {"a": "1", "b": "1"})]
    states += amended(states, Change({"b": "2"}), day(6))
    states += amended(states, Change({"a": "9"}), day(3))

    said = [dict(state_on(states, day(number)).values) for number in (2, 3, 6)]

    assert said == [{"a": "1", "b": "1"}, {"a": "9", "b": "1"}, {"a": "9", "b": "2"}]


def test_a_field_emptied_is_not_there_and_a_renaming_is_dated():
    states = [State(day(0), "甲", {"a": "1"})]
    states += amended(states, Change({"a": None}, "乙"), day(2))

    assert [(state.begins, state.title, dict(state.values)) for state in effective(states)] == [
        (day(0), "甲", {"a": "1"}),
        (day(2), "乙", {}),
    ]


def test_a_day_before_the_first_state_gives_the_first():
    assert state_on([State(day(3), "甲")], day(0)) == State(day(3), "甲")


def test_the_same_is_no_change():
    state = State(day(0), "甲", {"a": "1"})

    assert not change_between(state, "甲", {"a": "1"})
    assert change_between(state, "甲", {"b": "2"}) == Change({"a": None, "b": "2"})


acts = st.lists(
    st.tuples(st.integers(0, 12), st.sampled_from("abc"), st.one_of(st.none(), st.sampled_from("123"))),
    max_size=12,
)


@given(acts, st.integers(0, 14))
def test_a_past_day_equals_the_last_thing_said_of_it(history: list[tuple[int, str, str | None]], asked: int):
    states = [State(day(0), "甲", {"a": "0"})]
    for when, field, value in history:
        states += amended(states, Change({field: value}), day(when))

    expected = {"a": "0"} | {field: value for when, field, value in history if when <= asked}

    found = dict(state_on(states, day(asked)).values)
    assert found == {field: value for field, value in expected.items() if value is not None}
