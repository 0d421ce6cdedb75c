"""How a flow is written: from the plain values of a YAML file to `Flow`, refusing what it does not know."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from ronghe.core.errors import DefinitionError
from ronghe.core.forms import Form
from ronghe.core.procedure.flow import (
    DONE,
    NONE,
    SOME,
    Call,
    Flow,
    Node,
    Outcome,
    Parallel,
    Step,
    lists_of,
)
from ronghe.core.procedure.plain import (
    check_keys,
    read,
    read_code,
    read_each,
    read_mapping,
    read_sequence,
    read_text,
)
from ronghe.core.procedure.terms import (
    parse_extends,
    parse_limit,
    parse_most,
    parse_one_per,
    parse_pauses,
    parse_runs,
    parse_term,
)
from ronghe.core.procedure.voting import check_outcomes, parse_vote
from ronghe.core.select import Gives, Path, Selector, Where
from ronghe.core.select.nesting import inside

STEP_KEYS = (
    *("step", "title", "by", "runs", "limit", "wait", "form", "requires", "pauses", "extends"),
    *("outcomes", "most", "template", "one_per", "checks", "vote"),
)
PARALLEL_KEYS = ("parallel", "title", "lanes", "over", "flow", "form", "one_per", "then", "outcomes")
OUTCOME_KEYS = ("to", "end", "title", "requires", "gives")


def parse_flow(raw: object, outcomes: object = None) -> Flow:
    """Read the `flow:` of a procedure, and the `outcomes:` that are possible at every step.

    Codes of steps and parallels are unique over the whole flow, so a rule, a figure or a diagram may name one
    without saying where it stands. Whether the flow is sound is `verify`'s to say.

    Raises: DefinitionError, its field seen from the procedure: ("flow", 1, "limit"), ("outcomes", "stop").
    """
    with inside("flow"):
        nodes = _list(raw).nodes
    with inside("outcomes"):
        flow = Flow(nodes, {} if outcomes is None else _whole_outcomes(outcomes))
    _refuse_repeated_codes(flow)
    return flow


# Lists and their nodes


def _list(raw: object) -> Flow:
    items = read_sequence(raw, "流程")
    heads = []
    for index, item in enumerate(items):
        with inside(index):
            heads.append(_head(item))
    nodes: list[Node] = []
    followers = [*(code for _, _, code in heads[1:]), None]
    for index, ((node, kind, code), follower) in enumerate(zip(heads, followers, strict=True)):
        with inside(index):
            following = Outcome(DONE, to=follower) if follower else Outcome(DONE, end=DONE)
            nodes.append((_step if kind == "step" else _parallel)(node, code, following))
    for index, made in enumerate(nodes):
        with inside(index):
            _checks_a_step_before(made, nodes[:index])
    return Flow(tuple(nodes))


def _checks_a_step_before(node: Node, before: Sequence[Node]) -> None:
    if isinstance(node, Step) and node.checks is not None:
        known = [other.code for other in before if isinstance(other, Step)]
        if node.checks not in known:
            message = f"环节“{node.code}”审签“{node.checks}”，但同一列前面没有这个环节。"
            cure = f"前面的环节有：{'、'.join(known)}。" if known else "请把它放到被审签的环节后面。"
            raise DefinitionError("checks-unknown", message, ("checks",), cure)


def _head(item: object) -> tuple[Mapping[object, object], str, str]:
    node = read_mapping(item, "流程的一行")
    kinds = [kind for kind in ("step", "parallel") if kind in node]
    if len(kinds) != 1:
        message = "流程的一行要么是环节（step），要么是并行（parallel），二者必居其一。"
        raise DefinitionError("node-kind", message, (), "例如 {step: handle, title: 办理, by: responsible}。")
    with inside(kinds[0]):
        return node, kinds[0], read_code(node[kinds[0]])


def _step(raw: Mapping[object, object], code: str, following: Outcome) -> Step:
    check_keys(raw, STEP_KEYS, f"环节“{code}”")
    if "by" not in raw and "runs" not in raw:
        message = f"环节“{code}”没有写由谁来办。"
        raise DefinitionError(
            "step-without-doer", message, (), "请写 by（谁办）或 runs（运行哪个流程、评判、公报、活动）。"
        )
    outcomes = read(raw, "outcomes", _outcomes) or {DONE: following}
    vote = read(raw, "vote", lambda value: parse_vote(value, code))
    form = read(raw, "form", Form.parse)
    if vote is not None:
        check_outcomes(vote, outcomes)
        form = Form((*(form.fields if form else ()), *vote.fields()))
    return Step(
        code=code,
        title=read(raw, "title", read_text) or code,
        outcomes=outcomes,
        by=read(raw, "by", Selector.parse),
        runs=read(raw, "runs", parse_runs),
        limit=read(raw, "limit", parse_limit),
        wait=read(raw, "wait", parse_term),
        form=form,
        vote=vote,
        requires=read(raw, "requires", Where.parse),
        pauses=read(raw, "pauses", parse_pauses) or {},
        extends=read(raw, "extends", parse_extends),
        most=read(raw, "most", parse_most) or (),
        template=read(raw, "template", read_text),
        one_per=read(raw, "one_per", parse_one_per),
        checks=read(raw, "checks", read_code),
    )


def _parallel(raw: Mapping[object, object], code: str, following: Outcome) -> Parallel:
    check_keys(raw, PARALLEL_KEYS, f"并行“{code}”")
    if ("lanes" in raw) == ("over" in raw):
        message = f"并行“{code}”要写清分支从哪里来：lanes（固定分支）或 over（按名单或征集），只写一个。"
        raise DefinitionError("lanes-or-over", message, (), "例如 over: co-handlers。")
    if ("over" in raw) != ("flow" in raw):
        message = f"并行“{code}”：over 要配 flow（每个分支都走的流程），lanes 不要。"
        cure = "请把 flow 的内容移到 lanes 的各个分支下。" if "flow" in raw else "请补上 flow: [{step: …}]。"
        raise DefinitionError("lane-flow", message, ("flow",) if "flow" in raw else (), cure)
    over = read(raw, "over", _over)
    for key in ("form", "one_per"):
        if key in raw and not isinstance(over, Call):
            message = f"并行“{code}”不是征集，没有人填写应征内容。"
            raise DefinitionError(
                "only-for-call", message, (key,), f"请把 {key} 写到分支的环节里，或改用 over: {{call: …}}。"
            )
    return Parallel(
        code=code,
        title=read(raw, "title", read_text) or code,
        outcomes=_lane_outcomes(raw, following),
        lanes=read(raw, "lanes", _lanes) or {},
        over=over,
        body=read(raw, "flow", _list),
        form=read(raw, "form", Form.parse),
        one_per=read(raw, "one_per", parse_one_per),
    )


def _lanes(raw: object) -> dict[str, Flow]:
    return read_each(raw, "分支", lambda _, inner: _list(inner))


def _over(raw: object) -> Path | Call:
    if not isinstance(raw, Mapping):
        return Path.parse(raw)
    check_keys(raw, ("call", "for"), "征集")
    who = read(raw, "call", Selector.parse)
    if who is None:
        raise DefinitionError(
            "call-without-who",
            "征集没有写向谁征集。",
            (),
            "例如 {call: {organisation: branch}, for: 10 工作日}。",
        )
    return Call(who, read(raw, "for", parse_term))


def _refuse_repeated_codes(flow: Flow) -> None:
    seen: set[str] = set()
    for listing in lists_of(flow):
        for index, node in enumerate(listing.flow.nodes):
            if node.code in seen:
                message = f"“{node.code}”在流程里出现了两次；规则、统计和流程图都靠这个名字认环节。"
                raise DefinitionError(
                    "code-repeated",
                    message,
                    (*listing.field, index),
                    "请给其中一个换个名字，例如加上分支名。",
                )
            seen.add(node.code)


# Outcomes


def _outcomes(raw: object) -> dict[str, Outcome]:
    return read_each(raw, "办理结果", _outcome)


def _lane_outcomes(raw: Mapping[object, object], following: Outcome) -> dict[str, Outcome]:
    """Give the outcomes of a parallel: written ones, else `then`, else the next line.

    Fixed lanes are never none, so there `none` stands only when somebody wrote it (and `verify` refuses it).
    """
    written = read(raw, "outcomes", _outcomes) or {}
    with inside("outcomes"):
        check_keys(written, (SOME, NONE), "并行的结果")
    if SOME in written and "then" in raw:
        message = "并行汇合后去哪里写了两遍：then 和 outcomes 里的 some。"
        raise DefinitionError("then-twice", message, ("then",), "请只留一个。")
    then = read(raw, "then", lambda value: _outcome("then", value)) or following
    expected = (SOME,) if "lanes" in raw else (SOME, NONE)
    return {code: written.get(code, then) for code in (SOME, NONE) if code in expected or code in written}


def _outcome(code: str, raw: object) -> Outcome:
    if isinstance(raw, str):
        return Outcome(code, to=read_text(raw))
    values = read_mapping(raw, f"结果“{code}”")
    check_keys(values, OUTCOME_KEYS, f"结果“{code}”")
    return _way_on(code, values)


def _whole_outcomes(raw: object) -> dict[str, Outcome]:
    return read_each(raw, "全程结果", _whole_outcome)


def _whole_outcome(code: str, raw: object) -> Outcome:
    values = read_mapping(raw, f"全程结果“{code}”")
    check_keys(values, (*OUTCOME_KEYS, "by"), f"全程结果“{code}”")
    if "by" not in values:
        message = f"全程结果“{code}”没有写谁可以提出。"
        raise DefinitionError("outcome-without-by", message, (), "例如 {by: requester, end: withdrawn}。")
    return _way_on(code, values)


def _way_on(code: str, raw: Mapping[object, object]) -> Outcome:
    if ("to" in raw) == ("end" in raw):
        message = f"结果“{code}”要写清去向：to（同一列的环节）或 end（以什么结果结束），只写一个。"
        raise DefinitionError("to-or-end", message, (), "例如 {to: handle} 或 {end: granted}。")
    return Outcome(
        code=code,
        to=read(raw, "to", read_text),
        end=read(raw, "end", read_code),
        title=read(raw, "title", read_text) or "",
        by=read(raw, "by", Selector.parse),
        requires=read(raw, "requires", Where.parse),
        gives=read(raw, "gives", Gives.parse),
    )
