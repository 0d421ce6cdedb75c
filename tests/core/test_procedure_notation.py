"""Reading a flow: every example the notation was designed on, and every way of writing one wrongly."""

from pathlib import Path as File

import pytest
from ruamel.yaml import YAML

from ronghe.core.errors import DefinitionError
from ronghe.core.forms import Form
from ronghe.core.procedure import (
    Call,
    Extends,
    Flow,
    Limits,
    Most,
    OnePer,
    Outcome,
    Parallel,
    Pause,
    Runs,
    Step,
    parse_flow,
    parse_limit,
    steps_of,
    verify,
)
from ronghe.core.select import Gives, Path, Selector, Where
from ronghe.core.worktime import Limit

pytestmark = pytest.mark.unit

EXAMPLES = {
    each["procedure"]: each
    for each in YAML(typ="safe").load_all(
        (File(__file__).parent / "test_procedure_examples.yaml").read_text()
    )
}


def read(text):
    raw = YAML(typ="safe").load(text)
    return parse_flow(raw["flow"], raw.get("outcomes"))


def error_of(text):
    with pytest.raises(DefinitionError) as caught:
        read(text)
    return caught.value


@pytest.mark.parametrize("code", EXAMPLES)
def test_examples_are_read_and_sound(code):
    flow = parse_flow(EXAMPLES[code]["flow"], EXAMPLES[code].get("outcomes"))

    assert verify(flow) == []


def test_enterprise_request_is_read_whole():
    raw = EXAMPLES["enterprise-request"]

    flow = parse_flow(raw["flow"], raw["outcomes"])

    opinion = Step(
        code="opinion",
        title="协办意见",
        outcomes={"done": Outcome("done", end="done")},
        by=Selector.parse("lane"),
        limit=Limit.parse("2 工作日"),
    )
    back = Outcome("then", to="handle")
    assert flow == Flow(
        nodes=(
            Step(
                code="receive",
                title="接收",
                by=Selector.parse(["about.assigned-service", "topic.unit", "triage"]),
                limit=Limit.parse("4 工时"),
                outcomes={
                    "accept": Outcome("accept", to="handle"),
                    "transfer": Outcome("transfer", to="receive"),
                    "decline": Outcome(
                        "decline", end="declined", requires=Where.parse({"reason": {"filled": True}})
                    ),
                },
            ),
            Step(
                code="handle",
                title="办理",
                by=Selector.parse("responsible"),
                pauses={
                    "supplement": Pause("supplement", "补充材料", Limit.parse("5 工作日")),
                    "survey": Pause("survey", "现场踏勘", Limit.parse("3 工作日")),
                },
                extends=Extends(Limit.parse("5 工作日"), once=True, approved_by=Selector.parse("head")),
                outcomes={"ready": Outcome("ready", to="reply"), "joint": Outcome("joint", to="opinions")},
            ),
            Parallel(
                code="opinions",
                title="opinions",
                over=Path.parse("co-handlers"),
                body=Flow((opinion,)),
                outcomes={"some": back, "none": back},
            ),
            Step(
                code="reply",
                title="答复",
                by=Selector.parse("responsible"),
                template="enterprise-reply",
                outcomes={"send": Outcome("send", end="answered")},
            ),
        ),
        outcomes={"withdraw": Outcome("withdraw", end="withdrawn", by=Selector.parse("requester"))},
    )


def test_call_carries_its_form_and_its_limit():
    raw = EXAMPLES["four-top-tens"]

    entries, score, choose, notice = parse_flow(raw["flow"]).nodes

    assert isinstance(entries, Parallel)
    assert entries.is_call
    assert entries.over == Call(Selector.parse({"organisation": "branch"}), Limit.parse("30 自然日"))
    assert entries.form == Form.parse(raw["flow"][0]["form"])
    assert entries.one_per == OnePer(
        (Path.parse("lane"), Path.parse("track")), Path.parse("story"), flag=True
    )
    assert entries.outcomes == {"some": Outcome("done", to="score"), "none": Outcome("done", to="score")}
    assert isinstance(score, Step)
    assert (score.by, score.runs) == (None, Runs("judgement", "entry-score"))
    assert isinstance(choose, Step)
    assert choose.most == (Most(10, Path.parse("track")),)
    assert notice.outcomes["clear"].gives == Gives.parse({"register": "honour", "for_each": "chosen"})


