"""What a definition's author is told: one wrong thing, its line, its field and the cure."""

import datetime as dt

import pytest

from ronghe.definitions.checking import check
from ronghe.definitions.reading import read_text

pytestmark = pytest.mark.unit

HEAD = "title: 甲\nsource: [S-001]\neffective: 2026-01-01\n"  # lines 2-4 after the kind


def told(text):
    """(line, field, code) of every problem of the text."""
    return [(bad.line, bad.field, bad.code) for bad in check(read_text(text, "f.yaml"))[1]]


def first(text):
    return check(read_text(text, "f.yaml"))[1][0]


def flow(*lines):
    return f"procedure: x\n{HEAD}flow:\n" + "".join(f"  - {line}\n" for line in lines)


def test_a_good_definition_has_no_problem():
    assert told(f"list: topics\n{HEAD}lines: [{{code: a, title: 甲}}]\n") == []


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("titel: 甲\n", (1, "titel", "no-kind")),
        (f"list: a\npost: b\n{HEAD}", (2, "post", "two-kinds")),
        ("list: a\nsource: [S-1]\neffective: 2026-01-01\n", (1, "title", "missing")),
        ("list: a\ntitle: 甲\neffective: 2026-01-01\n", (1, "source", "missing")),
        ("list: a\ntitle: 甲\nsource: [S-1]\n", (1, "effective", "missing")),
        (
            "list: a\ntitle: 甲\nsource: [S-1]\neffective: 2026-13-01\n",
            (4, "effective", "date_from_datetime_parsing"),
        ),
        (f"list: 清单\n{HEAD}", (1, "list", "code")),
        (f"list: a\n{HEAD}edition: 3.0\n", (5, "edition", "edition")),
        (f"list: a\n{HEAD}lins: []\n", (5, "lins", "unknown-key")),
        (f"list: a\n{HEAD}basis: {{dokument: x}}\n", (5, "basis.dokument", "unknown-key")),
        (
            f"list: a\n{HEAD}lines:\n  - {{code: a, title: 甲}}\n  - {{code: a, title: 乙}}\n",
            (7, "lines[2]", "twice"),
        ),
        (
            f"list: a\n{HEAD}lines:\n  - {{code: a, title: 甲, points: 3}}\n",
            (6, "lines[1].points", "unknown-key"),
        ),
        (
            f"list: a\n{HEAD}form: [{{field: n, title: 乙, type: text}}, {{field: n, title: 丙, type: text}}]\n",
            (5, "form[2].field", "form-twice"),
        ),
        (f"organisation: a\n{HEAD}tree: forest\n", (5, "tree", "choice")),
        (f"organisation: a\n{HEAD}term: 3 周\n", (5, "term", "limit.unit")),
        (f"post: a\n{HEAD}may: [handle, haendle]\n", (5, "may[2]", "choice")),
        (f"relationship: a\n{HEAD}to: person\n", (1, "from", "missing")),
        (f"relationship: a\n{HEAD}from: person\nto: case\none_per: [middle]\n", (7, "one_per", "one-per")),
        (
            f"register: a\n{HEAD}quantities: [{{code: q, title: 乙, unit: 万元, natures: [wish]}}]\n",
            (5, "quantities[1].natures[1]", "choice"),
        ),
        (f"register: a\n{HEAD}fresh_for: soon\n", (5, "fresh_for", "limit.unreadable")),
        (f"register: a\n{HEAD}one_per: {{keys: [a], or: perhaps}}\n", (5, "one_per.or", "code")),
        (flow("{step: a, by: opener, limit: 5 天天}"), (6, "flow[1].limit", "limit.unit")),
        (flow("{step: a, by: opener, limitt: 5 工作日}"), (6, "flow[1].limitt", "unknown-key")),
        (flow("{step: a}"), (6, "flow[1]", "step-without-doer")),
        (flow("{step: a, by: opener}", "{step: a, by: opener}"), (7, "flow[2]", "code-repeated")),
        (flow("{step: a, by: opener, outcomes: {on: b}}"), (6, "flow[1].outcomes.on", "step-unknown")),
        (
            flow(
                "{step: a, by: opener, outcomes: {on: inner}}",
                "{parallel: p, lanes: {l: [{step: inner, by: opener}]}}",
            ),
            (6, "flow[1].outcomes.on", "jump-out"),
        ),
        (flow("{step: a, by: opener, outcomes: {again: a}}"), (6, "flow[1]", "cannot-end")),
        (
            flow("{step: a, by: opener, outcomes: {x: {end: done}}}", "{step: b, by: opener}"),
            (7, "flow[2]", "unreachable"),
        ),
        (
            flow("{step: a, by: opener}") + "outcomes: {withdraw: {end: withdrawn}}\n",
            (7, "outcomes.withdraw", "outcome-without-by"),
        ),
        (flow("{step: a, by: opener}") + "number: QY{yeer}-{seq}\n", (7, "number", "number")),
        (flow("{step: a, by: opener}") + "number: QY{year}\n", (7, "number", "number")),
        (flow("{step: a, by: opener}") + "identity: secret\n", (7, "identity", "choice")),
        (flow("{step: a, by: opener}") + "lights: {yellow: 1 工作日 late}\n", (7, "lights.yellow", "lights")),
        (flow("{step: a, by: opener}") + "lights: {yellow: soon}\n", (7, "lights.yellow", "moment")),
        (flow("{step: a, by: opener}") + "escalate: [{when: red}]\n", (7, "escalate[1]", "escalation")),
        (flow("{step: a, by: opener}") + "limit: {legel: 5 工作日}\n", (7, "limit.legel", "unknown-key")),
        (flow("{step: a, by: opener}") + "results: {don: 已办结}\n", (7, "results.don", "result")),
        (f"duty: a\n{HEAD}holders: opener\n", (1, "", "duty")),
        (
            f"duty: a\n{HEAD}holders: opener\nevery: now\nsatisfied_by: {{activity: x}}\n",
            (6, "every", "cadence"),
        ),
        (
            f"duty: a\n{HEAD}holders: opener\nlines:\n  - {{line: l, title: 乙, every: year}}\n",
            (7, "lines[1].satisfied_by", "missing"),
        ),
        (f"judgement: a\n{HEAD}judges: case\nby: requester\nwhen: {{draw: 5}}\n", (7, "when", "when")),
        (
            f"judgement: a\n{HEAD}judges: case\nby: requester\nwhen: {{each: day, draw: 300 %}}\n",
            (7, "when.draw", "draw"),
        ),
        (
            f"judgement: a\n{HEAD}judges: case\nby: requester\ncombine: {{least: 0}}\n",
            (7, "combine.least", "greater_than_equal"),
        ),
        (
            f"judgement: a\n{HEAD}judges: case\nby: requester\ncombine: {{grade: guess}}\n",
            (7, "combine.grade", "combine"),
        ),
        (f"bulletin: a\n{HEAD}signs: [甲, 甲]\n", (5, "signs[2]", "twice")),
        (
            f"indicator: a\n{HEAD}of: person\nmeasures: {{m: {{count: case.opened}}}}\nvalue: m\n",
            (5, "of", "person"),
        ),
        (
            f"indicator: a\n{HEAD}of: case\nmeasures: {{m: {{count: case.opened}}}}\nvalue: m / n\n",
            (7, "value", "measure"),
        ),
        (
            f"indicator: a\n{HEAD}of: case\nmeasures: {{m: {{count: case.opened}}}}\nvalue: m +\n",
            (7, "value", "formula"),
        ),
        (
            f"indicator: a\n{HEAD}of: case\nmeasures: {{m: {{count: opened}}}}\nvalue: m\n",
            (6, "measures.m", "entry-kind"),
        ),
        (
            f"indicator: a\n{HEAD}of: case\nmeasures: {{m: {{among: n, that: case.closed}}}}\nvalue: m\n",
            (6, "measures.m", "measure"),
        ),
        (
            (
                f"indicator: a\n{HEAD}of: case\nmeasures: {{m: {{count: case.opened}}}}\nvalue: m\nas: 1 %\n"
                "examples: [{given: {m: 1}, expect: {value: 99}}]\n"
            ),
            (9, "examples[1].expect.value", "example"),
        ),
        (
            f"scheme: a\n{HEAD}of: case\nperiods: {{each: fortnight}}\ntree: [{{title: 乙, points: 1, of: [x]}}]\n",
            (6, "periods.each", "choice"),
        ),
        (
            f"scheme: a\n{HEAD}of: person\nperiods: {{each: year}}\ntree: [{{title: 乙, points: 1, of: [x]}}]\n",
            (5, "of", "person"),
        ),
        (
            f"rule: R1\n{HEAD}basis: {{document: 法}}\napplies_to: {{procedure: x}}\nrequires: {{step: a, limitt: 1}}\n",
            (7, "requires.limitt", "unknown-key"),
        ),
        (
            (
                f"indicator: a\n{HEAD}of: case\nmeasures: {{m: {{count: case.opened}}}}\nvalue: m\nscore: {{curve: linear, from: {{80: 0}}}}\n"
            ),
            (8, "score", "curve"),
        ),
        (
            (
                f"indicator: a\n{HEAD}of: case\nmeasures: {{m: {{count: case.opened}}}}\nvalue: m\nscore: {{curve: linear, from: {{80: x}}, to: {{98: 10}}}}\n"
            ),
            (8, "score.from", "number"),
        ),
        (
            (
                f"indicator: a\n{HEAD}of: case\nmeasures: {{m: {{count: case.opened}}}}\nvalue: m\nscore: {{curve: linear, from: 80, to: {{98: 10}}}}\n"
            ),
            (8, "score.from", "curve"),
        ),
        (
            (
                f"indicator: a\n{HEAD}of: case\nmeasures: {{m: {{count: case.opened}}}}\nvalue: m\nscore: {{curve: steps}}\n"
            ),
            (8, "score", "curve"),
        ),
        (
            (
                f"indicator: a\n{HEAD}of: case\nmeasures: {{m: {{count: case.opened}}}}\nvalue: m\nas: 1\nexamples: [{{given: {{n: 1}}, expect: {{value: 1}}}}]\n"
            ),
            (9, "examples[1].given", "example"),
        ),
        (
            (
                f"indicator: a\n{HEAD}of: case\nmeasures: {{m: {{count: case.opened}}}}\nvalue: m\nas: 1\nscore: {{curve: linear, from: {{0: 0}}, to: {{10: 5}}}}\nexamples: [{{given: {{m: 4}}, expect: {{points: 3}}}}]\n"
            ),
            (10, "examples[1].expect.points", "example"),
        ),
        (
            (
                f"indicator: a\n{HEAD}of: case\nmeasures: {{m: {{count: case.opened}}}}\nvalue: m\nempty: never\n"
            ),
            (8, "empty", "choice"),
        ),
        (
            (
                f"scheme: a\n{HEAD}of: case\nperiods: {{each: year}}\ntree: [{{title: 乙, points: 1, of: [x]}}]\nbonus: {{cap: 5}}\n"
            ),
            (8, "bonus", "extra"),
        ),
        (
            (
                f"scheme: a\n{HEAD}of: case\nperiods: {{each: year}}\ntree: [{{title: 乙, points: 1, of: [{{title: 丙, points: 1, of: []}}]}}]\n\n"
            ),
            (7, "tree[1].of[1].of", "too_short"),
        ),
        (
            f"indicator: a\n{HEAD}of: case\nmeasures: {{m: {{count: case.opened, live: x}}}}\nvalue: m\n",
            (6, "measures.m", "measure"),
        ),
        (
            f"indicator: a\n{HEAD}of: case\nmeasures: {{m: {{among: m, that: case.closed}}}}\nvalue: m\n",
            (6, "measures.m", "measure"),
        ),
        (
            f"indicator: a\n{HEAD}of: case\nmeasures: {{m: {{among: m}}}}\nvalue: m\n",
            (6, "measures.m", "measure"),
        ),
        (f"duty: a\n{HEAD}holders: opener\nevery: year\n", (1, "", "duty")),
        (f"organisation: a\n{HEAD}tree: teams\non_loan: true\n", (6, "on_loan", "on-loan")),
        (
            f"judgement: a\n{HEAD}judges: case\nby: requester\nwhen: {{each: day, draw: 0}}\n",
            (7, "when.draw", "draw"),
        ),
        (flow("{step: a, by: opener}") + "lights: {red: 1 工作日 left}\n", (7, "lights.red", "lights")),
        (flow("{step: a, by: opener}") + "lights: soon\n", (7, "lights", "not-mapping")),
        (
            f"rule: R1\n{HEAD}basis: {{document: 法}}\napplies_to: {{procedure: x}}\nrequires: {{step: a, after: {{stands: {{least: 1 月}}}}}}\n",
            (7, "requires.after", "rule"),
        ),
    ],
)
def test_one_wrong_thing_is_told_with_line_field_and_code(text, expected):
    assert expected in told(text)


