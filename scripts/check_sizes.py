"""No file over 500 lines (tests 1,000), no function over 60: what is longer has a noun of its own to be split by."""

from __future__ import annotations

import ast
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
SUFFIXES = {".py", ".html", ".ts", ".mjs", ".scss", ".sh"}
FOLDERS = ("src", "tests", "scripts", "bench", "frontend/src")
MOST_LINES = 500
MOST_LINES_OF_TESTS = 1000
MOST_LINES_OF_A_FUNCTION = 60


def long_functions(source: str, most: int = MOST_LINES_OF_A_FUNCTION) -> list[tuple[str, int, int]]:
    """Name, line and length of each function of `source` longer than `most`, its docstring not counted."""
    found = []
    for node in ast.walk(ast.parse(source)):
        if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            continue
        length = (node.end_lineno or node.lineno) - node.lineno + 1
        if ast.get_docstring(node, clean=False) is not None:
            doc = node.body[0]
            length -= (doc.end_lineno or doc.lineno) - doc.lineno + 1
        if length > most:
            found.append((node.name, node.lineno, length))
    return found


def problems_of(path: Path, root: Path = ROOT) -> list[str]:
    """What is too long in one file."""
    name = path.relative_to(root).as_posix()
    source = path.read_text(encoding="utf-8")
    most = MOST_LINES_OF_TESTS if name.startswith("tests/") else MOST_LINES
    lines = len(source.splitlines())
    problems = [f"{name}: {lines} lines, at most {most}"] if lines > most else []
    if path.suffix == ".py":
        problems += [
            f"{name}:{line}: {function} has {length} lines, at most {MOST_LINES_OF_A_FUNCTION}"
            for function, line, length in long_functions(source)
        ]
    return problems


def files(root: Path = ROOT) -> list[Path]:
    """The files looked at: our own, not the migrations Django writes nor what is built."""
    return sorted(
        path
        for folder in FOLDERS
        for path in (root / folder).rglob("*")
        if path.suffix in SUFFIXES
        and path.is_file()
        and not {"migrations", "static", "node_modules"} & set(path.parts)
    )


def main() -> int:
    problems = [problem for path in files() for problem in problems_of(path)]
    print("\n".join(problems), end="\n" if problems else "")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
