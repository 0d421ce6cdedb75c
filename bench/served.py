"""The service as users run it, on PostgreSQL with 100,000 cases, beside a bare Django view that asks the same statements.

A database server of its own with fsync on, granian with two workers, requests over HTTP. For each kind of request: ours,
the bare view with our connection settings, and the bare view with Django's own ("plain") in turn, ROUNDS times within the
same minutes, alone and eight at once: requests a second, p50, p95, processor milliseconds of server and database together,
statements, memory of a worker. Exits 1 when a bound is not kept.
Run: python bench/served.py FOLDER [--only create] [--seconds 4] [--rounds 3]; the city is kept in FOLDER.
"""

from __future__ import annotations

import argparse
import json
import os
import pickle
import signal
import socket
import subprocess
import sys
import time
import uuid
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from city import database, free_port, postmaster, set_up
from load import CORES, Run, load, memory, request, tree
from recording import make_fresh, record

if TYPE_CHECKING:
    from django.http import HttpResponse

WORKERS, THREADS, WARM = 2, 2, 1.5  # threads as `ronghe serve` has them
MEMORY = 120  # megabytes of a worker: its share, what several processes hold together counted once
QUIET = 0.1  # of all cores: what others may take before walls mean little


@dataclass(frozen=True)
class Kind:
    """One kind of request. `bounds`: what is promised, by the name of the figure."""

    name: str
    ask: Callable[[int], bytes]
    bounds: dict[str, float] = field(default_factory=dict)
    page: dict[str, Any] = field(default_factory=dict)


SIDES = ("ours", "bare", "plain")
CREATE = {"rate": 100, "p95": 120, "statements": 14, "cost": 15, "ratio": 1.6}
LIST, CASE, STATUS = {"alone": 25, "p50": 90}, {"alone": 40, "p50": 150}, {"alone": 8, "p50": 30}


def main() -> int:
    options = argparse.ArgumentParser()
    options.add_argument("folder", type=Path)
    options.add_argument("--only", default="", help="kinds whose name holds this word")
    options.add_argument("--seconds", type=float, default=4, help="length of one run")
    options.add_argument("--rounds", type=int, default=3)
    options.add_argument("--statements", action="store_true", help="print what is asked")
    asked = options.parse_args()
    folder = asked.folder.resolve()
    with database(folder) as address, ExitStack() as stack:
        set_up(folder, address)
        kinds = [kind for kind in all_kinds() if asked.only in kind.name]
        if asked.statements:
            for kind in kinds:
                print(kind.name, *(one[:200].replace("\n", " ") for one in kind.page["told"]), sep="\n    ")
            return 0
        recorded = folder / "recorded"
        recorded.write_bytes(pickle.dumps({kind.name: kind.page for kind in kinds}))
        os.environ["BARE_RECORDED"] = str(recorded)
        ours = stack.enter_context(served("ronghe.wsgi:application"))
        bare = stack.enter_context(served("bare:application"))
        plain = stack.enter_context(served("bare:application", BARE_PLAIN="1"))
        base = postmaster(folder)
        beyond = [line for kind in kinds for line in measure(kind, ours, bare, plain, base, asked)]
        beyond += tell_memory(ours[1])
    for line in beyond:
        print("NOT KEPT:", line)
    return 1 if beyond else 0


@contextmanager
def served(application: str, **more: str) -> Iterator[tuple[int, int]]:
    """A server as `ronghe serve` starts it; gives port and process."""
    port = free_port()
    words = ["--interface", "wsgi", "--host", "127.0.0.1", "--port", str(port), "--workers", str(WORKERS)]
    process = subprocess.Popen(
        [sys.executable, "-m", "granian", *words, "--blocking-threads", str(THREADS), application],
        cwd=Path(__file__).parent,
        stdout=subprocess.DEVNULL,
        env={
            "MALLOC_ARENA_MAX": "2",
            **os.environ,
            "PYTHONDONTWRITEBYTECODE": "",  # compiled once, as installed
            **more,
        },
    )
    try:
        for _ in range(300):
            with socket.socket() as one:
                if one.connect_ex(("127.0.0.1", port)) == 0:
                    break
            time.sleep(0.1)
        yield port, process.pid
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(30)


def measure(
    kind: Kind,
    ours: tuple[int, int],
    bare: tuple[int, int],
    plain: tuple[int, int],
    base: int,
    asked: argparse.Namespace,
) -> Iterator[str]:
    """All in turn, alone and eight at once; prints the figures and gives the bounds not kept."""
    path = f"/{kind.name}/"
    sides: list[tuple[str, tuple[int, int], Callable[[int], bytes]]] = [
        ("ours", ours, kind.ask),
        ("bare", bare, lambda number: readdressed(kind.ask(number), path)),
        ("plain", plain, lambda number: readdressed(kind.ask(number), path)),
    ]
    runs: dict[tuple[str, int], Run] = {}
    for _, (port, pid), ask in sides:
        load(port, ask, at_once=8, seconds=WARM, trees=[pid])
    for at_once in (1, 8):
        for _ in range(asked.rounds):
            for name, (port, pid), ask in sides:
                run = load(port, ask, at_once=at_once, seconds=asked.seconds, trees=[pid, base])
                before = runs.get((name, at_once))
                runs[name, at_once] = before + run if before else run
    yield from told(kind, runs)


def readdressed(asked: bytes, path: str) -> bytes:
    """The same request to another address."""
    method, _, rest = asked.split(b" ", 2)
    return b" ".join((method, path.encode(), rest))


