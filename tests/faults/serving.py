"""The service as users run it, beside the tests: web workers and the background process, started, killed and started again."""

from __future__ import annotations

import contextlib
import http.client
import json
import os
import signal
import subprocess
import sys
import tempfile
import threading
import time
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ronghe.core.creditcode import make
from ronghe.management.commands.serve import THREADS
from tests.live.running import free_port

BEGINS = 90.0  # on a busy machine
PATIENCE = 60.0  # how long somebody repeats one request
WORKERS = 2
FIRM = make("91440300MA5F0A1B2")  # of the small city, served by a group whose steward is told
ASKED = {"topic": "environment", "detail": "厂区外的下水道堵了三天，污水漫到路上，请尽快派人处理。"}
# So that only the first start compiles everything.
COMPILED = sys.pycache_prefix or tempfile.mkdtemp(prefix="ronghe-compiled-")


@dataclass
class Service:
    """Two web workers at `port`, and the background process."""

    address: str
    port: int = field(default_factory=free_port)
    web: subprocess.Popen[bytes] | None = None
    work: subprocess.Popen[bytes] | None = None

    def start_web(self) -> None:
        words = ["--interface", "wsgi", "--host", "127.0.0.1", "--port", str(self.port)]
        words += ["--workers", str(WORKERS), "--blocking-threads", THREADS, "--respawn-failed-workers"]
        words += ["--respawn-interval", "0.1", "ronghe.wsgi:application"]
        self.web = self._start("granian", *words)
        until = time.monotonic() + BEGINS
        while self.status("/api/openapi.json") != 200:
            assert time.monotonic() < until, "the pages did not begin"
            time.sleep(0.1)

    def start_work(self) -> None:
        self.work = self._start("ronghe", "work")

    def _start(self, module: str, *words: str) -> subprocess.Popen[bytes]:
        env = {**os.environ, "RONGHE_DATABASE_URL": self.address, "RONGHE_ALLOWED_HOSTS": "127.0.0.1"}
        env |= {"RONGHE_TESTING": "", "RONGHE_DEMO": "1", "RONGHE_LOG_LEVEL": "CRITICAL"}
        env |= {"PYTHONDONTWRITEBYTECODE": "", "PYTHONPYCACHEPREFIX": COMPILED}
        return subprocess.Popen([sys.executable, "-m", module, *words], env=env, start_new_session=True)

    def workers(self) -> list[int]:
        """The web workers, the longest running first."""
        assert self.web is not None
        return sorted((int(one) for one in _children(self.web.pid) if _is_alive(int(one))), key=_began_at)

    def status(self, path: str) -> int:
        """What a page answers; 0: nothing."""
        try:
            line = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
            line.request("GET", path)
            found = line.getresponse()
            found.read()
        except (OSError, http.client.HTTPException):
            return 0
        finally:
            line.close()
        return found.status

    def get(self, path: str, token: str) -> Any:
        """What the API answers, on a connection of its own, so that either worker may."""
        line = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        line.request("GET", f"/api/v1{path}", headers={"Authorization": f"Bearer {token}"})
        said = json.loads(line.getresponse().read())
        line.close()
        return said

    def stop(self) -> None:
        for process in (self.web, self.work):
            if process is not None and process.poll() is None:
                with contextlib.suppress(ProcessLookupError):
                    os.killpg(process.pid, signal.SIGKILL)
                process.wait(20)


def _children(pid: int) -> list[str]:
    return Path(f"/proc/{pid}/task/{pid}/children").read_text().split()


def _is_alive(pid: int) -> bool:
    try:
        return (
            "granian" in Path(f"/proc/{pid}/cmdline").read_text()
            or b"spawn" in Path(f"/proc/{pid}/cmdline").read_bytes()
        )
    except FileNotFoundError:
        return False


def _began_at(pid: int) -> int:
    with contextlib.suppress(FileNotFoundError, ProcessLookupError):
        return int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[19])
    return 0


@dataclass
class Answered:
    """What was promised: cases by the key that filed them, and how often each was noted and urged."""

    cases: dict[str, str] = field(default_factory=dict)
    notes: dict[str, int] = field(default_factory=dict)
    urged: dict[str, int] = field(default_factory=dict)
    wrong: list[tuple[int, str]] = field(default_factory=list)
    repeated: int = 0

    @property
    def count(self) -> int:
        return len(self.cases) + sum(self.notes.values()) + sum(self.urged.values())


class Somebody:
    """Files, adds a note and urges, again and again; what gets no answer is sent again with the same key until it does."""

    def __init__(self, port: int, tokens: dict[str, str], told: Answered, stop: threading.Event) -> None:
        self.port, self.tokens, self.told, self.stop = port, tokens, told, stop
        self.line: http.client.HTTPConnection | None = None
        self.thread = threading.Thread(target=self._go_on)
        self.thread.start()

    def _go_on(self) -> None:
        try:
            while not self.stop.is_set():
                self._turn()
        finally:
            self._hang_up()

    def _turn(self) -> None:
        key = uuid.uuid4().hex
        body = {"procedure": "enterprise-request", "credit_code": FIRM, "values": ASKED}
        filed = self._ask("/requests", "public", body, key)
        if filed is None:
            return
        number, code = filed["number"], filed["follow_code"]
        self.told.cases[key] = number
        if self._ask(f"/requests/{number}/notes", "public", {"text": "已经三天了。"}, uuid.uuid4().hex, code):
            self.told.notes[number] = self.told.notes.get(number, 0) + 1
        if self._ask(f"/cases/{number}/urge", "committee", {}, uuid.uuid4().hex):
            self.told.urged[number] = self.told.urged.get(number, 0) + 1

    def _ask(self, path: str, who: str, body: object, key: str, code: str = "") -> Any:
        headers = {
            "Authorization": f"Bearer {self.tokens[who]}",
            "Content-Type": "application/json",
            "Idempotency-Key": key,
            **({"Follow-Code": code} if code else {}),
        }
        until = time.monotonic() + PATIENCE
        while time.monotonic() < until:
            try:
                self.line = self.line or http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
                self.line.request("POST", f"/api/v1{path}", json.dumps(body), headers)
                found = self.line.getresponse()
                said = found.read().decode()
            except (OSError, http.client.HTTPException):
                self._hang_up()
                self.told.repeated += 1
                time.sleep(0.05)
                continue
            if found.status < 300:
                return json.loads(said)
            self.told.wrong.append((found.status, said))
            return None
        self.told.wrong.append((0, f"no answer in {PATIENCE} s: {path}"))
        return None

    def _hang_up(self) -> None:
        if self.line is not None:
            self.line.close()
            self.line = None


@contextlib.contextmanager
def busy(service: Service, tokens: dict[str, str], *, people: int) -> Iterator[Answered]:
    """So many people at it during the block; at its end each finishes what they began."""
    told, stop = Answered(), threading.Event()
    crowd = [Somebody(service.port, tokens, told, stop) for _ in range(people)]
    try:
        yield told
    finally:
        stop.set()
        for one in crowd:
            one.thread.join(PATIENCE * 2)
