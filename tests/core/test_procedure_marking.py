"""The token machine: parallels of all kinds, what is refused, and what no order of events can change."""

import json
from copy import copy

import pytest
from hypothesis import given, strategies as st

from ronghe.core.errors import RongheError
from ronghe.core.procedure import (
    LaneEnd,
    Marking,
    Move,
    Split,
    Token,
    close_call,
    complete,
    jump,
    open_lane,
    parse_flow,
    start,
)
from tests.core.procedures import lane_choices, no_lanes, random_run, random_sound_flow

pytestmark = pytest.mark.unit

ASK = {"step": "ask", "title": "请示", "by": "opener"}
OPINION = {"step": "opinion", "title": "意见", "by": "lane"}
CLOSE = {
    "step": "close",
    "title": "办结",
    "by": "opener",
    "outcomes": {"send": {"end": "answered"}, "again": "ask"},
}
JOINT = parse_flow(
    [ASK, {"parallel": "joint", "title": "会商", "over": "units", "flow": [OPINION]}, CLOSE],
    {"withdraw": {"by": "requester", "end": "withdrawn"}, "object": {"by": "requester", "to": "joint"}},
)
CALL = parse_flow(
    [
        {
            "parallel": "claims",
            "title": "揭榜",
            "over": {"call": {"organisation": "branch"}, "for": "10 工作日"},
            "flow": [
                {"step": "pledge", "by": "lane", "outcomes": {"pass": {"end": "admitted"}, "back": "pledge"}}
            ],
            "outcomes": {"none": {"end": "unclaimed"}},
        },
        CLOSE | {"outcomes": {"send": {"end": "chosen"}}},
    ]
)


def naming(*lanes):
    return lambda _parallel: lanes


def opinion_of(lane):
    return Token(("joint", lane), "opinion")


def marking(*tokens, splits=()):
    return Marking(frozenset(tokens), frozenset(splits))


def refusal(act, *args, **kwargs):
    with pytest.raises(RongheError) as caught:
        act(*args, **kwargs)
    return caught.value.code, caught.value.message, caught.value.data


def test_start_opens_the_first_step():
    ask = Token((), "ask")

    assert start(JOINT, no_lanes) == Move(marking(ask), opened=(ask,))


def test_step_that_returns_to_itself_closes_and_opens():
    flow = parse_flow([ASK | {"outcomes": {"transfer": "ask", "done": {"end": "done"}}}])
    ask = Token((), "ask")

    assert complete(flow, marking(ask), ask, "transfer", no_lanes) == Move(marking(ask), (ask,), (ask,))
    assert complete(flow, marking(ask), ask, "done", no_lanes) == Move(marking(), closed=(ask,), end="done")


def test_parallel_opens_a_lane_for_each_member_and_joins_when_all_have_ended():
    ask, land, tax, close = Token((), "ask"), opinion_of("land"), opinion_of("tax"), Token((), "close")
    opened = Split((), "joint", frozenset({"land", "tax"}))
    waiting = Split((), "joint", frozenset({"land", "tax"}), frozenset({("land", "done")}))
    joined = Split((), "joint", frozenset({"land", "tax"}), frozenset({("land", "done"), ("tax", "done")}))

    first = complete(JOINT, marking(ask), ask, "done", naming("land", "tax"))
    second = complete(JOINT, first.marking, land, "done", no_lanes)
    third = complete(JOINT, second.marking, tax, "done", no_lanes)

    assert first == Move(marking(land, tax, splits=[opened]), (land, tax), (ask,), split=(opened,))
    assert second == Move(
        marking(tax, splits=[waiting]), closed=(land,), ended=(LaneEnd(("joint", "land"), "done"),)
    )
    assert third == Move(
        marking(close), (close,), (tax,), joined=(joined,), ended=(LaneEnd(("joint", "tax"), "done"),)
    )


def test_parallel_over_no_members_is_passed_at_once():
    ask, close = Token((), "ask"), Token((), "close")
    passed = Split((), "joint")

    assert complete(JOINT, marking(ask), ask, "done", no_lanes) == Move(
        marking(close), (close,), (ask,), split=(passed,), joined=(passed,)
    )


def test_join_after_a_loop_waits_for_the_lanes_of_the_new_split():
    ask, close = Token((), "ask"), Token((), "close")
    here = complete(JOINT, marking(ask), ask, "done", naming("land", "tax")).marking
    for lane in ("land", "tax"):
        here = complete(JOINT, here, opinion_of(lane), "done", no_lanes).marking
    here = complete(JOINT, here, close, "again", no_lanes).marking

    here = complete(JOINT, here, ask, "done", naming("tax", "fire")).marking
    here = complete(JOINT, here, opinion_of("tax"), "done", no_lanes).marking

    assert here.tokens == {opinion_of("fire")}
    assert refusal(complete, JOINT, here, opinion_of("land"), "done", no_lanes)[0] == "step-not-open"


