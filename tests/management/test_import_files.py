"""Files of every kind, good and bad, through the command: what is read, what is handed back, what is refused whole."""

from __future__ import annotations

import datetime as dt
import io
import json
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from django.core.management import call_command
from django.core.management.base import CommandError

from ronghe.casework.domain.intake import COLUMNS
from ronghe.casework.models import Case
from ronghe.core.errors import RongheError
from ronghe.ledger.models import Entry
from ronghe.management.imports.files import open_table
from ronghe.management.imports.run import Kind, Order, run, suggested_source
from tests.city import City, moment
from tests.tables import CASE, text_file, workbook

pytestmark = [pytest.mark.db, pytest.mark.both, pytest.mark.django_db]


@pytest.fixture(autouse=True)
def _data_lies_apart(settings: Any, tmp_path: Path) -> None:
    settings.DATA_DIR = tmp_path / "data"


def command(kind: str, path: Path, *more: str) -> dict[str, Any]:
    said = io.StringIO()
    call_command("import", kind, str(path), "--format", "json", *more, stdout=said)
    report: dict[str, Any] = json.loads(said.getvalue())
    return report


def counts(report: Mapping[str, Any]) -> tuple[int, ...]:
    return tuple(report[name] for name in ("rows", "accepted", "already", "refused"))


ROWS = [CASE, CASE | {"编号": "s2", "提出时间": "2026-02-30"}, CASE | {"编号": "s3", "标题": "=1+1"}]


def test_refused_rows_come_back_marked_and_can_be_mended(city: City, tmp_path: Path) -> None:
    report = command("cases", workbook(tmp_path / "来信.xlsx", ROWS))

    assert counts(report) == (3, 2, 0, 1)
    assert report["refusals"] == [
        {"row": 3, "column": "提出时间", "reason": "没有“2026-02-30”这一天，请核对年月日。"}
    ]
    path = Path(report["refused_file"])
    sheet = openpyxl.load_workbook(path).active
    assert sheet is not None
    lines = [[cell.value for cell in line] for line in sheet.iter_rows()]
    assert lines[0] == [*CASE, "原因"]
    assert lines[1][:3] == ["s2", "群众留言", "路灯不亮"]
    assert lines[1][-1] == "第 3 行：【提出时间】没有“2026-02-30”这一天，请核对年月日。"
    marked = {cell.column - 1: cell.fill.fill_type for cell in sheet[2]}
    assert [place for place, fill in marked.items() if fill] == [list(CASE).index("提出时间")]

    assert path.name == "来信-未导入.xlsx"
    sheet.cell(2, 1 + list(CASE).index("提出时间")).value = dt.datetime(2026, 2, 28, 9, 30)  # type: ignore[misc]
    mended = openpyxl.Workbook()
    for line in sheet.iter_rows(values_only=True):
        mended.active.append(line)  # type: ignore[union-attr]
    mended.save(tmp_path / path.name)
    assert counts(command("cases", tmp_path / path.name)) == (1, 1, 0, 0)
    assert Case.objects.get(source="来信", source_number="s2").opened_at == moment("2026-02-28 09:30")


def test_formulas_stay_text_in_what_comes_back(city: City, tmp_path: Path) -> None:
    refused = tmp_path / "back.xlsx"
    row = CASE | {
        "标题": "=HYPERLINK(1)",
        "类型": "投诉",
        "备注": 12.5,
        "真": True,
        "日": dt.date(2026, 1, 2),
    }

    report = command("cases", workbook(tmp_path / "a.xlsx", [row]), "--refused", str(refused))

    assert report["refused_file"] == str(refused)
    sheet = openpyxl.load_workbook(refused).active
    assert sheet is not None
    line = {title.value: cell for title, cell in zip(sheet[1], sheet[2], strict=True)}
    assert (line["标题"].value, line["标题"].data_type) == ("=HYPERLINK(1)", "s")
    assert (line["备注"].value, line["真"].value, line["日"].value) == (12.5, True, "2026-01-02")


