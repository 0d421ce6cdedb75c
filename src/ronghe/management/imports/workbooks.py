"""Workbooks an import hands back: the rows it refused, and the first passwords of accounts it opened."""

from __future__ import annotations

import datetime as dt
import os
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Self

from ronghe.core.tables import Cell, Heading, Verdict

if TYPE_CHECKING:
    import xlsxwriter

REASON = "原因"
LONGEST = 32767  # characters a cell of a workbook holds
_OPTIONS = {
    "constant_memory": True,
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
}


class RefusedWorkbook:
    """The refused rows with their own columns and 原因 behind them; the cell to mend is marked.

    Made with the first row, so that nothing refused leaves no file. Mended, it can be imported as it is.
    """

    def __init__(self, path: Path, heading: Heading) -> None:
        self.path, self.heading = path, heading
        self.rows = 0
        self._book: xlsxwriter.Workbook | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._book is not None:
            self._book.close()

    def add(self, verdict: Verdict) -> None:
        """Write one refused row."""
        if self._book is None:
            self._begin()
        self.rows += 1
        marked = {self.heading.place_of(code) for code in verdict.reasons}
        for place, cell in enumerate(verdict.row.raw):
            self._write(place, cell, is_marked=place in marked)
        self._sheet.write_string(
            self.rows, self._reason_at, told(self.heading, verdict)[:LONGEST], self._wrapped
        )

    def _begin(self) -> None:
        import xlsxwriter  # noqa: PLC0415 - 13 MB of a web worker, for those that write a table

        self.path.parent.mkdir(parents=True, exist_ok=True)
        self._book = xlsxwriter.Workbook(str(self.path), _OPTIONS)
        self._sheet = self._book.add_worksheet("未导入的行")
        title = self._book.add_format({"bold": True, "bottom": 2})
        self._plain = self._book.add_format()
        self._mark = self._book.add_format({"bg_color": "#FFE08A", "border": 2, "border_color": "#A61B1B"})
        self._wrapped = self._book.add_format({"text_wrap": True, "valign": "top"})
        self._days = {
            is_marked: self._book.add_format({"num_format": "yyyy-mm-dd hh:mm:ss"} | self._look(is_marked))
            for is_marked in (False, True)
        }
        self._reason_at = len(self.heading.titles)
        self._sheet.set_column(0, self._reason_at - 1, 16)
        self._sheet.set_column(self._reason_at, self._reason_at, 60)
        for place, text in enumerate((*self.heading.titles, REASON)):
            self._sheet.write_string(0, place, text, title)

    def _look(self, is_marked: bool) -> dict[str, object]:  # noqa: FBT001 - one of two looks
        return {"bg_color": "#FFE08A", "border": 2, "border_color": "#A61B1B"} if is_marked else {}

    def _write(self, place: int, cell: Cell, *, is_marked: bool) -> None:
        look = self._mark if is_marked else self._plain
        match cell:
            case None | "":
                self._sheet.write_blank(self.rows, place, None, look)
            case bool():
                self._sheet.write_boolean(self.rows, place, cell, look)
            case int() | float():
                self._sheet.write_number(self.rows, place, cell, look)
            case dt.datetime() if cell.tzinfo is None:
                self._sheet.write_datetime(self.rows, place, cell, self._days[is_marked])
            case dt.date():
                self._sheet.write_string(self.rows, place, cell.isoformat(), look)
            case _:
                self._sheet.write_string(self.rows, place, str(cell)[:LONGEST], look)


def told(heading: Heading, verdict: Verdict) -> str:
    """Why a row was refused, in one line: each cell's reason behind its column."""
    return f"第 {verdict.row.number} 行：" + "".join(
        f"【{heading.title_of(code)}】{said}" if code else said for code, said in verdict.reasons.items()
    )


def write_accounts(path: Path, accounts: Sequence[tuple[str, str, str]]) -> None:
    """Name, username and first password of each account, readable by its owner only."""
    import xlsxwriter  # noqa: PLC0415 - 13 MB of a web worker, for those that write a table

    path.parent.mkdir(parents=True, exist_ok=True)
    path.touch(mode=0o600)
    os.chmod(path, 0o600)  # noqa: PTH101 - touch leaves the mode of a file that was there
    with xlsxwriter.Workbook(str(path), _OPTIONS) as book:
        sheet = book.add_worksheet("账号")
        for number, row in enumerate((("姓名", "账号", "初始密码"), *accounts)):
            for place, text in enumerate(row):
                sheet.write_string(number, place, text)
