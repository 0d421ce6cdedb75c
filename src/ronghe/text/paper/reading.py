"""Reading typed text as paragraphs with their levels: what a line begins with says which it is."""

from __future__ import annotations

import re

from ronghe.text.paper.paper import Block, Line, Table

_NUMBER = "[一二三四五六七八九十百]+"
_LEVELS = (
    (1, re.compile(rf"{_NUMBER}、")),
    (2, re.compile(rf"[（(]{_NUMBER}[）)]")),
    (3, re.compile(r"\d{1,3}[.．](?!\d)")),
    (4, re.compile(r"[（(]\d{1,3}[）)]")),
)
BAR = "|"


def blocks_of(text: str) -> tuple[Block, ...]:
    """Each line a paragraph, empty ones left out; lines with bars (`序号 | 问题`) stand together as a table."""
    blocks: list[Block] = []
    rows: list[tuple[str, ...]] = []
    for line in [*(one.strip() for one in text.splitlines()), ""]:
        if BAR in line or "｜" in line:
            rows.append(tuple(cell.strip() for cell in line.replace("｜", BAR).strip(BAR).split(BAR)))
            continue
        if rows:
            blocks.append(_table(rows))
            rows = []
        if line:
            blocks.append(Line(line, _level(line)))
    return tuple(blocks)


def _level(line: str) -> int:
    return next((level for level, begins in _LEVELS if begins.match(line)), 0)


def _table(rows: list[tuple[str, ...]]) -> Table:
    """As many cells in each row as in the widest."""
    width = max(len(row) for row in rows)
    head, *rest = [row + ("",) * (width - len(row)) for row in rows]
    return Table(head, tuple(rest))