def test_an_unknown_key_names_the_nearest_known_one():
    problem = first(f"list: a\n{HEAD}lins: []\n")

    assert (problem.message, problem.cure) == ("不认识“lins”。", "是不是“lines”？")


def test_every_wrong_key_is_told_at_once():
    assert [field for _, field, _ in told(f"list: a\n{HEAD}lins: []\nfrom: x\nedition: 2.0\n")] == [
        "edition",
        "lins",
        "from",
    ]


@pytest.mark.parametrize(
    ("text", "name"),
    [
        (f"list: a\n{HEAD}form: [{{field: b, title: 乙, type: choice, from: gone}}]\n", "gone"),
        (f"list: a\n{HEAD}form: [{{field: b, title: 乙, type: gone}}]\n", "gone"),
        (f"organisation: a\n{HEAD}seats: [gone]\n", "gone"),
        (f"relationship: a\n{HEAD}from: gone\nto: case\n", "gone"),
        (flow("{step: a, by: gone}"), "gone"),
        (flow("{step: a, by: opener, runs: {bulletin: gone}}"), "gone"),
        (flow("{step: a, by: opener, requires: {gone: {filled: true}}}"), "gone"),
        (flow("{step: a, by: opener, outcomes: {x: {end: y, gives: {register: gone}}}}"), "gone"),
        (flow("{step: a, by: about.gone}") + "about: x\n", "gone"),
        (flow("{step: a, by: form.gone}"), "gone"),
        (flow("{step: a, by: about.unit}"), "about"),
        (flow("{step: a, by: opener}") + "about: gone\n", "gone"),
        (flow("{step: a, by: opener}") + "escalate: [{when: red, gives: {procedure: gone}}]\n", "gone"),
        (flow("{step: a, by: opener}") + "seen_by: {gone: all}\n", "gone"),
        (f"judgement: a\n{HEAD}judges: {{procedure: gone}}\nby: requester\n", "gone"),
        (
            f"judgement: a\n{HEAD}judges: case\nby: requester\nverdict: {{where: {{gone: 1}}, gives: {{reopen: case}}}}\n",
            "gone",
        ),
        (f"duty: a\n{HEAD}holders: opener\nlines: gone\n", "gone"),
    ],
)
def test_a_name_nobody_defines_is_a_reference_problem(text, name):
    problems = check(read_text(text, "f.yaml"))[1]

    assert [(bad.severity, bad.code, name in bad.message) for bad in problems] == [
        ("reference", "unknown-name", True)
    ]


