"""A city of 100,000 cases in a PostgreSQL server that keeps its promises (fsync on), made once and kept in a folder.

Each benchmark works on a copy, so that none finds what the one before it has written. One tenth of the cases live through `Bulk`; the others are their copies, made by the database in a few statements: rows,
ledger entries and touches with ids and numbers of their own, without ratings. Run: python bench/city.py FOLDER
"""

from __future__ import annotations

import os
import random
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

CASES, LIVED, ENTERPRISES = 100_000, 10_000, 2_000
STEP = 1_000_000  # ids of the copies stand this far apart
SERVER = ["listen_addresses=127.0.0.1", "unix_socket_directories=", "fsync=on", "synchronous_commit=on", "full_page_writes=on"]  # fmt: skip
SERVER += ["shared_buffers=512MB", "wal_compression=lz4", "max_wal_size=4GB"]  # as docs/running.md advises
SERVER += ["max_connections=60", "jit=off", "log_min_messages=fatal", "timezone=UTC"]
CITY, COPY = "postgres", "bench"
TABLES = ("case", "step", "involved", "reply", "note")


@contextmanager
def database(folder: Path) -> Iterator[str]:
    """A copy of the city that is kept in the folder, in a server started for the block; gives its address."""
    folder.mkdir(parents=True, exist_ok=True)
    data = folder / "postgres"
    if not (data / "PG_VERSION").exists():
        data.mkdir(exist_ok=True)
        if os.getuid() == 0:
            shutil.chown(data, "postgres")
        made = ["--username=ronghe", "--auth=trust", "--encoding=UTF8", "--locale=C.UTF-8"]
        subprocess.run(
            [*_owner(), _program("initdb"), "-D", data, *made], check=True, stdout=subprocess.DEVNULL
        )
    (data / "postmaster.pid").unlink(missing_ok=True)
    port = free_port()
    more = [word for setting in SERVER for word in ("-c", setting)]
    server = subprocess.Popen(
        [*_owner(), _program("postgres"), "-D", data, "-p", str(port), *more], stderr=subprocess.DEVNULL
    )
    try:
        at = ["-h", "127.0.0.1", "-p", str(port), "-U", "ronghe"]
        address = f"postgresql://ronghe@127.0.0.1:{port}"
        _await(at)
        subprocess.run([sys.executable, __file__, folder, f"{address}/{CITY}"], check=True)
        subprocess.run([_program("dropdb"), *at, "--if-exists", COPY], check=True, stderr=subprocess.DEVNULL)
        subprocess.run([_program("createdb"), *at, "-T", CITY, "--strategy=file_copy", COPY], check=True)
        yield f"{address}/{COPY}"
    finally:
        os.kill(postmaster(folder), signal.SIGINT)
        server.wait(60)


def postmaster(folder: Path) -> int:
    """The process whose children do the database's work."""
    return int((folder / "postgres" / "postmaster.pid").read_text().split()[0])


def free_port() -> int:
    """A port nobody listens on, below those the system hands out."""
    while True:
        port = random.Random().randint(20_000, 31_999)
        with socket.socket() as one:
            if one.connect_ex(("127.0.0.1", port)):
                return port


def _owner() -> list[str]:
    return ["runuser", "-u", "postgres", "--"] if os.getuid() == 0 else []


def _program(name: str) -> str:
    found = sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{name}"))
    return str(found[-1]) if found else str(shutil.which(name))


def _await(at: list[str]) -> None:
    for _ in range(300):
        if not subprocess.run([_program("pg_isready"), "-q", *at, "-d", CITY], check=False).returncode:
            return
        time.sleep(0.1)
    raise SystemExit("PostgreSQL did not start.")


def set_up(folder: Path, address: str) -> None:
    """Django over the folder's files and the given database."""
    os.environ |= {
        "RONGHE_DATA_DIR": str(folder),
        "RONGHE_DATABASE_URL": address,
        "DJANGO_SETTINGS_MODULE": "ronghe.settings",
    }
    import django  # noqa: PLC0415 - after the settings are named

    django.setup()


def found(folder: Path) -> None:
    """Bring the database up to the newest migrations; make the city where there is none."""
    from django.core.management import call_command  # noqa: PLC0415

    from ronghe.casework.models import Case  # noqa: PLC0415

    call_command("init", verbosity=0)
    if not Case.objects.exists():
        began = time.perf_counter()
        _live()
        _copy()
        (folder / "demo").write_text("1\n")
        print(f"{Case.objects.count()} cases in {time.perf_counter() - began:.0f} s")