def test_lane_end_ends_the_lane_and_not_the_case():
    flow = parse_flow([{"parallel": "p", "lanes": {"pit": [OPINION], "design": [ASK]}}])
    opened = start(flow, no_lanes)

    move = complete(flow, opened.marking, Token(("p", "pit"), "opinion"), "done", no_lanes)
    last = complete(flow, move.marking, Token(("p", "design"), "ask"), "done", no_lanes)

    assert opened.opened == (Token(("p", "pit"), "opinion"), Token(("p", "design"), "ask"))
    assert move.end is None
    assert (last.end, last.marking) == ("done", Marking())


def test_nested_parallel_joins_inside_out():
    inner = {"parallel": "inner", "over": "units", "flow": [OPINION]}
    flow = parse_flow([{"parallel": "outer", "over": "districts", "flow": [inner]}, CLOSE])
    names = {"outer": ("north", "south"), "inner": ("land",)}
    north, south = (Token(("outer", side, "inner", "land"), "opinion") for side in ("north", "south"))

    opened = start(flow, lambda parallel: names[parallel.code])
    first = complete(flow, opened.marking, north, "done", no_lanes)
    second = complete(flow, first.marking, south, "done", no_lanes)

    assert opened.opened == (north, south)
    assert first.ended == (LaneEnd(north.path, "done"), LaneEnd(("outer", "north"), "done"))
    assert [split.parallel for split in second.joined] == ["inner", "outer"]
    assert second.marking == marking(Token((), "close"))


def test_call_opens_a_lane_for_each_answer_and_joins_after_it_is_closed():
    pledge = Token(("claims", "first"), "pledge")
    opened = start(CALL, no_lanes)

    answered = open_lane(CALL, opened.marking, "claims", "first", no_lanes)
    admitted = complete(CALL, answered.marking, pledge, "pass", no_lanes)
    closed = close_call(CALL, admitted.marking, "claims", no_lanes)

    standing = Split((), "claims", calling=True)
    assert opened == Move(marking(splits=[standing]), split=(standing,))
    assert answered.opened == (pledge,)
    assert admitted.marking == marking(
        splits=[Split((), "claims", frozenset({"first"}), frozenset({("first", "admitted")}), calling=True)]
    )
    assert closed.opened == (Token((), "close"),)
    assert closed.joined == (Split((), "claims", frozenset({"first"}), frozenset({("first", "admitted")})),)


def test_call_closed_with_work_left_waits_for_it():
    pledge = Token(("claims", "first"), "pledge")
    here = open_lane(CALL, start(CALL, no_lanes).marking, "claims", "first", no_lanes).marking

    closed = close_call(CALL, here, "claims", no_lanes)
    done = complete(CALL, closed.marking, pledge, "pass", no_lanes)

    assert closed.marking == marking(pledge, splits=[Split((), "claims", frozenset({"first"}))])
    assert done.opened == (Token((), "close"),)


def test_call_nobody_answers_is_none():
    closed = close_call(CALL, start(CALL, no_lanes).marking, "claims", no_lanes)

    assert (closed.end, closed.marking) == ("unclaimed", Marking())


def test_call_inside_a_lane_is_found_by_its_path():
    inner = {"parallel": "claims", "over": {"call": "branch"}, "flow": [OPINION]}
    flow = parse_flow([{"parallel": "p", "over": "units", "flow": [inner]}])
    here = start(flow, naming("north", "south")).marking

    here = close_call(flow, here, "claims", no_lanes, path=("p", "north")).marking
    move = open_lane(flow, here, "claims", "one", no_lanes, path=("p", "south"))

    assert move.opened == (Token(("p", "south", "claims", "one"), "opinion"),)


def test_jump_closes_everything_and_starts_elsewhere():
    ask, land, tax = Token((), "ask"), opinion_of("land"), opinion_of("tax")
    here = complete(JOINT, marking(ask), ask, "done", naming("land", "tax")).marking
    again = Split((), "joint", frozenset({"tax"}))

    assert jump(JOINT, here, JOINT.outcomes["withdraw"], no_lanes) == Move(
        marking(), closed=(land, tax), end="withdrawn"
    )
    assert jump(JOINT, here, JOINT.outcomes["object"], naming("tax")) == Move(
        marking(tax, splits=[again]), (tax,), (land, tax), split=(again,)
    )
    assert jump(JOINT, Marking(), "ask", no_lanes) == start(JOINT, no_lanes)


