"""Which entries may be written, and that nothing personal fits into one."""

import pytest
from hypothesis import given, strategies as st

from ronghe.ledger.entries import KINDS, SHAPES, Personal, _add, kind_of
from ronghe.ledger.exceptions import LedgerError
from ronghe.ledger.rules import LONGEST

pytestmark = pytest.mark.unit

GOOD = {
    "number": "QY2026-000001",
    "edition_id": 3,
    "limit": "5 工作日",
    "due": "2026-01-09T18:00:00+08:00",
    "step_due": "2026-01-09T18:00:00+08:00",
    "at": "2026-01-09T18:00:00+08:00",
    "was": "2026-01-09T18:00:00+08:00",
    "until": "2026-01-09",
    "day": "2026-01-09",
    "channel": "12345 热线",
    "clock": "running",
    "path": ["opinions", "12"],
    "lanes": {"opinions": ["12", "13"]},
    "post": "triage-officer",
    "outcome": "accept",
    "ground": "supplement",
    "document": "国信访发〔2026〕12号",
    "in_time": False,
    "satisfied": True,
    "triage": True,
    "result": "answered",
    "verdict": "不满意",
    "values": {
        "grade": "优秀",
        "points": [1, 2],
        "late": False,
        "none": None,
        "day": "2026-01-09",
        "limit": "5 工作日",
    },
    "fields": ["promised"],
    "hash": "0" * 64,
    "kind": "department",
    "tree": "government",
    "field": "topic",
    "lane": "12",
    "ends": "2026-01-19",
    "cause": "bad-rating",
    "source": "领导留言板",
}

CASE_KEYS = {
    "case.opened": "number* edition_id* limit due channel clock identity about about_unit source related lanes values",
    "case.accepted": "step limit due",
    "case.transferred": "step note from to",
    "case.returned": "step note from",
    "case.paused": "ground* until note due step",
    "case.resumed": "due ground step step_due",
    "case.extension-asked": "limit* document note step*",
    "case.extension-refused": "note step",
    "case.extended": "limit* document note due step step_due asker",
    "case.supplemented": "note*",
    "case.drafted": "reply* step*",
    "case.merged": "into* note",
    "case.split": "from* note",
    "case.reminded": "rule* level* round*",
    "case.urged": "level* note",
    "case.explained": "note*",
    "case.gave": "related* kind step result",
    "case.diverted": "outcome* lanes note",
    "case.chosen": "lanes* note",
    "lane.opened": "lane* note",
    "call.opened": "until",
    "call.closed": "rows",
    "case.answered": "reply* round",
    "case.closed": "result* due round* in_time",
    "case.reopened": "round* cause* note limit due lanes",
    "case.withdrawn": "note cause",
    "case.noted": "note*",
    "case.attached": "attachment*",
    "step.opened": "step* path post limit due round triage",
    "step.done": "step* outcome* lanes note related kind",
    "step.assigned": "step* person*",
}

PERSONAL = [
    "张三反映楼上漏水，请尽快处理",
    "请联系张先生。",
    "王女士 13800138000",
    "13800138000",
    "zhang@example.com",
    "市民；要求回复！",
    "一段比名称和代码都长得多的说明文字，其实是来信人自己写的情况" * 2,
    "多行\n文字",
    "",
    "啊" * (LONGEST + 1),
]


@pytest.mark.parametrize(("code", "keys"), CASE_KEYS.items())
def test_case_entries_carry_exactly_these_keys(code, keys):
    words = keys.split()

    assert (kind_of(code).required, kind_of(code).optional) == (
        {word[:-1] for word in words if word.endswith("*")},
        {word for word in words if not word.endswith("*")},
    )


def test_every_kind_has_a_sentence_and_only_known_keys():
    for code, kind in KINDS.items():
        assert code == kind.code
        assert str(kind.sentence)
        assert kind.required | kind.optional <= SHAPES.keys()
        assert kind.personal in Personal


def test_every_kind_takes_good_values_for_all_its_keys():
    for kind in KINDS.values():
        kind.check({key: GOOD.get(key, 1) for key in kind.required | kind.optional})
        kind.check({key: GOOD.get(key, 1) for key in kind.required} | dict.fromkeys(kind.optional))


@pytest.mark.parametrize(
    ("code", "data", "refusal"),
    [
        ("case.closed", {"result": "answered"}, "missing-field"),
        ("case.noted", {"note": 1, "text": "x"}, "unknown-field"),
        ("case.noted", {"note": "请尽快"}, "bad-value"),
        ("case.noted", {"note": None}, "bad-value"),
        ("case.noted", {"note": True}, "bad-value"),
        ("case.noted", {"note": -1}, "bad-value"),
        ("case.closed", {"result": "answered", "round": 1, "in_time": "yes"}, "bad-value"),
        ("case.resumed", {"due": "2026-01-09T18:00:00"}, "bad-value"),
        ("case.extended", {"limit": "五天"}, "bad-value"),
        ("step.opened", {"step": 1, "path": "opinions"}, "bad-value"),
        ("step.done", {"step": 1, "outcome": "joint", "lanes": {"opinions": [1]}}, "bad-value"),
        ("step.assigned", {"step": 1, "person": 0}, "bad-value"),
    ],
)
def test_check_refuses_what_the_kind_does_not_carry(code, data, refusal):
    with pytest.raises(LedgerError) as refused:
        kind_of(code).check(data)

    assert refused.value.code == refusal


def test_an_unknown_kind_is_refused():
    with pytest.raises(LedgerError) as refused:
        kind_of("case.exploded")

    assert refused.value.code == "unknown-kind"


@pytest.mark.parametrize(("code", "keys"), [("case.noted", "note*"), ("case.sung", "melody")])
def test_a_kind_is_registered_once_and_with_known_keys(code, keys):
    before = dict(KINDS)

    with pytest.raises(LedgerError) as refused:
        _add(code, "唱歌", keys)

    assert (refused.value.code, before) == ("kind-registry", KINDS)


@pytest.mark.parametrize("text", PERSONAL)
@pytest.mark.parametrize("key", sorted(SHAPES))
def test_no_key_takes_personal_text(key, text):
    assert not SHAPES[key](text)
    assert not SHAPES[key]([text])
    assert not SHAPES[key]({"why": text})
    assert not SHAPES[key]({text: 1})


@given(st.text(), st.sampled_from("，。；！？、：“\n\t@"), st.text(min_size=LONGEST))
def test_sentences_and_long_texts_fit_no_key(head, mark, tail):
    for shape in SHAPES.values():
        assert not shape(head + mark + tail)


@pytest.mark.parametrize(
    "number", ["sh00000", "2549", "QY2026-000001", "湘信〔2023〕8号", "202304010001234567", "12345#88"]
)
def test_numbers_of_real_files_are_references(number):
    assert SHAPES["number"](number)
