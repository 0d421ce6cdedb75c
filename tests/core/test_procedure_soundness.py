"""The verifier: each violation said at its place in words, the verdict equal to searching all markings."""

import pytest
from hypothesis import event, given, strategies as st

from ronghe.core.errors import RongheError
from ronghe.core.procedure import Problem, lists_of, parse_flow, start, verify
from tests.core.procedures import acts_at, jumps_at, lane_choices, moves, random_flow

pytestmark = pytest.mark.unit

A = {"step": "a", "by": "opener"}
B = {"step": "b", "title": "办理", "by": "opener"}
INNER = [{"step": "inner", "by": "lane"}]


def test_sound_flow_has_no_problem():
    assert verify(parse_flow([A, B])) == []


def test_target_unknown_is_named_with_the_nearest():
    flow = parse_flow([A | {"outcomes": {"ok": "bb", "no": {"to": "elsewhere"}}}, B])

    assert verify(flow) == [
        Problem(
            "step-unknown",
            "结果“ok”要去“bb”，流程里没有这个环节。",
            ("flow", 0, "outcomes", "ok"),
            "是不是“b”？",
        ),
        Problem(
            "step-unknown",
            "结果“no”要去“elsewhere”，流程里没有这个环节。",
            ("flow", 0, "outcomes", "no"),
            "这一列有：a、b。",
        ),
    ]


def test_jump_out_of_a_lane_is_refused():
    lane = [{"step": "inner", "by": "lane", "outcomes": {"ok": "a"}}]
    flow = parse_flow([A, {"parallel": "p", "over": "units", "flow": lane}])

    assert verify(flow) == [
        Problem(
            "jump-out",
            "结果“ok”要去“a”，可它不在同一列环节里；跳出去，这一列就再也没有人办了。",
            ("flow", 1, "flow", 0, "outcomes", "ok"),
            "请改去同一列的环节（inner），或以 end 结束这一列。",
        )
    ]


def test_jump_into_a_lane_is_refused_wherever_it_is_written():
    parallel = {"parallel": "p", "over": "units", "flow": INNER, "then": "inner"}
    stop = {"stop": {"by": "opener", "to": "inner"}}

    problems = verify(parse_flow([parallel, A], stop))

    assert [(problem.code, problem.field) for problem in problems] == [
        ("jump-out", ("flow", 0, "then")),
        ("jump-out", ("outcomes", "stop")),
    ]


def test_step_nothing_leads_to_is_unreachable():
    flow = parse_flow([A | {"outcomes": {"ok": {"end": "fine"}}}, B])

    assert verify(flow) == [
        Problem(
            "unreachable",
            "“办理”永远走不到：从第一个环节出发，没有哪个结果通向它。",
            ("flow", 1),
            "请让某个环节的结果通向它，或删去它。",
        )
    ]


def test_step_an_outcome_of_the_procedure_leads_to_is_reachable():
    flow = parse_flow([A | {"outcomes": {"ok": {"end": "fine"}}}, B], {"object": {"by": "opener", "to": "b"}})

    assert verify(flow) == []


def test_endless_loop_cannot_end():
    lane = [A, B | {"outcomes": {"again": "b"}}]
    flow = parse_flow([{"parallel": "p", "lanes": {"one": lane, "two": INNER}}])

    assert verify(flow) == [
        Problem(
            "cannot-end",
            f"走到“{title}”以后就再也办不结：它通向的环节里没有一个能结束。",
            ("flow", 0, "lanes", "one", index),
            "请给其中一个环节加上以 end 结束的结果。",
        )
        for index, title in enumerate(["a", "办理"])
    ]


def test_withdrawal_is_not_a_way_to_end():
    flow = parse_flow([A | {"outcomes": {"again": "a"}}], {"stop": {"by": "requester", "end": "withdrawn"}})

    assert [problem.code for problem in verify(flow)] == ["cannot-end"]


