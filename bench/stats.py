"""The processor time that counting 100,000 cases takes, beside the barest count the same table can give.

.venv/bin/python bench/stats.py [CASES]
"""

from __future__ import annotations

import datetime as dt
import os
import random
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from operator import attrgetter
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

if TYPE_CHECKING:
    from ronghe.ledger.domain import Draft

CASES = int(sys.argv[1]) if len(sys.argv) > 1 else 100_000
MOST_SECONDS = 8.0  # of one processor, for 100,000 cases
UNITS = 200
ZONE = ZoneInfo("Asia/Shanghai")
NOW = dt.datetime(2024, 1, 15, 9, tzinfo=ZONE)


def main() -> int:
    with tempfile.TemporaryDirectory() as folder:
        os.environ.setdefault("RONGHE_DATABASE_URL", f"sqlite:///{folder}/bench.sqlite3")
        os.environ.setdefault("RONGHE_DATA_DIR", folder)
        os.environ.setdefault("DJANGO_SETTINGS_MODULE", "ronghe.settings")
        import django  # noqa: PLC0415 - the settings above come first

        django.setup()
        return measure()


def measure() -> int:
    from django.core.management import call_command  # noqa: PLC0415
    from django.db import connection  # noqa: PLC0415

    from ronghe.appraisal.queries import ask, reckon  # noqa: PLC0415
    from ronghe.ledger.domain import record_all, sequence  # noqa: PLC0415

    call_command("migrate", verbosity=0)
    units = found_units()
    waiting = sorted(drafts(units), key=attrgetter("at"))
    entries = len(waiting)
    for start in range(0, entries, 50_000):
        record_all(waiting[start : start + 50_000])
    sequence()

    def bare() -> None:
        with connection.cursor() as cursor:
            cursor.execute("SELECT organisation_id, COUNT(*) FROM ledger_entry GROUP BY organisation_id")
            cursor.fetchall()

    least = best(bare)
    print(f"{CASES} cases, {entries} entries; bare count by unit {least * 1000:.0f} ms")
    slowest = 0.0
    for by in ("organisation", "kind", "month"):
        taken = best(lambda by=by: reckon(ask("2023", by, now=NOW)))
        slowest = max(slowest, taken)
        print(f"stats by {by}: {taken:.2f} s, {taken / least:.0f} times the bare count")
    within = slowest <= MOST_SECONDS * max(1.0, CASES / 100_000)
    print("within" if within else "beyond", f"{MOST_SECONDS} s for 100,000 cases")
    return 0 if within else 1


def best(act: Callable[[], object]) -> float:
    taken = []
    for _ in range(3):
        began = time.process_time()
        act()
        taken.append(time.process_time() - began)
    return min(taken)


def found_units() -> list[int]:
    from ronghe.organisations.models import Organisation  # noqa: PLC0415

    day = dt.date(2020, 1, 1)
    rows = [
        Organisation(code=f"u{number:03}", kind="department", name=f"第{number}局", begins=day)
        for number in range(UNITS)
    ]
    return [row.pk for row in Organisation.objects.bulk_create(rows)]


def drafts(units: list[int]) -> Iterator[Draft]:
    """A year of cases: 19 in 20 closed, 1 closing in 10 late, 1 in 20 paused, half of the closed ones rated."""
    from ronghe.ledger.domain import Draft, Touch  # noqa: PLC0415

    chance = random.Random(1)
    start = dt.datetime(2023, 1, 1, 9, tzinfo=ZONE)
    for number in range(1, CASES + 1):
        at = start + dt.timedelta(minutes=chance.randrange(365 * 24 * 60))
        due, unit = at + dt.timedelta(days=7), chance.choice(units)
        common = {
            "subject": ("case", number),
            "actor": "demo:1",
            "organisation_id": unit,
            "definition": f"procedure:kind-{number % 6}",
        }
        opening = {"number": f"B{number}", "edition_id": 1, "limit": "5 工作日", "due": due.isoformat()}
        yield Draft(kind="case.opened", at=at, seq=1, data=opening, **common)
        yield Draft(kind="case.accepted", at=at, seq=2, data={}, **common)
        if chance.random() < 0.05:
            yield Draft(kind="case.paused", at=at, seq=3, data={"ground": "补充材料"}, **common)
            yield Draft(kind="case.resumed", at=at, seq=4, data={"due": due.isoformat()}, **common)
        if chance.random() < 0.05:
            continue
        days = chance.randrange(1, 8)
        closed = at + dt.timedelta(days=days if chance.random() < 0.9 else days + 8)
        data = {"result": "answered", "round": 1, "due": due.isoformat(), "in_time": closed <= due}
        yield Draft(kind="case.closed", at=closed, seq=5, quantity=days, data=data, **common)
        if chance.random() < 0.5:
            score = chance.randrange(1, 6)
            yield Draft(
                kind="judgement.given",
                at=closed + dt.timedelta(days=1),
                subject=("judgement", number),
                seq=1,
                actor=f"requester:{number}",
                organisation_id=unit,
                quantity=score,
                touches=(Touch("of", "case", number),),
                definition="judgement:rating",
                data={"round": 1, "satisfied": score > 2},
            )


if __name__ == "__main__":
    sys.exit(main())
