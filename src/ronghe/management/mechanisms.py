"""Which mechanism of the sources (S-number) is written in which definitions, walked by which tests, or only text.

The numbers and names stand in the table of `docs/mechanisms.md`, and so does why one is only text; the rest of that table is
written from here.
"""

from __future__ import annotations

import ast
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from django.conf import settings

from ronghe.definitions.domain import check_packs

ROOT = settings.PACKAGE.parent.parent
PAGE = ROOT / "docs" / "mechanisms.md"
TESTS = ROOT / "tests"
_ID = re.compile(r"S-\d{3}")
_ROW = re.compile(r"\| (S-\d{3}) \|")
_HEAD = "| 编号 | 名称 | 定义 | 试验 | 只是文字的原因 |\n|---|---|---|---|---|\n"


@dataclass(frozen=True)
class Mechanism:
    """One row: `definitions` as kind/code, `tests` as node ids or files, `text_only` the reason or nothing."""

    id: str
    name: str
    definitions: tuple[str, ...] = ()
    tests: tuple[str, ...] = ()
    text_only: str = ""


def coverage(page: Path = PAGE, tests: Path = TESTS) -> list[Mechanism]:
    """Every mechanism of the page with the definitions in force that name it as their source, and the tests that walk it."""
    written, walked = _definitions(), _tests(tests)
    return [
        replace(row, definitions=tuple(written.get(row.id, ())), tests=tuple(walked.get(row.id, ())))
        for row in read(page)
    ]


def read(page: Path) -> Iterator[Mechanism]:
    """The rows of the page: number, name, and why one is only text."""
    for line in page.read_text(encoding="utf-8").splitlines():
        if _ROW.match(line):
            number, name, _written, _walked, why = (cell.strip() for cell in line.split("|")[1:-1])
            yield Mechanism(number, name, text_only=why)


def write(rows: Sequence[Mechanism], page: Path) -> None:
    """Put the table in place of the old one; what stands around it is kept."""
    text = page.read_text(encoding="utf-8")
    table = _HEAD + "".join(f"{_line(row)}\n" for row in rows)
    before, _old, rest = text.partition(_HEAD)
    after = "".join(line for line in rest.splitlines(keepends=True) if not _ROW.match(line))
    page.write_text(before + table + after, encoding="utf-8")


def _line(row: Mechanism) -> str:
    files = dict.fromkeys(Path(test.partition("::")[0]).stem for test in row.tests)
    cells = (row.id, row.name, "<br>".join(row.definitions), "<br>".join(files), row.text_only)
    return f"| {' | '.join(cells)} |"


def _definitions() -> Mapping[str, list[str]]:
    found: dict[str, dict[str, None]] = defaultdict(dict)
    packed, _problems = check_packs(settings.PACKS)
    for body in sorted((one.checked.body for one in packed), key=lambda body: (body.kind, body.code)):
        for source in body.source:
            found[source][f"{body.kind}/{body.code}"] = None
    return {number: list(names) for number, names in found.items() if _ID.fullmatch(number)}


def _tests(folder: Path) -> Mapping[str, list[str]]:
    found: dict[str, list[str]] = defaultdict(list)
    for path in sorted(folder.rglob("test_*.py")):
        text = path.read_text(encoding="utf-8")
        if "mark.mechanism" not in text:
            continue
        file = path.relative_to(folder.parent).as_posix()
        for node in ast.parse(text).body:
            if isinstance(node, ast.FunctionDef) and node.name.startswith("test_"):
                name, marks = f"{file}::{node.name}", node.decorator_list
            elif isinstance(node, ast.Assign) and [ast.unparse(one) for one in node.targets] == [
                "pytestmark"
            ]:
                name, marks = file, [node.value]
            else:
                continue
            for number in _marked(marks):
                found[number].append(name)
    return found


def _marked(marks: Iterable[ast.expr]) -> Iterator[str]:
    """The S-numbers of `pytest.mark.mechanism("S-038", …)`."""
    for call in (node for mark in marks for node in ast.walk(mark) if isinstance(node, ast.Call)):
        if ast.unparse(call.func).endswith("mark.mechanism"):
            yield from (str(arg.value) for arg in call.args if isinstance(arg, ast.Constant))
