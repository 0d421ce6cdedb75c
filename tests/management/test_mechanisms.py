"""The page of mechanisms: read, matched with definitions and tests, written again."""

from __future__ import annotations

import json
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from ronghe.management.mechanisms import PAGE, Mechanism, coverage, read, write

pytestmark = [pytest.mark.db, pytest.mark.django_db]
TABLE = """# 机制

| 编号 | 名称 | 定义 | 试验 | 只是文字的原因 |
|---|---|---|---|---|
| S-107 | “揭榜挂帅” | old |  |  |
| S-364 | “两个作用” |  |  | 口号，没有可做的事 |
| S-999 | 没有的 |  |  |  |

结尾。
"""
STRESS = """
011 013 014 030 031 034 035 036 037 038 039 040 041 067 073 080 085 096 099 100 102 105 107 118 137 138 141 142 143 150 172
181 182 183 189 235 236 237 238 240 241 247 248 252 313 314 320 321 336 337 338
"""
"""Those that put the notation to the test: each is data, and walked by a scenario as its people would."""
MARKED = '''"""x"""
import pytest

@pytest.mark.mechanism("S-107", "S-999")
def test_one(): ...

@pytest.mark.db
def test_two(): ...
'''
WHOLE = 'import pytest\n\npytestmark = [pytest.mark.db, pytest.mark.mechanism("S-107")]\n'


@pytest.fixture
def page(tmp_path: Path) -> Path:
    (tmp_path / "tests").mkdir()
    (tmp_path / "tests" / "test_a.py").write_text(MARKED)
    (tmp_path / "tests" / "test_b.py").write_text(WHOLE)
    (tmp_path / "mechanisms.md").write_text(TABLE)
    return tmp_path / "mechanisms.md"


def test_rows_carry_definitions_in_force_and_the_tests_that_name_them(page: Path) -> None:
    rows = coverage(page, page.parent / "tests")
    assert rows == [
        Mechanism(
            "S-107",
            "“揭榜挂帅”",
            ("procedure/open-task",),
            ("tests/test_a.py::test_one", "tests/test_b.py"),
        ),
        Mechanism("S-364", "“两个作用”", text_only="口号，没有可做的事"),
        Mechanism("S-999", "没有的", tests=("tests/test_a.py::test_one",)),
    ]

    write(rows, page)
    lines = TABLE.splitlines()
    lines[4] = "| S-107 | “揭榜挂帅” | procedure/open-task | test_a<br>test_b |  |"
    lines[6] = "| S-999 | 没有的 |  | test_a |  |"
    assert page.read_text().splitlines() == lines


def test_the_command_tells_one_object_or_sums_up(page: Path) -> None:
    out = StringIO()
    call_command("packs", "coverage", "--format", "json", stdout=out)
    rows = json.loads(out.getvalue())["rows"]
    assert [row["id"] for row in rows] == [f"S-{number:03}" for number in range(1, 367)]
    assert {tuple(row) for row in rows} == {("id", "definitions", "tests", "text_only")}
    open_task = next(row for row in rows if row["id"] == "S-107")
    assert open_task["definitions"] == ["procedure/open-task"]
    assert "tests/packs/test_open_task.py" in open_task["tests"]

    out = StringIO()
    call_command("packs", "coverage", "--write", str(page), stdout=out)
    assert out.getvalue() == (
        "机制 3 个：写成定义 1 个（其中有试验 1 个），只是文字 1 个，还没有 1 个。\n还没有：S-999\n"
    )
    with pytest.raises(CommandError, match="没有机制清单"):
        call_command("packs", "coverage", "--write", str(page.with_name("nothing.md")))


def test_the_page_is_written_from_the_packs_as_they_are(tmp_path: Path) -> None:
    page = tmp_path / "mechanisms.md"
    page.write_text(PAGE.read_text(encoding="utf-8"), encoding="utf-8")
    write(coverage(page), page)
    assert page.read_text(encoding="utf-8") == PAGE.read_text(encoding="utf-8"), (
        "ronghe packs coverage --write"
    )
    assert all(row.name for row in read(PAGE))


def test_what_puts_the_notation_to_the_test_is_data_and_is_walked() -> None:
    rows = {row.id: row for row in coverage()}
    wanted = [rows[f"S-{number}"] for number in STRESS.split()]
    assert [row.id for row in wanted if not row.definitions or not row.tests] == []