def test_fixed_lanes_have_no_outcome_none():
    raw = EXAMPLES["land-and-start"]

    lanes = parse_flow(raw["flow"]).nodes[0]

    assert isinstance(lanes, Parallel)
    assert list(lanes.lanes) == ["pit", "design"]
    assert not lanes.is_call
    assert lanes.outcomes == {"some": Outcome("done", to="main-permit")}


def test_outcomes_of_a_parallel_are_written_or_follow():
    flow = read("""
      flow:
        - parallel: a
          over: units
          flow: [{step: b, by: lane}]
          then: c
          outcomes: {none: {end: alone, title: 无人协办}}
        - {step: z, by: opener}
        - {step: c, by: opener, outcomes: {back: z}}
    """)

    assert flow.nodes[0].outcomes == {
        "some": Outcome("then", to="c"),
        "none": Outcome("none", end="alone", title="无人协办"),
    }


def test_steps_of_gives_every_step_with_its_place():
    flow = read("""
      flow:
        - {step: first, by: opener}
        - parallel: wide
          lanes:
            left: [{parallel: deep, over: units, flow: [{step: far, by: lane}]}]
            right: [{step: near, by: opener}]
    """)

    assert [(place.step.code, place.path, place.field) for place in steps_of(flow)] == [
        ("first", (), ("flow", 0)),
        ("far", ("wide", "left", "deep", "*"), ("flow", 1, "lanes", "left", 0, "flow", 0)),
        ("near", ("wide", "right"), ("flow", 1, "lanes", "right", 0)),
    ]
    assert flow.at(("wide", "left", "deep", "12")).first == "far"


@pytest.mark.parametrize(
    ("raw", "limit"),
    [
        ("5 工作日", Limit.parse("5 工作日")),
        ("about.limit", Path.parse("about.limit")),
        (
            {"legal": "about.legal", "promised": "3 工作日"},
            Limits(Path.parse("about.legal"), Limit.parse("3 工作日")),
        ),
        ({"promised": "about.promised"}, Limits(promised=Path.parse("about.promised"))),
    ],
)
def test_limit_is_a_quantity_a_path_or_both_kinds(raw, limit):
    assert parse_limit(raw) == limit


@pytest.mark.parametrize(
    ("raw", "most"),
    [
        (100, (Most(100),)),
        ({10: "track", "3": "district"}, (Most(10, Path.parse("track")), Most(3, Path.parse("district")))),
    ],
)
def test_most_is_a_count_or_a_count_for_each(raw, most):
    [step] = parse_flow([{"step": "choose", "by": "opener", "most": raw}]).nodes

    assert isinstance(step, Step)
    assert step.most == most


def test_step_takes_wait_one_per_and_who_it_runs_for():
    [step] = read("""
      flow: [{step: s, by: opener, runs: {activity: meeting}, wait: 12 月, one_per: [lane, policy.family],
              requires: {evidence: {filled: true}}, extends: {max: 3 工作日}, pauses: {wait: {}},
              form: [{field: plan, title: 方案, type: text}]}]
    """).nodes

    assert step == Step(
        code="s",
        title="s",
        outcomes={"done": Outcome("done", end="done")},
        by=Selector.parse("opener"),
        runs=Runs("activity", "meeting"),
        wait=Limit.parse("12 月"),
        one_per=OnePer((Path.parse("lane"), Path.parse("policy.family"))),
        requires=Where.parse({"evidence": {"filled": True}}),
        extends=Extends(Limit.parse("3 工作日")),
        pauses={"wait": Pause("wait", "wait")},
        form=Form.parse([{"field": "plan", "title": "方案", "type": "text"}]),
    )