@pytest.mark.parametrize(
    ("encoding", "delimiter"), [("utf-8", ","), ("utf-8-sig", ";"), ("gb18030", ","), ("utf-16", "\t")]
)
def test_text_files_of_every_spelling(city: City, tmp_path: Path, encoding: str, delimiter: str) -> None:
    rows = [CASE | {"正文": "第一行，\n第二行"}, CASE | {"编号": "s2"}]

    report = command("cases", text_file(tmp_path / "a.csv", rows, encoding, delimiter))

    assert counts(report) == (2, 2, 0, 0)
    assert [case.values["detail"] for case in Case.objects.order_by("pk")] == [
        "第一行，\n第二行",
        CASE["正文"],
    ]


def test_a_title_above_and_blank_lines_between_do_no_harm(city: City, tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    assert book.active is not None
    lines: list[list[Any]] = [
        ["来信汇总表"],
        [],
        [*CASE],
        [*CASE.values()],
        [None],
        ["s2", *list(CASE.values())[1:]],
    ]
    for line in lines:
        book.active.append(line)
    book.create_sheet("说明", 0)
    book.save(tmp_path / "a.xlsx")

    assert counts(command("cases", tmp_path / "a.xlsx")) == (2, 2, 0, 0)


def test_english_headings_serve(city: City, tmp_path: Path) -> None:
    row = {
        "ID": "e1",
        "Type": "resident-message",
        "Title": "t",
        "Content": "c",
        "Unit": "zjj",
        "Opened at": dt.date(2026, 3, 2),
    }

    assert counts(command("cases", workbook(tmp_path / "a.xlsx", [row]))) == (1, 1, 0, 0)


def test_a_dry_run_writes_nothing(city: City, tmp_path: Path) -> None:
    path = workbook(tmp_path / "a.xlsx", ROWS)

    report = command("cases", path, "--dry-run")

    assert (counts(report), report["dry_run"], report["refused_file"]) == ((3, 2, 0, 1), True, None)
    assert (Case.objects.count(), (tmp_path / "data").exists()) == (0, False)


@pytest.mark.parametrize("kind", ["organisations", "people", "enterprises"])
def test_a_dry_run_of_units_is_taken_back(city: City, tmp_path: Path, kind: str) -> None:
    rows = {
        "organisations": {"名称": "市园林局", "类别": "department"},
        "people": {"姓名": "赵某", "单位": "市住房和建设局", "岗位": "handler", "账号": "zhao"},
        "enterprises": {"企业名称": "甲公司", "统一社会信用代码": "914403001922038216"},
    }
    before = Entry.objects.count()
    path = workbook(tmp_path / "a.xlsx", [rows[kind]])

    assert counts(command(kind, path, "--dry-run")) == (1, 1, 0, 0)
    assert Entry.objects.count() == before
    report = command(kind, path)
    assert counts(report) == (1, 1, 0, 0)
    assert counts(command(kind, path)) == (1, 0, 1, 0)
    if kind == "people":
        accounts = Path(report["accounts_file"])
        assert (accounts.stat().st_mode & 0o777, openpyxl.load_workbook(accounts).active["B2"].value) == (
            0o600,
            "zhao",
        )


def test_each_run_that_wrote_leaves_one_entry(city: City, tmp_path: Path) -> None:
    path = workbook(tmp_path / "a.xlsx", ROWS)

    for _ in range(2):
        report = command("cases", path, "--source", "市长信箱")

    entry = Entry.objects.get(kind="import.finished")
    assert entry.data == {"rows": 3, "accepted": 2, "refused": 1, "source": "市长信箱"}
    assert counts(report) == (3, 0, 2, 1)


def broken(tmp_path: Path) -> dict[str, tuple[str, bytes, str]]:
    good = workbook(tmp_path / "good.xlsx", [CASE]).read_bytes()
    empty = io.BytesIO()
    openpyxl.Workbook().save(empty)
    hollow = io.BytesIO()
    with zipfile.ZipFile(hollow, "w") as archive:
        archive.writestr("readme.txt", "no workbook")
    return {
        "cut short": ("a.xlsx", good[: len(good) // 2], "打不开"),
        "not a workbook": ("a.xlsx", hollow.getvalue(), "打不开"),
        "words": ("a.xlsx", b"hello", "打不开"),
        "password": ("a.xlsx", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "打开密码"),
        "nothing": ("a.csv", b"", "是空的"),
        "empty sheet": ("a.xlsx", empty.getvalue(), "没有找到写着列名的一行"),
        "no heading": ("a.csv", "甲,乙\n1,2\n".encode(), "没有找到写着列名的一行"),
        "column missing": ("a.csv", "编号,标题\n1,2\n".encode(), "缺少“类型”、“提出时间”列"),
        "column twice": ("a.csv", "编号,类型,提出时间,编号\n".encode(), "都是“编号”"),
        "other ending": ("a.xls", good, "不是 .xlsx 或 .csv"),
        "workbook as text": ("a.csv", good, "实际是 Excel 工作簿"),
        "unknown letters": ("a.csv", "编号,类型,提出时间\n".encode() + b"\xff\xff\x81", "编码认不出来"),
        "endless cell": ("a.csv", "编号,类型,提出时间\n1,".encode() + b"x" * 1_100_000, "第 2 行读不下去"),
    }


BROKEN = (
    "cut short", "not a workbook", "words", "password", "nothing", "empty sheet", "no heading", "column missing",
    "column twice", "other ending", "workbook as text", "unknown letters", "endless cell",
)  # fmt: skip


@pytest.mark.parametrize("what", BROKEN)
def test_a_file_that_cannot_be_read_says_why(city: City, tmp_path: Path, what: str) -> None:
    name, content, said = broken(tmp_path)[what]
    (tmp_path / name).write_bytes(content)
    before = Entry.objects.count()

    with pytest.raises(CommandError) as refused:
        call_command("import", "cases", str(tmp_path / name))

    assert refused.value.returncode == 2
    assert said in str(refused.value)
    assert (Case.objects.count(), Entry.objects.count()) == (0, before)


def test_too_large_a_file_is_not_opened(settings: Any, tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    with path.open("wb") as file:
        file.truncate(settings.MAX_IMPORT + 1)

    with pytest.raises(RongheError, match="最多 100 MB"), open_table(path, COLUMNS):
        pass
    with pytest.raises(RongheError, match="没有找到文件"), open_table(tmp_path / "none.csv", COLUMNS):
        pass


@pytest.mark.parametrize(
    ("name", "source"),
    [
        ("letters.xlsx", "letters"),
        ("市长信箱 (2).csv", "市长信箱"),
        ("letters-未导入.xlsx", "letters"),
        ("导出20230619123000.xlsx", "导出2023-0619-1230-00"),
        ("#!.csv", "import"),
        ("来信【全部】.csv", "来信-全部"),
        ("长" * 60 + ".csv", "长" * 40),
    ],
)
def test_a_source_is_taken_from_the_name(name: str, source: str) -> None:
    assert suggested_source(name) == source


def test_a_source_that_cannot_stand_in_the_ledger_is_refused(city: City, tmp_path: Path) -> None:
    path = workbook(tmp_path / "a.xlsx", [CASE])

    with pytest.raises(RongheError, match="来源“13800138000”不能用"):
        run(Order(Kind.CASES, path, moment("2026-06-01 12:00"), source="13800138000"))


def test_the_command_tells_people_in_words(city: City, tmp_path: Path) -> None:
    said = io.StringIO()

    path = workbook(tmp_path / "a.xlsx", [*ROWS, CASE | {"编号": "s4", "责任单位": "市园林局"}])
    call_command("import", "cases", str(path), "--create-organisations", stdout=said)

    assert said.getvalue().splitlines()[:3] == [
        "办件 4 行：导入 3，更新 0，已有 0，未导入 1。",
        "新登记单位 1 个。",
        "第 3 行 提出时间：没有“2026-02-30”这一天，请核对年月日。",
    ]


def test_refused_rows_never_replace_the_file_they_came_from(city: City, tmp_path: Path) -> None:
    path = workbook(tmp_path / "来信.xlsx", ROWS)
    before = path.read_bytes()

    with pytest.raises(CommandError, match="换一个文件名"):
        command("cases", path, "--refused", str(path))

    assert (path.read_bytes(), Case.objects.count()) == (before, 0)