def _live() -> None:
    """Found the city and let its first cases happen."""
    import datetime as dt  # noqa: PLC0415

    from ronghe.core.memory import remembering  # noqa: PLC0415
    from ronghe.core.worktime import SHANGHAI  # noqa: PLC0415
    from ronghe.management.demo.build import Scale, live  # noqa: PLC0415
    from ronghe.management.demo.city import DemoCity  # noqa: PLC0415

    now = dt.datetime.now(SHANGHAI).replace(hour=18, minute=0, second=0, microsecond=0) - dt.timedelta(days=1)
    founded = (now - dt.timedelta(days=400)).replace(hour=9)
    city = DemoCity(actor="demo:1", at=founded, random=random.Random(1))
    city.found(ENTERPRISES)
    with remembering():
        for _ in live(city, Scale(ENTERPRISES, LIVED), 1, now):
            print(".", end="", flush=True)


def _copy() -> None:
    """Copy the cases that lived until there are enough, and count what the tables hold."""
    from django.db import connection  # noqa: PLC0415

    from ronghe.ledger.domain import sequence  # noqa: PLC0415

    with connection.cursor() as cursor:
        for turn in range(1, CASES // LIVED):
            for table in TABLES:
                cursor.execute(_copied(f"casework_{table}"), {"by": turn * STEP, "turn": turn})
            cursor.execute(_copied("ledger_entry"), {"by": turn * STEP, "turn": turn})
            cursor.execute(_copied("ledger_touch"), {"by": turn * STEP, "turn": turn})
        for table in [*(f"casework_{table}" for table in TABLES), "ledger_entry", "ledger_touch"]:
            cursor.execute(f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), MAX(id)) FROM {table}")  # noqa: S608
        cursor.execute("UPDATE casework_numbering SET last = 900000 WHERE last < 900000")
        sequence()
        cursor.execute("ANALYZE")


def _copied(table: str) -> str:
    """INSERT … SELECT of one copy of a table: what names a case or an entry names the copy."""
    from django.apps import apps  # noqa: PLC0415

    model = next(one for one in apps.get_models() if one._meta.db_table == table)  # noqa: SLF001
    requester = "regexp_replace({0}, '^requester:(.*)$', 'requester:' || (%(by)s + {1})::text)"
    number = "split_part({0}, '-', 1) || '-' || lpad((split_part({0}, '-', 2)::int + %(turn)s * 20000)::text, 6, '0')"
    case = "id" if table == "casework_case" else "subject_id" if table == "ledger_entry" else "case_id"
    made = {
        "id": "id + %(by)s",
        "case_id": "case_id + %(by)s",
        "entry_id": "entry_id + %(by)s",
        "subject_id": "subject_id + %(by)s",
        "number": number.format("number"),
        "submission": "gen_random_uuid()",
        "related_id": "related_id + %(by)s",
        "merged_into_id": "merged_into_id + %(by)s",
        "data": "CASE WHEN kind = 'case.opened' THEN jsonb_set(data, '{number}', to_jsonb("
        + number.format("(data->>'number')")
        + ")) ELSE data END",
        **{
            name: requester.format(name, case)
            for name in ("actor", "opener", "done_by", "written_by", "checked_by")
        },
    }
    columns = [str(one.column) for one in model._meta.concrete_fields]  # noqa: SLF001
    words = ", ".join(f'"{one}"' for one in columns)
    values = ", ".join(made.get(one, f'"{one}"') for one in columns)
    first = {
        "ledger_entry": "subject_type = 'case' AND kind NOT LIKE 'case.rat%%'",
        "ledger_touch": "entry_id IN (SELECT id FROM ledger_entry WHERE subject_type = 'case')",
    }.get(table, "TRUE")
    return f"INSERT INTO {table} ({words}) SELECT {values} FROM {table} WHERE id < {STEP} AND {first}"  # noqa: S608


def main() -> int:
    """With a folder: make what is missing. With an address as well (`database` asks so): in this database."""
    folder = Path(sys.argv[1]).resolve()
    if len(sys.argv) == 2:
        with database(folder):
            return 0
    set_up(folder, sys.argv[2])
    found(folder)
    return 0


if __name__ == "__main__":
    sys.exit(main())