def test_fixed_lanes_are_never_none():
    parallel = {
        "parallel": "p",
        "title": "并联",
        "lanes": {"one": INNER},
        "outcomes": {"none": {"end": "alone"}},
    }

    assert verify(parse_flow([parallel])) == [
        Problem(
            "dead-outcome",
            "并行“并联”的分支是固定的，不会一个也没有，结果“none”永远用不上。",
            ("flow", 0, "outcomes", "none"),
            "请删去它。",
        )
    ]


def test_parallel_without_members_must_not_turn_round_by_itself():
    parallel = {"parallel": "p", "title": "会商", "over": "units", "flow": INNER, "outcomes": {"none": "p"}}

    assert verify(parse_flow([parallel])) == [
        Problem(
            "empty-loop",
            "并行“会商”一个分支也没有时会立刻转回自己，没有人办理，流程却停不下来。",
            ("flow", 0),
            "请让 none 通向一个环节，或以 end 结束。",
        )
    ]


def test_lanes_that_may_all_be_empty_make_an_empty_loop_too():
    empty = [{"parallel": "q", "over": "units", "flow": INNER}]
    around = {"parallel": "p", "lanes": {"one": empty}, "outcomes": {"some": "r"}}
    back = {"parallel": "r", "over": "units", "flow": [A], "outcomes": {"none": "p", "some": {"end": "fine"}}}

    assert [(problem.code, problem.field) for problem in verify(parse_flow([around, back]))] == [
        ("empty-loop", ("flow", 0)),
        ("empty-loop", ("flow", 1)),
    ]


def test_call_waits_for_answers_and_so_may_turn_round():
    call = {"parallel": "p", "over": {"call": "branch"}, "flow": INNER, "outcomes": {"none": "p"}}

    assert verify(parse_flow([call])) == []


# All markings, searched


class TooMany(Exception):
    pass


def search(flow):
    """Give, by playing every move from every marking: the moves, nodes seen, and outcomes taken.

    Raises whatever a token that is lost, or a move that never ends, raises.
    """
    choices = lane_choices(flow)
    graph, seen, taken = {}, set(), set()
    ahead = []

    def note(move):
        seen.update(token.step for token in move.opened)
        seen.update(split.parallel for split in move.split)
        taken.update((split.parallel, split.outcome) for split in move.joined)
        ahead.append(move.marking)

    for move in moves(lambda lanes: start(flow, lanes), choices):
        note(move)
    while ahead:
        marking = ahead.pop()
        if marking in graph:
            continue
        if len(graph) * len(choices) > 100:
            raise TooMany
        graph[marking] = set()
        for label, act in acts_at(flow, marking):
            taken.add(label)
            for move in moves(act, choices):
                note(move)
                graph[marking].add(None if move.end else move.marking)
        if marking.tokens or marking.splits:
            for act in jumps_at(flow, marking):
                for move in moves(act, choices):
                    note(move)
    return graph, seen, taken


def can_end(graph):
    """Give the markings from which some run ends."""
    ending = {
        marking
        for marking, following in graph.items()
        if None in following or not (marking.tokens or marking.splits)
    }
    while True:
        more = {
            marking for marking, following in graph.items() if marking not in ending and following & ending
        }
        if not more:
            return ending
        ending |= more


def is_sound(flow):
    try:
        graph, seen, taken = search(flow)
    except (RongheError, RecursionError):
        return False
    nodes = [node for listing in lists_of(flow) for node in listing.flow.nodes]
    outcomes = {(node.code, code) for node in nodes for code in node.outcomes}
    return {node.code for node in nodes} == seen and outcomes <= taken and can_end(graph) == graph.keys()


@given(random=st.randoms(use_true_random=True))
def test_verdict_equals_a_search_of_all_markings(random):
    for _ in range(4):
        flow = random_flow(random)
        try:
            sound = is_sound(flow)
        except TooMany:
            continue

        codes = sorted({problem.code for problem in verify(flow)})

        event(", ".join(codes) or "sound")
        assert (not codes) == sound, flow