def test_a_near_name_is_the_cure():
    text = f"post: steward\n{HEAD}---\norganisation: a\n{HEAD}seats: [stewart]\n"

    assert first(text).cure == "是不是“steward”？"


def test_what_the_law_asks_is_refused_when_missing():
    rule = f"---\nrule: F9\n{HEAD}basis: {{document: 条例, article: 22}}\napplies_to: {{procedure: x}}\nstanding: confirmed\n"
    long = flow(
        "{step: register, by: opener, limit: 20 自然日, extends: {max: 40 自然日}}", "{step: b, by: opener}"
    )

    def refused(requires):
        return [
            bad.message.split("（")[0]
            for bad in check(read_text(f"{long}{rule}requires: {requires}\n", "f"))[1]
        ]

    assert refused("{step: gone}") == ["缺少环节“gone”。"]
    assert refused("{step: register, limit: {most: 15 自然日}}") == [
        "“register”的时限 20 自然日 超过 15 自然日。"
    ]
    assert refused("{step: b, limit: {most: 15 自然日}}") == ["“b”没有时限，最多 15 自然日。"]
    assert refused("{limit: {most: 15 自然日}}") == ["“甲”没有时限，最多 15 自然日。"]
    assert refused("{step: register, wait: {least: 5 自然日}}") == ["环节“register”至少要等 5 自然日。"]
    assert refused("{step: register, extends: {most: 30 自然日, once: true, approved: true}}") == [
        "延期 40 自然日 超过 30 自然日。",
        "只能延期一次，要写 once: true。",
        "延期要经批准，要写 approved_by。",
    ]
    assert refused("{step: register, after: {step: b}}") == ["环节“register”之前要有“b”。"]
    assert refused("{step: register, before: {step: b}}") == []
    assert refused("{step: register, after: {activity: b}}")[0] == "环节“register”之前要有“b”。"


