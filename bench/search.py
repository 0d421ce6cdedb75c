"""100,000 texts found by two-character words: the index on SQLite and PostgreSQL beside a plain LIKE scan of the same rows.

Builds the search texts as the worker does, then asks each word for the newest twenty cases and for how many there are, by the
index and by LIKE in turn, and compares what both found. A word that finds another number of cases, or a page whose p95 is
over MOST, ends with a non-zero exit. Run: python bench/search.py [--texts 100000]
"""

from __future__ import annotations

import argparse
import datetime as dt
import os
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from statistics import median, quantiles
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
TEXTS, CHUNK, PAGE, TURNS = 100_000, 500, 20, 3
MOST = 400  # milliseconds of a page, p95; a machine that does nothing else stays far below
WORDS = [
    "路灯", "施工", "噪音", "公园", "积水", "停车", "物业", "电梯", "供水", "垃圾", "绿化", "学位", "社保", "医保",
    "退税", "用电", "燃气", "消防", "占道", "井盖", "河道", "养老", "公交", "地铁", "暖气", "违建", "摊贩", "扬尘",
    "油烟", "路面", "斑马线", "红绿灯", "居住证", "公积金", "幼儿园", "营业执照", "不动产", "残疾证", "车位", "楼道",
]  # fmt: skip
RARE = ["沼气", "礁石", "鹿茸", "钟楼", "狮舞", "藕塘", "砚台", "琴房"]  # each in a few texts only
FILLING = "的一是在不了有和人这中大为上个国我以要他时来用们生到作地于出就分对成会可主发年动同工也能下过子说产种面而方后多定行学法所民得经"
INDEX, ASKED = "索引", len(WORDS) + len(RARE)


def main() -> int:
    options = argparse.ArgumentParser()
    options.add_argument("--texts", type=int, default=TEXTS)
    options.add_argument("--inner", action="store_true", help=argparse.SUPPRESS)
    given = options.parse_args()
    if given.inner:
        return _measure(given.texts)
    again = [sys.executable, str(Path(__file__).resolve()), "--inner", "--texts", str(given.texts)]
    with tempfile.TemporaryDirectory(prefix="ronghe-search-") as folder:
        kept = {**os.environ, "RONGHE_DATA_DIR": folder, "DJANGO_SETTINGS_MODULE": "ronghe.settings"}
        kept.pop("RONGHE_DATABASE_URL", None)
        on_sqlite = subprocess.run(again, env=kept, check=False)
        on_postgresql = subprocess.run([ROOT / "scripts" / "with_postgres.sh", *again], env=kept, check=False)
    return on_sqlite.returncode or on_postgresql.returncode


def _measure(count: int) -> int:
    import django  # noqa: PLC0415 - the database is known only now

    django.setup()
    from django.core.management import call_command  # noqa: PLC0415
    from django.db import connection  # noqa: PLC0415

    call_command("migrate", verbosity=0)
    began = time.perf_counter()
    _cases(count)
    filed = time.perf_counter() - began
    before, began = _size(), time.perf_counter()
    _index(count)
    took = time.perf_counter() - began
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    size = (_size() - before) / 1e6
    print(
        f"{connection.vendor}: {count} 件，文字编入 {took:.1f} 秒（先写办件 {filed:.1f} 秒），占 {size:.0f} MB"
    )
    return _asked()


def _texts(count: int) -> list[str]:
    made = random.Random(4)
    weights = [1 / (place + 1) for place in range(len(WORDS))]
    told = []
    for place in range(count):
        words = made.choices(WORDS, weights, k=3)
        if place % 997 == 0:
            words[0] = RARE[place % len(RARE)]
        told.append("".join(word + "".join(made.choices(FILLING, k=20)) for word in words))
    return told


def _cases(count: int) -> None:
    from ronghe.casework.models import Case  # noqa: PLC0415
    from ronghe.definitions.models import Edition  # noqa: PLC0415

    edition = Edition.objects.create(**_edition(Edition))
    first = dt.datetime(2025, 1, 1, tzinfo=dt.UTC)
    rows = (
        Case(
            number=f"B2025-{place:06}",
            edition=edition,
            procedure="bench",
            title=text,
            opener="system:bench",
            opened_at=first + dt.timedelta(minutes=place),
        )
        for place, text in enumerate(_texts(count))
    )
    Case.objects.bulk_create(rows, batch_size=CHUNK)


