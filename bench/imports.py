"""A table of 100,000 cases imported into an empty SQLite database, beside a loop that only reads the file.

Seconds, their ratio, and the most memory each held. Run: python bench/imports.py [ROWS]
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from random import Random

import xlsxwriter

ROWS = 100_000
MOST_MB = 200  # what an import of any length may hold beyond what reading the file holds
TITLES = "编号 类型 标题 正文 渠道 提出人 联系方式 责任单位 提出时间 受理时间 答复时间 办结时间 答复内容 评价"
WORDS = "道路 路灯 噪音 施工 小区 物业 停车 公交 学校 医院 绿化 排水 燃气 电梯 门口 反映 希望 尽快 处理"
READ = """
from pathlib import Path
from ronghe.management.imports.files import open_table
from ronghe.casework.domain.intake import COLUMNS
with open_table(Path({path!r}), COLUMNS) as table:
    rows = sum(1 for _ in table.rows)
"""
IMPORT = """
from django.core.management import call_command
call_command("import", "cases", {path!r}, "--create-organisations", "--format", "json")
"""
START = "import os, django; os.environ['DJANGO_SETTINGS_MODULE'] = 'ronghe.settings'; django.setup()\n"
END = "\nimport resource; print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024)"


def generate(path: Path, rows: int) -> None:
    """Closed and open cases of 500 units over three years, with texts as long as real ones."""
    random = Random(2026)
    with xlsxwriter.Workbook(str(path), {"constant_memory": True}) as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, TITLES.split())
        for number in range(1, rows + 1):
            day = f"{random.randint(2023, 2025)}-{random.randint(1, 12):02}-"
            text = "".join(random.choices(WORDS.split(), k=120))
            is_open = number % 20 == 0
            row = [
                f"n{number}", "群众留言", text[:20], text, "来信", f"王{number}", f"138{number:08}",
                f"第{number % 500}局", day + "02", day + "03",
                *(["", "", "", ""] if is_open else [day + "12", day + "12", text[:200], number % 5 + 1]),
            ]  # fmt: skip
            sheet.write_row(number, 0, row)


def measure(code: str, folder: Path) -> tuple[float, int, str]:
    """Seconds, MB at most, and what it said, in a process of its own."""
    environment = {**os.environ, "RONGHE_DATA_DIR": str(folder)}
    begun = time.perf_counter()
    done = subprocess.run(
        [sys.executable, "-c", START + code + END],
        env=environment,
        capture_output=True,
        text=True,
        check=True,
    )
    *said, memory = done.stdout.strip().splitlines()
    return time.perf_counter() - begun, int(memory), "\n".join(said)


def tell(what: str, rows: int, took: float, read: float, memory: int) -> None:
    print(
        f"{what:11} {took:8.1f} s {rows / took:7.0f} rows/s {took / read:6.1f} × reading {memory:7} MB",
        flush=True,
    )


def main(rows: int) -> int:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        path = folder / "cases.xlsx"
        generate(path, rows)
        measure("from django.core.management import call_command\ncall_command('init')", folder)
        read, read_mb, _ = measure(READ.format(path=str(path)), folder)
        print(f"{rows} rows\nread only   {read:8.1f} s {'':31} {read_mb:5} MB", flush=True)
        took, took_mb, said = measure(IMPORT.format(path=str(path)), folder)
        tell("import", rows, took, read, took_mb)
        again, again_mb, _ = measure(IMPORT.format(path=str(path)), folder)
        tell("once more", rows, again, read, again_mb)
        report = json.loads(said)
        assert (report["accepted"], report["refused"]) == (rows, 0)
    is_bounded = took_mb - read_mb <= MOST_MB
    print(f"beyond reading {took_mb - read_mb} MB (at most {MOST_MB}): {'✓' if is_bounded else '✗'}")
    return 0 if is_bounded else 1


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]) if len(sys.argv) > 1 else ROWS))