def test_a_rule_binds_the_editions_in_force_beside_it():
    """Law of May: an edition replaced on that day is history, one still in force is not, nor the one that follows."""
    rule = HEAD.replace("2026-01-01", "2026-05-11")
    rule = f"---\nrule: F9\n{rule}basis: {{document: 条例}}\napplies_to: {{procedure: x}}\nstanding: confirmed\nrequires: {{step: gone}}\n"
    old = flow("{step: a, by: opener}")
    new = "---\n" + old.replace("2026-01-01", "{day}")

    assert [bad[0] for bad in told(old + rule)] == [5]
    assert [bad[0] for bad in told(old + new.replace("{day}", "2026-05-11") + rule)] == [12]
    assert [bad[0] for bad in told(old + new.replace("{day}", "2026-06-01") + rule)] == [5, 12]


def test_advice_is_not_enforced():
    rule = f"---\nrule: F9\n{HEAD}basis: {{document: 条例}}\napplies_to: {{procedure: x}}\nrequires: {{step: gone}}\n"

    assert told(flow("{step: a, by: opener}") + rule) == []


@pytest.mark.parametrize(
    ("more", "held"),
    [
        ("form: [{field: phone, title: 电话, type: text}]\nrequester: resident\n", "提出人身份"),
        ("form: [{field: district, title: 区, type: text}]\nabout: firm\n", "企业的“所在区”"),
        ("form: [{field: number, title: 编号, type: text}]\n", "每件都有"),
    ],
)
def test_a_form_that_asks_for_what_is_held_is_refused(more, held):
    firm = (
        "---\norganisation: firm\ntitle: 企业\nsource: [S-1]\neffective: 2026-01-01\n"
        "form: [{field: district, title: 所在区, type: text}]\n"
    )
    problems = check(read_text(flow("{step: a, by: opener}") + more + firm, "f.yaml"))[1]

    assert [(bad.code, held in bad.message) for bad in problems] == [("held-already", True)]


