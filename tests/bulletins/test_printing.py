"""A paper as LibreOffice prints it: lines to the page and letters to the line are counted on the page itself."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from ronghe.bulletins import printing
from ronghe.bulletins.exceptions import DomainError
from ronghe.text.paper import Line, Paper, Table, docx_of

pytestmark = pytest.mark.db
needs = pytest.mark.skipif(
    printing.program() is None or shutil.which("pdftotext") is None,
    reason="LibreOffice (soffice) and poppler (pdftotext) are not installed: nothing renders the page",
)
FULL = 28 * 22


def pages(paper: Paper, kept: Path) -> list[list[str]]:
    """The lines of each page without blanks between letters."""
    (kept / "a.pdf").write_bytes(printing.pdf_of(docx_of(paper), kept=kept))
    told = subprocess.run(
        ["pdftotext", "-layout", str(kept / "a.pdf"), "-"], check=True, capture_output=True, text=True
    ).stdout
    rows = [[re.sub(r"\s", "", line) for line in page.splitlines()] for page in told.split("\f")]
    return [[line for line in page if line] for page in rows if any(page)]


@needs
def test_page_holds_22_lines_of_28_letters(tmp_path: Path) -> None:
    # The title takes a line and an empty one follows: the text begins on the third.
    first, second, third = pages(Paper(title="公示", blocks=(Line("融" * (FULL * 2)),)), tmp_path)

    assert first[0] == "公示"
    assert [len(line) for line in first[1:-1]] == [26] + [28] * 19
    assert [len(line) for line in second[:-1]] == [28] * 22
    assert (first[-1], second[-1], third[-1]) == ("—1—", "—2—", "—3—")


@needs
def test_table_prints_between_its_text(tmp_path: Path) -> None:
    table = Table(("序号", "问题", "时限"), (("1", "没有记录", "12月15日"),))

    (page,) = pages(Paper(title="通知", blocks=(Line("一、台账", 1), table, Line("完。"))), tmp_path)

    assert page == ["通知", "一、台账", "序号问题时限", "1没有记录12月15日", "完。", "—1—"]


@needs
def test_same_paper_is_converted_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    docx = docx_of(Paper(title="公示", blocks=(Line("正文。"),)))
    made = printing.pdf_of(docx, kept=tmp_path)

    monkeypatch.setenv("PATH", "/nowhere")

    assert printing.pdf_of(docx, kept=tmp_path) == made
    assert made[:5] == b"%PDF-"


def test_without_a_converter_it_says_what_to_do(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/nowhere")

    with pytest.raises(DomainError) as refused:
        printing.pdf_of(b"docx", kept=tmp_path)

    assert refused.value.code == "no-converter"
    assert list(tmp_path.iterdir()) == []