@pytest.mark.parametrize(
    ("text", "code", "field", "cure"),
    [
        ("flow: []", "not-list", ("flow",), ""),
        ("flow: {step: a}", "not-list", ("flow",), ""),
        ("flow: [a]", "not-mapping", ("flow", 0), ""),
        (
            "flow: [{title: 办理}]",
            "node-kind",
            ("flow", 0),
            "例如 {step: handle, title: 办理, by: responsible}。",
        ),
        (
            "flow: [{step: a, parallel: a}]",
            "node-kind",
            ("flow", 0),
            "例如 {step: handle, title: 办理, by: responsible}。",
        ),
        (
            "flow: [{step: 办理, by: x}]",
            "not-code",
            ("flow", 0, "step"),
            "名称是小写英文，用连字符相连，例如 site-visit。",
        ),
        (
            "flow: [{step: 1, by: x}]",
            "not-code",
            ("flow", 0, "step"),
            "名称是小写英文，用连字符相连，例如 site-visit。",
        ),
        ("flow: [{step: a, by: x, title: ' '}]", "not-text", ("flow", 0, "title"), ""),
        ("flow: [{step: a, by: x, title: }]", "not-text", ("flow", 0, "title"), ""),
        ("flow: [{step: a, by: x, titel: 办理}]", "unknown-key", ("flow", 0, "titel"), "是不是“title”？"),
        ("flow: [{step: a, by: x, pausen: {}}]", "unknown-key", ("flow", 0, "pausen"), "是不是“pauses”？"),
        (
            "flow: [{step: a}]",
            "step-without-doer",
            ("flow", 0),
            "请写 by（谁办）或 runs（运行哪个流程、评判、公报、活动）。",
        ),
        (
            "flow: [{step: a, by: x, limit: {}}]",
            "limit-empty",
            ("flow", 0, "limit"),
            "请写 legal（法定）或 promised（承诺）。",
        ),
        (
            "flow: [{step: a, by: x, limit: {legl: a.b}}]",
            "unknown-key",
            ("flow", 0, "limit", "legl"),
            "是不是“legal”？",
        ),
        ("flow: [{step: a, runs: {}}]", "runs-one", ("flow", 0, "runs"), "例如 {judgement: entry-score}。"),
        (
            "flow: [{step: a, runs: {duty: b}}]",
            "unknown-key",
            ("flow", 0, "runs", "duty"),
            "这里可以写：procedure、judgement、bulletin、activity。",
        ),
        ("flow: [{step: a, runs: b}]", "not-mapping", ("flow", 0, "runs"), ""),
        ("flow: [{step: a, by: x, pauses: {}}]", "empty", ("flow", 0, "pauses"), "请写上，或删去这一项。"),
        (
            "flow: [{step: a, by: x, extends: {once: true}}]",
            "extension-without-max",
            ("flow", 0, "extends"),
            "例如 {max: 5 工作日, once: true}。",
        ),
        (
            "flow: [{step: a, by: x, extends: {max: 5 工作日, once: 'yes'}}]",
            "not-truth",
            ("flow", 0, "extends", "once"),
            "",
        ),
        (
            "flow: [{step: a, by: x, most: many}]",
            "not-count",
            ("flow", 0, "most"),
            "例如 100，或 {10: track}（每个类别 10 个）。",
        ),
        (
            "flow: [{step: a, by: x, most: true}]",
            "not-count",
            ("flow", 0, "most"),
            "例如 100，或 {10: track}（每个类别 10 个）。",
        ),
        (
            "flow: [{step: a, by: x, most: {}}]",
            "not-count",
            ("flow", 0, "most"),
            "例如 100，或 {10: track}（每个类别 10 个）。",
        ),
        (
            "flow: [{step: a, by: x, one_per: {near: b}}]",
            "one-per-without-keys",
            ("flow", 0, "one_per"),
            "例如 {keys: [lane, track]}。",
        ),
        (
            "flow: [{step: a, by: x, one_per: {keys: [b], or: warn}}]",
            "one-per-or",
            ("flow", 0, "one_per", "or"),
            "只能写 flag（提醒而不拒绝）；要拒绝就不写 or。",
        ),
        (
            "flow: [{step: a, by: x, outcomes: {}}]",
            "empty",
            ("flow", 0, "outcomes"),
            "请写上，或删去这一项。",
        ),
        ("flow: [{step: a, by: x, outcomes: {ok: 3}}]", "not-mapping", ("flow", 0, "outcomes", "ok"), ""),
        (
            "flow: [{step: a, by: x, outcomes: {ok: {to: a, end: b}}}]",
            "to-or-end",
            ("flow", 0, "outcomes", "ok"),
            "例如 {to: handle} 或 {end: granted}。",
        ),
        (
            "flow: [{step: a, by: x, outcomes: {ok: {title: 同意}}}]",
            "to-or-end",
            ("flow", 0, "outcomes", "ok"),
            "例如 {to: handle} 或 {end: granted}。",
        ),
        (
            "flow: [{step: a, by: x, outcomes: {ok: {ends: b}}}]",
            "unknown-key",
            ("flow", 0, "outcomes", "ok", "ends"),
            "是不是“end”？",
        ),
        (
            "flow: [{step: a, by: x}, {step: a, by: x}]",
            "code-repeated",
            ("flow", 1),
            "请给其中一个换个名字，例如加上分支名。",
        ),
        (
            "flow: [{step: a, by: x}, {parallel: p, over: u, flow: [{step: a, by: x}]}]",
            "code-repeated",
            ("flow", 1, "flow", 0),
            "请给其中一个换个名字，例如加上分支名。",
        ),
        ("flow: [{parallel: p}]", "lanes-or-over", ("flow", 0), "例如 over: co-handlers。"),
        ("flow: [{parallel: p, over: u}]", "lane-flow", ("flow", 0), "请补上 flow: [{step: …}]。"),
        (
            "flow: [{parallel: p, lanes: {a: [{step: a, by: x}]}, flow: []}]",
            "lane-flow",
            ("flow", 0, "flow"),
            "请把 flow 的内容移到 lanes 的各个分支下。",
        ),
        ("flow: [{parallel: p, lanes: {}}]", "empty", ("flow", 0, "lanes"), "请写上，或删去这一项。"),
        (
            "flow: [{parallel: p, lanes: {a: [{step: b, by: x, bye: x}]}}]",
            "unknown-key",
            ("flow", 0, "lanes", "a", 0, "bye"),
            "是不是“by”？",
        ),
        (
            "flow: [{parallel: p, over: {for: 3 工作日}, flow: [{step: a, by: x}]}]",
            "call-without-who",
            ("flow", 0, "over"),
            "例如 {call: {organisation: branch}, for: 10 工作日}。",
        ),
        (
            "flow: [{parallel: p, over: u, form: [], flow: [{step: a, by: x}]}]",
            "only-for-call",
            ("flow", 0, "form"),
            "请把 form 写到分支的环节里，或改用 over: {call: …}。",
        ),
        (
            "flow: [{parallel: p, over: u, then: p, outcomes: {some: p}, flow: [{step: a, by: x}]}]",
            "then-twice",
            ("flow", 0, "then"),
            "请只留一个。",
        ),
        (
            "flow: [{parallel: p, over: u, outcomes: {sone: p}, flow: [{step: a, by: x}]}]",
            "unknown-key",
            ("flow", 0, "outcomes", "sone"),
            "是不是“some”？",
        ),
        ("{flow: [{step: a, by: x}], outcomes: {stop: a}}", "not-mapping", ("outcomes", "stop"), ""),
        (
            "{flow: [{step: a, by: x}], outcomes: {stop: {end: stopped}}}",
            "outcome-without-by",
            ("outcomes", "stop"),
            "例如 {by: requester, end: withdrawn}。",
        ),
        (
            "{flow: [{step: a, by: x}], outcomes: {stop: {by: x, too: a}}}",
            "unknown-key",
            ("outcomes", "stop", "too"),
            "是不是“to”？",
        ),
    ],
)
def test_wrong_definition_is_refused_at_its_field(text, code, field, cure):
    error = error_of(text)

    assert (error.code, error.field, error.cure) == (code, field, cure)
    assert any("\u4e00" <= letter <= "\u9fff" for letter in error.message)


@pytest.mark.parametrize(
    ("text", "field"),
    [
        ("flow: [{step: a, by: x, limit: 5}]", ("flow", 0, "limit")),
        ("flow: [{step: a, by: x, wait: 5 天天}]", ("flow", 0, "wait")),
        ("flow: [{step: a, by: x, pauses: {p: {max: soon}}}]", ("flow", 0, "pauses", "p", "max")),
        ("flow: [{step: a, by: {}}]", ("flow", 0, "by")),
        ("flow: [{parallel: p, over: 'A B', flow: [{step: a, by: x}]}]", ("flow", 0, "over")),
    ],
)
def test_error_of_an_inner_grammar_names_the_outer_field(text, field):
    assert error_of(text).field == field
