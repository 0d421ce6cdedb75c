"""Reading YAML: what is kept as text, where every node stands, and what is refused."""

import pytest

from ronghe.definitions.reading import Problem, dotted, read_bytes, read_path, read_text

pytestmark = pytest.mark.unit


def test_words_of_yaml_1_2_stay_text():
    reading = read_text("list: [on, no, 12:30, 2026-01-01, 0o7, 1_000, ~, true, 3, 0.5]\n", "f.yaml")

    assert reading.documents[0].data == {
        "list": ["on", "no", "12:30", "2026-01-01", "0o7", "1_000", None, True, 3, 0.5]
    }


def test_every_node_knows_its_line():
    text = "post: head\nform:\n  - {field: a}\n  -\n    field: b\n---\n# two\npost: deputy\n"
    first, second = read_text(text, "f.yaml").documents

    assert (first.line_of(("form", 1, "field")), first.line_of(("form", 0)), second.line) == (5, 3, 8)
    assert first.line_of(("form", 1, "absent", "deeper")) == 5


def test_paths_are_told_as_people_count():
    assert dotted(("flow", 1, "limit")) == "flow[2].limit"


@pytest.mark.parametrize(
    ("text", "line", "code"),
    [
        ("", 1, "empty"),
        ("# only a remark\n", 1, "empty"),
        ("a: 1\nb: 2\na: 3\n", 3, "duplicate-key"),
        ("a: {b: 1, b: 2}\n", 1, "duplicate-key"),
        ("a: &x 1\nb: *x\n", 1, "alias"),
        ("a: !!python/object:os.system x\n", 1, "tag"),
        ("a: !mine x\n", 1, "tag"),
        ("procedure：x\n", 1, "not-a-definition"),
        ("- a\n- b\n", 1, "not-a-definition"),
        ("a: 1\nb: c: d\n", 2, "yaml"),
        ("a:\n\t- b\n", 2, "yaml"),
        ("a: [1, 2\n", 2, "yaml"),
        ('a: "x\n', 2, "yaml"),
        ("a: *gone\n", 1, "yaml"),
        ("? [a]\n: 1\n", 1, "key"),
        ("<<: {a: 1}\n", 1, "key"),
        ("a: " + "[" * 60 + "]" * 60 + "\n", 1, "too-deep"),
        ("a: " + "[" * 5000 + "\n", 1, "too-deep"),
    ],
)
def test_bad_text_is_one_problem_with_line_and_cure(text, line, code):
    reading = read_text(text, "f.yaml")

    assert reading.documents == []
    assert [(bad.file, bad.line, bad.code) for bad in reading.problems] == [("f.yaml", line, code)]
    assert reading.problems[0].cure


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"\x00\x01\x02", "binary"),
        ("list: 清单".encode("gb18030"), "encoding"),
        (b"a: " + b"x" * 1_000_001, "too-large"),
        (b"", "empty"),
    ],
)
def test_what_is_no_text_is_refused_whole(content, code):
    assert [bad.code for bad in read_bytes(content, "f.yaml").problems] == [code]


def test_a_byte_order_mark_does_not_matter():
    assert read_bytes("\ufefflist: a\n".encode(), "f.yaml").documents[0].data == {"list": "a"}


def test_a_folder_is_read_in_name_order_and_only_its_yaml(tmp_path):
    (tmp_path / "b.yaml").write_text("list: b\n")
    (tmp_path / "a.yml").write_text("list: a\n---\nlist: c\n")
    (tmp_path / "notes.txt").write_text("not ours")

    reading = read_path(tmp_path)

    assert [(one.file, one.data["list"]) for one in reading.documents] == [
        ("a.yml", "a"),
        ("a.yml", "c"),
        ("b.yaml", "b"),
    ]
    assert reading.problems == []


def test_a_missing_path_and_an_empty_folder_are_problems(tmp_path):
    assert [bad.code for bad in read_path(tmp_path / "gone").problems] == ["missing-file"]
    assert [bad.code for bad in read_path(tmp_path).problems] == ["missing-file"]


def test_a_problem_reads_as_one_line():
    problem = Problem("a.yaml", 3, "flow[1]", "缺少环节。", "补上")

    assert str(problem) == "a.yaml:3 [flow[1]] 缺少环节。（补上）"
