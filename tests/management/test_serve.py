"""`ronghe serve`: what is killed is started again; what cannot run at all is told, and nothing is left behind."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import requests

pytestmark = pytest.mark.e2e
PATIENCE = 150


def free_port() -> int:
    """One below the ephemeral range whose next is free too (live events)."""
    for port in range(21000, 29000, 7):
        with socket.socket() as one, socket.socket() as two:
            try:
                one.bind(("127.0.0.1", port))
                two.bind(("127.0.0.1", port + 1))
            except OSError:
                continue
            return port
    raise AssertionError


def until(what: Callable[[], object]) -> None:
    end = time.monotonic() + PATIENCE
    while not what():
        assert time.monotonic() < end
        time.sleep(0.2)


def answers(port: int) -> bool:
    try:
        return requests.get(f"http://127.0.0.1:{port}/health/", timeout=2).json() == {"status": "ok"}
    except requests.RequestException:
        return False


def children(pid: int) -> dict[str, int]:
    """The processes that `serve` started, by the word that tells them apart."""
    found = {}
    listed = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    for child in map(int, listed):
        words = Path(f"/proc/{child}/cmdline").read_text().split("\0")
        found[next((word for word in ("granian", "work") if word in words), "?")] = child
    return found


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    """An empty database is enough: the pages say they are there, and every chore fails without ending the worker."""
    given = {name: value for name, value in os.environ.items() if name != "RONGHE_DATABASE_URL"}
    return given | {"RONGHE_DATA_DIR": str(tmp_path), "RONGHE_LIVE_PORT": "0", "RONGHE_LOG_LEVEL": "CRITICAL"}


@pytest.fixture
def served(environment: dict[str, str]) -> Iterator[Callable[[int], subprocess.Popen[str]]]:
    started: list[subprocess.Popen[str]] = []

    def serve(port: int) -> subprocess.Popen[str]:
        command = [sys.executable, "-m", "ronghe", "serve", "--port", str(port), "--workers", "1"]
        started.append(
            subprocess.Popen(
                command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
            )
        )
        return started[-1]

    yield serve
    for process in started:
        process.terminate()
        process.communicate(timeout=PATIENCE)


def test_what_is_killed_is_started_again(served: Callable[[int], subprocess.Popen[str]]) -> None:
    port = free_port()
    process = served(port)
    until(lambda: answers(port))
    before = children(process.pid)
    for name in ("granian", "work"):
        os.kill(before[name], signal.SIGKILL)
    until(
        lambda: not before.items() & {(name, children(process.pid).get(name)) for name in ("granian", "work")}
    )
    until(lambda: set(children(process.pid)) == set(before))
    until(lambda: answers(port))
    process.terminate()
    assert process.wait(PATIENCE) == 0
    assert not answers(port), "nothing is left behind"


def test_a_port_in_use_is_told(served: Callable[[int], subprocess.Popen[str]]) -> None:
    port = free_port()
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", port))
        taken.listen()
        process = served(port)
        _, errors = process.communicate(timeout=PATIENCE)
    assert process.returncode == 2
    assert "端口被占用时可换 --port" in errors