def _edition(model: Any) -> dict[str, Any]:
    """What a row of an edition must hold, whatever its columns are."""
    empty = {"CharField": "bench", "TextField": "", "JSONField": {}, "DateField": dt.date(2025, 1, 1)}
    empty |= {"DateTimeField": dt.datetime(2025, 1, 1, tzinfo=dt.UTC), "BooleanField": False}
    fields = [one for one in model._meta.concrete_fields if not one.primary_key and not one.null]  # noqa: SLF001
    return {one.attname: empty[one.get_internal_type()] for one in fields if one.get_internal_type() in empty}


def _index(count: int) -> None:
    from django.db import transaction  # noqa: PLC0415

    from ronghe.casework.domain.indexing import tokens_of  # noqa: PLC0415
    from ronghe.casework.models import Case, SearchText  # noqa: PLC0415

    titles = list(Case.objects.order_by("pk").values_list("pk", "title"))
    for start in range(0, count, CHUNK):
        rows = []
        for pk, title in titles[start : start + CHUNK]:
            fields = [("title", title)]
            rows.append(SearchText(case_id=pk, fields=fields, tokens=tokens_of(fields)))
        with transaction.atomic():
            SearchText.objects.bulk_create(rows)


def _size() -> int:
    from django.db import connection  # noqa: PLC0415

    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SELECT pg_total_relation_size('casework_searchtext')")
        else:
            cursor.execute("SELECT page_count * page_size FROM pragma_page_count(), pragma_page_size()")
        return int(cursor.fetchone()[0])


def _asked() -> int:
    from django.utils import timezone  # noqa: PLC0415

    from ronghe.casework.models import Case  # noqa: PLC0415
    from ronghe.casework.queries import search  # noqa: PLC0415

    now = timezone.now()
    ways: dict[str, Callable[[str], Any]] = {
        INDEX: lambda word: search.hits(Case.objects.all(), word, now),
        "LIKE": lambda word: Case.objects.filter(title__contains=word),
    }
    pages: dict[str, list[float]] = {name: [] for name in ways}
    counts: dict[str, list[float]] = {name: [] for name in ways}
    wrong = []
    for _turn in range(TURNS):
        for word in [*WORDS, *RARE]:
            found = {}
            for name, ask in ways.items():
                took, found[name] = _timed(ask(word).order_by().count)
                counts[name].append(took)
                if name == INDEX:
                    total = found[name]
                    newest = partial(search.newest, Case.objects.all(), search.Wanted(word), now, total, PAGE)
                else:
                    newest = partial(_scanned, ask(word))
                pages[name].append(_timed(newest)[0])
            if len(set(found.values())) > 1:
                wrong.append(f"{word}: {found}")
    rare = {
        name: [took for place, took in enumerate(one) if place % ASKED >= len(WORDS)]
        for name, one in pages.items()
    }
    for what, times in (("前 20 件", pages), ("其中少见的词", rare), ("一共几件", counts)):
        told = "，".join(
            f"{name} p50 {median(one):.1f} ms p95 {_p95(one):.1f} ms" for name, one in times.items()
        )
        print(f"  {what}：{told}；LIKE 是索引的 {median(times['LIKE']) / median(times[INDEX]):.1f} 倍")
    print("  找到的件数两种办法一样。" if not wrong else "  不一样：" + "；".join(wrong[:5]))
    return 1 if wrong or _p95(pages[INDEX]) > MOST else 0


def _scanned(cases: Any) -> list[Any]:
    return list(cases.with_units().order_by("-opened_at", "-pk")[:PAGE])


def _timed(do: Callable[[], Any]) -> tuple[float, Any]:
    began = time.perf_counter()
    found = do()
    return (time.perf_counter() - began) * 1000, found


def _p95(times: list[float]) -> float:
    return quantiles(times, n=20)[-1]


if __name__ == "__main__":
    sys.exit(main())