def test_refusals_say_what_is_open_and_what_to_do():
    ask, land = Token((), "ask"), opinion_of("land")
    here = complete(JOINT, marking(ask), ask, "done", naming("land")).marking
    calling = open_lane(CALL, start(CALL, no_lanes).marking, "claims", "x", no_lanes).marking
    closed = close_call(CALL, calling, "claims", no_lanes).marking
    late = "“揭榜”的征集没有打开或已经截止，没有收下新的应征。请与发起单位联系。"

    assert refusal(complete, JOINT, here, ask, "done", no_lanes) == (
        "step-not-open",
        "环节“ask”没有打开，可能已由他人办过；现在打开的是：意见。办理没有改动，请刷新后再办。",
        {"step": "ask", "path": ()},
    )
    assert refusal(complete, JOINT, Marking(), ask, "done", no_lanes) == (
        "step-not-open",
        "环节“ask”没有打开，可能已由他人办过；现在没有打开的环节。办理没有改动，请刷新后再办。",
        {"step": "ask", "path": ()},
    )
    assert refusal(complete, JOINT, here, land, "agree", no_lanes) == (
        "outcome-unknown",
        "环节“意见”没有“agree”这个办理结果，可选：done。环节仍然打开，请重新选择。",
        {"step": "opinion", "outcome": "agree"},
    )
    assert refusal(complete, JOINT, marking(ask), ask, "done", naming("land", "land")) == (
        "lane-repeated",
        "“会商”里已经有分支“land”。办理没有改动，请去掉重复的一个，或换一个名称。",
        {"parallel": "joint", "lane": "land"},
    )
    assert refusal(open_lane, CALL, calling, "claims", "x", no_lanes)[0] == "lane-repeated"
    assert refusal(open_lane, CALL, closed, "claims", "y", no_lanes)[:2] == ("call-not-open", late)
    assert refusal(close_call, CALL, Marking(), "claims", no_lanes)[:2] == ("call-not-open", late)
    assert refusal(jump, JOINT, here, "opinion", no_lanes) == (
        "step-unknown",
        "流程的这一列里没有“opinion”，只有：ask、joint、close。办理没有改动，请核对流程的版本。",
        {"step": "opinion"},
    )
    assert refusal(JOINT.at, ("ask", "land")) == (
        "not-parallel",
        "“ask”是一个环节，不是并行，没有分支可开。办理没有改动。",
        {"step": "ask"},
    )
    flow = parse_flow([{"parallel": "p", "title": "并联", "lanes": {"pit": [ASK]}}])
    assert refusal(flow.at, ("p", "design")) == (
        "step-unknown",
        "并行“并联”的分支里没有“design”，只有：pit。办理没有改动，请核对流程的版本。",
        {"step": "design"},
    )


# What holds of every run of every sound flow

randoms = st.randoms(use_true_random=True)


def drawn_run(random):
    flow = random_sound_flow(random)
    return flow, random_run(flow, random, 15)


@given(randoms)
def test_tokens_never_duplicate_and_none_is_lost(random):
    open_now = []
    for move in drawn_run(random)[1]:
        for token in move.closed:
            open_now.remove(token)
        open_now += move.opened

        assert sorted(open_now) == sorted(move.marking.tokens)
        assert len({token.path for token in open_now}) == len(open_now)
        assert (move.end is not None) == (move.marking == Marking())
        for split in move.marking.splits:
            for lane in split.waiting:
                assert stands_in((*split.path, split.parallel, lane), move.marking)


def stands_in(lane, marking):
    """Whether the lane is really at work: it holds one token or one split."""
    return [held.path for held in (*marking.tokens, *marking.splits)].count(lane) == 1


@given(randoms)
def test_marking_survives_json(random):
    for move in drawn_run(random)[1]:
        written = json.dumps(move.marking.to_json())
        backwards = Marking(
            frozenset(sorted(move.marking.tokens)[::-1]), frozenset([*move.marking.splits][::-1])
        )

        assert Marking.from_json(json.loads(written)) == move.marking
        assert json.dumps(backwards.to_json()) == written


@given(randoms)
def test_replaying_the_same_acts_gives_the_same_run(random):
    assert drawn_run(copy(random)) == drawn_run(random)


@given(randoms)
def test_order_of_two_independent_lanes_does_not_matter(random):
    flow, here = wide_marking(random)
    choice = random.choice(lane_choices(flow))
    pair = random.sample(sorted(here.tokens), 2)
    outcomes = {token: random.choice([*flow.at(token.path).node(token.step).outcomes]) for token in pair}

    def after(order):
        marking = here
        for token in order:
            marking = complete(
                flow, marking, token, outcomes[token], lambda parallel: choice[parallel.code]
            ).marking
        return marking

    assert after(pair) == after(pair[::-1])


def wide_marking(random):
    """Give a flow and a marking of it with at least two open steps."""
    while True:
        flow = random_sound_flow(random)
        for move in random_run(flow, random, 10):
            if len(move.marking.tokens) > 1:
                return flow, move.marking
