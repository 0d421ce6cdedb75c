from __future__ import annotations

import pytest

from scripts import check_sizes as sizes

pytestmark = pytest.mark.unit


def function_of(lines: int, doc: int = 0) -> str:
    docstring = ['    """' + "\n    x" * doc + '"""'] if doc else []
    return "\n".join(["def f():", *docstring, *["    x = 1"] * (lines - 1)])


def test_a_function_may_have_sixty_lines_and_no_more():
    assert sizes.long_functions(function_of(60)) == []
    assert sizes.long_functions(function_of(61)) == [("f", 1, 61)]


def test_a_docstring_is_not_counted():
    assert sizes.long_functions(function_of(60, doc=20)) == []


def test_a_file_may_have_five_hundred_lines_and_tests_a_thousand(tmp_path):
    for folder, most in (("src", 500), ("tests", 1000)):
        (tmp_path / folder).mkdir()
        good, bad = tmp_path / folder / "good.py", tmp_path / folder / "bad.py"
        good.write_text("x = 1\n" * most)
        bad.write_text("x = 1\n" * (most + 1))

        assert sizes.problems_of(good, tmp_path) == []
        assert sizes.problems_of(bad, tmp_path) == [f"{folder}/bad.py: {most + 1} lines, at most {most}"]


def test_what_others_write_is_not_looked_at(tmp_path):
    for name in ("src/a.py", "src/migrations/0001.py", "src/static/dist/desk.ts", "src/notes.txt"):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("")

    assert [path.name for path in sizes.files(tmp_path)] == ["a.py"]
