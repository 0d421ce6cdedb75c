"""Reading .xlsx and .csv row by row. Whatever is wrong with the file as a whole raises TableError; nothing was written."""

from __future__ import annotations

import codecs
import csv
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from python_calamine import CalamineError, CalamineWorkbook, load_workbook

from ronghe.core.tables import Cell, Column, Heading, Row, TableError, find_heading, is_blank

MOST_UNPACKED = 2 * 1024 * 1024 * 1024  # a workbook that unpacks to more is not an honest one
HEADING_WITHIN = 20
CELL_MOST = 1024 * 1024
ENCODINGS = ("utf-8-sig", "gb18030")
_ZIP, _OLE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_CHUNK = 1024 * 1024


@dataclass(frozen=True)
class Table:
    """A heading and the rows below it, blank ones left out; the rows can be read once."""

    heading: Heading
    rows: Iterator[Row]


@contextmanager
def open_table(path: Path, columns: Sequence[Column], name: str = "") -> Iterator[Table]:
    """The table of a file; `name` is what the person calls it (its ending says what it is)."""
    called = name or path.name
    if not path.is_file():
        raise TableError("file-missing", f"没有找到文件“{path}”，请核对路径。")
    size = path.stat().st_size
    if size > settings.MAX_IMPORT:
        message = f"“{called}”有 {size // 1024 // 1024} MB，最多 {settings.MAX_IMPORT // 1024 // 1024} MB，没有导入。请分成几个文件再导入。"
        raise TableError("file-too-large", message)
    if size == 0:
        raise TableError("file-empty", f"“{called}”是空的，没有导入。请核对后重新选择。")
    ending = Path(called).suffix.lower()
    with path.open("rb") as file:
        head = file.read(8)
    if ending == ".xlsx":
        yield from _workbook(path, head, columns, called)
    elif ending == ".csv":
        yield from _text(path, head, columns, called)
    else:
        message = f"“{called}”不是 .xlsx 或 .csv 文件，没有导入。请用表格软件另存为这两种之一。"
        raise TableError("file-type", message)


def _workbook(path: Path, head: bytes, columns: Sequence[Column], called: str) -> Iterator[Table]:
    if head == _OLE:
        message = f"“{called}”设了打开密码，或是旧式 .xls 文件，没有导入。请去掉密码，另存为 .xlsx。"
        raise TableError("file-password", message)
    try:
        with zipfile.ZipFile(path) as archive:
            unpacked = sum(item.file_size for item in archive.infolist())
        if unpacked > MOST_UNPACKED:
            raise TableError("file-too-large", f"“{called}”展开后过大，没有导入。请分成几个文件再导入。")
        workbook = load_workbook(path)
        found = _first_sheet(workbook, columns, called)
    except (CalamineError, zipfile.BadZipFile, OSError) as error:
        message = (
            f"“{called}”打不开，可能没有下载完整或已损坏，没有导入。请用表格软件打开后重新另存为 .xlsx。"
        )
        raise TableError("file-broken", message) from error
    with workbook:
        yield found


def _first_sheet(workbook: CalamineWorkbook, columns: Sequence[Column], called: str) -> Table:
    """The first sheet that has a heading."""
    for name in workbook.sheet_names:
        sheet = workbook.get_sheet_by_name(name)
        if sheet.height and (table := _table(enumerate(sheet.iter_rows(), 1), columns)):
            return table
    raise _headless(columns, called)


def _text(path: Path, head: bytes, columns: Sequence[Column], called: str) -> Iterator[Table]:
    if head.startswith(_ZIP) or head == _OLE:
        message = f"“{called}”名为 .csv，实际是 Excel 工作簿，没有导入。请把扩展名改为 .xlsx 再导入。"
        raise TableError("file-type", message)
    encoding = _encoding(path, head, called)
    csv.field_size_limit(CELL_MOST)
    with path.open(encoding=encoding, newline="") as file:
        delimiter = _delimiter(file.readline())
        file.seek(0)
        numbered = _lines(csv.reader(file, delimiter=delimiter), called)
        table = _table(numbered, columns)
        if table is None:
            raise _headless(columns, called)
        yield table


def _encoding(path: Path, head: bytes, called: str) -> str:
    """The first encoding in which the whole file can be read."""
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    for encoding in ENCODINGS:
        decoder = codecs.getincrementaldecoder(encoding)()
        try:
            with path.open("rb") as file:
                while chunk := file.read(_CHUNK):
                    decoder.decode(chunk)
                decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            continue
        return encoding
    message = f"“{called}”的文字编码认不出来，没有导入。请另存为“CSV UTF-8”或 .xlsx。"
    raise TableError("file-encoding", message)


def _delimiter(line: str) -> str:
    return max(",\t;", key=line.count)


def _lines(reader: Iterable[list[str]], called: str) -> Iterator[tuple[int, list[str]]]:
    number = 0
    try:
        for number, line in enumerate(reader, 1):
            yield number, line
    except (csv.Error, UnicodeError) as error:
        message = (
            f"“{called}”第 {number + 1} 行读不下去，此后的行没有导入。请核对这一行，或另存为 .xlsx 再导入。"
        )
        raise TableError("file-broken", message) from error


def _table(numbered: Iterator[tuple[int, Sequence[Cell]]], columns: Sequence[Column]) -> Table | None:
    tried = 0
    for _number, raw in numbered:
        if all(map(is_blank, raw)):
            continue
        if (heading := find_heading(raw, columns)) is not None:
            return Table(heading, _rows(heading, numbered))
        tried += 1
        if tried >= HEADING_WITHIN:
            break
    return None


def _rows(heading: Heading, numbered: Iterator[tuple[int, Sequence[Cell]]]) -> Iterator[Row]:
    for number, raw in numbered:
        if not all(map(is_blank, raw)):
            yield heading.row(number, raw)


def _headless(columns: Sequence[Column], called: str) -> TableError:
    wanted = "、".join(column.title for column in columns if column.required)
    message = f"“{called}”里没有找到写着列名的一行，没有导入。首行应有{wanted}等列名。"
    return TableError("header-missing", message)
