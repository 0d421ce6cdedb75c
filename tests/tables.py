"""Tables for tests of imports: rows by heading, in a file, a table or taken directly."""

from __future__ import annotations

import csv
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import xlsxwriter

from ronghe.core.tables import Column, Row, Verdict, find_heading

CASE = {
    "编号": "s1",
    "类型": "群众留言",
    "标题": "路灯不亮",
    "正文": "小区门口的路灯坏了。",
    "渠道": "来信",
    "责任单位": "市住房和建设局",
    "提出时间": "2026-03-02 10:00",
    "办结时间": "2026-03-06",
    "答复时间": "2026-03-06",
    "答复内容": "已修复。",
}


def headings_of(rows: Sequence[Mapping[str, Any]]) -> list[str]:
    return list(dict.fromkeys(heading for row in rows for heading in row))


def rows_of(rows: Sequence[Mapping[str, Any]], columns: Sequence[Column]) -> list[Row]:
    titles = headings_of(rows)
    heading = find_heading(titles, columns)
    assert heading is not None
    return [heading.row(number, [row.get(title) for title in titles]) for number, row in enumerate(rows, 2)]


def workbook(path: Path, rows: Sequence[Mapping[str, Any]]) -> Path:
    titles = headings_of(rows)
    with xlsxwriter.Workbook(
        str(path), {"default_date_format": "yyyy-mm-dd", "strings_to_formulas": False}
    ) as book:
        sheet = book.add_worksheet()
        for number, line in enumerate([titles, *([row.get(title) for title in titles] for row in rows)]):
            sheet.write_row(number, 0, line)
    return path


def text_file(
    path: Path, rows: Sequence[Mapping[str, Any]], encoding: str = "utf-8", delimiter: str = ","
) -> Path:
    with path.open("w", encoding=encoding, newline="") as file:
        writer = csv.DictWriter(file, headings_of(rows), delimiter=delimiter)
        writer.writeheader()
        writer.writerows(rows)
    return path


def told(verdicts: Sequence[Verdict]) -> list[tuple[int, str, dict[str, str]]]:
    return [(verdict.row.number, str(verdict.status), dict(verdict.reasons)) for verdict in verdicts]
