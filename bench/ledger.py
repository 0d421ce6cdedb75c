"""Appending to the ledger beside a bare INSERT loop, on SQLite: entries a second, and their ratio. Run: python bench/ledger.py"""

from __future__ import annotations

import datetime as dt
import os
import sqlite3
import tempfile
from collections.abc import Callable
from pathlib import Path
from time import perf_counter

COUNT, BATCH = 5_000, 1_000
AT = dt.datetime(2026, 3, 2, 10, tzinfo=dt.UTC)
COLUMNS = "at, recorded_at, kind, actor, subject_type, subject_id, seq, code, nature, period, definition, edition, data, origin, batch"


def bare(path: Path) -> float:
    """Entries a second when nothing is checked: one prepared INSERT for each, all in one transaction."""
    at = AT.isoformat(" ")
    row = (
        at,
        at,
        "case.noted",
        "person:1",
        "case",
        0,
        1,
        "",
        "",
        "",
        "procedure:x",
        "1",
        '{"note": 1}',
        "",
        "",
    )
    sql = f"INSERT INTO ledger_entry ({COLUMNS}) VALUES ({', '.join('?' * len(row))})"  # noqa: S608 - our own words
    with sqlite3.connect(path) as database:
        start = perf_counter()
        for number in range(COUNT):
            database.execute(sql, (*row[:5], 10_000_000 + number, *row[6:]))
        database.commit()
        return COUNT / (perf_counter() - start)


def main(folder: str) -> None:
    os.environ |= {"RONGHE_DATA_DIR": folder, "DJANGO_SETTINGS_MODULE": "ronghe.settings"}
    os.environ.pop("RONGHE_DATABASE_URL", None)
    import django  # noqa: PLC0415 - its settings are chosen above

    django.setup()
    from django.core.management import call_command  # noqa: PLC0415
    from django.db import transaction  # noqa: PLC0415

    from ronghe.ledger.domain import Draft, record_all, sequence  # noqa: PLC0415
    from ronghe.ledger.models import Entry  # noqa: PLC0415

    def drafts(first: int, count: int) -> list[Draft]:
        return [
            Draft(kind="case.noted", subject=("case", number), actor="person:1", at=AT, data={"note": 1},
                  definition="procedure:x", edition="1")
            for number in range(first, first + count)
        ]  # fmt: skip

    def rate(write: Callable[[int], None], first: int, step: int) -> float:
        start = perf_counter()
        with transaction.atomic():
            for number in range(first, first + COUNT, step):
                write(number)
        return COUNT / (perf_counter() - start)

    call_command("migrate", verbosity=0)
    rates = {
        "bare INSERT loop": bare(Path(folder) / "ronghe.sqlite3"),
        "one at a time": rate(lambda number: void(record_all(drafts(number, 1))), 20_000_000, 1),
        f"batches of {BATCH}": rate(
            lambda number: void(record_all(drafts(number, BATCH))), 30_000_000, BATCH
        ),
    }
    for name, found in rates.items():
        print(
            f"{name:<20}{found:>10.0f} entries/s {rates['bare INSERT loop'] / found:>8.1f} × the bare loop's time"
        )
    start = perf_counter()
    assert sequence() == Entry.objects.count() == 3 * COUNT
    print(f"{'sequence()':<20}{3 * COUNT / (perf_counter() - start):>10.0f} entries/s")


def void(_result: object) -> None:
    """Drop what was returned."""


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as scratch:
        main(scratch)
