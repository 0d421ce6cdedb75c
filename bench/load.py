"""Asking a server over HTTP as fast as it answers, and what that costs in processor time: of its processes, not of the asker's."""

from __future__ import annotations

import os
import socket
import threading
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median, quantiles

TICKS = os.sysconf("SC_CLK_TCK")
CORES = os.cpu_count() or 1
Ask = Callable[[int], bytes]


class Connection:
    """One kept-alive connection. `ask` gives status and body."""

    def __init__(self, port: int) -> None:
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=60)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.kept = b""

    def ask(self, request: bytes) -> tuple[int, bytes]:
        self.socket.sendall(request)
        head, _, rest = self._until(b"\r\n\r\n").partition(b"\r\n\r\n")
        self.kept = rest
        fields = head.lower().split(b"\r\n")
        status = int(fields[0].split()[1])
        if b"transfer-encoding: chunked" in fields:
            return status, self._chunks()
        length = next((int(one.split(b":")[1]) for one in fields if one.startswith(b"content-length:")), 0)
        return status, self._take(length)

    def _until(self, mark: bytes) -> bytes:
        while mark not in self.kept:
            self._more()
        return self.kept

    def _more(self) -> None:
        found = self.socket.recv(262_144)
        if not found:
            raise ConnectionResetError
        self.kept += found

    def _take(self, length: int) -> bytes:
        while len(self.kept) < length:
            self._more()
        found, self.kept = self.kept[:length], self.kept[length:]
        return found

    def _chunks(self) -> bytes:
        whole = b""
        while True:
            size, _, self.kept = self._until(b"\r\n").partition(b"\r\n")
            chunk = self._take(int(size, 16) + 2)[:-2]
            if not chunk:
                return whole
            whole += chunk

    def close(self) -> None:
        self.socket.close()


def request(method: str, path: str, *, body: bytes = b"", **headers: str) -> bytes:
    """The bytes of a request; header names with underscores."""
    lines = [f"{method} {path} HTTP/1.1", "Host: 127.0.0.1", f"Content-Length: {len(body)}"]
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    return "\r\n".join([*lines, "", ""]).encode() + body


@dataclass
class Run:
    """What a run of requests took. `foreign`: how busy others kept the machine, in cores."""

    times: list[float] = field(default_factory=list)
    wrong: list[tuple[int, bytes]] = field(default_factory=list)
    seconds: float = 0.0
    cpu: float = 0.0
    foreign: float = 0.0

    @property
    def rate(self) -> float:
        return len(self.times) / self.seconds

    @property
    def p50(self) -> float:
        return median(self.times) * 1000

    @property
    def p95(self) -> float:
        return quantiles(self.times, n=20)[-1] * 1000 if len(self.times) > 1 else self.p50

    @property
    def cost(self) -> float:
        """Processor milliseconds of a request, server and database together."""
        return self.cpu / len(self.times) * 1000

    def __add__(self, other: Run) -> Run:
        whole = self.seconds + other.seconds
        shared = (self.foreign * self.seconds + other.foreign * other.seconds) / whole
        return Run(self.times + other.times, self.wrong + other.wrong, whole, self.cpu + other.cpu, shared)


def load(port: int, ask: Ask, *, at_once: int, seconds: float, trees: Iterable[int]) -> Run:
    """Ask for so long, so many at once; `trees`: the processes whose time counts, with their children."""
    run, trees, numbers, lock = Run(), list(trees), iter(range(10**9)), threading.Lock()

    def go_on(until: float) -> None:
        connection = Connection(port)
        while time.perf_counter() < until:
            with lock:
                number = next(numbers)
            words = ask(number)
            began = time.perf_counter()
            status, body = connection.ask(words)
            run.times.append(time.perf_counter() - began)
            if status >= 400:
                run.wrong.append((status, body))
        connection.close()

    before, busy, own, began = spent(trees), machine(), time.process_time(), time.perf_counter()
    threads = [threading.Thread(target=go_on, args=(began + seconds,)) for _ in range(at_once)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    run.seconds = time.perf_counter() - began
    run.cpu = spent(trees) - before
    run.foreign = max(0.0, machine() - busy - run.cpu - (time.process_time() - own)) / run.seconds
    return run


def machine() -> float:
    """Seconds all processors were busy since the start."""
    user, nice, system, _idle, _wait, irq, soft, *_ = map(int, Path("/proc/stat").read_text().split()[1:9])
    return (user + nice + system + irq + soft) / TICKS


def tree(root: int) -> list[int]:
    """The process and everything below it."""
    below: dict[int, list[int]] = {}
    for one in Path("/proc").iterdir():
        if one.name.isdigit() and (row := _stat(int(one.name))):
            below.setdefault(int(row[1]), []).append(int(one.name))
    found, waiting = [], [root]
    while waiting:
        found.append(waiting.pop())
        waiting += below.get(found[-1], [])
    return found


def spent(roots: Iterable[int]) -> float:
    """Processor seconds of processes, of what is below them, and of children that have ended."""
    return (
        sum(sum(map(int, row[11:15])) for root in roots for pid in tree(root) if (row := _stat(pid))) / TICKS
    )


def _stat(pid: int) -> list[str]:
    """The fields after the name; empty when it has ended."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except (FileNotFoundError, ProcessLookupError):
        return []


def memory(pid: int) -> tuple[float, float]:
    """Megabytes a process holds: its share now (PSS), and the most it ever had resident."""
    share = Path(f"/proc/{pid}/smaps_rollup").read_text()
    status = Path(f"/proc/{pid}/status").read_text()
    return _kilobytes(share, "Pss:") / 1024, _kilobytes(status, "VmHWM:") / 1024


def _kilobytes(text: str, name: str) -> int:
    return int(next(line for line in text.splitlines() if line.startswith(name)).split()[1])
