"""The demonstration city, founded and lived on an empty SQLite database, beside its bare rows written by executemany.

Processor seconds of both and their ratio; the bound is the minute a new user is asked to wait. Run: python bench/demo.py
"""

from __future__ import annotations

import os
import sqlite3
import sys
import tempfile
import time
from pathlib import Path

BOUND = 60


def rows_of(path: Path) -> dict[str, list[tuple[object, ...]]]:
    """Every row of every table of the city."""
    with sqlite3.connect(path) as connection:
        found = connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall()
        names = [name for (name,) in found if not name.startswith("sqlite_")]
        return {name: connection.execute(f'SELECT * FROM "{name}"').fetchall() for name in names}  # noqa: S608 – our tables


def write_bare(tables: dict[str, list[tuple[object, ...]]], path: Path) -> float:
    """Processor seconds to write the same rows into tables without keys, checks or triggers."""
    begun = time.process_time()
    with sqlite3.connect(path) as connection:
        for name, rows in tables.items():
            if rows:
                columns = ", ".join(f"c{index}" for index in range(len(rows[0])))
                marks = ", ".join("?" * len(rows[0]))
                connection.execute(f'CREATE TABLE "{name}" ({columns})')
                connection.executemany(f'INSERT INTO "{name}" VALUES ({marks})', rows)  # noqa: S608 – our tables
    return time.process_time() - begun


def main() -> int:
    with tempfile.TemporaryDirectory() as folder:
        os.environ["DJANGO_SETTINGS_MODULE"], os.environ["RONGHE_DATA_DIR"] = "ronghe.settings", folder
        import django  # noqa: PLC0415 – after the settings are named
        from django.core.management import call_command  # noqa: PLC0415 – the same

        django.setup()
        call_command("init", verbosity=0)
        wall, begun = time.perf_counter(), time.process_time()
        call_command("demo", "--seed", "1")
        seconds, wall = time.process_time() - begun, time.perf_counter() - wall
        tables = rows_of(Path(folder) / "ronghe.sqlite3")
        bare = write_bare(tables, Path(folder) / "bare.sqlite3")
    rows = sum(map(len, tables.values()))
    verdict = "within" if wall <= BOUND else "beyond"
    print(
        f"demo {seconds:.1f} s CPU, {wall:.1f} s wall ({verdict} {BOUND} s); bare {rows} rows {bare:.2f} s CPU; ratio {seconds / bare:.0f}"
    )
    return 0 if wall <= BOUND else 1


if __name__ == "__main__":
    sys.exit(main())