@pytest.mark.parametrize(
    ("definition", "held"),
    [
        ("activity: a\n{head}form: [{{field: where, title: 地点, type: text}}]\n", "每次活动都记"),
        ("activity: a\n{head}form: [{{field: people, title: 来了几个, type: number}}]\n", "每次活动都记"),
        ("activity: a\n{head}about: firm\nform: [{{field: district, title: 区, type: text}}]\n", "企业的“所在区”"),
        ("register: a\n{head}form: [{{field: begins, title: 何时, type: date}}]\n", "台账的每一项都有"),
        (
            "judgement: a\n{head}judges: {{organisation: firm}}\nby: {{organisation: firm}}\nform: [{{field: who, title: 评价人, type: text}}]\n",
            "每次评价都记",
        ),
        ("bulletin: a\n{head}form: [{{field: number, title: 号, type: text}}]\n", "每份文稿都有"),
    ],
)  # fmt: skip
def test_any_form_that_asks_for_what_is_held_is_refused_with_the_place(definition, held):
    firm = (
        "---\norganisation: firm\ntitle: 企业\nsource: [S-1]\neffective: 2026-01-01\n"
        "form: [{field: district, title: 所在区, type: text}]\n"
    )
    problems = check(read_text(definition.format(head=HEAD) + firm, "f.yaml"))[1]

    assert [(bad.code, held in bad.message) for bad in problems if bad.code == "held-already"] == [
        ("held-already", True)
    ]