def told(kind: Kind, runs: dict[tuple[str, int], Run]) -> Iterator[str]:
    print(f"{kind.name}: {kind.page['statements']} statements")
    for (name, at_once), run in sorted(runs.items(), key=lambda one: (one[0][1], SIDES.index(one[0][0]))):
        print(
            f"  {name:5} {at_once} at once: {run.rate:7.1f}/s  p50 {run.p50:6.1f} ms  p95 {run.p95:6.1f} ms"
            f"  CPU {run.cost:5.1f} ms  n {len(run.times):5}  others {run.foreign / CORES:4.0%}"
            + ("  DISTURBED" if run.foreign / CORES > QUIET else "")
        )
        if run.wrong:
            yield f"{kind.name}: {len(run.wrong)} answers were errors, the first {run.wrong[0]!r:.300}"
    many, alone = runs["ours", 8], runs["ours", 1]
    found = {
        "rate": many.rate,
        "p95": many.p95,
        "p50": many.p50,
        "alone": alone.p50,
        "statements": float(kind.page["statements"]),
        "cost": many.cost,
        "ratio": many.cost / runs["plain", 8].cost,
    }
    print(
        f"  × bare: CPU {many.cost / runs['bare', 8].cost:.2f} (alone {alone.cost / runs['bare', 1].cost:.2f}), "
        f"p50 {many.p50 / runs['bare', 8].p50:.2f}, rate {runs['bare', 8].rate / many.rate:.2f}; "
        f"× plain: CPU {found['ratio']:.2f} (alone {alone.cost / runs['plain', 1].cost:.2f})",
        flush=True,
    )
    for name, bound in kind.bounds.items():
        if found[name] < bound if name == "rate" else found[name] > bound:
            yield f"{kind.name}: {name} {found[name]:.2f}, promised {bound:g}"


def tell_memory(server: int) -> Iterator[str]:
    """What each worker holds."""
    for pid in tree(server)[1:]:
        share, most = memory(pid)
        print(f"worker {pid}: {share:.0f} MB its share, {most:.0f} MB at most resident")
        if share > MEMORY:
            yield f"memory of a worker: {share:.0f} MB, promised {MEMORY}"


def all_kinds() -> Iterator[Kind]:
    """Every kind of request, each recorded once."""
    from asked import Asked  # noqa: PLC0415 - after Django is set up

    asked = Asked()
    yield create(asked)
    yield read(
        asked,
        "list-api",
        LIST,
        [f"/api/v1/cases?limit=25&state={state}" for state in ("open", "closed", "")],
        asked.bearer,
    )
    yield read(asked, "list-desk", LIST, ["/desk/cases/", "/desk/cases/?state=open"], asked.desk)
    yield read(asked, "list-desk-unit", LIST, ["/desk/cases/", "/desk/cases/?state=open"], asked.unit)
    yield read(asked, "case-api", CASE, [f"/api/v1/cases/{number}" for number in asked.numbers], asked.bearer)
    yield read(asked, "case-desk", CASE, [f"/desk/cases/{number}/" for number in asked.numbers], asked.desk)
    ways = [{"path": f"/api/v1/requests/{number}", "Follow_Code": code} for number, code in asked.codes]
    yield read(asked, "status-api", STATUS, ways, asked.bearer)
    pages = [f"/follow/{number}/now/" for number, _ in asked.codes[:50]]
    yield read(asked, "status-page", STATUS, pages, asked.public)


def create(asked: Any) -> Kind:
    """An enterprise asks through the hotline: routing by what it is served by, two clocks, three entries."""

    def body(number: int) -> bytes:
        return json.dumps(
            {
                "procedure": "enterprise-request",
                "channel": "hotline",
                "credit_code": asked.firms[number % len(asked.firms)],
                "contact": {"name": "张三", "phone": f"1390000{number % 10_000:04}"},
                "values": {
                    "topic": "environment",
                    "detail": "厂区外的下水道堵了三天，污水漫到路上，请尽快派人处理。",
                },
            }
        ).encode()

    def ask(number: int) -> bytes:
        more = {"Content_Type": "application/json", "Idempotency_Key": uuid.uuid4().hex, **asked.window}
        return request("POST", "/api/v1/cases", body=body(number), **more)

    key = uuid.uuid4().hex

    def once(key: str) -> HttpResponse:
        return asked.client.post(
            "/api/v1/cases",
            body(7),
            content_type="application/json",
            headers={"Authorization": asked.window["Authorization"], "Idempotency-Key": key},
        )

    asked.warm(lambda: once(uuid.uuid4().hex))
    page = record(lambda: once(key))
    number = json.loads(page["body"])["number"]
    page = make_fresh(page, number=number, keys=[key, asked.submission_of(number)])
    return Kind("create", ask, CREATE, page)


def read(
    asked: Any,
    name: str,
    bounds: dict[str, float],
    ways: Sequence[str | dict[str, str]],
    headers: dict[str, str],
) -> Kind:
    """One of several addresses in turn."""
    words = []
    for way in ways:
        more = dict(way) if isinstance(way, dict) else {"path": way}
        path = more.pop("path")
        words.append((path, {**headers, **more}))
    ready = [request("GET", path, **more) for path, more in words]
    path, more = words[0]
    plain = {name.replace("_", "-"): value for name, value in more.items()}
    asked.warm(lambda: asked.client.get(path, headers=plain))
    page = record(lambda: asked.client.get(path, headers=plain))
    return Kind(
        name, lambda number: ready[number % len(ready)], bounds, make_fresh(page, number="-1", keys=[])
    )


if __name__ == "__main__":
    sys.exit(main())
