"""1,440 branches, 12,000 members, 300 duties and a year of activities: a branch's month, the city's grid, the nightly check.

Each is timed beside a plain SQL count of the same rows, at a tenth of the size and at the whole, so that the growth shows.
60 of the duties are owed by every branch, the others by committees and departments. A branch's month over 30 ms, a grid over
500 ms (p95) or a check over 60 s ends with a non-zero exit. Run: python bench/duties.py [--branches 1440]
"""

from __future__ import annotations

import argparse
import datetime as dt
import json
import os
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median, quantiles
from typing import Any
from zoneinfo import ZoneInfo

ROOT = Path(__file__).resolve().parent.parent
BRANCHES, MEMBERS_EACH, DUTIES, OF_BRANCHES, KINDS = 1440, 8, 300, 60, 40
PART = 2000
SHANGHAI = ZoneInfo("Asia/Shanghai")
TODAY = dt.date(2026, 11, 20)
BEGAN = dt.date(2025, 10, 1)
MOST_MONTH, MOST_GRID, MOST_CHECK = 30, 500, 60_000  # milliseconds
ACTOR = "system:bench"


def main() -> int:
    options = argparse.ArgumentParser()
    options.add_argument("--branches", type=int, default=BRANCHES)
    options.add_argument("--inner", action="store_true", help=argparse.SUPPRESS)
    options.add_argument("--sqlite", action="store_true", help="only on SQLite")
    given = options.parse_args()
    if given.inner:
        return _measure(given.branches)
    worst = 0
    for name in ("SQLite", *(() if given.sqlite else ("PostgreSQL",))):
        found = [_run(name, branches) for branches in (given.branches // 10, given.branches)]
        worst |= any(code for code, _told in found)
        small, whole = (told for _code, told in found)
        if small and whole:
            grown = "，".join(f"{key} {whole[key] / small[key]:.1f} 倍" for key in whole if small.get(key))
            print(f"{name}：规模是十倍时，{grown}")
    return int(worst)


def _run(name: str, branches: int) -> tuple[int, dict[str, float]]:
    again = [sys.executable, str(Path(__file__).resolve()), "--inner", "--branches", str(branches)]
    with tempfile.TemporaryDirectory(prefix="ronghe-duties-") as folder:
        kept = {**os.environ, "RONGHE_DATA_DIR": folder, "DJANGO_SETTINGS_MODULE": "ronghe.settings"}
        kept.pop("RONGHE_DATABASE_URL", None)
        command = again if name == "SQLite" else [str(ROOT / "scripts" / "with_postgres.sh"), *again]
        done = subprocess.run(command, env=kept, check=False, stdout=subprocess.PIPE, text=True)
    *lines, last = done.stdout.strip().splitlines() or [""]
    print("\n".join(lines))
    return done.returncode, json.loads(last) if last.startswith("{") else {}


def _measure(branches: int) -> int:
    import django  # noqa: PLC0415 - the database is known only now

    django.setup()
    from django.core.management import call_command  # noqa: PLC0415
    from django.db import connection  # noqa: PLC0415

    call_command("migrate", verbosity=0)
    units = _city(branches)
    entries = _year(units)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    print(
        f"{connection.vendor}：{branches} 个支部，{branches * MEMBERS_EACH} 名党员，{DUTIES} 项经常任务，{entries} 次活动"
    )
    told = _asked(units)
    print(json.dumps(told))
    bounds = {"支部本月": MOST_MONTH, "全市格子": MOST_GRID, "夜间检查": MOST_CHECK}
    return int(any(told[name] > most for name, most in bounds.items()))


def _city(branches: int) -> list[int]:
    """Committees with thirty branches each, their members, and the definitions."""
    from ronghe.organisations.models import Appointment, Organisation, Person, Placement, Post  # noqa: PLC0415

    _definitions()
    heads = max(branches // 30, 1)
    made = [
        Organisation(code=f"dw{n}", kind="party-committee", name=f"机关党委{n}", begins=BEGAN)
        for n in range(heads)
    ]
    made += [
        Organisation(code=f"zb{n}", kind="branch", name=f"第{n}党支部", begins=BEGAN) for n in range(branches)
    ]
    Organisation.objects.bulk_create(made, batch_size=PART)
    placements = [
        Placement(
            organisation=unit, tree="party", parent=made[(place - heads) % heads] if place >= heads else None,
            name=unit.name, begins=BEGAN,
        )
        for place, unit in enumerate(made)
    ]  # fmt: skip
    Placement.objects.bulk_create(placements, batch_size=PART)
    seats = [
        Post(organisation=unit, kind="party-member", title="党员", begins=BEGAN) for unit in made[heads:]
    ]
    Post.objects.bulk_create(seats, batch_size=PART)
    people = [Person(name=f"党员{n}") for n in range(branches * MEMBERS_EACH)]
    Person.objects.bulk_create(people, batch_size=PART)
    held = [
        Appointment(post=seats[n // MEMBERS_EACH], person=one, begins=BEGAN) for n, one in enumerate(people)
    ]
    Appointment.objects.bulk_create(held, batch_size=PART)
    return [unit.pk for unit in made[heads:]]


def _definitions() -> None:
    """Forty kinds of activity; 300 duties over them, monthly, quarterly and yearly."""
    from ronghe.definitions.models import Edition  # noqa: PLC0415

    common = {"source": ["S-038"], "effective": "2025-01-01"}
    bodies: list[tuple[str, str, dict[str, Any]]] = [
        (
            "organisation",
            kind,
            {"organisation": kind, "title": kind, "tree": "party", "term": "3 年", **common},
        )
        for kind in ("branch", "party-committee", "department")
    ]
    bodies += [
        ("activity", f"act-{n}", {"activity": f"act-{n}", "title": f"活动{n}", "by": ["branch"], **common})
        for n in range(KINDS)
    ]
    for number in range(DUTIES):
        every = "month" if number % 3 == 0 else "quarter" if number % 3 == 1 else "year"
        who = "branch" if number < OF_BRANCHES else ("party-committee", "department")[number % 2]
        duty = {
            "duty": f"duty-{number}", "title": f"经常任务{number}", "every": every, "holders": {"organisation": who},
            "satisfied_by": {"activity": f"act-{number % KINDS}"}, **common,
        }  # fmt: skip
        bodies.append(("duty", f"duty-{number}", duty))
    loaded = dt.datetime.combine(BEGAN, dt.time(), SHANGHAI)
    Edition.objects.bulk_create(
        Edition(
            kind=kind, code=code, edition="2025-01-01", effective=dt.date(2025, 1, 1), title=body["title"],
            body=json.dumps(body), hash=f"{kind}:{code}", pack="bench", source_file="", loaded_at=loaded,
        )
        for kind, code, body in bodies
    )  # fmt: skip


def _year(units: list[int]) -> int:
    """About a hundred activities of each branch, some held with another one."""
    from ronghe.ledger.domain import record_all, sequence  # noqa: PLC0415

    made = random.Random(4)
    number, waiting = 0, []
    for unit in units:
        for kind in range(KINDS):
            for _time in range(made.choice((0, 1, 2, 4))):
                number += 1
                waiting.append(_held(number, unit, made.choice(units), kind, made))
                if len(waiting) >= PART:
                    record_all(waiting)
                    waiting = []
    record_all(waiting)
    sequence()
    return number


def _held(number: int, unit: int, other: int, kind: int, made: random.Random) -> Any:
    from ronghe.ledger.domain import Draft, Touch  # noqa: PLC0415

    day = BEGAN + dt.timedelta(made.randrange((TODAY - BEGAN).days))
    sides = {unit, other} if made.random() < 0.1 else {unit}
    return Draft(
        kind="activity.held", subject=("activity", number), seq=1, actor=ACTOR, organisation_id=unit, code=f"act-{kind}",
        at=dt.datetime.combine(day, dt.time(10), SHANGHAI), definition=f"activity:act-{kind}", edition="2025-01-01",
        touches=tuple(Touch("organiser", "organisation", one) for one in sorted(sides)), data={"people": 8},
    )  # fmt: skip


def _asked(units: list[int]) -> dict[str, float]:
    from ronghe.core.memory import remembering  # noqa: PLC0415
    from ronghe.core.periods import Every, Period  # noqa: PLC0415
    from ronghe.definitions.queries import calendar  # noqa: PLC0415
    from ronghe.duties.domain import check_all, check_due  # noqa: PLC0415
    from ronghe.duties.models import Owed  # noqa: PLC0415
    from ronghe.duties.queries import coverage  # noqa: PLC0415
    from ronghe.duties.queries.month import month_of  # noqa: PLC0415
    from ronghe.organisations.queries import Powers  # noqa: PLC0415

    days, month = calendar(), Period.holding(TODAY, Every.MONTH)
    at = dt.datetime.combine(TODAY, dt.time(2), SHANGHAI)
    first, _rows = _timed(lambda: check_all(at, days))
    kept = Owed.objects.count()
    night, changed = _timed(lambda: check_all(at + dt.timedelta(11), days))
    again, _none = _timed(lambda: check_all(at + dt.timedelta(11), days))
    bare_night = _bare(
        "SELECT COUNT(*) FROM ledger_entry e JOIN ledger_touch t ON t.entry_id = e.id WHERE e.kind = 'activity.held'"
    )
    told = {"夜间检查": max(night, again)}
    print(
        f"  夜间检查：头一次 {first / 1000:.1f} 秒写 {kept} 行；换月那夜 {night / 1000:.1f} 秒改 {changed} 行，没有变化时 {again / 1000:.1f} 秒；"
    )
    print(f"    只数一遍活动和各方 {bare_night:.0f} ms，检查是它的 {again / bare_night:.0f} 倍")
    for place, unit in enumerate(units[:30]):
        _touch(10_000_000 + place, unit)
    quick, changed = _timed(lambda: check_due(at + dt.timedelta(11, 60), days))
    print(f"  每分钟：三十个支部各记一次，{quick:.0f} ms 改 {changed} 行")
    chosen = random.Random(7).sample(units, min(60, len(units)))

    def one(unit: int) -> None:
        with remembering():
            month_of(unit, month, TODAY, days)

    one(chosen[0])
    months = [_timed(lambda unit=unit: one(unit))[0] for unit in chosen]
    bare = [_bare("SELECT COUNT(*) FROM ledger_entry WHERE organisation_id = %s", unit) for unit in chosen]
    told["支部本月"] = _p95(months)
    print(
        f"  支部本月：p50 {median(months):.1f} ms p95 {_p95(months):.1f} ms；只数一个支部的记录 {median(bare):.2f} ms，是它的 {median(months) / median(bare):.0f} 倍"
    )
    powers = Powers(person_id=1, on=TODAY, held={"oversee": frozenset({1})})
    grids: dict[str, Callable[[], Any]] = {
        "按事项": lambda: coverage.by_line(coverage.Asked(month, powers)),
        "按单位": lambda: coverage.by_unit(coverage.Asked(month, powers, None, "duty-3")),
        "一个数背后": lambda: list(
            coverage.behind(coverage.Asked(month, powers, None, "duty-3"), line="")[:50]
        ),
    }
    bare_grid = median(_bare("SELECT COUNT(*) FROM duties_owed") for _turn in range(5))
    for name, ask in grids.items():
        times = [_timed(lambda ask=ask: _remembering(ask))[0] for _turn in range(15)]
        told["全市格子"] = max(told.get("全市格子", 0), _p95(times))
        print(
            f"  全市格子，{name}：p50 {median(times):.0f} ms p95 {_p95(times):.0f} ms，是只数一遍行数（{bare_grid:.1f} ms）的 {median(times) / bare_grid:.0f} 倍"
        )
    return told


def _remembering(ask: Callable[[], Any]) -> Any:
    from ronghe.core.memory import remembering  # noqa: PLC0415

    with remembering():
        return ask()


def _touch(number: int, unit: int) -> None:
    from ronghe.ledger.domain import record_all, sequence  # noqa: PLC0415

    record_all([_held(number, unit, unit, 3, random.Random(number))])
    sequence()


def _bare(sql: str, *given: Any) -> float:
    from django.db import connection  # noqa: PLC0415

    def ask() -> Any:
        with connection.cursor() as cursor:
            cursor.execute(sql, given)
            return cursor.fetchall()

    return _timed(ask)[0]


def _timed(do: Callable[[], Any]) -> tuple[float, Any]:
    began = time.perf_counter()
    found = do()
    return (time.perf_counter() - began) * 1000, found


def _p95(times: list[float]) -> float:
    return quantiles(times, n=20)[-1]


if __name__ == "__main__":
    sys.exit(main())