def test_a_step_may_not_ask_what_was_asked_at_the_start():
    form = "form: [{field: detail, title: 情况, type: text}]"

    assert told(flow(f"{{step: a, by: opener, {form}}}") + form + "\n") == [
        (6, "flow[1].form[1].field", "held-already")
    ]


def test_two_definitions_of_one_day_or_edition_are_told():
    once = f'list: a\n{HEAD}edition: "1"\n'
    other = once.replace("2026-01-01", "2027-01-01")

    assert told(f"{once}---\n{once}") == [(7, "list", "twice")]
    assert told(f"{once}---\n{other}") == [(7, "list", "twice")]
    assert told(f"{once}---\n" + other.replace('"1"', '"2"')) == []


def test_a_draft_may_leave_its_day_out():
    reading = read_text("list: a\ntitle: 甲\nsource: [S-1]\n", "f.yaml")

    assert check(reading, effective=dt.date(2026, 1, 1))[1] == []


def test_a_limit_that_is_no_field_is_told():
    form = "form: [{field: finish, title: 完成期限, type: date}]\n"

    assert told(flow("{step: a, by: opener}") + form + "limit: finish\n") == []
    assert told(flow("{step: a, by: opener}") + form + "limit: finsh\n") == [(8, "limit", "unknown-name")]


TEMPLATE = "  - {step: reply, by: responsible, template: short-reply}\n"
PARTS = f"list: short-reply\n{HEAD}form: [{{field: text, title: 内容, type: text}}]\n"


def test_a_template_is_a_list_of_reply_parts():
    assert told(flow() + TEMPLATE + "---\n" + PARTS) == []


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            flow() + TEMPLATE,
            (6, "flow[1].template", "答复模板“short-reply”哪个清单也不是。", "无"),
        ),
        (
            flow() + TEMPLATE + f"---\nlist: short-reply\n{HEAD}",
            (6, "flow[1].template", "答复模板“short-reply”没有写各部分内容的“text”列。", "无"),
        ),
        (
            flow() + TEMPLATE + f"---\nlist: short-reply\n{HEAD}---\n" + PARTS.replace("short", "long"),
            (6, "flow[1].template", "答复模板“short-reply”没有写各部分内容的“text”列。", "long-reply"),
        ),
    ],
)
def test_a_template_that_is_no_list_of_reply_parts_is_told(text, expected):
    bad = first(text)

    assert (bad.line, bad.field, bad.message, bad.cure.rpartition("：")[2]) == expected


def test_a_word_in_braces_that_nobody_fills_in_is_told():
    bad = first(PARTS + 'lines: [{code: a, title: 称呼, text: "{requester}您好，{sign}"}]\n')

    assert (bad.line, bad.field, bad.message) == (
        6,
        "lines[1].text",
        "“称呼”里的“{sign}”没有人会填，会原样发给对方。",
    )
